//! Finds the authorization server of a resource (RFC 9728), and where it is to be asked (RFC 8414, OpenID Connect
//! Discovery).
//!
//! Invariant: whoever writes these documents may be an attacker. A document speaks for its own origin alone: an endpoint
//! elsewhere is used only where the entry lists its host. Nothing secret is sent to find anything, no redirect is followed,
//! and the documents are small and few.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::unrendered,
    carrier::{Answer, AnswerBody, Operation},
    challenge::bearer_parameter,
    document::Document,
};
use latchkey_providers::{Body, CodeChallengeMethod, Discovery, HttpRequest, Protocol, Provider, server};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};
use url::Url;

/// Honest documents have a few kilobytes.
const METADATA_MAX: usize = 64 * 1024;
/// For all requests of one discovery: a person waits before a page meanwhile.
const DISCOVERY_MAX: Duration = Duration::from_secs(30);
/// More scopes than a person could consent to.
const SCOPES_MAX: usize = 100;
/// Brings a refresh token (OpenID Connect Core §11).
const OFFLINE_ACCESS: &str = "offline_access";
/// The methods this engine can use without a key of the app's own, best first.
const AUTH_METHODS: [&str; 3] = ["none", "client_secret_post", "client_secret_basic"];

/// An authorization server, as far as it tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Server {
    /// By the names of [`latchkey_providers::server`].
    known: BTreeMap<&'static str, String>,
    /// What to ask for where nobody says: what the resource demands, or all it knows.
    pub scopes: Vec<String>,
    /// Whether it takes the URL of a document for a client id.
    pub takes_metadata_documents: bool,
}

impl Server {
    /// What is to be kept of it with the connection that is made there.
    #[must_use]
    pub fn fields(&self) -> Inputs {
        let prefixed =
            |(name, value): (&&str, &String)| (format!("{}{name}", server::PREFIX), value.clone().into());
        self.known.iter().map(prefixed).collect()
    }

    fn know(&mut self, name: &'static str, value: impl Into<String>) {
        self.known.insert(name, value.into());
    }
}

/// What a resource says about itself (RFC 9728 §2).
#[derive(Default)]
struct Resource {
    identifier: Option<String>,
    issuer: Option<String>,
    scopes: Vec<String>,
}

impl Client {
    /// Finds the authorization server of an entry that states none. An entry that states its endpoints knows enough.
    ///
    /// # Errors
    /// [`FaultKind::InputInvalid`] where a value is missing; [`FaultKind::ResponseInvalid`] where a document is not what the
    /// standard asks for, or speaks of somebody else; [`FaultKind::RequestRejected`] where it names a host that the entry
    /// does not; else what came of the requests.
    pub async fn discover(&self, provider: &Provider, app: &App, inputs: &Inputs) -> Result<Server, Fault> {
        if provider.discovery().is_empty() {
            return Ok(Server::default());
        }
        let found = tokio::time::timeout(DISCOVERY_MAX, self.find(provider, app, inputs)).await;
        found.unwrap_or_else(|_| {
            Err(Fault::described(FaultKind::Unavailable, "the server did not describe itself in time"))
        })
    }

    async fn find(&self, provider: &Provider, app: &App, inputs: &Inputs) -> Result<Server, Fault> {
        let material = Material::of_app(provider, app).with_fields(inputs);
        let values = &material.values;
        let asked = provider.protected_resource(values).map_err(|error| unrendered(&error))?;
        let mut resource = Resource::default();
        if let Some(asked) = asked.as_ref().filter(|_| provider.discovery().contains(&Discovery::Rfc9728)) {
            resource = self.resource(provider, asked).await?;
        }
        let stated = provider.issuer(values);
        let named = stated.clone().or(resource.issuer.take()).or_else(|| {
            // The first revision of the protocol had no resource metadata: the server was its own authorization server.
            let own = asked.as_ref().filter(|_| provider.protocols.contains(&Protocol::Mcp));
            own.map(|asked| asked.origin().ascii_serialization())
        });
        let named = named.ok_or_else(|| invalid("the resource names no authorization server (RFC 9728)"))?;
        let issuer = address(provider, &named)?;
        if issuer.query().is_some() {
            return Err(invalid("an issuer has no query (RFC 8414, section 2)"));
        }
        // A developer's own client secret goes nowhere that a document alone has named.
        let open = provider.api.hosts.is_empty() && app.client_id.is_empty();
        let own = asked.as_ref().is_some_and(|asked| asked.origin() == issuer.origin());
        if stated.is_none() && !open && !own {
            allowed(provider, &issuer)?;
        }
        let metadata = self.server_metadata(provider, &issuer).await?;
        let mut server = read_server(provider, &named, &issuer, metadata.value())?;
        if let Some(identifier) = resource.identifier.or_else(|| asked.map(|asked| asked.to_string())) {
            server.know(server::RESOURCE, identifier);
        }
        if !resource.scopes.is_empty() {
            let offline = server.scopes.iter().any(|scope| scope == OFFLINE_ACCESS);
            server.scopes = resource.scopes;
            if offline && !server.scopes.iter().any(|scope| scope == OFFLINE_ACCESS) {
                server.scopes.push(OFFLINE_ACCESS.into());
            }
        } else {
            // What a server knows is no proposal; what keeps a connection alive is.
            server.scopes.retain(|scope| scope == OFFLINE_ACCESS);
        }
        Ok(server)
    }

    /// RFC 9728 §5: the challenge says where the metadata is; else it is where §3.1 puts it.
    async fn resource(&self, provider: &Provider, asked: &Url) -> Result<Resource, Fault> {
        let challenge = self.get(provider, asked).await?.www_authenticate.unwrap_or_default();
        let demanded = bearer_parameter(&challenge, "scope").map(|scopes| words(&scopes)).unwrap_or_default();
        let candidates = match bearer_parameter(&challenge, "resource_metadata") {
            Some(told) => {
                let told = address(provider, &told)?;
                if told.origin() != asked.origin() {
                    allowed(provider, &told)?;
                }
                vec![told]
            }
            None => {
                let mut candidates = vec![inserted(asked, "oauth-protected-resource")];
                let root = origin_of(asked);
                candidates.extend((root != *asked).then(|| inserted(&root, "oauth-protected-resource")));
                candidates
            }
        };
        for candidate in candidates {
            if let Some(metadata) = self.metadata(provider, &candidate).await? {
                let mut resource = read_resource(asked, metadata.value())?;
                if !demanded.is_empty() {
                    resource.scopes = demanded;
                }
                return Ok(resource);
            }
        }
        Ok(Resource { scopes: demanded, ..Resource::default() })
    }

    /// RFC 8414 §3.1 and §5; OpenID Connect Discovery §4 puts the same behind the path.
    async fn server_metadata(&self, provider: &Provider, issuer: &Url) -> Result<Document, Fault> {
        let mut candidates =
            vec![inserted(issuer, "oauth-authorization-server"), inserted(issuer, "openid-configuration")];
        if issuer.path() != "/" {
            let mut behind = issuer.clone();
            behind.set_path(&format!(
                "{}/.well-known/openid-configuration",
                issuer.path().trim_end_matches('/')
            ));
            candidates.push(behind);
        }
        for candidate in candidates {
            if let Some(metadata) = self.metadata(provider, &candidate).await? {
                return Ok(metadata);
            }
        }
        let host = issuer.host_str().unwrap_or_default();
        Err(invalid("the authorization server does not describe itself (RFC 8414)").at(host))
    }

    /// A document; `None` where there is none at this address. A page for people is none.
    async fn metadata(&self, provider: &Provider, url: &Url) -> Result<Option<Document>, Fault> {
        let answer = self.get(provider, url).await?;
        let fault = |kind, why: &str| Fault::described(kind, why).with_status(answer.status).at(&answer.host);
        match (answer.status, &answer.body) {
            (429, _) => Err(fault(FaultKind::RateLimited, "the server asks for fewer requests")),
            (500.., _) => {
                Err(fault(FaultKind::Unavailable, "the server cannot describe itself at the moment"))
            }
            (200, AnswerBody::Whole(body)) if body.len() <= METADATA_MAX => {
                let read = Document::parse(Some("application/json"), body).ok();
                Ok(read.filter(|document| document.value().is_object()))
            }
            (200, AnswerBody::CutOff) => Err(fault(FaultKind::Unavailable, "the description is cut off")),
            (200, _) => {
                Err(fault(FaultKind::ResponseInvalid, "the description is larger than any honest one"))
            }
            _ => Ok(None),
        }
    }

    async fn get(&self, provider: &Provider, url: &Url) -> Result<Answer, Fault> {
        let request = HttpRequest {
            method: "GET".into(),
            url: url.clone(),
            // Not an event stream, which would not end.
            headers: vec![("accept".into(), "application/json".into())],
            body: Body::None,
        };
        let answer = self.send(Operation::Discover, provider, request).await;
        // Nothing was asked to be done, so nothing can have been done.
        answer.map_err(|fault| match fault.kind {
            FaultKind::Ambiguous => Fault { kind: FaultKind::Unavailable, ..fault },
            _ => fault,
        })
    }
}

fn read_resource(asked: &Url, metadata: &Value) -> Result<Resource, Fault> {
    let identifier = text(metadata, "resource").unwrap_or_default();
    let named = Url::parse(identifier).ok();
    // §3.3 asks for the identifier that was asked about. Servers describe themselves once for all their paths, which
    // widens the audience no further than the origin that answered.
    let covers = named.is_some_and(|named| {
        let (named_path, asked_path) =
            (named.path().trim_end_matches('/'), asked.path().trim_end_matches('/'));
        let below = asked_path.strip_prefix(named_path);
        named.origin() == asked.origin() && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    if !covers {
        return Err(invalid("the metadata is about another resource (RFC 9728, section 3.3)"));
    }
    let servers = metadata.get("authorization_servers").and_then(Value::as_array);
    let issuer = servers.and_then(|servers| servers.first()).and_then(Value::as_str);
    Ok(Resource {
        identifier: Some(identifier.to_owned()),
        issuer: issuer.map(ToOwned::to_owned),
        scopes: list(metadata, "scopes_supported").unwrap_or_default(),
    })
}

/// RFC 8414 §2 and §3.3.
fn read_server(provider: &Provider, named: &str, issuer: &Url, metadata: &Value) -> Result<Server, Fault> {
    if text(metadata, "issuer") != Some(named) {
        let fault = invalid("the metadata is another issuer's (RFC 8414, section 3.3)");
        return Err(Fault { code: Some("issuer_mismatch".into()), ..fault });
    }
    let mut server = Server::default();
    server.know(server::ISSUER, named);
    for (name, required) in [
        (server::AUTHORIZATION_ENDPOINT, true),
        (server::TOKEN_ENDPOINT, true),
        (server::REGISTRATION_ENDPOINT, false),
    ] {
        match text(metadata, name) {
            Some(endpoint) => {
                let endpoint = address(provider, endpoint)?;
                // A server that sends people to one place and their codes to another is how codes are stolen
                // (RFC 9700 §4.4).
                if endpoint.origin() != issuer.origin() {
                    allowed(provider, &endpoint)?;
                }
                server.know(name, endpoint.as_str());
            }
            None if required => return Err(invalid("the metadata lacks an endpoint (RFC 8414, section 2)")),
            None => {}
        }
    }
    // Where a token is to be ended decides nothing about how one is obtained: an address that will not do is left out.
    let revocation =
        text(metadata, server::REVOCATION_ENDPOINT).and_then(|told| address(provider, told).ok());
    let own = |url: &Url| url.origin() == issuer.origin() || allowed(provider, url).is_ok();
    if let Some(endpoint) = revocation.filter(own) {
        server.know(server::REVOCATION_ENDPOINT, endpoint.as_str());
    }
    proves_the_code(provider, metadata)?;
    server.know(server::AUTH_METHOD, auth_method(provider, metadata)?);
    if flag(metadata, server::ISS_SENT) {
        server.know(server::ISS_SENT, "true");
    }
    server.takes_metadata_documents = flag(metadata, "client_id_metadata_document_supported");
    server.scopes = list(metadata, "scopes_supported").unwrap_or_default();
    Ok(server)
}

/// PKCE is not negotiable where the entry asks for it; a server that does not mention it may still have it, but not
/// one of a protocol that demands it be mentioned.
fn proves_the_code(provider: &Provider, metadata: &Value) -> Result<(), Fault> {
    let wanted = provider.code_challenge_methods().contains(&CodeChallengeMethod::S256);
    let offered = list(metadata, "code_challenge_methods_supported");
    let fits = match offered {
        Some(methods) => methods.iter().any(|method| method == "S256"),
        None => !provider.protocols.contains(&Protocol::Mcp),
    };
    if !wanted || fits { Ok(()) } else { Err(invalid("the server does not offer PKCE by S256 (RFC 7636)")) }
}

fn auth_method(provider: &Provider, metadata: &Value) -> Result<String, Fault> {
    let preferred = match provider.obtain.token_endpoint_auth_method {
        Some(latchkey_providers::ClientAuth::ClientSecretBasic) => "client_secret_basic",
        Some(latchkey_providers::ClientAuth::ClientSecretPost) => "client_secret_post",
        _ => "none",
    };
    // RFC 8414 has a default for silence, which servers that are silent do not keep to: registration tells.
    let Some(offered) = list(metadata, "token_endpoint_auth_methods_supported") else {
        return Ok(preferred.into());
    };
    let offers = |method: &&str| offered.iter().any(|offered| offered == method);
    let chosen = [preferred].into_iter().chain(AUTH_METHODS).find(offers);
    chosen.map(ToOwned::to_owned).ok_or_else(|| {
        Fault::described(FaultKind::Unsupported, "the server knows no way of ours to authenticate a client")
    })
}

/// RFC 8414 §3.1, RFC 9728 §3.1: the well-known name goes between the host and the path.
fn inserted(url: &Url, name: &str) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    let mut inserted = url.clone();
    inserted.set_path(&format!("/.well-known/{name}{path}"));
    inserted
}

fn origin_of(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("");
    origin.set_query(None);
    origin
}

fn address(provider: &Provider, text: &str) -> Result<Url, Fault> {
    provider
        .checked_address("the server's metadata", text)
        .map_err(|_| invalid("the metadata names an address that is not https on a public host"))
}

fn allowed(provider: &Provider, url: &Url) -> Result<(), Fault> {
    let host = url.host_str().unwrap_or_default();
    if provider.allows_host(host) {
        return Ok(());
    }
    let why = format!(
        "the metadata names `{host}`, which the provider's entry does not: add it to api.hosts to allow it"
    );
    Err(Fault::described(FaultKind::RequestRejected, why).at(host))
}

fn invalid(why: &str) -> Fault {
    Fault::described(FaultKind::ResponseInvalid, why)
}

fn text<'a>(metadata: &'a Value, name: &str) -> Option<&'a str> {
    metadata.get(name)?.as_str()
}

fn flag(metadata: &Value, name: &str) -> bool {
    metadata.get(name).and_then(Value::as_bool).unwrap_or_default()
}

fn list(metadata: &Value, name: &str) -> Option<Vec<String>> {
    let items = metadata.get(name)?.as_array()?;
    Some(items.iter().filter_map(Value::as_str).flat_map(words).take(SCOPES_MAX).collect())
}

/// Scope tokens and the like (RFC 6749 §3.3): visible ASCII.
fn words(text: &str) -> Vec<String> {
    let sound = |word: &&str| word.len() <= 256 && word.bytes().all(|byte| byte.is_ascii_graphic());
    text.split_ascii_whitespace().filter(sound).take(SCOPES_MAX).map(ToOwned::to_owned).collect()
}
