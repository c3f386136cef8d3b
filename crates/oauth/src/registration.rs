//! Registers a client at an authorization server (RFC 7591), and takes it back (RFC 7592).
//!
//! Invariant: a request is made once. What it gives goes with every connection that is made with it: a grant belongs to
//! the client it was given to, and another client cannot renew it.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::unrendered,
    carrier::{Answer, Operation},
    document::Document,
    scrub::Secrets,
    verdict,
};
use latchkey_providers::{Body, ClientAuth, HttpRequest, Provider, server};
use latchkey_secret::SecretText;
use serde_json::{Map, Value, json};
use std::{
    fmt,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use url::Url;

/// Longer than any client id in use, a URL among them.
const CLIENT_ID_MAX: usize = 2048;
const SECRET_MAX: usize = 4096;

/// What a client is to be registered as.
#[derive(Debug, Clone, Copy)]
pub struct ClientMetadata<'a> {
    /// Shown to end users when they consent.
    pub name: &'a str,
    pub redirect_uri: &'a str,
}

/// A registration, ready to go. Two that are equal register the same client.
#[derive(Debug, Clone, PartialEq)]
pub struct Registration {
    endpoint: Url,
    redirect_uri: String,
    body: Value,
}

/// A client as the server registered it.
pub struct RegisteredClient {
    pub client_id: String,
    /// When its secret ends; `None` where it has none, or one that does not end.
    pub secret_expires_at: Option<SystemTime>,
    /// What belongs with every connection made with it, the id and the secret among it.
    pub fields: Inputs,
}

impl fmt::Debug for RegisteredClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredClient").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl RegisteredClient {
    /// The fields, once more: one set is kept, and another goes with the connection that is being made.
    #[must_use]
    pub fn copied_fields(&self) -> Inputs {
        let fields = self.fields.iter();
        fields.map(|(name, value)| (name.clone(), value.expose().to_owned().into())).collect()
    }
}

impl Registration {
    /// The same bytes for the same registration.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<u8> {
        format!("{} {}", self.endpoint, self.body).into_bytes()
    }
}

/// The registration this entry's server takes, or `None` where it takes none. `fields` holds what was typed and found.
///
/// # Errors
/// [`FaultKind::InputInvalid`] where a value of the endpoint's address is missing.
pub fn registration(
    provider: &Provider,
    fields: &Inputs,
    client: ClientMetadata<'_>,
) -> Result<Option<Registration>, Fault> {
    let material = Material::bare(provider).with_fields(fields);
    let endpoint = provider.registration_endpoint(&material.values).map_err(|error| unrendered(&error))?;
    let Some(endpoint) = endpoint else { return Ok(None) };
    let method = provider.client_auth(&material.values).map_or("none", ClientAuth::word);
    let mut body = described(client, method);
    body.extend(provider.client_metadata());
    Ok(Some(Registration { endpoint, redirect_uri: client.redirect_uri.to_owned(), body: body.into() }))
}

/// Whether the server is the same for all connections of an integration, so that they can share one client. Where each
/// connection chooses its server, each has a client of its own.
#[must_use]
pub fn is_shared(provider: &Provider, app: &App) -> bool {
    let values = Material::of_app(provider, app).values;
    if provider.discovery().is_empty() {
        return matches!(provider.registration_endpoint(&values), Ok(Some(_)));
    }
    match provider.protected_resource(&values) {
        Ok(Some(_)) => true,
        Ok(None) => provider.issuer(&values).is_some(),
        Err(_) => false,
    }
}

/// The id of the client that registered itself for this connection, if one did.
#[must_use]
pub fn registered_client_id(fields: &Inputs) -> Option<String> {
    fields.get(&format!("{}{}", server::PREFIX, server::CLIENT_ID)).map(|id| id.expose().to_owned())
}

/// The document that stands for a client whose id is the document's own address.
#[must_use]
pub fn metadata_document(client_id: &str, name: &str, redirect_uri: &str) -> Value {
    json!({
        "client_id": client_id,
        "client_name": name,
        "redirect_uris": [redirect_uri],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    })
}

/// What goes with a connection whose client is such a document.
#[must_use]
pub fn document_client(client_id: &str) -> Inputs {
    [(server::CLIENT_ID, client_id), (server::AUTH_METHOD, "none")].into_iter().map(field).collect()
}

/// What goes with a connection that is made with a client of somebody's own, in the place of the app's. How it authenticates is the
/// entry's to say.
#[must_use]
pub fn own_client(client_id: &str, client_secret: Option<&SecretText>) -> Inputs {
    let secret = client_secret.map(|secret| (server::CLIENT_SECRET, secret.expose()));
    [Some((server::CLIENT_ID, client_id)), secret].into_iter().flatten().map(field).collect()
}

/// RFC 7591 §2. No `scope`: it would bind the client to what is asked for today, and servers refuse scopes that belong to a
/// resource and not to themselves.
fn described(client: ClientMetadata<'_>, method: &str) -> Map<String, Value> {
    let mut body = Map::new();
    body.insert("client_name".into(), client.name.into());
    body.insert("redirect_uris".into(), json!([client.redirect_uri]));
    body.insert("grant_types".into(), json!(["authorization_code", "refresh_token"]));
    body.insert("response_types".into(), json!(["code"]));
    body.insert("token_endpoint_auth_method".into(), method.into());
    if client.redirect_uri.starts_with("http://") {
        // OpenID Connect Registration §2: plain http on loopback is for native applications.
        body.insert("application_type".into(), "native".into());
    }
    body
}

impl Client {
    /// Registers a client. Not to be repeated for the same integration: every call leaves a client at the server.
    ///
    /// # Errors
    /// [`FaultKind::RequestRejected`] where the server does not take this client, [`FaultKind::ClientRejected`] where it
    /// lets nobody register; [`FaultKind::ResponseInvalid`] where what it gave cannot be used.
    pub async fn register(
        &self,
        provider: &Provider,
        registration: &Registration,
    ) -> Result<RegisteredClient, Fault> {
        let request = HttpRequest {
            method: "POST".into(),
            url: registration.endpoint.clone(),
            headers: vec![("accept".into(), "application/json".into())],
            body: Body::Json(registration.body.clone()),
        };
        let answer = self.send(Operation::Register, provider, request).await?;
        let read = Document::parse(Some("application/json"), answer.text().as_bytes()).ok();
        if !matches!(answer.status, 200 | 201) {
            return Err(refusal(&answer, read.as_ref()));
        }
        let unusable = |why: &'static str| {
            Fault::described(FaultKind::ResponseInvalid, why).with_status(answer.status).at(&answer.host)
        };
        let read = read.ok_or_else(|| unusable("the answer to the registration is not JSON"))?;
        registered(registration, read.value()).map_err(unusable)
    }

    /// Takes back a client nobody uses (RFC 7592 §2.3). Best effort: one that stays harms nobody.
    ///
    /// # Errors
    /// What came of the request; [`FaultKind::Unsupported`] where the server gave nothing to take it back with.
    pub async fn unregister(
        &self,
        provider: &Provider,
        registration: &Registration,
        client: &RegisteredClient,
    ) -> Result<(), Fault> {
        let kept =
            |name: &str| client.fields.get(&format!("{}{name}", server::PREFIX)).map(SecretText::expose);
        let place = kept(server::REGISTRATION_CLIENT_URI).and_then(|uri| Url::parse(uri).ok());
        let token = kept(server::REGISTRATION_ACCESS_TOKEN);
        let (Some(place), Some(token)) = (place, token) else {
            return Err(Fault::new(FaultKind::Unsupported));
        };
        if place.origin() != registration.endpoint.origin() {
            let why = "the client would be taken back at another origin than it was registered at";
            return Err(Fault::described(FaultKind::RequestRejected, why));
        }
        let headers = vec![("authorization".into(), format!("Bearer {token}"))];
        let request = HttpRequest { method: "DELETE".into(), url: place, headers, body: Body::None };
        let answer = self.send(Operation::Register, provider, request).await?;
        if answer.status == 204 { Ok(()) } else { Err(refusal(&answer, None)) }
    }
}

/// RFC 7591 §3.2.1. The error is what is wrong, and repeats nothing.
fn registered(registration: &Registration, answer: &Value) -> Result<RegisteredClient, &'static str> {
    let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let client_id = text("client_id").ok_or("the registration brought no client id")?;
    if client_id.len() > CLIENT_ID_MAX || client_id.chars().any(char::is_control) {
        return Err("the client id is too long or holds control characters");
    }
    let redirects = answer.get("redirect_uris").and_then(Value::as_array);
    let kept = |uris: &Vec<Value>| uris.iter().any(|uri| uri.as_str() == Some(&registration.redirect_uri));
    if !redirects.is_none_or(kept) {
        return Err("the server registered another redirect URI than ours");
    }
    let asked = registration.body.get(server::AUTH_METHOD).and_then(Value::as_str);
    let method = text(server::AUTH_METHOD).or(asked).unwrap_or("none");
    let secret = text(server::CLIENT_SECRET).filter(|_| method != "none");
    let usable = matches!(method, "none" | "client_secret_basic" | "client_secret_post");
    if !usable || (method != "none" && secret.is_none()) {
        return Err("the server registered the client with a way to authenticate that it cannot use");
    }
    if secret.is_some_and(|secret| secret.len() > SECRET_MAX || secret.chars().any(char::is_control)) {
        return Err("the client secret is too long or holds control characters");
    }
    // Zero is RFC 7591's word for never.
    let expires =
        answer.get("client_secret_expires_at").and_then(Value::as_u64).filter(|seconds| *seconds > 0);
    let expires = expires.filter(|_| secret.is_some()).map(Duration::from_secs);
    let fields = [
        Some((server::CLIENT_ID, client_id)),
        secret.map(|secret| (server::CLIENT_SECRET, secret)),
        Some((server::AUTH_METHOD, method)),
        text(server::REGISTRATION_ACCESS_TOKEN).map(|token| (server::REGISTRATION_ACCESS_TOKEN, token)),
        text(server::REGISTRATION_CLIENT_URI).map(|uri| (server::REGISTRATION_CLIENT_URI, uri)),
    ];
    Ok(RegisteredClient {
        client_id: client_id.to_owned(),
        secret_expires_at: expires.and_then(|since_1970| UNIX_EPOCH.checked_add(since_1970)),
        fields: fields.into_iter().flatten().map(field).collect(),
    })
}

fn field((name, value): (&str, &str)) -> (String, SecretText) {
    (format!("{}{name}", server::PREFIX), value.to_owned().into())
}

/// RFC 7591 §3.2.2.
fn refusal(answer: &Answer, read: Option<&Document>) -> Fault {
    // Nothing secret was sent that could come back.
    let nothing = Secrets::default();
    let text = |pointer| read.and_then(|document| document.text(pointer));
    let kind = match answer.status {
        401 | 403 => FaultKind::ClientRejected,
        status => verdict::refused(status, answer.retry_after.is_some(), None, false),
    };
    Fault {
        kind,
        http_status: Some(answer.status),
        code: text("/error").and_then(|code| nothing.code(code)),
        description: text("/error_description").and_then(|description| nothing.description(description)),
        retry_after: answer.retry_after,
        host: Some(answer.host.clone()),
    }
}
