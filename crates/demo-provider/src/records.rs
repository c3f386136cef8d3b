//! What happened, for tests to assert: counters, and the last requests. No secret is ever recorded.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Counts since the start, or since they were last reset.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// Token requests by `grant_type`, refused and struck ones too. A grant type we do not know is `other`.
    pub token_requests: BTreeMap<String, u64>,
    /// Refreshes that were worked on and granted, whatever became of the answer.
    pub refreshes_accepted: u64,
    /// How often a spent refresh token came again.
    pub refresh_token_reuses: u64,
    /// How many families that ended.
    pub families_revoked_by_reuse: u64,
    /// How often a spent code came again.
    pub code_reuses: u64,
    /// The most token requests that were in flight at one moment.
    pub token_requests_in_flight_max: u64,
}

/// One request, without anything secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRecord {
    /// When it was answered: milliseconds since the Unix epoch, by the provider's clock.
    pub at_ms: u64,
    /// The method.
    pub method: String,
    /// The path below the issuer, without query.
    pub path: String,
    /// The `grant_type` of a token request, if we know it.
    pub grant_type: Option<String>,
    /// What it was answered with.
    pub status: u16,
    /// The W3C `traceparent` header, if there was a well-formed one.
    pub traceparent: Option<String>,
}

#[derive(Default)]
pub(crate) struct Records {
    pub(crate) counters: Counters,
    requests: VecDeque<RequestRecord>,
    in_flight: u64,
}

/// How many requests are remembered.
const REQUESTS_MAX: usize = 10_000;

impl Records {
    pub(crate) fn push(&mut self, record: RequestRecord) {
        if self.requests.len() == REQUESTS_MAX {
            self.requests.pop_front();
        }
        self.requests.push_back(record);
    }

    pub(crate) fn requests(&self) -> Vec<RequestRecord> {
        self.requests.iter().cloned().collect()
    }

    pub(crate) fn enter(&mut self) {
        self.in_flight += 1;
        let most = &mut self.counters.token_requests_in_flight_max;
        *most = self.in_flight.max(*most);
    }

    pub(crate) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Begins anew. Requests in flight stay counted as such.
    pub(crate) fn reset(&mut self) {
        self.counters = Counters::default();
        self.requests.clear();
    }
}
