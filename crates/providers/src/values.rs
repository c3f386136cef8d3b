//! What templates read. The clock and the randomness are values like any other, so that rendering is a pure function.

use crate::evaluate::plain;
use crate::format::expression::{Reference, Space};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use zeroize::Zeroize;

/// Values by space. Wiped when dropped; a debug print shows names alone.
#[derive(Clone, Default)]
pub struct Values {
    /// `client_id`, `client_secret`, and what the developer filled in.
    pub app: BTreeMap<String, String>,
    /// What the user typed, and what was captured from answers.
    pub conn: BTreeMap<String, String>,
    /// `access_token`, `refresh_token`, and what `set_secret` captured.
    pub token: BTreeMap<String, String>,
    /// `code`, `state`, `redirect_uri`, `code_verifier`.
    pub flow: BTreeMap<String, String>,
    /// What is known of an authorization server that the entry does not state, by the names of [`crate::server`]. No
    /// template reads it.
    pub server: BTreeMap<String, String>,
    /// The answers to the steps so far, in the steps' order; null where a step was left out.
    pub step: Vec<Value>,
    /// What was signed for this request, by the entry's name for it.
    pub assertion: BTreeMap<String, String>,
    /// Second credentials: the companion's name, then `access_token`, `refresh_token`.
    pub companion: BTreeMap<String, BTreeMap<String, String>>,
    /// The request that is being signed: `method`, `host`, `path`, `path_and_query`, `sorted_params`, `body`,
    /// `content_type`.
    pub req: BTreeMap<String, String>,
    /// The one instant `now()` stands for, in milliseconds since 1970 (UTC).
    pub now_unix_ms: i64,
    /// Where `uuid()` and `nonce()` come from: fresh random bytes for each request. Without them both are undefined.
    pub randomness: Option<[u8; 32]>,
}

impl Values {
    #[must_use]
    pub fn at(now_unix_ms: i64) -> Self {
        let mut values = Self::default();
        values.now_unix_ms = now_unix_ms;
        values
    }

    /// The value of a reference; an empty one counts as none.
    #[must_use]
    pub(crate) fn get(&self, reference: &Reference) -> Option<Cow<'_, str>> {
        let path = reference.path.as_slice();
        let found = match reference.space {
            Space::App => one(&self.app, path),
            Space::Conn => one(&self.conn, path),
            Space::Token => one(&self.token, path),
            Space::Flow => one(&self.flow, path),
            Space::Assertion => one(&self.assertion, path),
            Space::Req => one(&self.req, path),
            Space::Companion => {
                path.split_first().and_then(|(name, rest)| one(self.companion.get(name)?, rest))
            }
            Space::Step => self.answered(path).map(Cow::Owned),
        };
        found.filter(|value| !value.is_empty())
    }

    /// `step.0.name.inner`: the first step's answer, and the names on the way to the value.
    fn answered(&self, path: &[String]) -> Option<String> {
        let (number, names) = path.split_first()?;
        let mut value = self.step.get(number.parse::<usize>().ok()?)?;
        for name in names {
            value = match value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
                _ => value.get(name)?,
            };
        }
        plain(value)
    }
}

fn one<'a>(space: &'a BTreeMap<String, String>, path: &[String]) -> Option<Cow<'a, str>> {
    let [name] = path else { return None };
    space.get(name).map(|value| Cow::Borrowed(value.as_str()))
}

/// Overwrites the texts of a tree, keys aside.
pub(crate) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(entries) => entries.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        for space in [
            &mut self.app,
            &mut self.conn,
            &mut self.token,
            &mut self.flow,
            &mut self.server,
            &mut self.assertion,
            &mut self.req,
        ] {
            space.values_mut().for_each(Zeroize::zeroize);
        }
        self.companion.values_mut().flat_map(BTreeMap::values_mut).for_each(Zeroize::zeroize);
        self.step.iter_mut().for_each(wipe);
        self.randomness.zeroize();
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = |space: &BTreeMap<String, String>| space.keys().cloned().collect::<Vec<_>>();
        f.debug_struct("Values")
            .field("app", &names(&self.app))
            .field("conn", &names(&self.conn))
            .field("token", &names(&self.token))
            .field("flow", &names(&self.flow))
            .field("server", &names(&self.server))
            .field("steps", &self.step.len())
            .field("assertion", &names(&self.assertion))
            .field("companion", &self.companion.keys().collect::<Vec<_>>())
            .field("now_unix_ms", &self.now_unix_ms)
            .finish_non_exhaustive()
    }
}
