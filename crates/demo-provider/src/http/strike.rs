//! Lets the active faults strike a request.

use crate::faults::{Strike, Target};
use crate::shared::Shared;
use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::time::Duration;

/// Waits as long as the delays say, then gives the answer of an outage or a limit, if there is one.
pub(crate) async fn strike(shared: &Shared, target: Target) -> Option<Response> {
    let strikes = shared.with(|state, now| state.faults.strike(target, now));
    let delay: Duration = strikes
        .iter()
        .map(|strike| match strike {
            Strike::Delay(delay) => *delay,
            Strike::Outage | Strike::RateLimit { .. } => Duration::ZERO,
        })
        .sum();
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    if strikes.contains(&Strike::Outage) {
        // A page, not JSON: what is down is rarely down in the format of its documentation.
        let page = "<!doctype html><title>503</title><p>The demo provider is down on purpose.</p>";
        return Some((StatusCode::SERVICE_UNAVAILABLE, axum::response::Html(page)).into_response());
    }
    strikes.iter().find_map(|strike| match strike {
        Strike::RateLimit { retry_after } => Some(rate_limited(*retry_after)),
        Strike::Delay(_) | Strike::Outage => None,
    })
}

fn rate_limited(retry_after: Duration) -> Response {
    let seconds = retry_after.as_millis().div_ceil(1000).to_string();
    let body = json!({"error": "rate_limited", "error_description": "limited on purpose"});
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds)], Json(body)).into_response()
}
