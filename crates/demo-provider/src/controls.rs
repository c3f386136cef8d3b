//! The switches by which the provider is broken on purpose, and the windows through which a test looks in.

use crate::faults::{Extent, NextAnswer, NextRedirect, Strike, Target};
use crate::ledger::{Account, GrantId, GrantSummary, Revocation};
use crate::options::Rotation;
use crate::records::{Counters, RequestRecord};
use crate::shared::{Shared, State};
use std::sync::Arc;
use std::time::Duration;

/// In-process controls. A clone controls the same provider.
#[derive(Clone)]
pub struct Controls {
    shared: Arc<Shared>,
}

/// Which grants a control is about. It may hold a token, hence no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All,
    /// This one.
    Grant(GrantId),
    /// The one this access or refresh token belongs to, good or not.
    Token(String),
}

impl Controls {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Ends grants with all their tokens, as if the person had withdrawn access. Returns how many stood till now.
    pub fn revoke(&self, selection: &Selection) -> usize {
        self.shared.change(|state, _| match (selection, chosen(selection, state)) {
            (Selection::All, _) => {
                state.ledger().end_all(Revocation::Control) + state.stored.oauth1.end_all()
            }
            (_, Some(id)) => usize::from(state.ledger().end(&id, Revocation::Control)),
            (_, None) => 0,
        })
    }

    /// Lets access tokens expire now; refresh tokens stay. Returns how many were good till now.
    pub fn expire_access_tokens(&self, selection: &Selection) -> usize {
        self.shared.change(|state, now| match (selection, chosen(selection, state)) {
            (Selection::All, _) => state.ledger().expire_access_tokens(None, now),
            (_, Some(id)) => state.ledger().expire_access_tokens(Some(&id), now),
            (_, None) => 0,
        })
    }

    /// Answers 503.
    pub fn outage(&self, target: Target, extent: Extent) {
        self.strike(target, Strike::Outage, extent);
    }

    /// Answers 429 with `Retry-After`, in whole seconds, rounded up.
    pub fn rate_limit(&self, target: Target, extent: Extent, retry_after: Duration) {
        self.strike(target, Strike::RateLimit { retry_after }, extent);
    }

    /// Answers rightly, but this much later.
    pub fn slow(&self, target: Target, extent: Extent, delay: Duration) {
        self.strike(target, Strike::Delay(delay), extent);
    }

    /// Scripts the next answers of the token endpoint. Requests struck by an outage or a rate limit do not count.
    pub fn answer_next(&self, answer: NextAnswer, times: u32) {
        self.shared.with(|state, _| state.faults.script_answers(answer, times));
    }

    /// Scripts the next authorization responses.
    pub fn redirect_next(&self, redirect: NextRedirect, times: u32) {
        self.shared.with(|state, _| state.faults.script_redirects(redirect, times));
    }

    /// Ends all outages, limits, delays and scripts. What was revoked stays so.
    pub fn clear(&self) {
        self.shared.with(|state, _| state.faults.clear());
    }

    /// Who is signed in from now on. Grants keep the account they were given for.
    pub fn sign_in(&self, account: Account) {
        self.shared.with(|state, _| state.account = account);
    }

    /// What becomes of refresh tokens used from now on. A spent one stays spent.
    pub fn set_rotation(&self, rotation: Rotation) {
        self.shared.with(|state, _| state.rotation = rotation);
    }

    /// Puts the provider's clock ahead. Not kept over a restart.
    pub fn advance_clock(&self, by: Duration) {
        self.shared.with(|state, _| state.ahead = state.ahead.saturating_add(by));
    }

    /// All grants, ended ones too, oldest first.
    pub fn grants(&self) -> Vec<GrantSummary> {
        self.shared.with(|state, _| state.ledger().summaries())
    }

    /// The counters.
    pub fn counters(&self) -> Counters {
        self.shared.with(|state, _| state.records.counters.clone())
    }

    /// The last requests, oldest first; those to the controls are not among them.
    pub fn requests(&self) -> Vec<RequestRecord> {
        self.shared.with(|state, _| state.records.requests())
    }

    /// Sets all counters to nought and forgets the requests.
    pub fn reset_records(&self) {
        self.shared.with(|state, _| state.records.reset());
    }

    fn strike(&self, target: Target, strike: Strike, extent: Extent) {
        self.shared.with(|state, now| state.faults.add(target, strike, extent, now));
    }
}

/// The one grant a selection names, if it names one that is known.
fn chosen(selection: &Selection, state: &mut State) -> Option<GrantId> {
    match selection {
        Selection::All => None,
        Selection::Grant(id) => Some(id.clone()),
        Selection::Token(token) => state.ledger().grant_of(token),
    }
}
