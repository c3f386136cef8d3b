//! A carrier that writes every request down and answers as the vendor's page says.

use crate::transcript::Given;
use async_trait::async_trait;
use latchkey_oauth::{Answer, AnswerBody, Call, Carrier, Fault, Operation};
use latchkey_providers::HttpRequest;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::Mutex,
    time::{Duration, SystemTime},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Stands for a moment in an answer (RFC 3339), which would else be long ago when the test runs.
const IN_AN_HOUR: &str = "{in an hour}";

pub struct Recorder {
    state: Mutex<State>,
}

struct State {
    sent: Vec<(Operation, HttpRequest)>,
    answers: VecDeque<Value>,
    lookups: VecDeque<Value>,
    registered: Value,
    temporary: Value,
    token: Value,
    refreshed: Value,
}

/// Its answers hold tokens.
impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Recorder")
    }
}

impl Recorder {
    pub fn answering(given: &Given, redirect_uri: &str) -> Self {
        // RFC 6749 §5.1, and RFC 5849 §2.3 for its predecessor, where the transcript shows no answer of the vendor's.
        let token = json!({
            "access_token": given.access_token, "refresh_token": given.refresh_token,
            "token_type": "Bearer", "expires_in": 3600,
            "oauth_token": given.access_token, "oauth_token_secret": given.token_secret,
        });
        let known = |value: Value| match value {
            Value::Object(fields) => {
                Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect())
            }
            other => other,
        };
        let token = known(token);
        let temporary = given.temporary.as_ref().map(|it| {
            json!({"oauth_token": it.token, "oauth_token_secret": it.token_secret, "oauth_callback_confirmed": "true"})
        });
        let refreshed = given.refreshed.clone().or_else(|| given.answers.last().cloned());
        Self {
            state: Mutex::new(State {
                sent: vec![],
                answers: given.answers.iter().cloned().collect(),
                lookups: given.lookups.iter().cloned().collect(),
                registered: json!({"client_id": "the-client", "redirect_uris": [redirect_uri]}),
                temporary: temporary.unwrap_or_default(),
                refreshed: refreshed.unwrap_or_else(|| token.clone()),
                token,
            }),
        }
    }

    /// The requests since the last time.
    pub fn take(&self) -> Vec<(Operation, HttpRequest)> {
        std::mem::take(&mut self.state.lock().unwrap().sent)
    }
}

#[async_trait]
impl Carrier for Recorder {
    async fn carry(&self, call: Call) -> Result<Answer, Fault> {
        let mut state = self.state.lock().unwrap();
        let host = call.request.url.host_str().unwrap_or_default().to_owned();
        state.sent.push((call.operation, call.request));
        let said = match call.operation {
            Operation::Exchange | Operation::ClientCredentials => {
                state.answers.pop_front().unwrap_or_else(|| state.token.clone())
            }
            Operation::Refresh => state.refreshed.clone(),
            Operation::Authorize => state.temporary.clone(),
            Operation::Register => state.registered.clone(),
            Operation::Lookup => state.lookups.pop_front().unwrap_or_else(|| json!({})),
            Operation::Verify | Operation::Identity | Operation::Revoke => json!({}),
            Operation::Discover | Operation::Introspect | Operation::Check => json!({}),
        };
        Ok(answer(host, &said))
    }
}

/// JSON, or what stands under the name of another form: `{xml: "<a/>"}`, `{form: "a=b"}`, `{text: "a"}`.
fn answer(host: String, said: &Value) -> Answer {
    let other = |name: &str| said.get(name).filter(|_| said.as_object().is_some_and(|it| it.len() == 1));
    let forms = [("xml", "text/xml"), ("form", "application/x-www-form-urlencoded"), ("text", "text/plain")];
    let found = forms.iter().find_map(|(name, kind)| Some((*kind, other(name)?.as_str()?.to_owned())));
    let (kind, body) = found.unwrap_or_else(|| ("application/json", said.to_string()));
    let moment = OffsetDateTime::from(SystemTime::now() + Duration::from_secs(3600));
    let body = body.replace(IN_AN_HOUR, &moment.format(&Rfc3339).unwrap());
    Answer {
        host,
        status: 200,
        received_at: SystemTime::now(),
        content_type: Some(kind.to_owned()),
        retry_after: None,
        www_authenticate: None,
        set_cookie: vec![],
        body: AnswerBody::Whole(body.into_bytes().into()),
    }
}
