//! What templates read. The clock and the randomness are values like any other, so that rendering is a pure function.

use crate::format::expression::{Reference, Space};
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
    pub(crate) fn get(&self, reference: &Reference) -> Option<&str> {
        let space = match reference.space {
            Space::App => &self.app,
            Space::Conn => &self.conn,
            Space::Token => &self.token,
            Space::Flow => &self.flow,
            Space::Companion | Space::Step | Space::Assertion | Space::Req => return None,
        };
        let [name] = reference.path.as_slice() else { return None };
        space.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

impl Drop for Values {
    fn drop(&mut self) {
        for space in [&mut self.app, &mut self.conn, &mut self.token, &mut self.flow, &mut self.server] {
            space.values_mut().for_each(Zeroize::zeroize);
        }
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
            .field("now_unix_ms", &self.now_unix_ms)
            .finish_non_exhaustive()
    }
}
