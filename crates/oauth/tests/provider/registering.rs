//! Clients that register themselves.

use crate::{
    discovering::{any_server, nobody},
    entries::{REDIRECT_URI, client, typed},
    server::{Reply, Server},
};
use latchkey_oauth::{
    ClientMetadata, Fault, FaultKind, Inputs, RegisteredClient, Registration, registration,
};
use latchkey_providers::Provider;
use latchkey_secret::{AuthorizationCode, RefreshToken, Renewal};
use serde_json::{Value, json};

const ME: ClientMetadata<'static> = ClientMetadata { name: "Acme", redirect_uri: REDIRECT_URI };

fn stating(origin: &str, changes: Value) -> std::sync::Arc<Provider> {
    let mut entry = json!({"obtain": {
        "discovery": [],
        "client_registration": "dynamic",
        "authorization_endpoint": format!("{origin}/authorize"),
        "token_endpoint": format!("{origin}/token"),
        "registration_endpoint": format!("{origin}/register"),
    }});
    crate::entries::merge(&mut entry, changes);
    any_server(entry)
}

fn asked(provider: &Provider, client: ClientMetadata<'_>) -> Registration {
    registration(provider, &Inputs::new(), client).unwrap().unwrap()
}

async fn registered(answer: Reply) -> (Server, Result<RegisteredClient, Fault>) {
    let server = Server::answering(answer).await;
    let provider = stating(&server.origin, json!({}));
    let outcome = client().register(&provider, &asked(&provider, ME)).await;
    (server, outcome)
}

fn value<'a>(client: &'a RegisteredClient, name: &str) -> Option<&'a str> {
    client.fields.get(&format!("oauth.{name}")).map(|value| value.expose())
}

#[tokio::test]
async fn what_is_registered_is_what_the_standard_asks_for() {
    let (server, outcome) =
        registered(Reply::json(201, r#"{"client_id":"c-1","client_id_issued_at":1}"#)).await;
    let registered = outcome.unwrap();
    assert_eq!((registered.client_id.as_str(), registered.secret_expires_at), ("c-1", None));
    assert_eq!(value(&registered, "token_endpoint_auth_method"), Some("none"));
    let sent = server.only();
    assert_eq!((sent.method.as_str(), sent.path.as_str()), ("POST", "/register"));
    assert_eq!(sent.header("content-type"), Some("application/json"));
    let body: Value = serde_json::from_str(&sent.body).unwrap();
    assert_eq!(
        body,
        json!({
            "client_name": "Acme",
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
        })
    );
}

#[tokio::test]
async fn what_a_server_registers_instead_is_kept_to() {
    let answer = json!({
        "client_id": "c-1", "client_secret": "canary_registered", "client_secret_expires_at": 4_000_000_000_u64,
        "token_endpoint_auth_method": "client_secret_post", "redirect_uris": [REDIRECT_URI],
        "registration_access_token": "canary_management", "registration_client_uri": "https://as.example/c-1",
    });
    let (server, outcome) = registered(Reply::json(201, &answer.to_string())).await;
    let registered = outcome.unwrap();
    let ends = registered.secret_expires_at.unwrap().duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(ends.as_secs(), 4_000_000_000);
    assert_eq!(value(&registered, "registration_access_token"), Some("canary_management"));
    assert!(!format!("{registered:?}").contains("canary"));

    let provider = stating(&server.origin, json!({}));
    let code = AuthorizationCode::new("canary_code".into());
    let exchanged =
        client().exchange(&provider, &nobody(), &registered.fields, REDIRECT_URI, &code, None).await;
    // The server says the same to everything, which is no token answer; what it was sent is looked at.
    assert!(exchanged.is_err());
    let form = server.sent()[1].form();
    assert_eq!((form["client_id"].as_str(), form["client_secret"].as_str()), ("c-1", "canary_registered"));
}

#[tokio::test]
async fn a_registration_that_cannot_be_used_is_refused_without_repeating_it() {
    let cases = [
        json!({}),
        json!({"client_id": ""}),
        json!({"client_id": "a\nb"}),
        json!({"client_id": "c", "redirect_uris": ["https://evil.example/canary"]}),
        json!({"client_id": "c", "token_endpoint_auth_method": "client_secret_basic"}),
        json!({"client_id": "c", "client_secret": "canary", "token_endpoint_auth_method": "private_key_jwt"}),
        json!({"client_id": "c", "client_secret": "canary\n", "token_endpoint_auth_method": "client_secret_basic"}),
    ];
    for answer in cases {
        let (_server, outcome) = registered(Reply::json(201, &answer.to_string())).await;
        let fault = outcome.unwrap_err();
        assert_eq!(fault.kind, FaultKind::ResponseInvalid, "{answer}");
        assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
    }
}

#[tokio::test]
async fn a_refused_registration_says_why() {
    let refused = r#"{"error":"invalid_redirect_uri","error_description":"not on the list"}"#;
    let (_server, outcome) = registered(Reply::json(400, refused)).await;
    let fault = outcome.unwrap_err();
    assert_eq!(
        (fault.kind, fault.code.as_deref()),
        (FaultKind::RequestRejected, Some("invalid_redirect_uri"))
    );
    assert_eq!(fault.description.as_deref(), Some("not on the list"));
    for (status, kind) in [
        (401, FaultKind::ClientRejected),
        (403, FaultKind::ClientRejected),
        (307, FaultKind::RequestRejected),
        (429, FaultKind::RateLimited),
        (502, FaultKind::Unavailable),
    ] {
        let (_server, outcome) = registered(Reply::json(status, "{}")).await;
        assert_eq!(outcome.unwrap_err().kind, kind, "{status}");
    }
}

#[test]
fn a_registration_is_another_one_where_anything_in_it_changed() {
    let provider = stating("http://127.0.0.1:1", json!({}));
    let same = asked(&provider, ME).fingerprint();
    assert_eq!(asked(&provider, ME).fingerprint(), same);
    let others = [
        asked(&provider, ClientMetadata { redirect_uri: "https://other.example/callback", ..ME }),
        asked(&provider, ClientMetadata { name: "Other", ..ME }),
        asked(&stating("http://127.0.0.1:2", json!({})), ME),
        asked(&stating("http://127.0.0.1:1", json!({"obtain": {"registration": {"contacts": ["x"]}}})), ME),
    ];
    for other in others {
        assert_ne!(other.fingerprint(), same, "{other:?}");
    }
}

#[tokio::test]
async fn a_client_is_taken_back_where_it_was_registered_and_nowhere_else() {
    let server = Server::answering(Reply::of(204, "text/plain", "")).await;
    let provider = stating(&server.origin, json!({}));
    let registration = asked(&provider, ME);
    let at = |uri: &str| RegisteredClient {
        client_id: "c".into(),
        secret_expires_at: None,
        fields: typed(&[
            ("oauth.registration_access_token", "canary_management"),
            ("oauth.registration_client_uri", uri),
        ]),
    };
    let own = at(&format!("{}/register/c", server.origin));
    client().unregister(&provider, &registration, &own).await.unwrap();
    let sent = server.only();
    assert_eq!(
        (sent.method.as_str(), sent.header("authorization")),
        ("DELETE", Some("Bearer canary_management"))
    );
    let elsewhere = at("https://evil.example/register/c");
    let fault = client().unregister(&provider, &registration, &elsewhere).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RequestRejected);
    assert_eq!(server.sent().len(), 1);
}

#[tokio::test]
async fn a_grant_whose_client_the_server_forgot_is_gone_with_it() {
    let server = Server::answering(Reply::json(401, r#"{"error":"invalid_client"}"#)).await;
    let provider = stating(&server.origin, json!({}));
    let renewal =
        |fields| Renewal { refresh_token: Some(RefreshToken::new("canary_refresh".into())), fields };
    let registered = renewal(typed(&[("oauth.client_id", "c")]));
    let fault = client().refresh(&provider, &nobody(), &registered).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::GrantRefused, Some("invalid_client")));
    assert_eq!(server.sent().len(), 1, "nothing was registered anew");
    let developers =
        client().refresh(&provider, &crate::entries::app(), &renewal(Inputs::new())).await.unwrap_err();
    assert_eq!(developers.kind, FaultKind::ClientRejected);
}

#[tokio::test]
async fn what_renews_goes_with_the_renewal_and_not_with_the_handout() {
    let answer = r#"{"access_token":"canary_at","refresh_token":"canary_rt","expires_in":60}"#;
    let server = Server::answering(Reply::json(200, answer)).await;
    let provider = stating(&server.origin, json!({}));
    let fields = typed(&[
        ("server", "http://127.0.0.1:1/mcp"),
        ("oauth.client_id", "c"),
        ("oauth.client_secret", "canary_registered"),
        ("oauth.token_endpoint_auth_method", "client_secret_basic"),
    ]);
    let code = AuthorizationCode::new("canary_code".into());
    let grant = client().exchange(&provider, &nobody(), &fields, REDIRECT_URI, &code, None).await.unwrap();
    assert_eq!(grant.handout.fields.keys().collect::<Vec<_>>(), ["server"]);
    let renewal = grant.renewal.unwrap();
    assert_eq!(renewal.fields["oauth.client_secret"].expose(), "canary_registered");
    let again = client().refresh(&provider, &nobody(), &renewal).await.unwrap();
    assert_eq!(again.renewal.unwrap().fields["oauth.client_id"].expose(), "c");
    let sent = server.sent();
    assert_eq!(sent[0].header("authorization"), sent[1].header("authorization"));
    assert!(sent[1].header("authorization").unwrap().starts_with("Basic "));
}
