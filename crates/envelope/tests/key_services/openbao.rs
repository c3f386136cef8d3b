//! The transit engine of a real OpenBao: what a token may do, logins, and keys that are renewed or gone.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use latchkey_envelope::{
    Denial, EnvironmentKeys, KeyName, KeyService, KeyServiceError, WrapContext, Wraps, open_key_service,
};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// That of `tests/with-servers`, and files of one test's own.
pub struct Bao {
    url: String,
    root: String,
    http: reqwest::Client,
    folder: tempfile::TempDir,
}

impl Bao {
    pub async fn of_this_run() -> Self {
        let variable = |name: &str| {
            std::env::var(name).unwrap_or_else(|_| {
                panic!("no OpenBao to test with: run tests/run, or tests/with-servers cargo test -p latchkey-envelope")
            })
        };
        let (url, root) = (variable("LATCHKEY_TEST_BAO_URL"), variable("LATCHKEY_TEST_BAO_TOKEN"));
        let tls = latchkey_egress::tls().unwrap();
        let http = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().unwrap();
        let bao = Self { url, root, http, folder: tempfile::tempdir().unwrap() };
        std::fs::write(bao.token_file(), &bao.root).unwrap();
        bao
    }

    /// Whatever this test writes.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The port on this machine.
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    pub fn token_file(&self) -> PathBuf {
        self.folder.path().join("token")
    }

    async fn ask(&self, method: reqwest::Method, path: &str, request: Value) -> Value {
        self.ask_within("", method, path, request).await
    }

    /// The same in a namespace; the root's is empty.
    async fn ask_within(&self, space: &str, method: reqwest::Method, path: &str, request: Value) -> Value {
        let asked =
            self.http.request(method, format!("{}/v1/{path}", self.url)).header("x-vault-namespace", space);
        let answer = asked.header("x-vault-token", &self.root).json(&request).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    pub async fn post(&self, path: &str, request: Value) -> Value {
        self.ask(reqwest::Method::POST, path, request).await
    }

    pub async fn new_key(&self) -> String {
        let name = format!("latchkey-{}", Uuid::new_v4());
        self.post(&format!("transit/keys/{name}"), json!({"type": "aes256-gcm96"})).await;
        name
    }

    /// With the token in the file.
    pub async fn service(&self, key: &str) -> Arc<dyn KeyService> {
        self.service_as(key, &format!("token_file={}", self.token_file().display())).await
    }

    pub async fn service_as(&self, key: &str, login: &str) -> Arc<dyn KeyService> {
        open_key_service(&format!("transit://bao/transit/{key}?{login}&endpoint={}", self.url)).await.unwrap()
    }

    /// A token with the policy the documentation gives, for this key.
    pub async fn token_for(&self, key: &str) -> String {
        let policy = format!("latchkey-{key}");
        let rules = format!(
            "path \"transit/encrypt/{key}\" {{ capabilities = [\"update\"] }}\n\
             path \"transit/decrypt/{key}\" {{ capabilities = [\"update\"] }}\n\
             path \"transit/keys/{key}\" {{ capabilities = [\"read\"] }}"
        );
        self.post(&format!("sys/policies/acl/{policy}"), json!({"policy": rules})).await;
        let made = self.post("auth/token/create", json!({"policies": [policy]})).await;
        made["auth"]["client_token"].as_str().unwrap().to_owned()
    }
}

pub fn context() -> WrapContext {
    let key = KeyName { id: Uuid::from_u128(0xfeed), version: 3 };
    WrapContext { deployment: "main".into(), environment: "dev".into(), key }
}

fn denied(outcome: Result<impl Sized, KeyServiceError>) -> Denial {
    match outcome.err() {
        Some(KeyServiceError::Denied { denial, .. }) => denial,
        other => panic!("not denied: {other:?}"),
    }
}

pub fn unavailable(outcome: Result<impl Sized, KeyServiceError>) -> String {
    match outcome.err() {
        Some(KeyServiceError::Unavailable { detail }) => detail,
        other => panic!("not unavailable: {other:?}"),
    }
}

#[tokio::test]
async fn the_documented_policy_is_all_a_token_needs_and_no_more_is_taken_for_a_refusal() {
    let bao = Bao::of_this_run().await;
    let (ours, other) = (bao.new_key().await, bao.new_key().await);
    let token = bao.token_for(&ours).await;
    std::fs::write(bao.token_file(), format!("{token}\n")).unwrap();
    let service = bao.service(&ours).await;
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    assert_eq!(*service.unwrap(&wrapped, &context()).await.unwrap(), [7; 32]);
    assert_eq!(service.health().await, Ok(()));
    let elsewhere = bao.service(&other).await;
    assert_eq!(denied(elsewhere.wrap(&[7; 32], &context()).await), Denial::AccessDenied);
    assert_eq!(denied(elsewhere.health().await), Denial::AccessDenied);

    // A token that ended says nothing about the key, and another one is used as soon as it lies there.
    bao.post("auth/token/revoke", json!({"token": token})).await;
    let told = unavailable(service.unwrap(&wrapped, &context()).await);
    assert!(told.contains("does not accept the token") && !told.contains(&token), "{told}");
    std::fs::write(bao.token_file(), bao.token_for(&ours).await).unwrap();
    assert_eq!(*service.unwrap(&wrapped, &context()).await.unwrap(), [7; 32]);
    std::fs::remove_file(bao.token_file()).unwrap();
    assert!(unavailable(service.unwrap(&wrapped, &context()).await).contains("cannot be read"));
}

#[tokio::test]
async fn keys_that_are_gone_or_of_another_kind_are_told_apart() {
    let bao = Bao::of_this_run().await;
    let key = bao.new_key().await;
    let service = bao.service(&key).await;
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    let settings = format!("transit/keys/{key}/config");
    bao.post(&format!("transit/keys/{key}/rotate"), json!({})).await;
    bao.post(&settings, json!({"min_decryption_version": 2, "deletion_allowed": true})).await;
    assert_eq!(denied(service.unwrap(&wrapped, &context()).await), Denial::InvalidState, "it is too old");
    bao.ask(reqwest::Method::DELETE, &format!("transit/keys/{key}"), json!({})).await;
    assert_eq!(denied(service.unwrap(&wrapped, &context()).await), Denial::KeyNotFound);
    assert_eq!(denied(service.health().await), Denial::KeyNotFound);
    let nowhere = bao.service(&format!("none/{key}")).await;
    assert_eq!(
        denied(nowhere.unwrap(&wrapped, &context()).await),
        Denial::KeyNotFound,
        "there is no such engine"
    );
    for (kind, settings) in [("rsa", json!({"type": "rsa-2048"})), ("derived", json!({"derived": true}))] {
        let name = format!("{kind}-{}", Uuid::new_v4());
        bao.post(&format!("transit/keys/{name}"), settings).await;
        let refused = bao.service(&name).await.wrap(&[7; 32], &context()).await;
        assert_eq!(denied(refused), Denial::InvalidState, "{kind} keys bind no associated data");
    }
}

#[tokio::test]
async fn what_an_older_version_of_the_key_wrapped_is_wrapped_anew_and_opens() {
    let bao = Bao::of_this_run().await;
    let key = bao.new_key().await;
    let keys = EnvironmentKeys::new(vec![bao.service(&key).await]);
    let fresh = keys.create("main", "dev", 1_800_000_000_000, None).await.unwrap();
    assert!(keys.wanted().await.unwrap().is_met_by(&fresh.wrapped).unwrap());
    bao.post(&format!("transit/keys/{key}/rotate"), json!({})).await;
    let wanted = keys.wanted().await.unwrap();
    assert!(!wanted.is_met_by(&fresh.wrapped).unwrap());
    assert!(keys.wanted_by_name().is_met_by(&fresh.wrapped).unwrap(), "by name alone it is as it was");

    let anew = keys.rewrap("main", "dev", &fresh.wrapped, &wanted).await.unwrap();
    assert!(wanted.is_met_by(&anew).unwrap());
    assert_eq!(
        keys.rewrap("main", "dev", &anew, &wanted).await.unwrap(),
        anew,
        "it is left alone from then on"
    );
    // The old version may go now.
    bao.post(&format!("transit/keys/{key}/config"), json!({"min_decryption_version": 2})).await;
    let name = Wraps::of(&anew).unwrap().key;
    let opened = EnvironmentKeys::new(vec![bao.service(&key).await]);
    opened.get("main", "dev", name, || async { Ok::<_, KeyServiceError>(anew) }).await.unwrap();
    let lost = EnvironmentKeys::new(vec![bao.service(&key).await]);
    let outcome = lost.get("main", "dev", name, || async { Ok::<_, KeyServiceError>(fresh.wrapped) }).await;
    assert_eq!(denied(outcome), Denial::InvalidState);
}

/// An issuer of workloads' tokens, as a cluster is one.
pub struct Issuer(EcdsaKeyPair);

impl Issuer {
    pub fn new() -> Self {
        let chance = SystemRandom::new();
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &chance).unwrap();
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref(), &chance).unwrap();
        Self(pair)
    }

    fn public_key(&self) -> String {
        // SubjectPublicKeyInfo of a point on P-256, RFC 5480.
        let head = hex::decode("3059301306072a8648ce3d020106082a8648ce3d030107034200").unwrap();
        let key = BASE64.encode([head.as_slice(), self.0.public_key().as_ref()].concat());
        format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")
    }

    fn token(&self, subject: &str) -> String {
        self.sign(json!({"sub": subject}))
    }

    /// What a token says, if it is one of ours.
    pub fn claims(&self, token: &str) -> Option<Value> {
        let (signed, signature) = token.rsplit_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, self.0.public_key());
        public.verify(signed.as_bytes(), &signature).ok()?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(signed.split_once('.')?.1).ok()?).ok()
    }

    /// A token that says this, and is good for ten minutes.
    pub fn sign(&self, mut claims: Value) -> String {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        for (name, value) in [
            ("iss", json!("cluster")),
            ("aud", json!(["bao"])),
            ("iat", json!(now)),
            ("nbf", json!(now)),
            ("exp", json!(now + 600)),
        ] {
            claims[name] = value;
        }
        let signed = format!("{}.{}", part(json!({"alg": "ES256", "typ": "JWT"})), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
    }
}

#[tokio::test]
async fn a_workload_logs_in_with_its_own_token_and_does_so_again_where_its_login_ended() {
    let bao = Bao::of_this_run().await;
    let (key, issuer) = (bao.new_key().await, Issuer::new());
    bao.token_for(&key).await;
    let mount = format!("jwt-{}", Uuid::new_v4());
    bao.post(&format!("sys/auth/{mount}"), json!({"type": "jwt"})).await;
    let trusted = json!({"jwt_validation_pubkeys": [issuer.public_key()], "bound_issuer": "cluster"});
    bao.post(&format!("auth/{mount}/config"), trusted).await;
    let role = json!({
        "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["bao"], "bound_subject": "latchkey-vault",
        "token_policies": [format!("latchkey-{key}")], "token_ttl": "1h",
    });
    bao.post(&format!("auth/{mount}/role/latchkey"), role).await;
    let jwt = bao.folder.path().join("jwt");
    let login = format!("role=latchkey&auth={mount}&jwt_file={}", jwt.display());
    let service = bao.service_as(&key, &login).await;

    std::fs::write(&jwt, issuer.token("somebody-else")).unwrap();
    let told = unavailable(service.health().await);
    assert!(told.contains(&format!("the login at auth/{mount} failed")), "{told}");
    std::fs::write(&jwt, issuer.token("latchkey-vault")).unwrap();
    let wrapped = service.wrap(&[7; 32], &context()).await.unwrap();
    bao.post(&format!("sys/leases/revoke-prefix/auth/{mount}"), json!({})).await;
    assert_eq!(*service.unwrap(&wrapped, &context()).await.unwrap(), [7; 32], "it logs in again");
}

#[tokio::test]
async fn a_key_in_a_namespace_is_another_than_its_namesake_outside() {
    let bao = Bao::of_this_run().await;
    let (key, space) = (bao.new_key().await, format!("team-{}", Uuid::new_v4()));
    bao.post(&format!("sys/namespaces/{space}"), json!({})).await;
    for (path, request) in
        [("sys/mounts/transit", json!({"type": "transit"})), (&format!("transit/keys/{key}"), json!({}))]
    {
        bao.ask_within(&space, reqwest::Method::POST, path, request).await;
    }
    let login = format!("token_file={}", bao.token_file().display());
    let outside = bao.service_as(&key, &login).await;
    let within = bao.service_as(&key, &format!("{login}&namespace={space}")).await;
    assert_ne!(outside.uri(), within.uri());

    let wrapped = within.wrap(&[7; 32], &context()).await.unwrap();
    assert_eq!(*within.unwrap(&wrapped, &context()).await.unwrap(), [7; 32]);
    assert_eq!(within.health().await, Ok(()));
    assert_eq!(denied(outside.unwrap(&wrapped, &context()).await), Denial::NotOurs);
}
