//! An API that asks for a client's certificate (RFC 8705), on a TLS server of this test's own.

use super::{Identity, Upstream};
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

async fn status(client: &reqwest::Client, url: &str) -> Option<u16> {
    client.get(url).send().await.ok().map(|answer| answer.status().as_u16())
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
