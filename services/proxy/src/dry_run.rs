//! What a call would send, told its caller, and nothing is sent. Pure.
//!
//! Invariant: no value that a connection's credential put on the request is in it. Headers are told by whether they are marked as sensitive,
//! which everything is that `inject` sets, and the address by `inject` itself, which alone sees what went into it.

use crate::inject::{REDACTED, shown};
use crate::outgoing::Outgoing;
use crate::refusal::SOURCE;
use crate::sign::identity;
use crate::target::Target;
use axum::Json;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use latchkey_wire::contract::LentCredential;
use latchkey_wire::covers;
use serde_json::{Value, json};
use std::borrow::Cow;
use url::Url;

/// A request as it is ready to be sent, and what it was made of.
pub struct DryRun<'a> {
    pub method: &'a Method,
    pub url: &'a Url,
    pub headers: &'a HeaderMap,
    pub body: &'a Outgoing,
    pub target: &'a Target,
    pub lent: &'a LentCredential,
    /// The path of the base URL, where the provider's entry says it without any value in it.
    pub fixed_path: Option<&'a str>,
}

impl DryRun<'_> {
    pub fn answer(&self) -> Response {
        let mut response = Json(self.document()).into_response();
        response.headers_mut().insert(SOURCE, HeaderValue::from_static("proxy"));
        response
    }

    fn document(&self) -> Value {
        let signer = self.lent.signer.as_ref();
        json!({
            "method": self.method.as_str(),
            "url": shown(self.url, self.target, self.lent, self.fixed_path),
            "headers": self.headers.iter().map(header).collect::<Vec<_>>(),
            "client_certificate": signer.is_some_and(|signer| identity(signer).is_some()),
            "body": self.body(),
            "retries": self.retries(),
            "allowed_by": self.lent.origins.iter().find(|origin| covers(origin, self.url)),
            "integration": self.lent.integration.as_str(),
            "provider": self.lent.provider,
        })
    }

    fn body(&self) -> Value {
        match self.body {
            Outgoing::Held(bytes) if bytes.is_empty() => json!({"passed": "NONE"}),
            Outgoing::Held(bytes) => json!({"passed": "WHOLE", "bytes": bytes.len()}),
            Outgoing::Passing { length, .. } => json!({"passed": "AS_IT_COMES", "bytes": length}),
        }
    }

    /// A body that is passed on while it comes goes once.
    fn retries(&self) -> Value {
        let repeatable = self.body.held().is_some();
        json!({
            "at_most": if repeatable { self.target.retries } else { 0 },
            "only_if_nothing_was_sent": !self.method.is_idempotent(),
            "renews_a_refused_credential": repeatable,
        })
    }
}

fn header((name, value): (&HeaderName, &HeaderValue)) -> Value {
    let value = match value.is_sensitive() {
        true => Cow::Borrowed(REDACTED),
        false => String::from_utf8_lossy(value.as_bytes()),
    };
    json!({"name": name.as_str(), "value": value})
}
