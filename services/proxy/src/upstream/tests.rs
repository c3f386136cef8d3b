//! An API that asks for a client's certificate (RFC 8705), on a TLS server of this test's own; and APIs that do not hear a
//! request out.

use super::{Answer, Client, Identity, Lost, Pulse, Upstream, exchange};
use axum::body::{Body, to_bytes};
use http::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use latchkey_egress::Egress;
use latchkey_providers::Trust;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority() -> Authority {
    let mut params = CertificateParams::new(vec!["authority.test".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key, as PEM.
fn signed(name: &str, authority: &Authority) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.signed_by(&key, authority).unwrap().pem(), key.serialize_pem())
}

fn root(authority: &Authority) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()
}

/// An API for whoever has a certificate of `authority`. Gives its address.
async fn api(authority: &Authority) -> String {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(root(authority)).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), ring.clone());
    let (certificate, key) = signed("localhost", authority);
    let config = ServerConfig::builder_with_provider(ring)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients.build().unwrap())
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            let _ = stream.read(&mut vec![0; 16 * 1024]).await;
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("https://localhost:{port}/")
}

async fn sent(client: &Client, url: &str, body: Body) -> Result<Response<Answer>, Lost> {
    let request = Request::post(url).body(body).unwrap();
    exchange(client, request, &Pulse::new(Duration::from_secs(30))).await
}

async fn status(client: &Client, url: &str) -> Option<u16> {
    sent(client, url, Body::empty()).await.ok().map(|answer| answer.status().as_u16())
}

fn upstream(trusted: &Authority) -> Upstream {
    Upstream::believing(Egress::PublicOnly, Duration::from_secs(30), vec![root(trusted)]).unwrap()
}

#[tokio::test]
async fn a_certificate_is_shown_and_without_it_there_is_no_answer() {
    let ours = authority();
    let (url, upstream) = (api(&ours).await, upstream(&ours));
    let (certificate, private_key) = signed("client.test", &ours);
    let identity = Identity { certificate: &certificate, private_key: &private_key };
    for upgrade in [false, true, false] {
        let client = upstream.showing(&identity, Trust::Loopback, upgrade).unwrap();
        assert_eq!(status(&client, &url).await, Some(200));
        assert_eq!(status(upstream.client(Trust::Loopback, upgrade).0, &url).await, None);
    }
    assert_eq!(upstream.identified.lock().unwrap().len(), 1, "its connections are kept");
    let elsewhere = signed("client.test", &authority());
    let stranger = Identity { certificate: &elsewhere.0, private_key: &elsewhere.1 };
    let client = upstream.showing(&stranger, Trust::Loopback, false).unwrap();
    assert_eq!(status(&client, &url).await, None);
    assert_eq!(upstream.identified.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn an_address_that_is_not_public_stays_closed_whatever_is_shown() {
    let ours = authority();
    let (url, upstream) = (api(&ours).await, upstream(&ours));
    let (certificate, private_key) = signed("client.test", &ours);
    let identity = Identity { certificate: &certificate, private_key: &private_key };
    let client = upstream.showing(&identity, Trust::Public, false).unwrap();
    assert_eq!(status(&client, &url).await, None);
}

#[test]
fn what_is_no_certificate_is_refused_and_not_repeated() {
    let ours = authority();
    let ((certificate, _), (_, other)) = (signed("a.test", &ours), signed("b.test", &ours));
    for (certificate, private_key) in [("canary", "canary"), (&certificate, "canary"), (&certificate, &other)]
    {
        let identity = Identity { certificate, private_key };
        let refused = upstream(&ours).showing(&identity, Trust::Public, false).unwrap_err();
        assert!(!format!("{refused:?}").contains("canary"));
    }
}

/// What does not fit into the buffers on the way.
const LARGE: usize = 24 << 20;

/// Takes the head of each request, says this, and closes while the rest still comes.
async fn interrupting(answer: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(answer).await;
        }
    });
    url
}

/// The same over HTTP/2, where the rest is declined and the connection stays (RFC 9113 §8.1).
async fn declining(authority: &Authority) -> String {
    let (certificate, key) = signed("localhost", authority);
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
            PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(stream) = acceptor.accept(stream).await else { continue };
            let service = hyper::service::service_fn(|request: Request<hyper::body::Incoming>| async move {
                assert_eq!(request.version(), http::Version::HTTP_2);
                match request.uri().path() {
                    "/gone" => Err("the stream is reset"),
                    _ => Ok(Response::builder().status(413).body(Body::from("too large")).unwrap()),
                }
            });
            let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
            tokio::spawn(server.serve_connection(TokioIo::new(stream), service));
        }
    });
    format!("https://localhost:{port}/")
}

async fn said(answer: Response<Answer>) -> (u16, Vec<u8>) {
    let status = answer.status().as_u16();
    (status, to_bytes(Body::new(answer.into_body()), 1024).await.unwrap().to_vec())
}

#[tokio::test]
async fn an_answer_to_a_request_that_is_not_read_to_its_end_arrives_whole() {
    let ours = authority();
    let upstream = upstream(&ours);
    let closing = interrupting(b"HTTP/1.1 413 Too Large\r\ncontent-length: 9\r\n\r\ntoo large").await;
    let client = upstream.client(Trust::Loopback, false).0;
    // Which of the two sides the end is noticed on first is a matter of luck.
    for url in [closing, declining(&ours).await] {
        for _ in 0..10 {
            let answer = sent(client, &url, Body::from(vec![b'x'; LARGE])).await;
            let answer = answer.unwrap_or_else(|lost| panic!("{url}: {lost:?}"));
            assert_eq!(said(answer).await, (413, b"too large".to_vec()), "{url}");
        }
    }
}

#[tokio::test]
async fn a_connection_that_ends_without_an_answer_gives_none() {
    let ours = authority();
    let upstream = upstream(&ours);
    let client = upstream.client(Trust::Loopback, false).0;
    let reset = format!("{}gone", declining(&ours).await);
    for url in [interrupting(b"").await, interrupting(b"HTTP/1.1 41").await, reset] {
        for body in [Body::empty(), Body::from(vec![b'x'; LARGE])] {
            assert_eq!(sent(client, &url, body).await.err(), Some(Lost::Ended), "{url}");
        }
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let refused = sent(client, &format!("http://{nobody}/"), Body::empty()).await;
    assert_eq!(refused.err(), Some(Lost::Unreachable));
}

#[tokio::test]
async fn an_exchange_lasts_while_anything_moves() {
    let upstream = upstream(&authority());
    let client = upstream.client(Trust::Loopback, false).0;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    // Takes everything, and never says a word.
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move { tokio::io::copy(&mut stream, &mut tokio::io::sink()).await });
        }
    });
    let pulse = Pulse::new(Duration::from_millis(300));
    let begun = std::time::Instant::now();
    let waiting = async {
        let request = Request::get(&url).body(Body::empty()).unwrap();
        exchange(client, request, &pulse).await.err()
    };
    let moving = async {
        for _ in 0..5 {
            tokio::time::sleep(Duration::from_millis(150)).await;
            pulse.beat();
        }
    };
    let (lost, ()) = tokio::join!(waiting, moving);
    assert_eq!(lost, Some(Lost::Silent));
    assert!(begun.elapsed() > Duration::from_millis(1000), "{:?}", begun.elapsed());
}
