//! Refresh, rotation and reuse; client credentials; who may ask.

#![allow(clippy::unwrap_used, reason = "the vocabulary of tests may fail loudly, as tests do")]

mod support;

use latchkey_demo_provider::Rotation;
use reqwest::header;
use std::time::Duration;
use support::*;

#[tokio::test]
async fn a_refresh_token_is_replaced_by_its_use() {
    let world = world().await;
    let first = world.connect().await;
    let second = Tokens::of(world.refresh(first.refresh())).await;
    let third = Tokens::of(world.refresh(second.refresh())).await;
    assert_ne!(first.refresh, second.refresh);
    assert!(world.works(&third.access).await);
    let counters = world.provider.controls().counters();
    assert_eq!(counters.refreshes_accepted, 2);
    assert_eq!(counters.token_requests["authorization_code"], 1);
    assert_eq!(counters.token_requests["refresh_token"], 2);
}

#[tokio::test]
async fn strictly_a_spent_refresh_token_kills_its_whole_family_and_no_other() {
    let world = world().await;
    let bystander = world.connect().await;
    let first = world.connect().await;
    let second = Tokens::of(world.refresh(first.refresh())).await;

    for _ in 0..2 {
        assert_eq!(refused(world.refresh(first.refresh())).await, refusal(400, "invalid_grant"));
    }
    assert_eq!(refused(world.refresh(second.refresh())).await, refusal(400, "invalid_grant"));
    assert!(!world.works(&second.access).await);
    assert!(world.works(&bystander.access).await);
    let counters = world.provider.controls().counters();
    assert_eq!((counters.refresh_token_reuses, counters.families_revoked_by_reuse), (2, 1));
}

#[tokio::test]
async fn within_its_grace_a_spent_token_may_be_sent_again() {
    let world = world_with(|options| options.rotation = Rotation::Grace(Duration::from_secs(30))).await;
    let first = world.connect().await;
    let lost = Tokens::of(world.refresh(first.refresh())).await;
    let again = Tokens::of(world.refresh(first.refresh())).await;
    assert!(world.works(&again.access).await);
    assert!(world.works(&Tokens::of(world.refresh(again.refresh())).await.access).await);
    assert!(world.works(&Tokens::of(world.refresh(lost.refresh())).await.access).await);

    world.provider.controls().advance_clock(Duration::from_secs(31));
    assert_eq!(refused(world.refresh(first.refresh())).await, refusal(400, "invalid_grant"));
    assert_eq!(world.provider.controls().counters().families_revoked_by_reuse, 1);
}

#[tokio::test]
async fn without_rotation_a_refresh_token_stays() {
    let world = world_with(|options| options.rotation = Rotation::None).await;
    let first = world.connect().await;
    for _ in 0..3 {
        let next = Tokens::of(world.refresh(first.refresh())).await;
        assert_eq!(next.refresh, None);
        assert!(world.works(&next.access).await);
    }
}

#[tokio::test]
async fn two_hundred_spent_tokens_are_remembered_and_older_ones_are_unknown() {
    let world = world().await;
    let oldest = world.connect().await;
    let mut latest = oldest.clone();
    for _ in 0..201 {
        latest = Tokens::of(world.refresh(latest.refresh())).await;
    }
    assert_eq!(refused(world.refresh(oldest.refresh())).await, refusal(400, "invalid_grant"));
    assert!(world.works(&latest.access).await, "a forgotten token ends nothing");
}

#[tokio::test]
async fn a_refresh_may_narrow_the_scope_and_not_widen_it() {
    let world = world().await;
    let first = world.connect().await;
    let with_scope = |token: &str, scope: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)];
        world.token(&form)
    };
    let wider = with_scope(first.refresh(), "profile:read notes:write");
    assert_eq!(refused(wider).await, refusal(400, "invalid_scope"));
    let narrow = Tokens::of(with_scope(first.refresh(), "profile:read")).await;
    assert_eq!(narrow.json["scope"], "profile:read");
    let whole = Tokens::of(world.refresh(narrow.refresh())).await;
    assert_eq!(whole.json["scope"], "profile:read notes:read");
}

#[tokio::test]
async fn an_access_token_lasts_a_minute() {
    let world = world().await;
    let tokens = world.connect().await;
    world.provider.controls().advance_clock(Duration::from_secs(59));
    assert!(world.works(&tokens.access).await);
    world.provider.controls().advance_clock(Duration::from_secs(1));
    let answer = world.me(&tokens.access).await;
    assert_eq!(answer.status(), 401);
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().contains("error=\"invalid_token\""));
}

#[tokio::test]
async fn a_client_acts_for_itself_without_a_refresh_token() {
    let world = world().await;
    let form = [("grant_type", "client_credentials"), ("scope", "profile:read")];
    let tokens = Tokens::of(world.token(&form)).await;
    assert_eq!((tokens.refresh.as_deref(), &tokens.json["scope"]), (None, &"profile:read".into()));
    let me: serde_json::Value = world.me(&tokens.access).await.json().await.unwrap();
    assert_eq!(me["login"], CLIENT.0);
    let greedy = [("grant_type", "client_credentials"), ("scope", "everything")];
    assert_eq!(refused(world.token(&greedy)).await, refusal(400, "invalid_scope"));
}

#[tokio::test]
async fn a_client_authenticates_by_basic_or_in_the_body_but_not_both() {
    let world = world().await;
    let url = format!("{}/token", world.issuer);
    let grant = ("grant_type", "client_credentials");
    let (id, secret) = (("client_id", CLIENT.0), ("client_secret", CLIENT.1));
    Tokens::of(world.backend.post(&url).form(&[grant, id, secret])).await;
    Tokens::of(world.token(&[grant, id])).await;

    assert_eq!(refused(world.token(&[grant, secret])).await, refusal(400, "invalid_request"));
    let wrong = [grant, id, ("client_secret", "wrong")];
    assert_eq!(refused(world.backend.post(&url).form(&wrong)).await, refusal(401, "invalid_client"));
    assert_eq!(refused(world.backend.post(&url).form(&[grant, id])).await, refusal(401, "invalid_client"));
    assert_eq!(refused(world.backend.post(&url).form(&[grant])).await, refusal(401, "invalid_client"));
    let bearer = world.backend.post(&url).bearer_auth("x").form(&[grant]);
    let answer = bearer.send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert!(answer.headers()["www-authenticate"].to_str().unwrap().starts_with("Basic "));
}

#[tokio::test]
async fn a_public_client_lives_by_pkce_alone() {
    let world = world().await;
    let mut query = world.request();
    query[1].1 = "public-client".into();
    let page = world.authorize(&query).await.text().await.unwrap();
    let code = reply(&world.decide(&page, "allow").await)["code"].clone();
    let url = format!("{}/token", world.issuer);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "public-client"),
        ("code", &code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    assert!(world.works(&Tokens::of(world.backend.post(&url).form(&form)).await.access).await);
    let for_itself = [("grant_type", "client_credentials"), ("client_id", "public-client")];
    assert_eq!(
        refused(world.backend.post(&url).form(&for_itself)).await,
        refusal(400, "unauthorized_client")
    );
}

#[tokio::test]
async fn a_malformed_token_request_is_told_so() {
    let world = world().await;
    assert_eq!(refused(world.token(&[])).await, refusal(400, "invalid_request"));
    let unknown = world.token(&[("grant_type", "password")]);
    assert_eq!(refused(unknown).await, refusal(400, "unsupported_grant_type"));
    let twice = world.token(&[("grant_type", "refresh_token"), ("grant_type", "refresh_token")]);
    assert_eq!(refused(twice).await, refusal(400, "invalid_request"));
    let missing = world.token(&[("grant_type", "refresh_token"), ("refresh_token", "")]);
    assert_eq!(refused(missing).await, refusal(400, "invalid_request"));
    let json = world.token(&[]).header(header::CONTENT_TYPE, "application/json").body("{}");
    assert_eq!(refused(json).await, refusal(400, "invalid_request"));
    let got = world.backend.get(format!("{}/token", world.issuer)).send().await.unwrap();
    assert_eq!(got.status(), 405);
}
