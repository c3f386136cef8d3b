//! Client certificates (RFC 8705) at a token endpoint that asks for one, on a TLS server of this test's own.

use crate::entries::{app, entry, typed};
use latchkey_oauth::{Client, ClientOptions, FaultKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{RootCertStore, ServerConfig, server::WebPkiClientVerifier};
use serde_json::json;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
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

fn roots(authority: &Authority) -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    roots
}

/// A token endpoint for whoever has a certificate of `authority`. Gives its origin.
async fn token_endpoint(authority: &Authority) -> String {
    let ring = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(authority)), ring.clone());
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
            let mut request = vec![0; 16 * 1024];
            let _ = stream.read(&mut request).await;
            let body = r#"{"access_token":"canary_token","token_type":"Bearer","expires_in":60}"#;
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(format!("{head}{body}").as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    format!("https://localhost:{port}")
}

async fn obtain(
    server: &Authority,
    trusted: &Authority,
    client: (String, String),
    also_on_api: bool,
) -> Result<latchkey_secret::Grant, latchkey_oauth::Fault> {
    let origin = token_endpoint(server).await;
    let provider = entry(
        &origin,
        json!({"obtain": {
            "type": "oauth2",
            "grant_type": "client_credentials",
            "token_endpoint": format!("{origin}/token"),
            "token_endpoint_auth_method": "tls_client_auth",
            "mutual_tls": {"certificate": "${conn.client_certificate}", "key": "${conn.client_private_key}", "also_on_api": also_on_api},
        }, "inputs": [
            {"name": "client_certificate", "ask": "connection", "label": "Certificate", "secret": true, "format": "pem"},
            {"name": "client_private_key", "ask": "connection", "label": "Key", "secret": true, "format": "pem"},
        ]}),
    );
    let options = ClientOptions {
        roots: vec![CertificateDer::from_pem_slice(trusted.pem().as_bytes()).unwrap()],
        ..ClientOptions::default()
    };
    let inputs = typed(&[("client_certificate", &client.0), ("client_private_key", &client.1)]);
    Client::new(&options).unwrap().client_credentials(&provider, &app(), &inputs).await
}

#[tokio::test]
async fn a_client_shows_its_certificate_to_the_token_endpoint() {
    let authority = authority();
    let grant = obtain(&authority, &authority, signed("client.test", &authority), false).await.unwrap();
    assert_eq!(grant.handout.access_token.unwrap().expose(), "canary_token");
}

#[tokio::test]
async fn where_the_api_asks_for_it_too_the_certificate_goes_with_the_credential() {
    let authority = authority();
    let (certificate, key) = signed("client.test", &authority);
    let grant = obtain(&authority, &authority, (certificate.clone(), key.clone()), true).await.unwrap();
    let signer = grant.handout.signer.unwrap();
    assert_eq!(signer.scheme, "mutual_tls");
    // What a person pastes is kept without the line breaks around it.
    assert_eq!(signer.parameters["certificate"].expose(), certificate.trim());
    assert_eq!(signer.parameters["private_key"].expose(), key.trim());
    let elsewhere = obtain(&authority, &authority, (certificate, key), false).await.unwrap();
    assert!(elsewhere.handout.signer.is_none());
}

#[tokio::test]
async fn a_certificate_of_another_authority_gets_no_token() {
    let (ours, other) = (authority(), authority());
    let fault = obtain(&ours, &ours, signed("client.test", &other), false).await.unwrap_err();
    assert!(matches!(fault.kind, FaultKind::NotSent | FaultKind::Ambiguous), "{fault:?}");
}

#[tokio::test]
async fn a_server_that_is_not_trusted_sees_no_request() {
    let (theirs, trusted) = (authority(), authority());
    let fault = obtain(&theirs, &trusted, signed("client.test", &theirs), false).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotSent);
}

#[tokio::test]
async fn what_is_no_key_is_named_and_not_repeated() {
    let authority = authority();
    let (certificate, _) = signed("client.test", &authority);
    let no_key = "-----BEGIN PRIVATE KEY-----\ncanary\n-----END PRIVATE KEY-----\n".to_owned();
    let fault = obtain(&authority, &authority, (certificate, no_key), false).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::InputInvalid { field: "client_private_key".into() });
    assert!(!format!("{fault:?}").contains("canary"));
}
