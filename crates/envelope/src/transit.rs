//! A key service at the transit engine of an OpenBao or a HashiCorp Vault.
//!
//! Invariants: which environment's key it is goes along as associated data, so that a wrap opens for that one alone.
//! What is answered counts as a refusal only where it speaks of the key; of a token that is not accepted it does not.

mod address;
mod answer;
mod login;
#[cfg(test)]
mod tests;

use crate::context::canonical;
use crate::message::KeyBytes;
use crate::{Denial, KeyService, KeyServiceError, OpenKeyServiceError, WrapContext};
use address::Address;
use answer::{Data, Refused};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use login::{Login, Token};
use reqwest::{Client, Method};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1500);
/// Below the caller's own limit of 5 s, so that what is told is the server's reason and not a timeout.
const OPERATION_TIMEOUT: Duration = Duration::from_millis(4500);
const ATTEMPTS_MAX: u32 = 3;
/// Before a second attempt, and twice that before a third.
const PAUSE: Duration = Duration::from_millis(100);

/// Opens `transit://HOST[:PORT]/MOUNT/KEY?role=ROLE|token_file=PATH[&…]`; the server is not called yet.
pub fn open(uri: &str) -> Result<Arc<dyn KeyService>, OpenKeyServiceError> {
    let address = Address::parse(uri)?;
    let wrong = |reason: String| OpenKeyServiceError::Address { uri: address.name.clone(), reason };
    let http = client(address.ca_file.as_deref()).map_err(wrong)?;
    let server = Server { http, endpoint: address.endpoint, namespace: address.namespace };
    let login = Login::new(address.login);
    let (uri, mount, key) = (address.name, address.mount, address.key);
    Ok(Arc::new(TransitKeyService { server, login, uri, mount, key }))
}

pub fn check(uri: &str) -> Result<(), OpenKeyServiceError> {
    Address::parse(uri).map(drop)
}

fn client(ca_file: Option<&Path>) -> Result<Client, String> {
    let roots = match ca_file {
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| format!("its ca_file {} cannot be read: {error}", path.display()))?,
        None => vec![],
    };
    let tls = latchkey_egress::trusting(&roots).map_err(|error| format!("its ca_file: {error}"))?;
    Client::builder()
        .tls_backend_preconfigured(tls.with_no_client_auth())
        // The token would go to wherever an answer leads.
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(ATTEMPT_TIMEOUT)
        .build()
        .map_err(|error| error.to_string())
}

struct TransitKeyService {
    server: Server,
    login: Login,
    uri: String,
    mount: String,
    key: String,
}

/// An OpenBao or a Vault, or a namespace of one.
struct Server {
    http: Client,
    endpoint: String,
    namespace: Option<String>,
}

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

/// One question to a server.
struct Question<'a> {
    method: Method,
    /// Below `/v1/`.
    path: &'a str,
    /// Nobody's where somebody logs in.
    token: Option<&'a Token>,
    body: Option<&'a Value>,
}

/// What the engine says of a key.
#[derive(Deserialize)]
struct Key {
    latest_version: u64,
    #[serde(default)]
    soft_deleted: bool,
}

#[async_trait]
impl KeyService for TransitKeyService {
    async fn wrap(&self, key: &[u8; 32], context: &WrapContext) -> Result<Vec<u8>, KeyServiceError> {
        let plaintext = Zeroizing::new(BASE64.encode(key));
        let request = json!({"plaintext": plaintext.as_str(), "associated_data": associated(context)?});
        let answer: Encrypted = self.call(Method::POST, "encrypt", Some(&request)).await?;
        Ok(answer.ciphertext.into_bytes())
    }

    async fn unwrap(&self, wrapped: &[u8], context: &WrapContext) -> Result<KeyBytes, KeyServiceError> {
        let text = str::from_utf8(wrapped).ok().filter(|text| text.is_ascii());
        let text = text.ok_or_else(|| KeyServiceError::not_ours("the wrapped bytes are not the engine's"))?;
        let request = json!({"ciphertext": text, "associated_data": associated(context)?});
        let answer: Decrypted = self.call(Method::POST, "decrypt", Some(&request)).await?;
        let plaintext = Zeroizing::new(answer.plaintext);
        let plain = Zeroizing::new(BASE64.decode(plaintext.as_bytes()).unwrap_or_default());
        let key: &[u8; 32] = plain
            .as_slice()
            .try_into()
            .map_err(|_| KeyServiceError::not_ours("what was unwrapped is not a 256-bit key"))?;
        Ok(Zeroizing::new(*key))
    }

    async fn newest(&self) -> Result<Option<Vec<u8>>, KeyServiceError> {
        let key: Key = self.call(Method::GET, "keys", None).await?;
        Ok(Some(format!("vault:v{}:", key.latest_version).into_bytes()))
    }

    async fn health(&self) -> Result<(), KeyServiceError> {
        let key: Key = self.call(Method::GET, "keys", None).await?;
        if key.soft_deleted {
            let detail = format!("{} was deleted, and can be restored", self.uri);
            return Err(KeyServiceError::Denied { denial: Denial::InvalidState, detail });
        }
        Ok(())
    }

    fn uri(&self) -> &str {
        &self.uri
    }
}

impl TransitKeyService {
    /// Calls the engine for this key. A token that is not accepted is replaced once.
    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        operation: &str,
        request: Option<&Value>,
    ) -> Result<T, KeyServiceError> {
        let path = format!("{}/{operation}/{}", self.mount, self.key);
        let calling = async {
            for _ in 0..2 {
                let token = self.login.token(&self.server).await?;
                let question =
                    Question { method: method.clone(), path: &path, token: Some(&token), body: request };
                match self.server.ask(&question).await {
                    Ok(Data { data }) => return Ok(data),
                    Err(Refused::Forbidden) if self.server.accepts(&token).await => {
                        let detail = format!("the token's policies do not allow {method} {path}");
                        return Err(KeyServiceError::Denied { denial: Denial::AccessDenied, detail });
                    }
                    Err(Refused::Forbidden) => self.login.forget(),
                    Err(refused) => return Err(refused.into()),
                }
            }
            let detail =
                format!("{} does not accept the token: it ran out or was revoked", self.server.endpoint);
            Err(KeyServiceError::Unavailable { detail })
        };
        let late =
            |_| KeyServiceError::Unavailable { detail: format!("no answer within {OPERATION_TIMEOUT:?}") };
        timeout(OPERATION_TIMEOUT, calling).await.map_err(late)?
    }
}

impl Server {
    /// Asks again where nothing was said: whatever is asked here may be asked twice.
    async fn ask<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<T, Refused> {
        let mut attempt = 1;
        loop {
            match self.ask_once(question).await {
                Err(Refused::Silent(_)) if attempt < ATTEMPTS_MAX => sleep(PAUSE * attempt).await,
                settled => return settled,
            }
            attempt += 1;
        }
    }

    async fn ask_once<T: DeserializeOwned>(&self, question: &Question<'_>) -> Result<T, Refused> {
        let Question { method, path, token, body } = question;
        // What a proxy of the servers' own asks of a request, so that no page of a browser's can make one.
        let asked = self
            .http
            .request(method.clone(), format!("{}/v1/{path}", self.endpoint))
            .header("x-vault-request", "true");
        let asked = self.namespace.iter().fold(asked, |asked, name| asked.header("x-vault-namespace", name));
        let asked = token.iter().fold(asked, |asked, token| asked.header("x-vault-token", token.header()));
        let asked = body.iter().fold(asked, |asked, body| asked.json(body));
        let answer = asked.send().await.map_err(|error| Refused::lost(&error))?;
        let status = answer.status().as_u16();
        answer::read(status, &answer.bytes().await.map_err(|error| Refused::lost(&error))?)
    }

    /// Whether the token is good, whatever it may do.
    async fn accepts(&self, token: &Token) -> bool {
        let question =
            Question { method: Method::GET, path: "auth/token/lookup-self", token: Some(token), body: None };
        self.ask::<Value>(&question).await.is_ok()
    }
}

fn associated(context: &WrapContext) -> Result<String, KeyServiceError> {
    let entries = context.entries();
    let fields: Vec<&[u8]> =
        entries.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]).collect();
    let bytes = canonical(&fields).map_err(|error| KeyServiceError::not_ours(error.to_string()))?;
    Ok(BASE64.encode(bytes))
}
