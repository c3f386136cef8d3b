//! The controls over HTTP: JSON under `/_control`, with a bearer token.

use super::resources::bearer;
use crate::controls::{Controls, Selection};
use crate::faults::{Extent, NextAnswer, NextRedirect, Target};
use crate::ledger::{Account, GrantId, GrantSummary};
use crate::options::Rotation;
use crate::records::{Counters, RequestRecord};
use crate::secrets::same;
use crate::shared::Shared;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn router(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/revoke", post(revoke))
        .route("/expire", post(expire))
        .route("/outage", post(outage))
        .route("/rate-limit", post(rate_limit))
        .route("/slow", post(slow))
        .route("/next-answer", post(next_answer))
        .route("/next-redirect", post(next_redirect))
        .route("/clear", post(clear))
        .route("/sign-in", post(sign_in))
        .route("/rotation", post(rotation))
        .route("/clock", post(clock))
        .route("/grants", get(grants))
        .route("/counters", get(counters))
        .route("/requests", get(requests))
        .route("/reset-records", post(reset_records))
        .layer(DefaultBodyLimit::max(super::BODY_MAX))
        .layer(from_fn_with_state(shared.clone(), guard))
        .with_state(Controls::new(shared.clone()))
}

async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let expected = shared.control_token.as_deref();
    let given = bearer(request.headers());
    if let (Some(expected), Some(given)) = (expected, given)
        && same(expected, given)
    {
        let mut response = next.run(request).await;
        response.headers_mut().insert(header::CACHE_CONTROL, NO_STORE);
        return response;
    }
    let challenge = [(header::WWW_AUTHENTICATE, r#"Bearer realm="demo-provider-control""#)];
    (StatusCode::UNAUTHORIZED, challenge, "The control token is missing or wrong.\n").into_response()
}

const NO_STORE: axum::http::HeaderValue = axum::http::HeaderValue::from_static("no-store");

/// A choice of grants: none named means all.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    grant: Option<GrantId>,
    token: Option<String>,
}

impl Chosen {
    fn selection(self) -> Result<Selection, Refused> {
        match (self.grant, self.token) {
            (None, None) => Ok(Selection::All),
            (Some(grant), None) => Ok(Selection::Grant(grant)),
            (None, Some(token)) => Ok(Selection::Token(token)),
            (Some(_), Some(_)) => Err(Refused("name a grant or a token, not both")),
        }
    }
}

async fn revoke(State(controls): State<Controls>, Json(chosen): Json<Chosen>) -> Answer {
    Ok(Json(json!({"revoked": controls.revoke(&chosen.selection()?)})))
}

async fn expire(State(controls): State<Controls>, Json(chosen): Json<Chosen>) -> Answer {
    Ok(Json(json!({"expired": controls.expire_access_tokens(&chosen.selection()?)})))
}

/// A fault and how long it lasts; with neither `requests` nor `seconds` it lasts until cleared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    #[serde(default)]
    target: Target,
    requests: Option<u32>,
    seconds: Option<u64>,
    /// For a rate limit; 1 unless told.
    retry_after_seconds: Option<u64>,
    /// For slowness; 1000 unless told.
    delay_ms: Option<u64>,
}

impl Fault {
    fn extent(&self) -> Result<Extent, Refused> {
        match (self.requests, self.seconds) {
            (None, None) => Ok(Extent::UntilCleared),
            (Some(requests), None) => Ok(Extent::Requests(requests)),
            (None, Some(seconds)) => Ok(Extent::For(Duration::from_secs(seconds))),
            (Some(_), Some(_)) => Err(Refused("give requests or seconds, not both")),
        }
    }
}

async fn outage(State(controls): State<Controls>, Json(fault): Json<Fault>) -> Answer {
    controls.outage(fault.target, fault.extent()?);
    done()
}

async fn rate_limit(State(controls): State<Controls>, Json(fault): Json<Fault>) -> Answer {
    let retry_after = Duration::from_secs(fault.retry_after_seconds.unwrap_or(1));
    controls.rate_limit(fault.target, fault.extent()?, retry_after);
    done()
}

async fn slow(State(controls): State<Controls>, Json(fault): Json<Fault>) -> Answer {
    let delay = Duration::from_millis(fault.delay_ms.unwrap_or(1000));
    controls.slow(fault.target, fault.extent()?, delay);
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scripted<T> {
    next: T,
    #[serde(default = "once")]
    times: u32,
}

fn once() -> u32 {
    1
}

async fn next_answer(State(controls): State<Controls>, Json(scripted): Json<Scripted<NextAnswer>>) -> Answer {
    controls.answer_next(scripted.next, scripted.times);
    done()
}

async fn next_redirect(
    State(controls): State<Controls>,
    Json(scripted): Json<Scripted<NextRedirect>>,
) -> Answer {
    controls.redirect_next(scripted.next, scripted.times);
    done()
}

async fn clear(State(controls): State<Controls>) -> Answer {
    controls.clear();
    done()
}

async fn sign_in(State(controls): State<Controls>, Json(account): Json<Account>) -> Answer {
    controls.sign_in(account);
    done()
}

#[derive(Deserialize)]
#[serde(tag = "rotation", rename_all = "snake_case", deny_unknown_fields)]
enum NamedRotation {
    Strict,
    Grace { seconds: u64 },
    None,
}

async fn rotation(State(controls): State<Controls>, Json(named): Json<NamedRotation>) -> Answer {
    controls.set_rotation(match named {
        NamedRotation::Strict => Rotation::Strict,
        NamedRotation::Grace { seconds } => Rotation::Grace(Duration::from_secs(seconds)),
        NamedRotation::None => Rotation::None,
    });
    done()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: u64,
}

async fn clock(State(controls): State<Controls>, Json(advance): Json<Advance>) -> Answer {
    controls.advance_clock(Duration::from_secs(advance.advance_seconds));
    done()
}

async fn grants(State(controls): State<Controls>) -> Json<Vec<GrantSummary>> {
    Json(controls.grants())
}

async fn counters(State(controls): State<Controls>) -> Json<Counters> {
    Json(controls.counters())
}

async fn requests(State(controls): State<Controls>) -> Json<Vec<RequestRecord>> {
    Json(controls.requests())
}

async fn reset_records(State(controls): State<Controls>) -> Answer {
    controls.reset_records();
    done()
}

type Answer = Result<Json<Value>, Refused>;

fn done() -> Answer {
    Ok(Json(json!({"done": true})))
}

/// A control request that contradicts itself.
struct Refused(&'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"error": self.0}))).into_response()
    }
}
