//! The code flow: consent, code, tokens, and everything that must be refused on the way.

#![allow(clippy::unwrap_used, reason = "the vocabulary of tests may fail loudly, as tests do")]

mod support;

use reqwest::StatusCode;
use std::time::Duration;
use support::*;

#[tokio::test]
async fn a_consent_becomes_a_code_and_the_code_becomes_tokens() {
    let world = world().await;
    let reply = world.consent("allow").await;
    assert_eq!(reply["state"], "st&te=1");
    assert_eq!(reply["iss"], world.issuer);
    assert_eq!(reply["from"], "demo", "the redirect URI keeps its own query");

    let answer = world.redeem(&reply["code"], VERIFIER).send().await.unwrap();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tokens: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 60);
    assert_eq!(tokens["scope"], "profile:read notes:read");
    for secret in [&tokens["access_token"], &tokens["refresh_token"]] {
        assert!(secret.as_str().unwrap().starts_with("canary_"));
    }

    let me = world.me(tokens["access_token"].as_str().unwrap()).await;
    let me: serde_json::Value = me.json().await.unwrap();
    assert_eq!((&me["login"], &me["id"]), (&"ana@demo".into(), &"user_1001".into()));
}

#[tokio::test]
async fn a_wrong_verifier_is_refused_and_spends_the_code() {
    let world = world().await;
    let code = world.code().await;
    assert_eq!(refused(world.redeem(&code, &"x".repeat(43))).await, refusal(400, "invalid_grant"));
    assert_eq!(refused(world.redeem(&code, VERIFIER)).await, refusal(400, "invalid_grant"));
}

#[tokio::test]
async fn a_code_works_once_and_its_reuse_revokes_what_it_issued() {
    let world = world().await;
    let code = world.code().await;
    let tokens = Tokens::of(world.redeem(&code, VERIFIER)).await;
    assert!(world.works(&tokens.access).await);

    assert_eq!(refused(world.redeem(&code, VERIFIER)).await, refusal(400, "invalid_grant"));
    assert!(!world.works(&tokens.access).await);
    assert_eq!(refused(world.refresh(tokens.refresh())).await, refusal(400, "invalid_grant"));
    assert_eq!(world.provider.controls().counters().code_reuses, 1);
}

#[tokio::test]
async fn a_code_lasts_a_minute() {
    let world = world().await;
    let code = world.code().await;
    world.provider.controls().advance_clock(Duration::from_secs(61));
    assert_eq!(refused(world.redeem(&code, VERIFIER)).await, refusal(400, "invalid_grant"));
}

#[tokio::test]
async fn a_code_is_bound_to_its_client_and_redirect_uri() {
    let world = world().await;
    let code = world.code().await;
    let form = |redirect_uri| {
        [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", redirect_uri),
            ("code_verifier", VERIFIER),
        ]
    };
    let url = format!("{}/token", world.issuer);
    let other = world.backend.post(&url).basic_auth("other-client", Some("canary_other"));
    assert_eq!(refused(other.form(&form(CALLBACK))).await, refusal(400, "invalid_grant"));
    // A stranger's attempt does not spend it: that would let anybody break a sign-in.
    Tokens::of(world.token(&form(CALLBACK))).await;

    let code = world.code().await;
    let elsewhere = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", "http://127.0.0.1:9/callback"),
        ("code_verifier", VERIFIER),
    ];
    assert_eq!(refused(world.token(&elsewhere)).await, refusal(400, "invalid_grant"));
}

#[tokio::test]
async fn declining_says_access_denied() {
    let world = world().await;
    for decision in ["decline", "anything else"] {
        let reply = world.consent(decision).await;
        assert_eq!(reply["error"], "access_denied");
        assert_eq!((reply["state"].as_str(), &reply["iss"]), ("st&te=1", &world.issuer));
        assert!(!reply.contains_key("code"));
    }
}

#[tokio::test]
async fn a_request_the_client_got_wrong_goes_back_to_it() {
    let world = world().await;
    let cases: [(&str, Option<&str>, &str); 8] = [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", None, "invalid_request"),
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("code_challenge_method", Some("s256"), "invalid_request"),
        ("scope", Some("profile:read everything"), "invalid_scope"),
    ];
    for (name, value, error) in cases {
        let mut query = world.request();
        query.retain(|(known, _)| *known != name);
        query.extend(value.map(|value| (name, value.to_owned())));
        let reply = reply(&world.authorize(&query).await);
        assert_eq!(reply["error"], error, "{name} = {value:?}");
        assert_eq!((reply["state"].as_str(), &reply["iss"]), ("st&te=1", &world.issuer));
    }
}

#[tokio::test]
async fn a_wrong_client_or_redirect_uri_shows_a_page_and_never_redirects() {
    let world = world().await;
    let cases = [
        ("client_id", "nobody"),
        ("client_id", ""),
        ("redirect_uri", "https://attacker.invalid/callback"),
        ("redirect_uri", "http://127.0.0.1:9/callback"),
        ("redirect_uri", "http://127.0.0.1:9/callback?from=demo&more=1"),
        ("redirect_uri", "http://127.0.0.1:9/other"),
        ("redirect_uri", ""),
    ];
    for (name, value) in cases {
        let mut query = world.request();
        query.retain(|(known, _)| *known != name);
        query.push((name, value.to_owned()));
        assert_page(world.authorize(&query).await, "Its developer should check").await;
    }
    let mut twice = world.request();
    twice.push(("redirect_uri", "https://attacker.invalid/callback".into()));
    assert_page(world.authorize(&twice).await, "each parameter once").await;
}

#[tokio::test]
async fn a_decision_counts_only_in_the_browser_that_saw_the_page_and_only_once() {
    let world = world().await;
    let page = world.authorize(&world.request()).await.text().await.unwrap();
    let form = [("consent", hidden(&page)), ("decision", "allow".into())];

    let other_browser = http(true).post(world.action(&page)).form(&form).send().await.unwrap();
    assert_page(other_browser, "no longer current").await;
    let no_token = world.browser.post(world.action(&page)).form(&[("decision", "allow")]).send().await;
    assert_page(no_token.unwrap(), "no longer current").await;

    assert!(reply(&world.decide(&page, "allow").await).contains_key("code"));
    assert_page(world.decide(&page, "allow").await, "no longer current").await;
}

#[tokio::test]
async fn two_tabs_of_one_browser_do_not_disturb_each_other() {
    let world = world().await;
    let first = world.authorize(&world.request()).await.text().await.unwrap();
    let second = world.authorize(&world.request()).await.text().await.unwrap();
    for page in [first, second] {
        assert!(reply(&world.decide(&page, "allow").await).contains_key("code"));
    }
}

#[tokio::test]
async fn a_consent_page_waits_ten_minutes() {
    let world = world().await;
    let page = world.authorize(&world.request()).await.text().await.unwrap();
    world.provider.controls().advance_clock(Duration::from_secs(601));
    assert_page(world.decide(&page, "allow").await, "no longer current").await;
}

#[tokio::test]
async fn the_consent_page_names_everything_and_runs_nothing() {
    let world = world_with(|options| {
        options.clients[0].name = "<script>alert(1)</script>".into();
    })
    .await;
    let answer = world.authorize(&world.request()).await;
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let page = answer.text().await.unwrap();

    for text in ["ana@demo", "profile:read", "notes:read", "Allow", "Decline", "127.0.0.1:9"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("notes:write"), "only what was asked for");
    assert!(!page.contains("<script"), "the client's name is text");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    for part in ["script-src", "unsafe", "*"] {
        assert!(!policy.contains(part), "{policy}");
    }
}

async fn assert_page(answer: reqwest::Response, says: &str) {
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(!answer.headers().contains_key("location"));
    let page = answer.text().await.unwrap();
    assert!(page.contains(says), "{page}");
}
