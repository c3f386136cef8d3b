//! A route is a socket or a function call; both keep the deadline and carry the trace.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

mod peer;

use latchkey_secret::SecretText;
use latchkey_wire::{
    Fault, Kind, Reason, Route, RouteError, RouteOptions, RouteTls, VaultClient,
    pb::vault::{AuthenticateKeyRequest, registry_service_client::RegistryServiceClient},
};
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::{propagation::TraceContextPropagator, trace::SdkTracerProvider};
use peer::{KEY, Peer, SLOW};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::{Certificate, Identity, Server, ServerTlsConfig};
use tracing::Instrument;
use tracing_subscriber::layer::SubscriberExt;

/// A peer on a port of its own, until it is stopped.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<()>,
}

impl Running {
    async fn start(peer: &Peer, address: &str, tls: Option<ServerTlsConfig>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = Server::builder();
        if let Some(tls) = tls {
            server = server.tls_config(tls).unwrap();
        }
        let (stop, stopped) = oneshot::channel();
        let incoming = TcpListenerStream::new(listener);
        let serving = server.add_routes(peer.routes()).serve_with_incoming_shutdown(incoming, async {
            let _ = stopped.await;
        });
        Self { address, stop, server: tokio::spawn(async move { serving.await.unwrap() }) }
    }

    async fn plain(peer: &Peer) -> Self {
        Self::start(peer, "127.0.0.1:0", None).await
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        self.server.await.unwrap();
    }
}

fn plain(address: SocketAddr) -> RouteOptions {
    RouteOptions { insecure: true, ..RouteOptions::new(format!("http://{address}")) }
}

fn to(options: RouteOptions) -> VaultClient {
    VaultClient::new(Route::remote(options).unwrap())
}

async fn ask(vault: &VaultClient, key: &str) -> Result<(), Fault> {
    vault.authenticate(&SecretText::new(key.into())).await.map(|_| ())
}

fn assert_too_late(answer: Result<(), Fault>, asked: Instant) {
    let fault = answer.unwrap_err();
    assert_eq!((fault.kind, fault.reason), (Kind::Unavailable, Reason::DeadlineExceeded), "{fault:?}");
    assert!(asked.elapsed() < SLOW, "it waited for the answer");
}

#[tokio::test]
async fn a_function_call_has_a_deadline_and_stops_what_it_called() {
    let peer = Peer::default();
    let route = Route::local(peer.routes()).with_deadline(Duration::from_millis(50));
    let asked = Instant::now();
    assert_too_late(ask(&VaultClient::new(route), "slow").await, asked);
    tokio::time::sleep(SLOW * 2).await;
    assert_eq!(peer.seen().calls, 1);
    assert_eq!(peer.seen().answered, 0, "the call went on for nobody");
}

#[tokio::test]
async fn a_socket_has_the_same_deadline_and_tells_the_peer() {
    let peer = Peer::default();
    let running = Running::plain(&peer).await;
    let vault = to(RouteOptions { deadline: Duration::from_millis(200), ..plain(running.address) });
    let asked = Instant::now();
    assert_too_late(ask(&vault, "slow").await, asked);
    assert_eq!(peer.seen().metadata.get("grpc-timeout").unwrap(), "200000u");
    tokio::time::sleep(SLOW * 2).await;
    assert_eq!(peer.seen().calls, 1);
    assert_eq!(peer.seen().answered, 0, "the call went on for nobody");
    running.stop().await;
}

#[tokio::test]
async fn a_callers_own_timeout_shortens_the_deadline_of_a_function_call() {
    let mut client = RegistryServiceClient::new(Route::local(Peer::default().routes()));
    let mut request = tonic::Request::new(AuthenticateKeyRequest { key: "slow".into() });
    request.set_timeout(Duration::from_millis(50));
    let asked = Instant::now();
    let status = client.authenticate_key(request).await.unwrap_err();
    assert_too_late(Err(status.into()), asked);
}

#[tokio::test]
async fn both_ways_answer_alike() {
    let peer = Peer::default();
    let running = Running::plain(&peer).await;
    for vault in [VaultClient::new(Route::local(peer.routes())), to(plain(running.address))] {
        ask(&vault, KEY).await.unwrap();
        let refused = ask(&vault, "unknown").await.unwrap_err();
        assert_eq!((refused.kind, refused.reason), (Kind::Unauthenticated, Reason::ApiKeyInvalid));
        let lost = ask(&vault, "lost").await.unwrap_err();
        assert_eq!(
            (lost.reason, lost.retry_after),
            (Reason::StorageUnavailable, Some(Duration::from_secs(1)))
        );
        let malformed = ask(&vault, "").await.unwrap_err();
        assert_eq!(malformed.metadata["field"], "key");
    }
    running.stop().await;
}

#[tokio::test]
async fn a_route_mends_itself_when_the_peer_is_back() {
    let peer = Peer::default();
    let running = Running::plain(&peer).await;
    let address = running.address;
    let vault = to(plain(address));
    ask(&vault, KEY).await.unwrap();

    running.stop().await;
    let gone = ask(&vault, KEY).await.unwrap_err();
    assert_eq!((gone.kind, gone.reason), (Kind::Unavailable, Reason::PeerUnavailable), "{gone:?}");

    let again = Running::start(&peer, &address.to_string(), None).await;
    ask(&vault, KEY).await.unwrap();
    again.stop().await;
}

#[tokio::test]
async fn a_peer_that_dies_during_a_call_is_unavailable() {
    let peer = Peer::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let vault = to(plain(listener.local_addr().unwrap()));
    // Accepts, reads something, and hangs up.
    let rude = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut bytes = [0; 64];
        let _ = tokio::io::AsyncReadExt::read(&mut socket, &mut bytes).await;
    });
    let gone = ask(&vault, KEY).await.unwrap_err();
    assert_eq!((gone.kind, gone.reason), (Kind::Unavailable, Reason::PeerUnavailable), "{gone:?}");
    rude.await.unwrap();
    assert_eq!(peer.seen().calls, 0);
}

#[tokio::test]
async fn a_route_is_made_before_its_peer_is_there() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let vault = to(plain(address));
    assert_eq!(ask(&vault, KEY).await.unwrap_err().reason, Reason::PeerUnavailable);
    let running = Running::start(&Peer::default(), &address.to_string(), None).await;
    ask(&vault, KEY).await.unwrap();
    running.stop().await;
}

#[tokio::test]
async fn plain_http_is_refused_unless_the_configuration_says_insecure() {
    let refusal = Route::remote(RouteOptions::new("http://127.0.0.1:1")).unwrap_err();
    assert!(matches!(refusal, RouteError::Insecure { .. }));
    assert!(refusal.to_string().contains("`insecure = true`"), "{refusal}");
    for endpoint in ["", "vault:8443", "ftp://vault", "https://", "not an address"] {
        let refusal =
            Route::remote(RouteOptions { insecure: true, ..RouteOptions::new(endpoint) }).unwrap_err();
        assert!(matches!(refusal, RouteError::Endpoint { .. }), "{endpoint:?}: {refusal}");
    }
}

#[tokio::test]
async fn the_peer_sees_the_callers_trace() {
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(layer));

    let peer = Peer::default();
    let vault = VaultClient::new(Route::local(peer.routes()));
    ask(&vault, KEY).instrument(tracing::info_span!("caller")).await.unwrap();
    let traceparent = peer.seen().metadata.get("traceparent").unwrap().to_str().unwrap().to_owned();
    assert_eq!(traceparent.len(), 55, "{traceparent}");
    assert!(traceparent.starts_with("00-") && !traceparent.contains("00000000000000000000000000000000"));
}

/// An authority and what it signed, as PEM files.
struct Authority {
    folder: tempfile::TempDir,
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).unwrap();
        Self { folder, issuer }
    }

    fn sign(&self, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let signed =
            CertificateParams::new(vec![name.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        let (certificate, secret) = (self.path(&format!("{name}.pem")), self.path(&format!("{name}.key")));
        std::fs::write(&certificate, signed.pem()).unwrap();
        std::fs::write(&secret, key.serialize_pem()).unwrap();
        (certificate, secret)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// A server for `localhost` that demands a certificate of this authority.
    fn server(&self) -> ServerTlsConfig {
        let (certificate, key) = self.sign("localhost");
        let read = |path: &Path| std::fs::read(path).unwrap();
        ServerTlsConfig::new()
            .identity(Identity::from_pem(read(&certificate), read(&key)))
            .client_ca_root(Certificate::from_pem(self.issuer.pem()))
    }
}

#[tokio::test]
async fn over_tls_both_ends_show_themselves() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (authority, stranger) = (Authority::new(), Authority::new());
    let running = Running::start(&Peer::default(), "127.0.0.1:0", Some(authority.server())).await;
    let (certificate, key) = authority.sign("connect");
    let tls = RouteTls {
        ca: Some(authority.path("ca.pem")),
        certificate: Some(certificate),
        key: Some(key),
        server_name: Some("localhost".into()),
    };
    let options =
        |tls| RouteOptions { tls: Some(tls), ..RouteOptions::new(format!("https://{}", running.address)) };
    ask(&to(options(tls.clone())), KEY).await.unwrap();

    let anonymous = RouteTls { certificate: None, key: None, ..tls.clone() };
    assert_eq!(ask(&to(options(anonymous)), KEY).await.unwrap_err().reason, Reason::PeerUnavailable);
    let deceived = RouteTls { ca: Some(stranger.path("ca.pem")), ..tls.clone() };
    assert_eq!(ask(&to(options(deceived)), KEY).await.unwrap_err().reason, Reason::PeerUnavailable);

    let half = Route::remote(options(RouteTls { key: None, ..tls.clone() })).unwrap_err();
    assert!(matches!(half, RouteError::HalfIdentity));
    let absent = RouteTls { ca: Some(authority.path("absent.pem")), ..tls };
    let unreadable = Route::remote(options(absent)).unwrap_err();
    assert!(unreadable.to_string().contains("absent.pem"), "{unreadable}");
    running.stop().await;
}

#[tokio::test]
async fn a_replaced_certificate_is_shown_at_the_next_connection_and_a_damaged_one_is_not() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (before, after) = (Authority::new(), Authority::new());
    let running = Running::start(&Peer::default(), "127.0.0.1:0", Some(before.server())).await;
    let address = running.address;
    let (certificate, key) = before.sign("connect");
    let tls = RouteTls {
        ca: Some(before.path("ca.pem")),
        certificate: Some(certificate.clone()),
        key: Some(key.clone()),
        server_name: Some("localhost".into()),
    };
    let vault = to(RouteOptions { tls: Some(tls), ..RouteOptions::new(format!("https://{address}")) });
    ask(&vault, KEY).await.unwrap();
    running.stop().await;

    // Half of a new pair, as it is while files are being written: what could connect before can still.
    std::fs::write(&certificate, "half a certificate").unwrap();
    let running = Running::start(&Peer::default(), &address.to_string(), Some(before.server())).await;
    ask(&vault, KEY).await.unwrap();
    running.stop().await;

    let (new_certificate, new_key) = after.sign("connect");
    for (from, to) in
        [(new_certificate, certificate), (new_key, key), (after.path("ca.pem"), before.path("ca.pem"))]
    {
        std::fs::copy(from, to).unwrap();
    }
    let running = Running::start(&Peer::default(), &address.to_string(), Some(after.server())).await;
    ask(&vault, KEY).await.unwrap();
    running.stop().await;
}
