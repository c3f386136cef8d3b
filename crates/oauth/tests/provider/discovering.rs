//! Finding an authorization server, at servers that are strict, and at some that are up to no good.

use crate::{
    entries::{REDIRECT_URI, app, catalogued, client, typed},
    server::{Reply, Sent, Server},
};
use latchkey_oauth::{App, Fault, FaultKind, Inputs, Server as Found, check_issuer_for};
use latchkey_providers::{Provider, Trust};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

/// An entry for any MCP server: the user gives its URL and nothing else.
pub fn any_server(changes: Value) -> Arc<Provider> {
    let mut entry = json!({
        "id": "acme-mcp",
        "name": "Acme",
        "protocols": ["mcp"],
        "inputs": [{"name": "server", "ask": "connection", "label": "Server", "format": "uri"}],
        "obtain": {
            "type": "oauth2",
            "discovery": ["rfc9728", "rfc8414"],
            "protected_resource": "${conn.server}",
            "client_registration": "metadata_document_or_dynamic",
            "token_endpoint_auth_method": "none",
            "code_challenge_methods": ["S256"],
        },
        "apply": {"scheme": "bearer"},
        "api": {"base_url": "${conn.server}"},
    });
    crate::entries::merge(&mut entry, changes);
    catalogued(&entry, Trust::Loopback)
}

pub fn nobody() -> App {
    App { client_id: String::new(), client_secret: None, scopes: vec![], fields: Inputs::new() }
}

pub fn metadata(issuer: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "registration_endpoint": format!("{issuer}/register"),
        "revocation_endpoint": format!("{issuer}/revoke"),
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "none"],
        "authorization_response_iss_parameter_supported": true,
        "scopes_supported": ["offline_access", "everything"],
    })
}

/// Documents by path, written once the server's own address is known.
pub struct World {
    pub server: Server,
    documents: Arc<OnceLock<BTreeMap<String, Reply>>>,
}

impl World {
    pub async fn new(documents: impl FnOnce(&str) -> Vec<(&'static str, Reply)>) -> Self {
        let written: Arc<OnceLock<BTreeMap<String, Reply>>> = Arc::default();
        let read = Arc::clone(&written);
        let server = Server::with(move |sent: &Sent| {
            let found = read.get().and_then(|documents| documents.get(&sent.path)).cloned();
            found.unwrap_or_else(|| Reply::of(404, "text/html", "<h1>Not here</h1>"))
        })
        .await;
        let documents_by_path = documents(&server.origin).into_iter();
        written.set(documents_by_path.map(|(path, reply)| (path.to_owned(), reply)).collect()).ok().unwrap();
        Self { server, documents: written }
    }

    /// A server that does everything as the standards say, with one document changed.
    async fn with_metadata(change: impl FnOnce(&mut Value)) -> Self {
        Self::new(|origin| {
            let mut metadata = metadata(origin);
            change(&mut metadata);
            vec![
                ("/mcp", challenge(origin)),
                ("/.well-known/oauth-protected-resource/mcp", resource(origin, origin)),
                ("/.well-known/oauth-authorization-server", Reply::json(200, &metadata.to_string())),
            ]
        })
        .await
    }

    fn url(&self) -> String {
        format!("{}/mcp", self.server.origin)
    }

    async fn discover(&self, provider: &Provider) -> Result<Found, Fault> {
        client().discover(provider, &nobody(), &typed(&[("server", &self.url())])).await
    }

    fn asked(&self) -> Vec<String> {
        assert!(!self.documents.get().unwrap().is_empty());
        self.server.sent().into_iter().map(|sent| sent.path).collect()
    }
}

fn challenge(origin: &str) -> Reply {
    let place = format!("{origin}/.well-known/oauth-protected-resource/mcp");
    Reply::of(401, "text/plain", "")
        .header("www-authenticate", format!("Bearer realm=\"x\", resource_metadata=\"{place}\""))
}

fn resource(origin: &str, issuer: &str) -> Reply {
    let document = json!({"resource": format!("{origin}/mcp"), "authorization_servers": [issuer]});
    Reply::json(200, &document.to_string())
}

fn value<'a>(fields: &'a Inputs, name: &str) -> Option<&'a str> {
    fields.get(&format!("oauth.{name}")).map(|value| value.expose())
}

#[tokio::test]
async fn a_resource_leads_to_its_server_and_the_server_to_its_endpoints() {
    let world = World::with_metadata(|_| {}).await;
    let provider = any_server(json!({}));
    let found = world.discover(&provider).await.unwrap();
    let origin = &world.server.origin;
    let fields = found.fields();
    assert_eq!(value(&fields, "issuer"), Some(origin.as_str()));
    assert_eq!(value(&fields, "token_endpoint"), Some(format!("{origin}/token").as_str()));
    assert_eq!(value(&fields, "resource"), Some(world.url().as_str()));
    assert_eq!(value(&fields, "token_endpoint_auth_method"), Some("none"));
    assert_eq!(found.scopes, ["offline_access"], "what keeps it alive, and not everything there is");
    assert_eq!(
        world.asked(),
        ["/mcp", "/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-authorization-server"]
    );
    for sent in world.server.sent() {
        assert_eq!(
            (sent.method.as_str(), sent.body.as_str(), sent.header("authorization")),
            ("GET", "", None)
        );
    }

    let mut inputs = typed(&[("server", &world.url()), ("oauth.client_id", "client-7")]);
    inputs.extend(fields);
    let begun =
        client().begin(&provider, &nobody(), &inputs, REDIRECT_URI, "state", &BTreeMap::new()).unwrap();
    let shown: BTreeMap<String, String> = begun.url.query_pairs().into_owned().collect();
    assert!(begun.url.as_str().starts_with(&format!("{origin}/authorize?")));
    assert_eq!((shown["client_id"].as_str(), shown["resource"].as_str()), ("client-7", world.url().as_str()));

    assert!(check_issuer_for(&provider, &inputs, Some(origin)).is_ok());
    for wrong in [None, Some("https://as.example"), Some(format!("{origin}/").as_str())] {
        assert!(check_issuer_for(&provider, &inputs, wrong).is_err(), "{wrong:?}");
    }
}

#[tokio::test]
async fn without_a_challenge_the_well_known_places_are_looked_at() {
    let world = World::new(|origin| {
        let document = json!({"resource": origin, "authorization_servers": [format!("{origin}/tenant")], "scopes_supported": ["read"]});
        let metadata = metadata(&format!("{origin}/tenant"));
        vec![
            ("/.well-known/oauth-protected-resource", Reply::json(200, &document.to_string())),
            ("/tenant/.well-known/openid-configuration", Reply::json(200, &metadata.to_string())),
        ]
    })
    .await;
    let found = world.discover(&any_server(json!({}))).await.unwrap();
    assert_eq!(value(&found.fields(), "resource"), Some(world.server.origin.as_str()));
    assert_eq!(found.scopes, ["read", "offline_access"]);
    assert_eq!(
        world.asked(),
        [
            "/mcp",
            "/.well-known/oauth-protected-resource/mcp",
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-authorization-server/tenant",
            "/.well-known/openid-configuration/tenant",
            "/tenant/.well-known/openid-configuration",
        ]
    );
}

#[tokio::test]
async fn a_server_of_the_first_revision_is_its_own_authorization_server() {
    let world = World::new(|origin| {
        vec![("/.well-known/oauth-authorization-server", Reply::json(200, &metadata(origin).to_string()))]
    })
    .await;
    let found = world.discover(&any_server(json!({}))).await.unwrap();
    assert_eq!(value(&found.fields(), "issuer"), Some(world.server.origin.as_str()));
    let other = world.discover(&any_server(json!({"protocols": []}))).await.unwrap_err();
    assert_eq!(other.kind, FaultKind::ResponseInvalid, "only that protocol has such servers");
}

#[tokio::test]
async fn a_document_of_another_issuer_is_not_believed() {
    for issuer in ["https://as.example", "http://127.0.0.1", ""] {
        let world = World::with_metadata(|metadata| metadata["issuer"] = json!(issuer)).await;
        let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
        assert_eq!(
            (fault.kind, fault.code.as_deref()),
            (FaultKind::ResponseInvalid, Some("issuer_mismatch"))
        );
    }
    let slash = World::with_metadata(|metadata| {
        let issuer = format!("{}/", metadata["issuer"].as_str().unwrap());
        metadata["issuer"] = json!(issuer);
    })
    .await;
    assert!(slash.discover(&any_server(json!({}))).await.is_err(), "character by character");
}

#[tokio::test]
async fn no_document_moves_an_endpoint_to_another_origin() {
    for endpoint in ["authorization_endpoint", "token_endpoint", "registration_endpoint"] {
        let world =
            World::with_metadata(|metadata| metadata[endpoint] = json!("https://evil.example/x")).await;
        let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::RequestRejected, "{endpoint}");
        assert!(fault.description.unwrap().contains("`evil.example`"));
        let permitting = any_server(json!({"api": {"hosts": ["evil.example"]}}));
        let own = world.discover(&permitting).await.unwrap();
        assert_eq!(value(&own.fields(), endpoint), Some("https://evil.example/x"), "the entry allows it");
    }
    for address in [
        "http://evil.example/x",
        "https://10.0.0.1/x",
        "https://u@evil.example/x",
        "//evil.example",
        "file:///x",
    ] {
        let world = World::with_metadata(|metadata| metadata["token_endpoint"] = json!(address)).await;
        let fault =
            world.discover(&any_server(json!({"api": {"hosts": ["evil.example"]}}))).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::ResponseInvalid, "{address}");
    }
}

#[tokio::test]
async fn an_apps_own_client_is_not_taken_to_a_server_that_only_a_document_names() {
    let elsewhere = World::new(|origin| {
        vec![("/.well-known/oauth-authorization-server", Reply::json(200, &metadata(origin).to_string()))]
    })
    .await;
    let issuer = elsewhere.server.origin.clone();
    let world =
        World::new(|origin| vec![("/.well-known/oauth-protected-resource/mcp", resource(origin, &issuer))])
            .await;
    let provider = any_server(json!({}));
    assert!(world.discover(&provider).await.is_ok(), "a client that registers there has nothing to lose");
    let inputs = typed(&[("server", &world.url())]);
    let fault = client().discover(&provider, &app(), &inputs).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RequestRejected);
    let listed = any_server(json!({"api": {"hosts": ["127.0.0.1"]}}));
    assert!(client().discover(&listed, &app(), &inputs).await.is_ok());
}

#[tokio::test]
async fn metadata_about_another_resource_is_refused() {
    for named in ["https://bank.example/mcp", "http://127.0.0.1/mcp"] {
        let world = World::new(|origin| {
            let document = json!({"resource": named, "authorization_servers": [origin]});
            vec![("/.well-known/oauth-protected-resource/mcp", Reply::json(200, &document.to_string()))]
        })
        .await;
        let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::ResponseInvalid, "{named}");
    }
    let other_path = World::new(|origin| {
        let document = json!({"resource": format!("{origin}/mc"), "authorization_servers": [origin]});
        vec![("/.well-known/oauth-protected-resource/mcp", Reply::json(200, &document.to_string()))]
    })
    .await;
    assert!(other_path.discover(&any_server(json!({}))).await.is_err());
}

#[tokio::test]
async fn a_challenge_leads_to_no_other_origin() {
    let world = World::new(|_| {
        let field = "Bearer resource_metadata=\"https://evil.example/metadata\"";
        vec![("/mcp", Reply::of(401, "text/plain", "").header("www-authenticate", field))]
    })
    .await;
    let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
    assert_eq!((fault.kind, fault.host.as_deref()), (FaultKind::RequestRejected, Some("evil.example")));
}

#[tokio::test]
async fn neither_redirects_nor_pages_nor_huge_documents_are_read() {
    let target = World::with_metadata(|_| {}).await;
    let place = format!("{}/.well-known/oauth-authorization-server", target.server.origin);
    let redirected = World::new(|_| {
        let away = Reply::of(302, "text/plain", "").header("location", place);
        vec![("/.well-known/oauth-authorization-server", away)]
    })
    .await;
    assert!(redirected.discover(&any_server(json!({}))).await.is_err());
    assert!(target.server.sent().is_empty(), "a redirect was followed");

    let page = World::new(|_| {
        vec![("/.well-known/oauth-authorization-server", Reply::of(200, "text/html", "<html></html>"))]
    })
    .await;
    let fault = page.discover(&any_server(json!({}))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::ResponseInvalid);

    let huge = World::with_metadata(|metadata| metadata["padding"] = json!("x".repeat(70_000))).await;
    let fault = huge.discover(&any_server(json!({}))).await.unwrap_err();
    assert!(fault.description.unwrap().contains("larger"));

    let twice = World::new(|origin| {
        let text = metadata(origin).to_string();
        let doubled =
            format!("{}, \"token_endpoint\": \"https://evil.example/\"}}", text.trim_end_matches('}'));
        vec![("/.well-known/oauth-authorization-server", Reply::json(200, &doubled))]
    })
    .await;
    assert!(twice.discover(&any_server(json!({}))).await.is_err(), "a key given twice");
}

#[tokio::test]
async fn a_server_that_is_down_is_no_server_that_is_wrong() {
    let world =
        World::new(|_| vec![("/.well-known/oauth-authorization-server", Reply::json(503, "{}"))]).await;
    let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unavailable);
    let inputs = typed(&[("server", "http://127.0.0.1:1/mcp")]);
    let fault = client().discover(&any_server(json!({})), &nobody(), &inputs).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NotSent);
}

#[tokio::test]
async fn without_pkce_nobody_is_sent_there() {
    for offered in [json!(["plain"]), json!(null)] {
        let world =
            World::with_metadata(|metadata| metadata["code_challenge_methods_supported"] = offered).await;
        let fault = world.discover(&any_server(json!({}))).await.unwrap_err();
        assert!(fault.description.unwrap().contains("PKCE"));
    }
}

#[tokio::test]
async fn a_public_entry_asks_nothing_of_this_machine() {
    let world = World::with_metadata(|_| {}).await;
    let port = world.server.origin.rsplit(':').next().unwrap();
    let public = latchkey_providers::Catalogue::embedded().get("mcp-generic").unwrap();
    for inside in [
        world.url(),
        format!("https://localhost:{port}/mcp"),
        format!("https://127.0.0.1:{port}/mcp"),
        format!("https://[::1]:{port}/mcp"),
    ] {
        let inputs = typed(&[("mcp_server_url", &inside)]);
        let fault = client().discover(&public, &nobody(), &inputs).await.unwrap_err();
        assert!(matches!(fault.kind, FaultKind::InputInvalid { .. }), "{inside}: {fault:?}");
    }
    assert!(world.server.sent().is_empty());
}
