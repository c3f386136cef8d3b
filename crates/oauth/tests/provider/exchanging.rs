//! Credentials made by requests of a vendor's own: logins in several steps, XML, cookies, visits, and what a token request
//! brings besides a token.

use crate::{
    entries::{
        SECRET, access_token, app, catalogued, client, entry, exchange, field, merge, refresh, refresh_token,
        renewing, typed,
    },
    server::{Reply, Sent, Server},
};
use latchkey_oauth::{FaultKind, Inputs, visited_fields};
use latchkey_providers::{AuthMode, Provider, RenderError, Trust, Values};
use latchkey_secret::{Renewal, SecretText};
use serde_json::{Value, json};
use std::{sync::Arc, time::Duration};

const PASSWORD: &str = "canary_password";

/// An entry with a user name and a password, and one login.
fn login(origin: &str, changes: Value) -> Arc<Provider> {
    let mut entry = json!({
        "id": "acme-login",
        "name": "Acme",
        "categories": ["other"],
        "inputs": [
            {"name": "username", "ask": "connection", "label": "User name"},
            {"name": "password", "ask": "connection", "label": "Password", "secret": true},
        ],
        "obtain": {
            "type": "exchange",
            "steps": [{
                "method": "POST", "url": format!("{origin}/login"), "format": "json",
                "params": {"user": "${conn.username}", "secret": {"value": "${conn.password}"}},
            }],
            "token_response": {"access_token": "/data/token", "expires_in": "/data/ttl", "error": "/problem"},
        },
        "apply": {"scheme": "bearer"},
        "api": {"base_url": format!("{origin}/api"), "hosts": ["127.0.0.1"]},
    });
    merge(&mut entry, changes);
    catalogued(&entry, Trust::Loopback)
}

fn ada() -> Inputs {
    typed(&[("username", "ada"), ("password", PASSWORD)])
}

#[tokio::test]
async fn a_login_makes_a_token_and_is_repeated_for_the_next() {
    let server = Server::answering(Reply::json(200, r#"{"data":{"token":"canary_at","ttl":"60"}}"#)).await;
    let provider = login(&server.origin, json!({}));
    assert_eq!(provider.auth_mode(), AuthMode::Exchange);
    let grant = client().exchange_steps(&provider, &app(), &ada()).await.unwrap();
    assert_eq!((access_token(&grant), grant.expires_in), ("canary_at", Some(Duration::from_secs(60))));
    assert_eq!(field(&grant.handout.headers, "authorization"), Some("Bearer canary_at"));
    client().refresh(&provider, &app(), &renewing(grant)).await.unwrap();
    let bodies: Vec<Value> =
        server.sent().iter().map(|sent| serde_json::from_str(&sent.body).unwrap()).collect();
    assert_eq!(bodies, vec![json!({"user": "ada", "secret": {"value": PASSWORD}}); 2]);
}

#[tokio::test]
async fn a_step_reads_the_answers_before_it_and_pointers_count_from_nought() {
    let server = Server::with(|sent: &Sent| match sent.path.as_str() {
        "/login" => Reply::json(200, r#"{"session":"canary_session","region":"eu","ttl":60}"#),
        _ => Reply::json(200, r#"{"token":"canary_at","expires_in":120}"#),
    })
    .await;
    let origin = &server.origin;
    let provider = login(
        origin,
        json!({"obtain": {
            "steps": [
                {"method": "POST", "url": format!("{origin}/login"), "params": {"u": "${conn.username}"}},
                {"method": "GET", "url": format!("{origin}/extra"), "when_input": {"input": "username", "is": "bob"}},
                {"method": "GET", "url": format!("{origin}/token/${{step.0.region}}"), "params": {"s": "${step.0.session}"},
                 "headers": {"x-method": "${req.method} ${req.path_and_query}"}},
            ],
            "token_response": {"access_token": "2:/token", "expires_in": "2:/expires_in", "set": {"region": "/region"}},
        }}),
    );
    let grant = client().exchange_steps(&provider, &app(), &ada()).await.unwrap();
    assert_eq!((access_token(&grant), grant.expires_in), ("canary_at", Some(Duration::from_secs(120))));
    assert_eq!(field(&grant.handout.fields, "region"), Some("eu"));
    let sent = server.sent();
    assert_eq!(sent.len(), 2, "the step for bob alone was left out");
    assert_eq!(sent[0].form()["u"], "ada");
    assert_eq!((sent[1].path.as_str(), sent[1].query.as_str()), ("/token/eu", "s=canary_session"));
    assert_eq!(sent[1].header("x-method"), Some("GET /token/eu?s=canary_session"));
}

#[tokio::test]
async fn a_session_of_cookies_is_kept_between_steps_and_is_the_credential() {
    let server = Server::with(|sent: &Sent| match sent.path.as_str() {
        "/login" => Reply::of(200, "text/html", "").header("set-cookie", "sid=canary_one; HttpOnly; Path=/"),
        _ => Reply::json(200, "{}")
            .header("set-cookie", "sid=canary_two")
            .header("set-cookie", "csrf=canary_csrf; Secure"),
    })
    .await;
    let origin = &server.origin;
    let provider = login(
        origin,
        json!({"obtain": {
        "steps": [{"method": "POST", "url": format!("{origin}/login")}, {"method": "GET", "url": format!("{origin}/enter")}],
        "token_response": {"cookies": true, "access_token": null, "expires_in": {"const": 300}},
    }, "apply": {"scheme": "none"}}),
    );
    let grant = client().exchange_steps(&provider, &app(), &ada()).await.unwrap();
    assert_eq!(server.sent()[1].header("cookie"), Some("sid=canary_one"));
    assert!(grant.handout.access_token.is_none());
    assert_eq!(field(&grant.handout.headers, "cookie"), Some("csrf=canary_csrf; sid=canary_two"));
    assert_eq!(grant.expires_in, Some(Duration::from_secs(300)));
}

#[tokio::test]
async fn xml_is_written_and_read() {
    let until = time::OffsetDateTime::now_utc() + Duration::from_secs(3600);
    let until = until.format(&time::format_description::well_known::Rfc3339).unwrap();
    let answer = r#"<?xml version="1.0"?><r xmlns="urn:x"><s id="7"><key>canary_key</key></s>"#;
    let answer = format!("{answer}<until>{until}</until></r>");
    let server = Server::answering(Reply::of(200, "text/xml; charset=utf-8", &answer)).await;
    let provider = login(
        &server.origin,
        json!({"obtain": {
        "steps": [{"method": "POST", "url": format!("{}/xml", server.origin), "format": "xml",
                   "params": {"q": {"user": {"@name": "${conn.username}", "#text": "${conn.password}"}}}}],
        "token_response": {"access_token": null, "expires_in": null, "expires_at": "/r/until",
                           "set_secret": {"key": "/r/s/key"}, "set": {"session_id": "/r/s/@id"}},
    }, "apply": {"scheme": "none", "headers": {"x-key": "${token.key}"}}}),
    );
    let mut inputs = ada();
    inputs.insert("password".into(), SecretText::new("<a>&\"".into()));
    let grant = client().exchange_steps(&provider, &app(), &inputs).await.unwrap();
    assert!(server.only().body.ends_with(r#"<q><user name="ada">&lt;a&gt;&amp;&quot;</user></q>"#));
    assert_eq!(server.only().header("content-type"), Some("application/xml"));
    assert_eq!(field(&grant.handout.headers, "x-key"), Some("canary_key"));
    assert_eq!(field(&grant.handout.fields, "session_id"), Some("7"));
    assert!((3500..=3600).contains(&grant.expires_in.unwrap().as_secs()));
}

#[tokio::test]
async fn an_answer_may_be_the_token_and_nothing_else() {
    let server = Server::answering(Reply::of(200, "text/plain", "canary_at\n")).await;
    let provider = login(&server.origin, json!({"obtain": {"token_response": {"access_token": ""}}}));
    let grant = client().exchange_steps(&provider, &app(), &ada()).await.unwrap();
    assert_eq!(access_token(&grant), "canary_at");
}

#[tokio::test]
async fn a_refused_login_is_held_against_what_was_typed_and_repeats_none_of_it() {
    let refusals = [
        (401, r#"{"problem":"wrong canary_password"}"#),
        (403, "{}"),
        (400, r#"{"message":"no such canary_password"}"#),
        (200, r#"{"ok":false,"message":"canary_password is wrong"}"#),
    ];
    for (status, body) in refusals {
        let server = Server::answering(Reply::json(status, body)).await;
        let changes = json!({"obtain": {"token_response": {"success": {"pointer": "/ok", "equals": true}}}});
        let provider = login(&server.origin, changes);
        let fault = client().exchange_steps(&provider, &app(), &ada()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::CredentialsRejected, "{status} {body}");
        assert!(!format!("{fault:?}").contains("canary"), "{fault:?}");
    }
    let server = Server::answering(Reply::json(400, "{}")).await;
    let again = Renewal { refresh_token: None, fields: ada() };
    let fault = client().refresh(&login(&server.origin, json!({})), &app(), &again).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::RequestRejected, "a 400 without a word ends no connection");
}

#[tokio::test]
async fn what_is_to_be_used_once_is_gone_and_so_cannot_be_repeated() {
    let server = Server::answering(Reply::json(200, r#"{"data":{"token":"canary_at","ttl":60}}"#)).await;
    for retain in ["never", "until_connected"] {
        let provider = login(
            &server.origin,
            json!({"inputs": [
                {"name": "username", "ask": "connection", "label": "User name"},
                {"name": "password", "ask": "connection", "label": "Password", "secret": true, "retain": retain},
            ]}),
        );
        let grant = client().exchange_steps(&provider, &app(), &ada()).await.unwrap();
        assert!(grant.renewal.is_none(), "{retain}");
        assert!(!grant.handout.to_document().expose().contains(PASSWORD), "{retain}");
    }
}

#[tokio::test]
async fn a_token_of_an_exchange_may_be_renewed_by_a_request_of_its_own() {
    let server =
        Server::answering(Reply::json(200, r#"{"data":{"token":"canary_two"},"renew":"canary_rt_two"}"#))
            .await;
    let provider = login(
        &server.origin,
        json!({"obtain": {
            "token_response": {"refresh_token": "/renew"},
            "refresh": {"mode": "refresh_token", "endpoint": format!("{}/renew", server.origin), "format": "json",
                        "headers": {"authorization": "Bearer ${token.refresh_token}"}, "params": {"token": "${token.refresh_token}"}},
        }}),
    );
    let grant = refresh(&provider).await.unwrap();
    let sent = server.only();
    assert_eq!(
        (sent.path.as_str(), sent.body.as_str()),
        ("/renew", r#"{"token":"canary_refresh_token_one"}"#)
    );
    assert_eq!(sent.header("authorization"), Some("Bearer canary_refresh_token_one"));
    assert!(!sent.body.contains(SECRET));
    assert_eq!((access_token(&grant), refresh_token(&grant)), ("canary_two", Some("canary_rt_two")));
}

#[tokio::test]
async fn an_answer_chooses_no_host_that_the_entry_does_not_allow() {
    for elsewhere in ["https://evil.example", "https://127.0.0.1.evil.example", "http://evil.example"] {
        let body = json!({"next": elsewhere}).to_string();
        let server = Server::answering(Reply::json(200, &body)).await;
        let origin = &server.origin;
        let provider = login(
            origin,
            json!({"obtain": {"steps": [
            {"method": "GET", "url": format!("{origin}/where")},
            {"method": "POST", "url": "${step.0.next}/login", "params": {"p": "${conn.password}"}},
        ]}, "api": {"hosts": ["api.acme.example"]}}),
        );
        client().exchange_steps(&provider, &app(), &ada()).await.unwrap_err();
        assert_eq!(server.sent().len(), 1, "{elsewhere}");
    }
}

#[test]
fn an_entry_whose_step_goes_where_an_answer_says_states_its_hosts() {
    let entry = json!({
        "id": "acme-open", "name": "Acme", "categories": ["other"],
        "obtain": {"type": "exchange", "steps": [
            {"method": "GET", "url": "https://acme.example/where"},
            {"method": "POST", "url": "${step.0.next}/login"},
        ]},
        "apply": {"scheme": "bearer"}, "api": {"base_url": "https://acme.example"},
    });
    let refused = latchkey_providers::Catalogue::embedded().with_entry(&entry.to_string(), Trust::Public);
    assert!(refused.unwrap_err().to_string().contains("obtain.steps[1].url"));
}

#[tokio::test]
async fn a_visit_goes_out_with_a_state_and_what_it_brings_is_used_by_the_steps() {
    let server =
        Server::answering(Reply::json(201, r#"{"token":"canary_at","expires_at":"2099-01-01T00:00:00Z"}"#))
            .await;
    let origin = &server.origin;
    let provider = login(
        origin,
        json!({"inputs": [], "obtain": {
            "interaction": {"url": format!("{origin}/apps/acme/installations/new"), "set": {"installation_id": "installation_id"},
                            "redirect_uri_param": "back"},
            "steps": [{"method": "POST", "url": format!("{origin}/installations/${{conn.installation_id}}/tokens")}],
            "token_response": {"access_token": "/token", "expires_in": null, "expires_at": "/expires_at"},
        }}),
    );
    assert_eq!(provider.auth_mode(), AuthMode::Installation);
    let begun =
        client().visit(&provider, &app(), &Inputs::new(), "https://us.example/callback", "st&ate").unwrap();
    assert_eq!(begun.url.query(), Some("state=st%26ate&back=https%3A%2F%2Fus.example%2Fcallback"));

    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    for incomplete in [pairs(&[]), pairs(&[("installation_id", "1"), ("installation_id", "2")])] {
        assert!(visited_fields(&provider, &incomplete).is_none());
    }
    let fields = visited_fields(&provider, &pairs(&[("installation_id", "7/../8"), ("x", "y")])).unwrap();
    let grant = client().exchange_steps(&provider, &app(), &fields).await.unwrap();
    assert_eq!(server.only().path, "/installations/7%2F..%2F8/tokens");
    client().refresh(&provider, &app(), &renewing(grant)).await.unwrap();
    assert_eq!(server.sent()[1].path, server.sent()[0].path);
}

#[tokio::test]
async fn a_second_request_follows_the_token_request_where_the_entry_has_one() {
    let server = Server::with(|sent: &Sent| match (sent.path.as_str(), sent.method.as_str()) {
        ("/token", _) => Reply::json(200, r#"{"access_token":"canary_short","user_id":7}"#),
        ("/long", _) => Reply::json(200, r#"{"access_token":"canary_long","expires_in":5184000}"#),
        _ => Reply::json(200, r#"{"access_token":"canary_longer","expires_in":5184000}"#),
    })
    .await;
    let origin = &server.origin;
    let provider = entry(
        origin,
        json!({"obtain": {
            "then": [{"method": "GET", "url": format!("{origin}/long"),
                      "params": {"t": "${step.0.access_token}", "client_secret": "${app.client_secret}"}}],
            "token_response": {"access_token": "1:/access_token", "set": {"user_id": "/user_id"}},
            "refresh": {"mode": "access_token", "endpoint": format!("{origin}/renew"), "method": "GET", "auth": "none",
                        "params": {"grant_type": "renew", "access_token": "${token.access_token}"}},
        }}),
    );
    let grant = exchange(&provider).await.unwrap();
    assert_eq!(
        (access_token(&grant), grant.expires_in),
        ("canary_long", Some(Duration::from_secs(5_184_000)))
    );
    assert_eq!(field(&grant.handout.fields, "user_id"), Some("7"));
    let next = client().refresh(&provider, &app(), &renewing(grant)).await.unwrap();
    assert_eq!(server.sent()[2].query, "access_token=canary_long&grant_type=renew");
    assert_eq!((access_token(&next), refresh_token(&next)), ("canary_longer", Some("canary_longer")));
}

#[tokio::test]
async fn what_fails_after_a_spent_code_leaves_nothing_as_it_was() {
    let server = Server::with(|sent: &Sent| match sent.path.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"canary_short"}"#),
        _ => Reply::json(503, "{}"),
    })
    .await;
    let origin = &server.origin;
    let then = json!([{"method": "GET", "url": format!("{origin}/long"), "when": ["obtain", "refresh"]}]);
    let provider = entry(origin, json!({"obtain": {"then": then}}));
    assert!(exchange(&provider).await.unwrap_err().may_have_taken_effect());
    assert!(refresh(&provider).await.unwrap_err().may_have_taken_effect());
}

#[tokio::test]
async fn an_app_renews_by_its_signature_where_the_vendor_wants_that() {
    let server = Server::answering(Reply::json(200, r#"{"data":{"accessToken":"canary_at"}}"#)).await;
    let provider = entry(
        &server.origin,
        json!({"obtain": {
            "token_endpoint_auth_method": "none",
            "token_response": {"access_token": "/data/accessToken"},
            "refresh": {"mode": "app_signed", "format": "none", "headers": {
                "appkey": "${app.client_id}", "sign": "${hex(hmac_sha256(app.client_secret, req.path))}"}},
        }}),
    );
    let again = Renewal { refresh_token: None, fields: Inputs::new() };
    let grant = client().refresh(&provider, &app(), &again).await.unwrap();
    let sent = server.only();
    assert_eq!((sent.body.as_str(), sent.header("appkey")), ("", Some("client-1")));
    assert_eq!(sent.header("sign").map(str::len), Some(64));
    assert!(grant.renewal.is_some());
}

#[tokio::test]
async fn a_vendors_own_grant_type_is_sent_as_the_entry_names_it() {
    let server = Server::answering(Reply::json(200, r#"{"access_token":"canary_at"}"#)).await;
    let provider = entry(&server.origin, json!({"obtain": {"grant_type": "account_credentials"}}));
    assert_eq!(provider.auth_mode(), AuthMode::OAuth2ClientCredentials);
    client().client_credentials(&provider, &app(), &Inputs::new()).await.unwrap();
    assert_eq!(server.only().form()["grant_type"], "account_credentials");
}

#[tokio::test]
async fn the_life_of_a_token_is_asked_for_where_its_answer_does_not_tell() {
    let until = 4_000_000_000_u64;
    let server = Server::with(move |sent: &Sent| match sent.path.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"canary_at","refresh_token":"canary_rt"}"#),
        _ => Reply::json(200, &json!({"active": true, "exp": until}).to_string()),
    })
    .await;
    let provider = entry(
        &server.origin,
        json!({"obtain": {
            "introspection_endpoint": format!("{}/introspect", server.origin),
            "lifetime": {"expiry_source": "introspection", "default_seconds": 7200},
        }}),
    );
    let grant = exchange(&provider).await.unwrap();
    let asked = &server.sent()[1];
    assert_eq!(
        (asked.form()["token"].as_str(), asked.form()["token_type_hint"].as_str()),
        ("canary_at", "access_token")
    );
    assert!(asked.header("authorization").unwrap().starts_with("Basic "));
    assert!(grant.expires_in.unwrap() > Duration::from_secs(1_000_000_000));
}

#[tokio::test]
async fn a_token_whose_life_nobody_tells_is_a_token_all_the_same() {
    let server = Server::with(|sent: &Sent| match sent.path.as_str() {
        "/token" => Reply::json(200, r#"{"access_token":"canary_at"}"#),
        _ => Reply::json(500, "{}"),
    })
    .await;
    let provider = entry(
        &server.origin,
        json!({"obtain": {
            "introspection_endpoint": format!("{}/introspect", server.origin),
            "lifetime": {"expiry_source": "introspection", "default_seconds": 7200},
        }}),
    );
    assert_eq!(exchange(&provider).await.unwrap().expires_in, Some(Duration::from_secs(7200)));
}

#[test]
fn a_value_of_an_answer_is_no_host_without_hosts_to_choose_from() {
    // Whoever loads an entry checks it; whoever renders it does not rely on that.
    let provider = login(
        "http://127.0.0.1:1",
        json!({"obtain": {"steps": [
            {"method": "GET", "url": "http://127.0.0.1:1/x"}, {"method": "GET", "url": "https://${step.0.host}/"},
        ]}}),
    );
    let mut values = Values::at(0);
    values.step.push(json!({"host": "evil.example"}));
    let refused = provider.step_request(&provider.steps()[1], &values).unwrap_err();
    assert!(matches!(refused, RenderError::Host { .. }), "{refused}");
}
