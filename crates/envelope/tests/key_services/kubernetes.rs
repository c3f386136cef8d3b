//! A pod logs in at an OpenBao with its service account's token, which OpenBao has the cluster's API server review; and a key
//! service is reached over TLS by an authority of the operator's own. Here the API server is one that only reviews tokens;
//! `tests/helm` does the same on a real one.

use crate::openbao::{Bao, Issuer, context, unavailable};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::{Json, Router};
use latchkey_envelope::open_key_service;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use uuid::Uuid;

/// TLS before a port of this machine.
struct Front {
    port: u16,
    /// Who signed its certificate, in PEM.
    authority: String,
}

impl Front {
    /// Ends with the test's runtime.
    async fn before(port: u16) -> Self {
        let mut params = CertificateParams::new(vec!["authority.test".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        // With the authority's own name, some would take it for one that signed itself.
        params.distinguished_name.push(DnType::CommonName, "here.test");
        let certificate = params.signed_by(&key, &authority).unwrap();

        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private);
        let acceptor = TlsAcceptor::from(Arc::new(config.unwrap()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Self { port: listener.local_addr().unwrap().port(), authority: authority.pem() };
        tokio::spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A caller that does not trust us hangs up.
                    let Ok(mut caller) = acceptor.accept(caller).await else { return };
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let _ = tokio::io::copy_bidirectional(&mut caller, &mut server).await;
                });
            }
        });
        front
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

/// Who may ask for a review.
const REVIEWER: &str = "canary_reviewer";

/// A cluster, as far as a login needs one: it knows the tokens of its pods.
#[derive(Clone)]
struct Cluster {
    issuer: Arc<Issuer>,
}

impl Cluster {
    /// Its API server's plain port.
    async fn start(&self) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let path = "/apis/authentication.k8s.io/v1/tokenreviews";
        let router = Router::new().route(path, post(review)).with_state(self.clone());
        tokio::spawn(axum::serve(listener, router).into_future());
        port
    }

    fn token(&self, account: &str) -> String {
        self.issuer.sign(json!({
            "sub": format!("system:serviceaccount:keys:{account}"),
            "kubernetes.io": {"namespace": "keys", "serviceaccount": {"name": account, "uid": format!("uid-{account}")}},
        }))
    }
}

async fn review(
    State(cluster): State<Cluster>,
    headers: HeaderMap,
    Json(asked): Json<Value>,
) -> (StatusCode, Json<Value>) {
    if headers.get("authorization").is_none_or(|value| value != &format!("Bearer {REVIEWER}")) {
        return (StatusCode::UNAUTHORIZED, Json(json!({})));
    }
    let token = asked["spec"]["token"].as_str().unwrap_or_default();
    let status = match cluster.issuer.claims(token) {
        Some(claims) => {
            let account = claims["kubernetes.io"]["serviceaccount"].clone();
            let user = json!({"username": claims["sub"], "uid": account["uid"], "groups": ["system:serviceaccounts"]});
            json!({"authenticated": true, "user": user, "audiences": asked["spec"]["audiences"]})
        }
        None => json!({"authenticated": false, "error": "invalid bearer token"}),
    };
    let answer = json!({"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "status": status});
    (StatusCode::CREATED, Json(answer))
}

#[tokio::test]
async fn a_pod_logs_in_with_its_service_account() {
    let bao = Bao::of_this_run().await;
    let (key, cluster) = (bao.new_key().await, Cluster { issuer: Arc::new(Issuer::new()) });
    bao.token_for(&key).await;
    let front = Front::before(cluster.start().await).await;
    let mount = format!("kubernetes-{}", Uuid::new_v4());
    bao.post(&format!("sys/auth/{mount}"), json!({"type": "kubernetes"})).await;
    let host = json!({
        "kubernetes_host": front.url(), "kubernetes_ca_cert": front.authority,
        "token_reviewer_jwt": REVIEWER, "disable_local_ca_jwt": true,
    });
    bao.post(&format!("auth/{mount}/config"), host).await;
    let role = json!({
        "bound_service_account_names": ["latchkey-vault"], "bound_service_account_namespaces": ["keys"],
        "audience": "bao",
        "token_policies": [format!("latchkey-{key}")], "token_ttl": "1h",
    });
    bao.post(&format!("auth/{mount}/role/latchkey"), role).await;
    let jwt = bao.folder().join("jwt");
    let login = format!("role=latchkey&auth={mount}&jwt_file={}", jwt.display());
    let service = bao.service_as(&key, &login).await;

    let elsewhere = Cluster { issuer: Arc::new(Issuer::new()) };
    for (whose, token) in [
        ("another account", cluster.token("latchkey-connect")),
        ("another cluster", elsewhere.token("latchkey-vault")),
    ] {
        std::fs::write(&jwt, &token).unwrap();
        let told = unavailable(service.health().await);
        assert!(told.contains(&format!("the login at auth/{mount} failed")), "{whose}: {told}");
        assert!(!told.contains(&token), "{whose}: a token is told");
    }
    std::fs::write(&jwt, cluster.token("latchkey-vault")).unwrap();
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    assert_eq!(*service.unwrap(&wrapped, &context()).await.unwrap(), [7; 32]);
    assert_eq!(service.health().await, Ok(()));
}

#[tokio::test]
async fn a_server_is_believed_by_an_authority_of_the_operators_own_alone() {
    let bao = Bao::of_this_run().await;
    let key = bao.new_key().await;
    let front = Front::before(bao.port()).await;
    let open = async |ca_file: &str| {
        let login = format!("token_file={}", bao.token_file().display());
        let uri = format!("transit://bao/transit/{key}?{login}&endpoint={}{ca_file}", front.url());
        open_key_service(&uri).await.unwrap()
    };
    let authority: PathBuf = bao.folder().join("ca.crt");
    std::fs::write(&authority, &front.authority).unwrap();
    let service = open(&format!("&ca_file={}", authority.display())).await;
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    assert_eq!(*bao.service(&key).await.unwrap(&wrapped, &context()).await.unwrap(), [7; 32]);

    let told = unavailable(open("").await.health().await);
    assert!(told.contains("certificate"), "{told}");
    let others = Front::before(bao.port()).await.authority;
    std::fs::write(&authority, others).unwrap();
    let told = unavailable(open(&format!("&ca_file={}", authority.display())).await.health().await);
    assert!(told.contains("certificate"), "{told}");
}
