//! Whole requests, written out from RFC 6749 and the vendors' pages.

mod support;

use latchkey_providers::{AuthMode, AuthorizationParams, Body, Extent, Grant, Rotation};
use serde_json::json;
use support::{CODE, REFRESH, asked, connected, form, header, honest, provider, query, texts};

#[test]
fn github_authorization_url() {
    let scopes = ["repo".to_owned(), "read:user".to_owned()];
    let params = AuthorizationParams { scopes: &scopes, ..asked() };
    let url = provider("github").authorization_url(&connected(texts([])), params).unwrap();
    assert_eq!(
        url.as_str(),
        "https://github.com/login/oauth/authorize?response_type=code&client_id=client%3A1\
         &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&scope=repo%20read%3Auser&state=st%20ate\
         &code_challenge=challenge&code_challenge_method=S256"
    );
}

#[test]
fn github_token_request() {
    let request = provider("github").token_request(&connected(texts([])), CODE).unwrap();
    assert_eq!(
        (request.method.as_str(), request.url.as_str()),
        ("POST", "https://github.com/login/oauth/access_token")
    );
    assert_eq!(request.headers, [("accept".to_owned(), "application/json".to_owned())]);
    assert_eq!(
        request.body,
        Body::Form(
            [
                ("grant_type", "authorization_code"),
                ("code", "the code"),
                ("redirect_uri", "https://app.example.com/callback"),
                ("code_verifier", "verifier"),
                ("client_id", "client:1"),
                ("client_secret", "canary&secret"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
        )
    );
}

#[test]
fn notion_authenticates_by_basic_and_speaks_json() {
    let notion = provider("notion");
    let values = connected(texts([]));
    let url = notion.authorization_url(&values, asked()).unwrap();
    assert_eq!(query(&url)["owner"], "user");
    assert!(!query(&url).contains_key("scope"));

    let request = notion.token_request(&values, CODE).unwrap();
    // RFC 6749 §2.3.1: form-encoded first, `client%3A1:canary%26secret`, then base64.
    assert_eq!(header(&request, "authorization"), Some("Basic Y2xpZW50JTNBMTpjYW5hcnklMjZzZWNyZXQ="));
    assert_eq!(
        request.body,
        Body::Json(json!({
            "grant_type": "authorization_code", "code": "the code", "code_verifier": "verifier",
            "redirect_uri": "https://app.example.com/callback",
        }))
    );
    let refresh = notion.token_request(&values, REFRESH).unwrap();
    assert_eq!(
        refresh.body,
        Body::Json(json!({"grant_type": "refresh_token", "refresh_token": "old refresh"}))
    );
    assert_eq!(
        notion.headers(&values).unwrap(),
        texts([("authorization", "Bearer canary_access"), ("notion-version", "2022-06-28")])
    );
}

#[test]
fn zendesk_is_asked_at_the_customers_own_host() {
    let zendesk = provider("zendesk");
    let values =
        connected(zendesk.check_inputs(&texts([("subdomain", "https://Acme.zendesk.com/")])).unwrap());
    let url = zendesk.authorization_url(&values, asked()).unwrap();
    assert!(
        url.as_str().starts_with("https://acme.zendesk.com/oauth/authorizations/new?response_type=code&")
    );
    let request = zendesk.token_request(&values, CODE).unwrap();
    assert_eq!(request.url.as_str(), "https://acme.zendesk.com/oauth/tokens");
    let Body::Json(body) = &request.body else { panic!("the page asks for JSON") };
    assert_eq!(body["expires_in"], 1800);
    let refresh = zendesk.token_request(&values, REFRESH).unwrap();
    assert_eq!(
        refresh.body,
        Body::Json(json!({
            "grant_type": "refresh_token", "refresh_token": "old refresh",
            "client_id": "client:1", "client_secret": "canary&secret", "expires_in": 1800,
        }))
    );
    // One account's token must not go to another account's host.
    assert_eq!(zendesk.origins(&values).unwrap(), ["https://acme.zendesk.com"]);
}

#[test]
fn google_asks_for_offline_access_and_keeps_its_refresh_token() {
    let google = provider("google");
    let values = connected(texts([]));
    let url = google.authorization_url(&values, asked()).unwrap();
    let sent = query(&url);
    assert_eq!((sent["access_type"].as_str(), sent["prompt"].as_str()), ("offline", "consent"));
    assert_eq!(google.refresh().rotation, Rotation::Keep);
    assert_eq!(google.issuer(&values).as_deref(), Some("https://accounts.google.com"));
    let request = google.token_request(&values, CODE).unwrap();
    assert_eq!(request.url.as_str(), "https://oauth2.googleapis.com/token");
    assert_eq!(form(&request).len(), 6);
    assert_eq!(google.revocation(), Some(Extent::Account), "it ends the account's other connections too");
    let request = google.revoke_request(&values).unwrap().unwrap();
    assert_eq!(request.url.as_str(), "https://oauth2.googleapis.com/revoke");
    assert_eq!(google.origins(&values).unwrap(), ["https://www.googleapis.com", "https://*.googleapis.com"]);
}

#[test]
fn slack_joins_scopes_by_commas_and_asks_for_a_users_beside() {
    let slack = provider("slack");
    let mut values = connected(texts([]));
    values.app.insert("user_scope".into(), "search:read,users:read".into());
    let scopes = ["chat:write".to_owned(), "channels:read".to_owned()];
    let url = slack.authorization_url(&values, AuthorizationParams { scopes: &scopes, ..asked() }).unwrap();
    let sent = query(&url);
    assert_eq!(sent["scope"], "chat:write,channels:read");
    assert_eq!(sent["user_scope"], "search:read,users:read");
    assert!(!sent.contains_key("code_challenge"), "this entry states that PKCE is refused");
    assert!(!form(&slack.token_request(&values, CODE).unwrap()).contains_key("code_verifier"));
}

#[test]
fn a_caller_says_more_or_otherwise_but_not_what_the_protocol_says() {
    let slack = provider("slack");
    let mut values = connected(texts([]));
    values.app.insert("user_scope".into(), "search:read".into());
    let others = texts([("user_scope", "users:read"), ("team", "T${app.client_id}&x=1"), ("state", "mine")]);
    let url = slack.authorization_url(&values, AuthorizationParams { others: &others, ..asked() }).unwrap();
    let sent = query(&url);
    assert_eq!((&*sent["user_scope"], &*sent["team"]), ("users:read", "T${app.client_id}&x=1"));
    assert_eq!(url.query_pairs().filter(|(name, _)| name == "state").count(), 1);
    assert_eq!(sent["state"], "st ate");
    assert!(slack.has_param_for_itself("redirect_uri") && !slack.has_param_for_itself("team"));

    let google = provider("google");
    let of_entry = query(&google.authorization_url(&connected(texts([])), asked()).unwrap());
    assert_eq!(of_entry["prompt"], "consent");
    let others = texts([("prompt", ""), ("login_hint", "ana@example.com")]);
    let params = AuthorizationParams { others: &others, ..asked() };
    let sent = query(&google.authorization_url(&connected(texts([])), params).unwrap());
    assert!(!sent.contains_key("prompt") && sent["access_type"] == of_entry["access_type"]);
    assert_eq!(sent["login_hint"], "ana@example.com");
}

#[test]
fn default_scopes_are_asked_for_once() {
    let atlassian = provider("atlassian");
    let scopes = ["read:jira-work".to_owned(), "offline_access".to_owned()];
    assert_eq!(atlassian.scope_text(&scopes), "read:jira-work offline_access");
    assert_eq!(atlassian.scope_text(&[]), "offline_access");
}

#[test]
fn client_credentials_come_from_the_connection_where_the_entry_says_so() {
    let auth0 = provider("auth0");
    assert_eq!(auth0.auth_mode(), AuthMode::OAuth2ClientCredentials);
    let values = connected(auth0.check_inputs(&honest("auth0")).unwrap());
    let request = auth0.token_request(&values, Grant::ClientCredentials { scopes: &[] }).unwrap();
    assert_eq!(request.url.as_str(), "https://acme.eu.auth0.com/oauth/token");
    assert_eq!(
        form(&request),
        texts([
            ("grant_type", "client_credentials"),
            ("client_id", "the-client"),
            ("client_secret", "canary_secret"),
            ("audience", "https://acme.eu.auth0.com/api/v2/"),
        ])
    );
    auth0.token_request(&values, REFRESH).unwrap_err();
}

#[test]
fn given_keys_become_headers() {
    let stripe = provider("stripe");
    assert_eq!(stripe.auth_mode(), AuthMode::ApiKey);
    let values = connected(texts([("api_key", "rk_test_1")]));
    // `rk_test_1:` in base64; the context was not given, so its header is not sent.
    assert_eq!(stripe.headers(&values).unwrap(), texts([("authorization", "Basic cmtfdGVzdF8xOg==")]));

    let jira = provider("jira-basic");
    assert_eq!(jira.auth_mode(), AuthMode::Basic);
    let probe = jira
        .verify_probes(&connected(honest("jira-basic")))
        .map(|probes| probes.into_iter().next())
        .unwrap()
        .unwrap();
    assert_eq!(probe.request.url.as_str(), "https://acme.atlassian.net/rest/api/3/myself");
    assert_eq!(
        header(&probe.request, "authorization"),
        Some("Basic YWRhQGV4YW1wbGUuY29tOmNhbmFyeV90b2tlbg==")
    );
    let colon = connected(texts([("subdomain", "acme"), ("username", "a:b@c.de"), ("password", "x")]));
    jira.headers(&colon).unwrap_err();
}

#[test]
fn a_key_that_travels_in_the_body_is_tried_out_there() {
    let values = connected(texts([("api_key", "md-canary_key")]));
    let probe = provider("mandrill").verify_probes(&values).unwrap().remove(0);
    assert_eq!(probe.request.url.as_str(), "https://mandrillapp.com/api/1.0/users/ping");
    assert_eq!(probe.request.body, Body::Json(json!({"key": "md-canary_key"})));
}

#[test]
fn shopify_gets_its_own_header_and_no_bearer() {
    let headers = provider("shopify").headers(&connected(honest("shopify"))).unwrap();
    assert_eq!(headers, texts([("x-shopify-access-token", "canary_access")]));
}

#[test]
fn a_missing_value_is_named() {
    let refused = provider("zendesk").authorization_url(&connected(texts([])), asked()).unwrap_err();
    assert_eq!(refused.to_string(), "the authorization URL needs `conn.subdomain`, which has no value");
}

#[test]
fn nothing_secret_is_printed() {
    let values = connected(honest("jira-basic"));
    let request = provider("github").token_request(&values, CODE).unwrap();
    let probe =
        provider("jira-basic").verify_probes(&values).map(|probes| probes.into_iter().next()).unwrap();
    let printed =
        format!("{values:?} {request:?} {probe:?} {:?}", provider("notion").token_request(&values, CODE));
    for secret in ["canary", "Basic ", "Bearer ", "the code", "verifier\"", "/login/"] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
    assert!(printed.contains("github.com"));
}
