//! Faults made on purpose, and when they strike.

use crate::ledger::{Millis, millis};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// What a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// The token endpoint.
    #[default]
    Token,
    /// `/me`, `/keyed/me` and `/basic/me`.
    Api,
    /// `/revoke`.
    Revocation,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// For so many requests.
    Requests(u32),
    /// For so long from now, by the provider's clock.
    For(Duration),
    /// Until [`crate::Controls::clear`].
    UntilCleared,
}

/// A made-to-order answer of the token endpoint.
///
/// *Instead* of the work: the request changes nothing, as if something in front of the provider had answered.
/// *After* the work: tokens were issued and rotated, and then the answer went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextAnswer {
    /// Instead: 200 with a page, as from a captive portal.
    Html,
    /// Instead: 200 with 10 MiB of JSON that has every field one expects, and a very long one.
    Huge,
    /// Instead: 200 with nothing.
    Empty,
    /// Instead: 500 with a page.
    ServerError,
    /// Instead: 401 `invalid_client`.
    InvalidClient,
    /// Instead: 400 `invalid_grant`, though the grant stands.
    InvalidGrant,
    /// Instead: 400 `invalid_scope`.
    InvalidScope,
    /// Instead: the connection is cut without an answer.
    CloseBeforeWork,
    /// After: half of the JSON.
    Truncated,
    /// After: the answer without `access_token`.
    NoAccessToken,
    /// After: `expires_in` is a word.
    ExpiresInText,
    /// After: `expires_in` is negative.
    ExpiresInNegative,
    /// After: no `expires_in`.
    OmitExpiresIn,
    /// The answer names no refresh token, none is made, and the one that was used stays good.
    OmitRefreshToken,
    /// After: the connection is cut in the middle of the answer, when the rotation has already happened.
    CloseAfterRequest,
}

impl NextAnswer {
    /// Whether the request is worked on at all.
    pub(crate) fn instead(self) -> bool {
        use NextAnswer::*;
        match self {
            Html | Huge | Empty | ServerError | InvalidClient | InvalidGrant | InvalidScope
            | CloseBeforeWork => true,
            Truncated | NoAccessToken | ExpiresInText | ExpiresInNegative | OmitExpiresIn
            | OmitRefreshToken | CloseAfterRequest => false,
        }
    }
}

/// A made-to-order authorization response: what comes back to the redirect URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextRedirect {
    /// `iss` names somebody else (RFC 9207 §2.4).
    WrongIssuer,
    /// No `iss`.
    OmitIssuer,
    /// `state` is not what was sent.
    WrongState,
    /// `error=server_error` instead of a code.
    ServerError,
}

/// What a fault does to a request it strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strike {
    Delay(Duration),
    Outage,
    RateLimit { retry_after: Duration },
}

#[derive(Default)]
pub(crate) struct Faults {
    active: Vec<Fault>,
    answers: VecDeque<NextAnswer>,
    redirects: VecDeque<NextRedirect>,
}

struct Fault {
    target: Target,
    strike: Strike,
    left: Left,
}

enum Left {
    Requests(u32),
    Until(Millis),
    UntilCleared,
}

/// How many scripted answers may wait. More is a slip of the pen.
const SCRIPTED_MAX: usize = 10_000;

impl Faults {
    pub(crate) fn add(&mut self, target: Target, strike: Strike, extent: Extent, now: Millis) {
        let left = match extent {
            Extent::Requests(count) => Left::Requests(count),
            Extent::For(duration) => Left::Until(now.saturating_add(millis(duration))),
            Extent::UntilCleared => Left::UntilCleared,
        };
        self.active.push(Fault { target, strike, left });
    }

    /// Everything that strikes the next request, which counts against each of them.
    pub(crate) fn strike(&mut self, target: Target, now: Millis) -> Vec<Strike> {
        self.active.retain(|fault| match fault.left {
            Left::Requests(left) => left > 0,
            Left::Until(end) => end > now,
            Left::UntilCleared => true,
        });
        let mut strikes = Vec::new();
        for fault in self.active.iter_mut().filter(|fault| fault.target == target) {
            if let Left::Requests(left) = &mut fault.left {
                *left -= 1;
            }
            strikes.push(fault.strike);
        }
        strikes
    }

    pub(crate) fn script_answers(&mut self, answer: NextAnswer, times: u32) {
        script(&mut self.answers, answer, times);
    }

    pub(crate) fn script_redirects(&mut self, redirect: NextRedirect, times: u32) {
        script(&mut self.redirects, redirect, times);
    }

    pub(crate) fn next_answer(&mut self) -> Option<NextAnswer> {
        self.answers.pop_front()
    }

    pub(crate) fn next_redirect(&mut self) -> Option<NextRedirect> {
        self.redirects.pop_front()
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }
}

fn script<T: Copy>(queue: &mut VecDeque<T>, entry: T, times: u32) {
    let room = SCRIPTED_MAX.saturating_sub(queue.len());
    queue.extend(std::iter::repeat_n(entry, room.min(times as usize)));
}
