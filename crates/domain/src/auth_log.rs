//! What was tried with a provider: one attempt, its steps, and what came of it. A record for people, not the truth: nothing
//! is decided by it, and one that is lost is lost.
//!
//! Invariant: nothing in it is secret. A step says where a request went and how it ended, never what was in it.

use crate::failure::words;
use crate::{
    AuthLogId, ConnectionId, Environment, Failure, Generation, IntegrationKey, SessionId, Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much of what a provider says is kept.
const DESCRIPTION_CHARS_MAX: usize = 500;
/// Of any other text from outside: hosts, codes, words.
const WORD_CHARS_MAX: usize = 253;
/// An attempt makes a handful of requests. What goes on and on says nothing new.
const STEPS_MAX: usize = 100;

words!(
    /// What was tried.
    Operation {
        /// An end user's way to a connection.
        Connect = "CONNECT",
        Refresh = "REFRESH",
        /// A credential was tried out with its provider: a connection's, or the app's own.
        Verify = "VERIFY",
        /// The provider was asked to end the grant of a deleted connection.
        Revoke = "REVOKE",
    }
);

words!(
    /// What came of it.
    Outcome {
        /// The end user is at the provider, or never came back.
        Pending = "PENDING",
        Success = "SUCCESS",
        Failure = "FAILURE",
        /// The connection had a newer credential by then, or was gone.
        Superseded = "SUPERSEDED",
        /// The provider's entry knows no way to do it.
        Unsupported = "UNSUPPORTED",
    }
);

/// What is known of one attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthLog {
    pub id: AuthLogId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub provider: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    pub operation: Operation,
    pub outcome: Outcome,
    pub started_at: Timestamp,
    pub ended_at: Timestamp,
    pub steps: Vec<Step>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// The generation it was made from; zero for an attempt to connect.
    pub generation: Generation,
    /// The W3C trace id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// One request, or one thing that was waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    pub name: String,
    pub at: Timestamp,
    pub took_ms: u64,
    pub succeeded: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Why it failed, in one word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Step {
    #[must_use]
    pub fn took(&self) -> Duration {
        Duration::from_millis(self.took_ms)
    }
}

impl AuthLog {
    /// Whose turn it is; `None` where it is nobody's.
    #[must_use]
    pub fn whose_turn(&self) -> Option<crate::Owner> {
        match self.outcome {
            Outcome::Pending => Some(crate::Owner::EndUser),
            Outcome::Failure => Some(self.failure.as_ref().map_or(crate::Owner::Operator, Failure::owner)),
            Outcome::Success | Outcome::Superseded | Outcome::Unsupported => None,
        }
    }

    /// The same attempt with what another told of it. The latest outcome stands, every step is kept, and one that was told
    /// twice is kept once.
    #[must_use]
    pub fn joined(self, other: Self) -> Self {
        let (earlier, later) = if other.ended_at < self.ended_at { (other, self) } else { (self, other) };
        let mut steps = earlier.steps;
        steps.extend(later.steps);
        steps.sort_by_key(|step| step.at);
        let mut kept: Vec<Step> = Vec::with_capacity(steps.len());
        for step in steps {
            if !kept.contains(&step) {
                kept.push(step);
            }
        }
        kept.truncate(STEPS_MAX);
        Self {
            steps: kept,
            connection: later.connection.or(earlier.connection),
            session: later.session.or(earlier.session),
            started_at: earlier.started_at.min(later.started_at),
            trace: earlier.trace.or(later.trace),
            ..later
        }
    }

    /// The same with every text cut to what may be kept, whoever told it.
    #[must_use]
    pub fn cut(mut self) -> Self {
        let word = |text: String| cut(&text, WORD_CHARS_MAX);
        self.provider = cut(&self.provider, WORD_CHARS_MAX);
        self.trace = self.trace.map(word);
        self.steps.truncate(STEPS_MAX);
        for step in &mut self.steps {
            step.name = cut(&step.name, WORD_CHARS_MAX);
            step.host = step.host.take().map(word);
            step.fault = step.fault.take().map(word);
        }
        if let Some(said) = self.failure.as_mut().and_then(|failure| failure.provider_error.as_mut()) {
            said.code = said.code.take().map(word);
            said.description = said.description.take().map(|text| cut(&text, DESCRIPTION_CHARS_MAX));
        }
        self
    }
}

fn cut(text: &str, chars_max: usize) -> String {
    text.chars().filter(|sign| !sign.is_control()).take(chars_max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Owner, Phase, ProviderError, Reason};

    fn step(name: &str, at: i64) -> Step {
        Step {
            name: name.into(),
            at: Timestamp(at),
            took_ms: 5,
            succeeded: true,
            host: Some("as.example.com".into()),
            http_status: Some(200),
            fault: None,
        }
    }

    fn log(outcome: Outcome, ended_at: i64, steps: Vec<Step>) -> AuthLog {
        AuthLog {
            id: AuthLogId::from_parts(1, 2),
            environment: "dev".parse().unwrap(),
            integration: "demo".parse().unwrap(),
            provider: "demo".into(),
            connection: None,
            session: Some(SessionId::from_parts(1, 1)),
            operation: Operation::Connect,
            outcome,
            started_at: Timestamp(1),
            ended_at: Timestamp(ended_at),
            steps,
            failure: None,
            generation: Generation(0),
            trace: None,
        }
    }

    #[test]
    fn an_attempt_that_is_told_in_two_parts_is_one_whichever_comes_first() {
        let begun = log(Outcome::Pending, 2, vec![step("authorize", 1)]);
        let ended = AuthLog {
            connection: Some(ConnectionId::from_parts(1, 1)),
            session: None,
            started_at: Timestamp(8),
            ..log(Outcome::Success, 9, vec![step("exchange", 8)])
        };
        let whole = begun.clone().joined(ended.clone());
        assert_eq!(whole, ended.joined(begun));
        assert_eq!(whole.outcome, Outcome::Success);
        assert_eq!((whole.started_at, whole.ended_at), (Timestamp(1), Timestamp(9)));
        assert!(whole.connection.is_some() && whole.session.is_some());
        let names: Vec<_> = whole.steps.iter().map(|step| step.name.as_str()).collect();
        assert_eq!(names, ["authorize", "exchange"]);
    }

    #[test]
    fn a_part_that_is_told_twice_counts_once() {
        let part = log(Outcome::Pending, 2, vec![step("authorize", 1)]);
        assert_eq!(part.clone().joined(part.clone()), part);
    }

    #[test]
    fn it_is_somebodys_turn_while_something_is_to_be_done() {
        assert_eq!(log(Outcome::Pending, 1, vec![]).whose_turn(), Some(Owner::EndUser));
        assert_eq!(log(Outcome::Success, 1, vec![]).whose_turn(), None);
        let refused = Failure::new(Reason::ClientRejected, Phase::Refresh);
        let failed = AuthLog { failure: Some(refused), ..log(Outcome::Failure, 1, vec![]) };
        assert_eq!(failed.whose_turn(), Some(Owner::Developer));
    }

    #[test]
    fn texts_are_cut_whoever_tells_them() {
        let said = ProviderError {
            http_status: Some(400),
            code: Some("x".repeat(1000)),
            description: Some("line\nline".repeat(1000)),
        };
        let failure =
            Failure { provider_error: Some(said), ..Failure::new(Reason::Internal, Phase::Refresh) };
        let steps = vec![Step { host: Some("h".repeat(9999)), ..step("refresh", 1) }; STEPS_MAX + 1];
        let cut = AuthLog { failure: Some(failure), ..log(Outcome::Failure, 1, steps) }.cut();
        let said = cut.failure.unwrap().provider_error.unwrap();
        assert_eq!(said.code.unwrap().len(), WORD_CHARS_MAX);
        let description = said.description.unwrap();
        assert_eq!(description.chars().count(), DESCRIPTION_CHARS_MAX);
        assert!(!description.contains('\n'));
        assert_eq!((cut.steps.len(), cut.steps[0].host.as_ref().unwrap().len()), (STEPS_MAX, WORD_CHARS_MAX));
    }
}
