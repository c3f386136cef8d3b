//! What is counted of attempts to connect. Labels are names a developer chose, never an id, a person or a text from outside.

use crate::failures::Problem;
use latchkey_domain::{Environment, IntegrationKey};
use std::time::Instant;

/// A session was `created`, or `completed`; to `connect` anew, or to `reconnect`.
pub fn session(environment: &Environment, intent: &'static str, outcome: &'static str) {
    metrics::counter!(
        "latchkey_connect_sessions_total",
        "environment" => environment.to_string(), "intent" => intent, "outcome" => outcome,
    )
    .increment(1);
}

/// One step of an attempt: `authorize` (the browser is sent away), `consent` (it comes back), `exchange`, `verify`,
/// `establish`.
pub fn step<T>(
    integration: &IntegrationKey,
    step: &'static str,
    begun: Instant,
    outcome: &Result<T, Problem>,
) {
    let word = word(outcome);
    let failure = outcome.as_ref().err().and_then(Problem::failure);
    let owner = failure.map_or("", |failure| failure.owner().as_str());
    metrics::counter!(
        "latchkey_connect_steps_total",
        "integration" => integration.to_string(), "step" => step, "outcome" => word, "owner" => owner,
    )
    .increment(1);
    metrics::histogram!(
        "latchkey_connect_step_duration_seconds",
        "integration" => integration.to_string(), "step" => step, "outcome" => word,
    )
    .record(begun.elapsed());
}

/// A credential was tried out with its provider.
pub fn verification<T>(integration: &IntegrationKey, outcome: &Result<T, Problem>) {
    let failure = outcome.as_ref().err().and_then(Problem::failure);
    metrics::counter!(
        "latchkey_verifications_total",
        "integration" => integration.to_string(),
        "outcome" => word(outcome),
        "reason" => failure.map_or("", |failure| failure.reason.as_str()),
    )
    .increment(1);
}

fn word<T>(outcome: &Result<T, Problem>) -> &'static str {
    if outcome.is_ok() { "success" } else { "failure" }
}
