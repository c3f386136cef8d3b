//! Logs as people and programs read them.

use crate::cli::show;
use latchkey_wire::pb::admin as pb;
use prost_types::Duration;
use serde_json::{Value, json};

/// `log_… 3 min ago REFRESH FAILURE REAUTH_REQUIRED/GRANT_REVOKED turn=END_USER demo con_…`
pub fn line(log: &pb::AuthLog) -> String {
    let mut words = vec![
        log.id.clone(),
        show::from_now(log.start_time.as_ref()),
        operation(log).to_owned(),
        outcome(log).to_owned(),
    ];
    if let Some(failure) = &log.failure {
        words.push(show::reason_and_cause(&failure.reason, &failure.cause));
    }
    if log.whose_turn != "NOBODY" {
        words.push(format!("turn={}", log.whose_turn));
    }
    words.push(log.integration.clone());
    words.push(log.connection_id.clone());
    words.retain(|word| !word.is_empty());
    words.join(" ")
}

pub fn whole(log: &pb::AuthLog) -> String {
    let mut lines = vec![
        ("what", format!("{} of {} ({})", operation(log), log.integration, log.provider)),
        ("outcome", outcome(log).to_owned()),
        ("whose turn", log.whose_turn.clone()),
        ("began", show::rfc3339(log.start_time.as_ref()).unwrap_or_default()),
        ("connection", log.connection_id.clone()),
        ("session", log.session_id.clone()),
        ("trace", log.trace_id.clone()),
    ];
    if log.generation > 0 {
        lines.push(("generation", log.generation.to_string()));
    }
    if let Some(failure) = &log.failure {
        lines.push(("failure", show::reason_and_cause(&failure.reason, &failure.cause)));
        let status = if failure.http_status == 0 { String::new() } else { failure.http_status.to_string() };
        let said: Vec<_> = [status, failure.code.clone(), failure.description.clone()].into();
        lines.push((
            "provider",
            said.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "),
        ));
    }
    lines.retain(|(_, value)| !value.is_empty());
    let mut text: Vec<_> = lines.into_iter().map(|(name, value)| format!("{name:<12}{value}")).collect();
    text.extend(log.steps.iter().map(step));
    text.join("\n")
}

/// `  + exchange     120 ms  200  login.example.com`
fn step(step: &pb::AuthLogStep) -> String {
    let mut words = vec![
        format!(
            "  {} {:<20}{:>6} ms",
            if step.succeeded { "+" } else { "-" },
            step.name,
            millis(step.duration.as_ref())
        ),
        if step.http_status == 0 { String::new() } else { step.http_status.to_string() },
        step.host.clone(),
        step.fault.clone(),
    ];
    words.retain(|word| !word.is_empty());
    words.join("  ")
}

fn millis(duration: Option<&Duration>) -> i64 {
    duration.map_or(0, |duration| duration.seconds * 1000 + i64::from(duration.nanos / 1_000_000))
}

fn operation(log: &pb::AuthLog) -> &'static str {
    let name = log.operation().as_str_name();
    name.strip_prefix("AUTH_LOG_OPERATION_").unwrap_or(name)
}

fn outcome(log: &pb::AuthLog) -> &'static str {
    let name = log.outcome().as_str_name();
    name.strip_prefix("AUTH_LOG_OUTCOME_").unwrap_or(name)
}

pub fn object_with_token(log: &pb::AuthLog, resume_token: &str) -> Value {
    let mut object = object(log);
    object["resume_token"] = json!(resume_token);
    object
}

pub fn object(log: &pb::AuthLog) -> Value {
    json!({
        "id": log.id,
        "operation": operation(log),
        "outcome": outcome(log),
        "integration": log.integration,
        "provider": log.provider,
        "connection_id": log.connection_id,
        "session_id": log.session_id,
        "start_time": show::rfc3339(log.start_time.as_ref()),
        "end_time": show::rfc3339(log.end_time.as_ref()),
        "whose_turn": log.whose_turn,
        "generation": log.generation,
        "trace_id": log.trace_id,
        "failure": log.failure.as_ref().map(|failure| json!({
            "reason": failure.reason,
            "cause": failure.cause,
            "phase": failure.phase,
            "http_status": failure.http_status,
            "code": failure.code,
            "description": failure.description,
        })),
        "steps": log.steps.iter().map(|step| json!({
            "name": step.name,
            "start_time": show::rfc3339(step.start_time.as_ref()),
            "duration_ms": millis(step.duration.as_ref()),
            "succeeded": step.succeeded,
            "host": step.host,
            "http_status": step.http_status,
            "fault": step.fault,
        })).collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed() -> pb::AuthLog {
        pb::AuthLog {
            id: "log_1".into(),
            integration: "demo".into(),
            provider: "demo-oauth".into(),
            connection_id: "con_1".into(),
            operation: pb::AuthLogOperation::Refresh.into(),
            outcome: pb::AuthLogOutcome::Failure.into(),
            whose_turn: "END_USER".into(),
            generation: 3,
            failure: Some(pb::AuthLogFailure {
                reason: "REAUTH_REQUIRED".into(),
                cause: "GRANT_REVOKED".into(),
                http_status: 400,
                code: "invalid_grant".into(),
                ..Default::default()
            }),
            steps: vec![pb::AuthLogStep {
                name: "refresh".into(),
                duration: Some(Duration { seconds: 1, nanos: 5_000_000 }),
                host: "login.example.com".into(),
                http_status: 400,
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    #[test]
    fn a_log_is_one_line_with_what_it_came_to_and_whose_turn_it_is() {
        assert_eq!(
            line(&failed()),
            "log_1 - REFRESH FAILURE REAUTH_REQUIRED/GRANT_REVOKED turn=END_USER demo con_1"
        );
    }

    #[test]
    fn a_whole_log_tells_what_the_provider_said_and_every_step() {
        let text = whole(&failed());
        assert!(text.contains("provider    400 invalid_grant"), "{text}");
        assert!(text.ends_with("  - refresh               1005 ms  400  login.example.com"), "{text}");
    }
}
