//! Sorts the answer of a token endpoint. The one table in which it is decided what an answer means for a connection:
//! only a refusal that the provider spells out may be held against it.

use crate::{
    Fault, FaultKind,
    carrier::{Answer, AnswerBody},
    document::{Document, Unreadable},
    error_code,
    scrub::Secrets,
};
use latchkey_providers::{Condition, TokenResponse};
use serde_json::Value;

/// A success, read; or a fault.
pub(crate) fn token_document(
    answer: &Answer,
    rules: &TokenResponse,
    secrets: &Secrets,
) -> Result<Document, Fault> {
    let read = read(answer);
    let said = read.as_ref().ok().map(|document| Refusal::read(document, rules, secrets)).unwrap_or_default();
    if !succeeded(answer.status, rules) {
        let kind =
            refused(answer.status, answer.retry_after.is_some(), said.kind(), is_cut_off(&answer.body));
        return Err(said.into_fault(kind, answer));
    }
    let document = read.map_err(|kind| said_nothing(kind, answer))?;
    if said.is_error || !meets(rules.success.as_ref(), answer, &document) {
        // A refusal in words nobody here knows may be anything: the old token is neither dead nor surely alive.
        let kind = said.kind().unwrap_or(FaultKind::Ambiguous);
        return Err(said.into_fault(kind, answer));
    }
    Ok(document)
}

/// As [`token_document`], for a request that is none of RFC 6749: its answer may also be XML, plain text or nothing.
///
/// `number` is the step's: conditions are about the answer they name.
pub(crate) fn step_document(
    answer: &Answer,
    number: usize,
    is_last: bool,
    rules: &TokenResponse,
    secrets: &Secrets,
) -> Result<Document, Fault> {
    let read = read_loosely(answer);
    let said = read.as_ref().ok().map(|document| Refusal::read(document, rules, secrets)).unwrap_or_default();
    if !(200..300).contains(&answer.status) && !rules.status.contains(&answer.status) {
        let kind =
            refused(answer.status, answer.retry_after.is_some(), said.kind(), is_cut_off(&answer.body));
        return Err(said.into_fault(kind, answer));
    }
    let document = read.map_err(|kind| said_nothing(kind, answer))?;
    let named = rules.success.as_ref().filter(|success| match &success.pointer {
        Some(pointer) => pointer.answer.unwrap_or_default() == number,
        None => is_last,
    });
    if !meets(named, answer, &document) {
        let kind = said.kind().unwrap_or(FaultKind::CredentialsRejected);
        return Err(said.into_fault(kind, answer));
    }
    Ok(document)
}

/// What a refusal means by its status and code (RFC 6749 §5.2).
pub(crate) fn refused(
    status: u16,
    asks_to_wait: bool,
    code: Option<FaultKind>,
    body_cut_off: bool,
) -> FaultKind {
    match status {
        429 => FaultKind::RateLimited,
        503 if asks_to_wait => FaultKind::RateLimited,
        // Whatever a broken server says about the grant is said by something broken.
        408 | 500.. => FaultKind::Unavailable,
        // Following would hand the secret to another address.
        300..=399 => FaultKind::RequestRejected,
        _ if body_cut_off => FaultKind::Ambiguous,
        401 => code.unwrap_or(FaultKind::ClientRejected),
        _ => code.unwrap_or(FaultKind::RequestRejected),
    }
}

fn succeeded(status: u16, rules: &TokenResponse) -> bool {
    (200..300).contains(&status) || rules.status.contains(&status)
}

/// Whether an answer is what the entry says a success looks like. The status was looked at before.
fn meets(success: Option<&Condition>, answer: &Answer, document: &Document) -> bool {
    let seen = latchkey_providers::Answer {
        status: answer.status,
        body: answer.text(),
        json: Some(document.value()),
    };
    success.is_none_or(|success| {
        if success.status.is_empty() { success.content_holds(seen) } else { success.holds(seen) }
    })
}

fn read(answer: &Answer) -> Result<Document, FaultKind> {
    match &answer.body {
        AnswerBody::CutOff => Err(FaultKind::Ambiguous),
        AnswerBody::TooLarge => Err(FaultKind::ResponseInvalid),
        AnswerBody::Whole(body) => {
            Document::parse(answer.content_type.as_deref(), body).map_err(|unreadable| match unreadable {
                Unreadable::CutOff => FaultKind::Ambiguous,
                Unreadable::Other => FaultKind::ResponseInvalid,
            })
        }
    }
}

fn read_loosely(answer: &Answer) -> Result<Document, FaultKind> {
    match &answer.body {
        AnswerBody::CutOff => Err(FaultKind::Ambiguous),
        AnswerBody::TooLarge => Err(FaultKind::ResponseInvalid),
        AnswerBody::Whole(body) => {
            Document::parse_loosely(answer.content_type.as_deref(), body).map_err(|unreadable| {
                match unreadable {
                    Unreadable::CutOff => FaultKind::Ambiguous,
                    Unreadable::Other => FaultKind::ResponseInvalid,
                }
            })
        }
    }
}

fn is_cut_off(body: &AnswerBody) -> bool {
    matches!(body, AnswerBody::CutOff)
}

fn said_nothing(kind: FaultKind, answer: &Answer) -> Fault {
    let why = match (&kind, &answer.body) {
        (_, AnswerBody::TooLarge) => "the answer is larger than any token answer",
        (FaultKind::Ambiguous, _) => "the answer is cut off",
        _ => "the answer is neither JSON nor a form",
    };
    Fault::described(kind, why).with_status(answer.status).at(&answer.host)
}

/// What a provider says about why it refuses.
#[derive(Default)]
struct Refusal {
    is_error: bool,
    code: Option<String>,
    description: Option<String>,
}

impl Refusal {
    fn read(document: &Document, rules: &TokenResponse, secrets: &Secrets) -> Self {
        let pointer = rules.error.as_ref().map_or("/error", |pointer| pointer.path.as_str());
        let error = document.value().pointer(pointer);
        // Either the code itself, or an object that holds one.
        let code = match error {
            Some(Value::String(code)) => Some(code.as_str()),
            Some(Value::Object(_)) => {
                ["code", "type", "status"].iter().find_map(|name| document.text(&format!("{pointer}/{name}")))
            }
            _ => None,
        };
        let inner = format!("{pointer}/message");
        let description = ["/error_description", &inner, "/error_message", "/message"]
            .into_iter()
            .find_map(|pointer| document.text(pointer));
        Self {
            is_error: error.is_some_and(says_something),
            code: code.and_then(|code| secrets.code(code)),
            description: description.and_then(|text| secrets.description(text)),
        }
    }

    fn kind(&self) -> Option<FaultKind> {
        self.code.as_deref().and_then(error_code::kind)
    }

    fn into_fault(self, kind: FaultKind, answer: &Answer) -> Fault {
        Fault {
            kind,
            http_status: Some(answer.status),
            code: self.code,
            description: self.description,
            retry_after: answer.retry_after,
            host: Some(answer.host.clone()),
        }
    }
}

/// Some servers send `"error": null`, `""` or `false` with every success.
fn says_something(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Bool(true) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FaultKind::{
        Ambiguous, ClientRejected, GrantRefused, RateLimited, RequestRejected, ResponseInvalid, Unavailable,
    };
    use std::time::Duration;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            host: "as.example".into(),
            status,
            received_at: std::time::SystemTime::UNIX_EPOCH,
            content_type: Some("application/json".into()),
            retry_after: None,
            www_authenticate: None,
            set_cookie: Vec::new(),
            body: AnswerBody::Whole(body.as_bytes().to_vec().into()),
        }
    }

    fn fault(answer: &Answer) -> Fault {
        token_document(answer, &TokenResponse::default(), &Secrets::default()).err().expect("a fault")
    }

    fn kind(status: u16, body: &str) -> FaultKind {
        fault(&answer(status, body)).kind
    }

    fn coded(code: &str) -> String {
        format!(r#"{{"error":"{code}"}}"#)
    }

    #[test]
    fn only_a_grant_refused_in_so_many_words_is_held_against_the_connection() {
        for status in [400, 401, 403, 200] {
            assert_eq!(kind(status, &coded("invalid_grant")), GrantRefused, "{status}");
        }
        for status in [500, 502, 503, 408] {
            assert_eq!(kind(status, &coded("invalid_grant")), Unavailable, "{status}");
        }
    }

    #[test]
    fn a_refused_app_is_told_from_a_refused_grant() {
        for code in ["invalid_client", "unauthorized_client"] {
            assert_eq!(kind(400, &coded(code)), ClientRejected, "{code}");
            assert_eq!(kind(401, &coded(code)), ClientRejected, "{code}");
        }
        for body in ["", "<html>login</html>", "{}"] {
            assert_eq!(kind(401, body), ClientRejected, "{body}");
        }
    }

    #[test]
    fn a_wrong_request_is_nobodys_lost_connection() {
        for code in ["invalid_request", "invalid_scope", "unsupported_grant_type"] {
            assert_eq!(kind(400, &coded(code)), RequestRejected, "{code}");
        }
        for (status, body) in
            [(400, ""), (400, "{}"), (404, "<html>"), (301, ""), (302, ""), (307, "{}"), (308, "")]
        {
            assert_eq!(kind(status, body), RequestRejected, "{status}");
        }
    }

    #[test]
    fn a_redirect_is_a_rejected_request_whatever_it_says() {
        assert_eq!(kind(302, &coded("invalid_grant")), RequestRejected);
    }

    #[test]
    fn being_busy_is_told_from_being_broken() {
        assert_eq!(kind(429, ""), RateLimited);
        assert_eq!(kind(503, ""), Unavailable);
        let mut busy = answer(503, "");
        busy.retry_after = Some(Duration::from_secs(7));
        let fault = fault(&busy);
        assert_eq!((fault.kind, fault.retry_after), (RateLimited, Some(Duration::from_secs(7))));
        for status in [500, 502, 504, 408] {
            assert_eq!(kind(status, "<html>"), Unavailable, "{status}");
        }
    }

    #[test]
    fn a_broken_server_that_asks_to_wait_is_still_broken() {
        let mut broken = answer(500, "");
        broken.retry_after = Some(Duration::from_secs(7));
        assert_eq!(fault(&broken).kind, Unavailable);
    }

    #[test]
    fn a_body_that_is_cut_off_leaves_everything_open() {
        let mut cut = answer(200, "");
        cut.body = AnswerBody::CutOff;
        assert_eq!(fault(&cut).kind, Ambiguous);
        cut.status = 400;
        assert_eq!(fault(&cut).kind, Ambiguous);
        // These say enough by their status alone.
        cut.status = 500;
        assert_eq!(fault(&cut).kind, Unavailable);
        cut.status = 429;
        assert_eq!(fault(&cut).kind, RateLimited);
        assert_eq!(kind(200, r#"{"access_token":"canary"#), Ambiguous);
    }

    #[test]
    fn a_whole_answer_that_is_no_answer_is_invalid() {
        for body in ["", "<html>Please log in</html>", r#"{"access_token":"a","access_token":"b"}"#] {
            assert_eq!(kind(200, body), ResponseInvalid, "{body}");
        }
        let mut huge = answer(200, "");
        huge.body = AnswerBody::TooLarge;
        assert_eq!(fault(&huge).kind, ResponseInvalid);
    }

    #[test]
    fn an_error_under_a_success_is_an_error() {
        assert_eq!(kind(200, &coded("invalid_client")), ClientRejected);
        assert_eq!(kind(200, &coded("bad_refresh_token")), GrantRefused);
        assert_eq!(kind(200, &coded("temporarily_unavailable")), Unavailable);
        let fault = fault(&answer(200, &coded("a_word_of_its_own")));
        assert_eq!((fault.kind, fault.code.as_deref()), (Ambiguous, Some("a_word_of_its_own")));
    }

    #[test]
    fn an_empty_error_beside_a_token_is_no_error() {
        for error in ["null", "\"\"", "false", "0", "[]", "{}"] {
            let body = format!(r#"{{"access_token":"a","error":{error}}}"#);
            let read = token_document(&answer(200, &body), &TokenResponse::default(), &Secrets::default());
            assert!(read.is_ok(), "{error}");
        }
    }

    #[test]
    fn an_error_may_be_an_object() {
        let fault = fault(&answer(400, r#"{"error":{"code":"invalid_grant","message":"gone"}}"#));
        assert_eq!((fault.kind, fault.description.as_deref()), (GrantRefused, Some("gone")));
    }

    #[test]
    fn a_fault_says_who_answered_and_what() {
        let fault = fault(&answer(400, r#"{"error":"invalid_grant","error_description":"Token\nexpired"}"#));
        assert_eq!(fault.http_status, Some(400));
        assert_eq!(fault.code.as_deref(), Some("invalid_grant"));
        assert_eq!(fault.description.as_deref(), Some("Tokenexpired"));
        assert_eq!(fault.host.as_deref(), Some("as.example"));
    }
}
