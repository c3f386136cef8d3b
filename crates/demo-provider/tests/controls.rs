//! Every way to break the provider on purpose, in process and over HTTP.

#![allow(clippy::unwrap_used, reason = "the vocabulary of tests may fail loudly, as tests do")]

mod support;

use latchkey_demo_provider::{
    Account, Extent, NextAnswer, NextRedirect, Revocation, Rotation, Selection, Target,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use support::*;

#[tokio::test]
async fn revoking_ends_one_grant_or_all() {
    let world = world().await;
    let controls = world.provider.controls();
    let (one, two, three) = (world.connect().await, world.connect().await, world.connect().await);

    assert_eq!(controls.revoke(&Selection::Token(one.access.clone())), 1);
    assert!(!world.works(&one.access).await);
    assert_eq!(refused(world.refresh(one.refresh())).await, refusal(400, "invalid_grant"));
    assert!(world.works(&two.access).await);

    let token = two.refresh().to_owned();
    assert_eq!(world.control("revoke", json!({"token": token})).await, json!({"revoked": 1}));
    assert!(!world.works(&two.access).await);

    assert_eq!(world.control("revoke", json!({})).await, json!({"revoked": 1}));
    assert!(!world.works(&three.access).await);
    assert!(controls.grants().iter().all(|grant| grant.revoked == Some(Revocation::Control)));
    assert_eq!(controls.revoke(&Selection::Grant(String::from("grant_none").into())), 0);
    assert_eq!(controls.counters().families_revoked_by_reuse, 0);
}

#[tokio::test]
async fn expiring_ends_access_tokens_and_leaves_refresh_tokens() {
    let world = world().await;
    let (one, two) = (world.connect().await, world.connect().await);
    let first = world.provider.controls().grants()[0].id.clone();
    assert_eq!(world.control("expire", json!({"grant": first})).await, json!({"expired": 1}));
    assert!(!world.works(&one.access).await);
    assert!(world.works(&two.access).await);
    assert_eq!(world.provider.controls().expire_access_tokens(&Selection::All), 1);
    assert!(!world.works(&two.access).await);
    assert!(world.works(&Tokens::of(world.refresh(two.refresh())).await.access).await);
}

#[tokio::test]
async fn an_outage_lasts_for_some_requests_for_some_time_or_until_cleared() {
    let world = world().await;
    let controls = world.provider.controls();
    let tokens = world.connect().await;
    let status = async || world.refresh("nothing").send().await.unwrap().status().as_u16();

    controls.outage(Target::Token, Extent::Requests(2));
    assert_eq!([status().await, status().await, status().await], [503, 503, 400]);

    world.control("outage", json!({"seconds": 30})).await;
    assert_eq!(status().await, 503);
    world.control("clock", json!({"advance_seconds": 30})).await;
    assert_eq!(status().await, 400);

    world.control("outage", json!({})).await;
    assert_eq!([status().await, status().await], [503, 503]);
    assert_eq!(world.me(&tokens.access).await.status(), 200, "the API is another target");
    world.control("clear", json!({})).await;
    assert_eq!(status().await, 400);

    controls.outage(Target::Api, Extent::Requests(1));
    assert_eq!(world.me(&tokens.access).await.status(), 503);
    assert_eq!(world.me(&tokens.access).await.status(), 200);
}

#[tokio::test]
async fn an_outage_rotates_nothing() {
    let world = world().await;
    let tokens = world.connect().await;
    world.provider.controls().outage(Target::Token, Extent::Requests(1));
    assert_eq!(world.refresh(tokens.refresh()).send().await.unwrap().status(), 503);
    Tokens::of(world.refresh(tokens.refresh())).await;
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back() {
    let world = world().await;
    world.provider.controls().rate_limit(Target::Token, Extent::Requests(1), Duration::from_millis(6_500));
    let answer = world.refresh("nothing").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"7".parse().unwrap()));

    let limit = json!({"target": "api", "requests": 1, "retry_after_seconds": 3});
    world.control("rate-limit", limit).await;
    let answer = world.me("anything").await;
    assert_eq!((answer.status().as_u16(), &answer.headers()["retry-after"]), (429, &"3".parse().unwrap()));
    assert_eq!(world.me("anything").await.status(), 401);
}

#[tokio::test]
async fn slowness_delays_a_right_answer() {
    let world = world().await;
    let tokens = world.connect().await;
    world.control("slow", json!({"requests": 1, "delay_ms": 120})).await;
    let started = Instant::now();
    let next = Tokens::of(world.refresh(tokens.refresh())).await;
    assert!(started.elapsed() >= Duration::from_millis(120));
    assert!(world.works(&next.access).await);
}

#[tokio::test]
async fn answers_in_place_of_the_work_change_nothing() {
    let world = world().await;
    let tokens = world.connect().await;
    let cases = [
        (NextAnswer::Html, 200),
        (NextAnswer::Empty, 200),
        (NextAnswer::ServerError, 500),
        (NextAnswer::InvalidClient, 401),
        (NextAnswer::InvalidGrant, 400),
        (NextAnswer::InvalidScope, 400),
        (NextAnswer::Huge, 200),
    ];
    for (next, status) in cases {
        world.provider.controls().answer_next(next, 1);
        let answer = world.refresh(tokens.refresh()).send().await.unwrap();
        assert_eq!(answer.status(), status, "{next:?}");
        let body = answer.bytes().await.unwrap();
        let parsed = serde_json::from_slice::<Value>(&body);
        match next {
            NextAnswer::Html | NextAnswer::ServerError => assert!(body.starts_with(b"<!doctype html>")),
            NextAnswer::Empty => assert!(body.is_empty()),
            NextAnswer::Huge => assert!(body.len() > 10 * 1024 * 1024 && parsed.is_ok()),
            NextAnswer::InvalidClient => assert_eq!(parsed.unwrap()["error"], "invalid_client"),
            NextAnswer::InvalidGrant => assert_eq!(parsed.unwrap()["error"], "invalid_grant"),
            _ => assert_eq!(parsed.unwrap()["error"], "invalid_scope"),
        }
    }
    world.provider.controls().answer_next(NextAnswer::CloseBeforeWork, 1);
    assert!(whole(world.refresh(tokens.refresh())).await.is_err());
    Tokens::of(world.refresh(tokens.refresh())).await;
}

#[tokio::test]
async fn answers_after_the_work_come_when_the_token_is_already_spent() {
    for next in [
        NextAnswer::Truncated,
        NextAnswer::NoAccessToken,
        NextAnswer::ExpiresInText,
        NextAnswer::ExpiresInNegative,
        NextAnswer::OmitExpiresIn,
        NextAnswer::CloseAfterRequest,
    ] {
        let world = world().await;
        let tokens = world.connect().await;
        world.provider.controls().answer_next(next, 1);
        let answer = whole(world.refresh(tokens.refresh())).await;
        let parsed = answer.as_ref().ok().and_then(|body| serde_json::from_slice::<Value>(body).ok());
        match next {
            NextAnswer::Truncated => assert!(answer.is_ok() && parsed.is_none()),
            NextAnswer::NoAccessToken => assert!(parsed.unwrap().get("access_token").is_none()),
            NextAnswer::ExpiresInText => assert_eq!(parsed.unwrap()["expires_in"], "soon"),
            NextAnswer::ExpiresInNegative => assert_eq!(parsed.unwrap()["expires_in"], -60),
            NextAnswer::OmitExpiresIn => assert!(parsed.unwrap().get("expires_in").is_none()),
            _ => assert!(answer.is_err(), "the answer must never be whole"),
        }
        assert_eq!(world.provider.controls().counters().refreshes_accepted, 1, "{next:?}");
        assert_eq!(refused(world.refresh(tokens.refresh())).await, refusal(400, "invalid_grant"));
        assert_eq!(world.provider.controls().counters().families_revoked_by_reuse, 1, "{next:?}");
    }
}

#[tokio::test]
async fn an_omitted_refresh_token_leaves_the_old_one_good() {
    let world = world().await;
    let tokens = world.connect().await;
    world.control("next-answer", json!({"next": "omit_refresh_token", "times": 2})).await;
    for _ in 0..2 {
        assert_eq!(Tokens::of(world.refresh(tokens.refresh())).await.refresh, None);
    }
    assert!(Tokens::of(world.refresh(tokens.refresh())).await.refresh.is_some());

    let code = world.code().await;
    world.provider.controls().answer_next(NextAnswer::OmitRefreshToken, 1);
    assert_eq!(Tokens::of(world.redeem(&code, VERIFIER)).await.refresh, None);
}

#[tokio::test]
async fn authorization_responses_can_lie() {
    let world = world().await;
    let controls = world.provider.controls();
    controls.redirect_next(NextRedirect::WrongIssuer, 1);
    assert_eq!(world.consent("allow").await["iss"], "https://someone-else.invalid");
    controls.redirect_next(NextRedirect::OmitIssuer, 1);
    assert!(!world.consent("allow").await.contains_key("iss"));
    controls.redirect_next(NextRedirect::WrongState, 1);
    assert_ne!(world.consent("allow").await["state"], "st&te=1");
    world.control("next-redirect", json!({"next": "server_error"})).await;
    let failed = world.consent("allow").await;
    assert_eq!((failed["error"].as_str(), failed.contains_key("code")), ("server_error", false));
    assert!(world.consent("allow").await.contains_key("code"));
}

#[tokio::test]
async fn somebody_else_can_sign_in_and_old_grants_keep_their_account() {
    let world = world().await;
    let before = world.connect().await;
    let ben = Account { id: "user_1002".into(), login: "ben@demo".into(), name: "Ben Demo".into() };
    world.control("sign-in", serde_json::to_value(ben).unwrap()).await;
    let after = world.connect().await;
    let login = async |token: &str| {
        world.me(token).await.json::<Value>().await.unwrap()["login"].as_str().unwrap().to_owned()
    };
    assert_eq!([login(&before.access).await, login(&after.access).await], ["ana@demo", "ben@demo"]);
}

#[tokio::test]
async fn rotation_can_change_while_it_runs() {
    let world = world().await;
    let tokens = world.connect().await;
    world.control("rotation", json!({"rotation": "none"})).await;
    assert_eq!(Tokens::of(world.refresh(tokens.refresh())).await.refresh, None);
    world.control("rotation", json!({"rotation": "grace", "seconds": 30})).await;
    Tokens::of(world.refresh(tokens.refresh())).await;
    Tokens::of(world.refresh(tokens.refresh())).await;
    world.provider.controls().set_rotation(Rotation::Strict);
    assert_eq!(refused(world.refresh(tokens.refresh())).await, refusal(400, "invalid_grant"));
}

#[tokio::test]
async fn requests_are_recorded_with_their_trace_and_without_their_secrets() {
    let world = world().await;
    let tokens = world.connect().await;
    world.provider.controls().reset_records();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    world.refresh(tokens.refresh()).header("traceparent", trace).send().await.unwrap();
    world.refresh(tokens.refresh()).header("traceparent", "canary_not-a-trace").send().await.unwrap();
    world.me(&tokens.access).await;

    let requests = world.provider.controls().requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.path.as_str(), request.grant_type.as_deref(), request.status))
        .collect();
    let refreshed = |status| ("/token", Some("refresh_token"), status);
    assert_eq!(seen, [refreshed(200), refreshed(400), ("/me", None, 401)]);
    assert_eq!(requests[0].traceparent.as_deref(), Some(trace));
    assert_eq!(requests[1].traceparent, None);
    assert!(!serde_json::to_string(&requests).unwrap().contains("canary_"));
}

#[tokio::test]
async fn requests_in_flight_are_counted_at_their_most() {
    let world = world().await;
    world.provider.controls().slow(Target::Token, Extent::Requests(3), Duration::from_millis(300));
    let three = [world.refresh("a"), world.refresh("b"), world.refresh("c")];
    futures::future::join_all(three.map(|request| request.send())).await;
    world.refresh("d").send().await.unwrap();
    assert_eq!(world.provider.controls().counters().token_requests_in_flight_max, 3);
}

#[tokio::test]
async fn controls_over_http_want_their_token() {
    let world = world().await;
    let url = format!("{}/_control/counters", world.issuer);
    assert_eq!(world.backend.get(&url).send().await.unwrap().status(), 401);
    assert_eq!(world.backend.get(&url).bearer_auth("wrong").send().await.unwrap().status(), 401);
    let answer = world.backend.get(&url).bearer_auth(CONTROL).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap()["refreshes_accepted"], 0);

    for (name, body) in [
        ("outage", json!({"requests": 1, "seconds": 1})),
        ("revoke", json!({"grant": "a", "token": "b"})),
        ("revoke", json!({"everything": true})),
        ("next-answer", json!({"next": "poetry"})),
    ] {
        let request = world.backend.post(format!("{}/_control/{name}", world.issuer));
        let answer = request.bearer_auth(CONTROL).json(&body).send().await.unwrap();
        assert_eq!(answer.status(), 422, "{name} {body}");
    }
}

#[tokio::test]
async fn without_a_control_token_there_are_no_controls_over_http() {
    let world = world_with(|options| options.control_token = None).await;
    let request = world.backend.get(format!("{}/_control/counters", world.issuer));
    assert_eq!(request.bearer_auth("").send().await.unwrap().status(), 404);
}

/// The body, if all of it came.
async fn whole(request: reqwest::RequestBuilder) -> reqwest::Result<Vec<u8>> {
    Ok(request.send().await?.bytes().await?.to_vec())
}
