//! A connect session: a customer's permission for one end user to connect, for a short while, once.
//! `Absent → Open → Completed`. The first browser to open it keeps it; it ends with success or with time. Where an admin at the
//! provider has to allow the access, the browser that has it may invite one other, which may do the same.

use crate::connection::About;
use crate::{
    Aggregate, CardFacts, ConnectionId, Digest, EndUser, Environment, EventName, IntegrationKey, SessionId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an admin has time.
pub const APPROVAL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long a result token is good for: the way back to the product, and a slow page there.
pub const RESULT_LIFETIME: Duration = Duration::from_secs(300);

/// How long after its end a session can still be looked up: a backend may ask late what became of it.
pub const RETENTION: Duration = Duration::from_secs(7 * 24 * 3600);

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Session {
    #[default]
    Absent,
    Open {
        terms: Terms,
        /// The browser that opened it; nobody yet if `None`.
        browser: Option<Digest>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approval: Option<Approval>,
        /// What is said of the connection it leads to. In no event.
        #[serde(skip)]
        about: About,
    },
    Completed {
        terms: Terms,
        browser: Option<Digest>,
        connection: ConnectionId,
        /// The admin's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        approver: Option<Digest>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        result: Option<ResultToken>,
    },
}

/// An invitation to whoever may allow the access at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Digest of the invitation's secret half.
    pub token: Digest,
    /// The browser that opened it; nobody's yet if `None`.
    pub browser: Option<Digest>,
}

/// What a browser takes back to the product, for the product's backend to exchange once: it proves what the session led to, as
/// an authorization code does (RFC 6749 §4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultToken {
    /// Digest of the token's secret half.
    pub token: Digest,
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exchanged: bool,
}

/// What the session permits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub id: SessionId,
    pub environment: Environment,
    pub end_user: EndUser,
    /// The integrations to choose from; never empty.
    pub integrations: Vec<IntegrationKey>,
    /// Set to mend this connection instead of making a new one.
    pub reconnect: Option<ConnectionId>,
    /// Digest of the token's secret half.
    pub token: Digest,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Debug, Clone)]
pub enum Command {
    Create {
        terms: Terms,
        about: Box<About>,
    },
    /// A browser shows the token, and the binding it means to keep from now on.
    Bind {
        token: Digest,
        browser: Digest,
        at: Timestamp,
    },
    Complete {
        connection: ConnectionId,
        at: Timestamp,
    },
    /// The browser that holds it wants to let an admin do what it may not. There is one invitation.
    Invite {
        browser: Digest,
        token: Digest,
        at: Timestamp,
    },
    /// The admin's browser shows the invitation, and the binding it means to keep.
    BindApprover {
        token: Digest,
        browser: Digest,
        at: Timestamp,
    },
    /// The browser that holds it is to take its result back. A token that was issued before is good no longer.
    IssueResult {
        browser: Digest,
        token: Digest,
        at: Timestamp,
    },
    /// The product's backend shows the result token.
    ExchangeResult {
        token: Digest,
        at: Timestamp,
    },
}

/// What happened to a session. Fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Created {
        terms: Terms,
        #[serde(skip)]
        about: Box<About>,
    },
    Bound {
        browser: Digest,
        at: Timestamp,
    },
    Completed {
        connection: ConnectionId,
        at: Timestamp,
    },
    /// It lasts longer from now on, for admins take their time.
    ApproverInvited {
        token: Digest,
        expires_at: Timestamp,
        at: Timestamp,
    },
    ApproverBound {
        browser: Digest,
        at: Timestamp,
    },
    ResultIssued {
        token: Digest,
        expires_at: Timestamp,
        at: Timestamp,
    },
    ResultExchanged {
        at: Timestamp,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such session, or a token that is not its token: which of the two is not told.
    #[error("the connect session token is not valid")]
    Unknown,
    #[error("the connect session has expired")]
    Expired,
    #[error("the connect session was used already")]
    Consumed,
    #[error("the connect session was opened in another browser")]
    OtherBrowser,
    #[error("the connect session has led to nothing yet")]
    NotCompleted,
    /// No such token, or one that another took the place of.
    #[error("the result token is not valid")]
    ResultUnknown,
    #[error("the result token has expired")]
    ResultExpired,
    #[error("the result token was exchanged already")]
    ResultUsed,
}

impl Session {
    /// The terms, for the browser that holds the session, while it lasts.
    ///
    /// # Errors
    /// [`Refusal`] for any other browser, and after the end.
    pub fn held_by(&self, browser: &Digest, now: Timestamp) -> Result<&Terms, Refusal> {
        match self {
            Self::Absent => Err(Refusal::Unknown),
            Self::Open { browser: Some(holder), .. } | Self::Completed { browser: Some(holder), .. }
                if holder != browser && !self.is_approver(browser) =>
            {
                Err(Refusal::OtherBrowser)
            }
            Self::Open { browser: None, .. } => Err(Refusal::Unknown),
            Self::Completed { .. } => Err(Refusal::Consumed),
            Self::Open { terms, .. } if terms.expires_at <= now => Err(Refusal::Expired),
            Self::Open { terms, .. } => Ok(terms),
        }
    }

    /// Whether this is the browser of the admin who was invited.
    #[must_use]
    pub fn is_approver(&self, browser: &Digest) -> bool {
        match self {
            Self::Absent => false,
            Self::Open { approval, .. } => approval.and_then(|approval| approval.browser) == Some(*browser),
            Self::Completed { approver, .. } => *approver == Some(*browser),
        }
    }

    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Absent => None,
            Self::Open { terms, .. } | Self::Completed { terms, .. } => Some(terms),
        }
    }

    /// What is said of the connection it is to lead to.
    #[must_use]
    pub fn about(&self) -> About {
        match self {
            Self::Open { about, .. } => about.clone(),
            Self::Absent | Self::Completed { .. } => About::default(),
        }
    }

    #[must_use]
    pub fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::Completed { connection, .. } => Some(*connection),
            Self::Absent | Self::Open { .. } => None,
        }
    }
}

/// The way for an admin.
impl Session {
    fn invite(&self, browser: &Digest, token: Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let Self::Open { browser: holder, approval, .. } = self else { return Err(self.is_over()) };
        if holder.as_ref() != Some(browser) {
            return Err(Refusal::OtherBrowser);
        }
        self.held_by(browser, at)?;
        match approval {
            Some(_) => Ok(vec![]),
            None => Ok(vec![Event::ApproverInvited { token, expires_at: at.plus(APPROVAL_LIFETIME), at }]),
        }
    }

    fn bind_approver(&self, token: &Digest, browser: Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        let Self::Open { terms, browser: holder, approval, .. } = self else { return Err(self.is_over()) };
        let approval = approval.filter(|approval| approval.token == *token).ok_or(Refusal::Unknown)?;
        if terms.expires_at <= at {
            return Err(Refusal::Expired);
        }
        match approval.browser {
            // Whoever follows an invitation of their own has what it gives.
            _ if *holder == Some(browser) => Ok(vec![]),
            None => Ok(vec![Event::ApproverBound { browser, at }]),
            Some(before) if before == browser => Ok(vec![]),
            Some(_) => Err(Refusal::OtherBrowser),
        }
    }

    fn is_over(&self) -> Refusal {
        match self {
            Self::Absent | Self::Open { .. } => Refusal::Unknown,
            Self::Completed { .. } => Refusal::Consumed,
        }
    }
}

/// The way from the last page back to the product.
impl Session {
    fn issue_result(&self, browser: &Digest, token: Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        match self {
            Self::Absent => Err(Refusal::Unknown),
            Self::Open { .. } => Err(Refusal::NotCompleted),
            Self::Completed { browser: holder, .. } if holder.as_ref() != Some(browser) => {
                Err(Refusal::OtherBrowser)
            }
            // Who finished in the last moment has time to go back; a page that was left open has not.
            Self::Completed { terms, .. } if terms.expires_at.plus(RESULT_LIFETIME) <= at => {
                Err(Refusal::Expired)
            }
            Self::Completed { .. } => {
                Ok(vec![Event::ResultIssued { token, expires_at: at.plus(RESULT_LIFETIME), at }])
            }
        }
    }

    fn exchange_result(&self, token: &Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        match self {
            Self::Completed { result: Some(result), .. } if result.token == *token => match result {
                ResultToken { exchanged: true, .. } => Err(Refusal::ResultUsed),
                ResultToken { expires_at, .. } if *expires_at <= at => Err(Refusal::ResultExpired),
                ResultToken { .. } => Ok(vec![Event::ResultExchanged { at }]),
            },
            Self::Absent | Self::Open { .. } | Self::Completed { .. } => Err(Refusal::ResultUnknown),
        }
    }
}

impl Aggregate for Session {
    const CATEGORY: &'static str = "session";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    // Nothing stood here before there was anything to say.
    type Secrets = Option<About>;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Create { terms, about }) => Ok(vec![Event::Created { terms, about }]),
            (Self::Open { .. } | Self::Completed { .. }, Command::Create { .. }) => Ok(vec![]),
            (Self::Absent, Command::Bind { .. } | Command::Complete { .. }) => Err(Refusal::Unknown),
            (Self::Open { terms, .. } | Self::Completed { terms, .. }, Command::Bind { token, .. })
                if terms.token != token =>
            {
                Err(Refusal::Unknown)
            }
            (Self::Completed { .. }, Command::Bind { .. }) => Err(Refusal::Consumed),
            (Self::Open { terms, browser, .. }, Command::Bind { browser: asking, at, .. }) => match browser {
                _ if terms.expires_at <= at => Err(Refusal::Expired),
                None => Ok(vec![Event::Bound { browser: asking, at }]),
                Some(holder) if *holder == asking => Ok(vec![]),
                Some(_) => Err(Refusal::OtherBrowser),
            },
            (Self::Open { .. }, Command::Complete { connection, at }) => {
                Ok(vec![Event::Completed { connection, at }])
            }
            (Self::Completed { connection, .. }, Command::Complete { connection: again, .. })
                if *connection == again =>
            {
                Ok(vec![])
            }
            (Self::Completed { .. }, Command::Complete { .. }) => Err(Refusal::Consumed),
            (_, Command::Invite { browser, token, at }) => self.invite(&browser, token, at),
            (_, Command::BindApprover { token, browser, at }) => self.bind_approver(&token, browser, at),
            (_, Command::IssueResult { browser, token, at }) => self.issue_result(&browser, token, at),
            (_, Command::ExchangeResult { token, at }) => self.exchange_result(&token, at),
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Created { terms, about }) => {
                Self::Open { terms, browser: None, approval: None, about: *about }
            }
            (Self::Open { terms, about, approval, .. }, Event::Bound { browser, .. }) => {
                Self::Open { terms, browser: Some(browser), approval, about }
            }
            (Self::Open { terms, browser, about, .. }, Event::ApproverInvited { token, expires_at, .. }) => {
                let terms = Terms { expires_at: terms.expires_at.max(expires_at), ..terms };
                Self::Open { terms, browser, approval: Some(Approval { token, browser: None }), about }
            }
            (
                Self::Open { terms, browser, approval, about },
                Event::ApproverBound { browser: approver, .. },
            ) => {
                let approval = approval.map(|approval| Approval { browser: Some(approver), ..approval });
                Self::Open { terms, browser, approval, about }
            }
            (Self::Open { terms, browser, approval, .. }, Event::Completed { connection, .. }) => {
                let approver = approval.and_then(|approval| approval.browser);
                Self::Completed { terms, browser, connection, approver, result: None }
            }
            (
                Self::Completed { terms, browser, connection, approver, .. },
                Event::ResultIssued { token, expires_at, .. },
            ) => {
                let result = Some(ResultToken { token, expires_at, exchanged: false });
                Self::Completed { terms, browser, connection, approver, result }
            }
            (
                Self::Completed { terms, browser, connection, approver, result },
                Event::ResultExchanged { .. },
            ) => {
                let result = result.map(|result| ResultToken { exchanged: true, ..result });
                Self::Completed { terms, browser, connection, approver, result }
            }
            (
                unchanged @ (Self::Absent | Self::Completed { .. }),
                Event::Bound { .. }
                | Event::Completed { .. }
                | Event::ApproverInvited { .. }
                | Event::ApproverBound { .. },
            )
            | (
                unchanged @ (Self::Absent | Self::Open { .. }),
                Event::ResultIssued { .. } | Event::ResultExchanged { .. },
            ) => unchanged,
        }
    }

    fn card(&self) -> CardFacts {
        let Some(terms) = self.terms() else { return CardFacts::default() };
        CardFacts {
            environment: terms.environment.to_string(),
            subject: terms.end_user.to_string(),
            status: if self.connection().is_some() { "completed" } else { "open" },
            label: terms.id.to_string(),
            // What is to be done then is to forget it.
            due_at: Some(terms.expires_at.plus(RETENTION)),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) -> Option<About> {
        match self {
            Self::Open { about, .. } => Some(about.clone()),
            Self::Absent | Self::Completed { .. } => None,
        }
    }

    fn restore_secrets(&mut self, restored: Option<About>) {
        if let (Self::Open { about, .. }, Some(restored)) = (self, restored) {
            *about = restored;
        }
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Bound { .. } => "bound",
            Self::Completed { .. } => "completed",
            Self::ApproverInvited { .. } => "approver_invited",
            Self::ApproverBound { .. } => "approver_bound",
            Self::ResultIssued { .. } => "result_issued",
            Self::ResultExchanged { .. } => "result_exchanged",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms() -> Terms {
        Terms {
            id: SessionId::from_parts(1, 1),
            environment: "dev".parse().unwrap(),
            end_user: "ana".parse().unwrap(),
            integrations: vec!["github".parse().unwrap()],
            reconnect: None,
            token: Digest::of(b"token"),
            created_at: Timestamp(0),
            expires_at: Timestamp(900_000),
        }
    }

    fn create() -> Command {
        Command::Create {
            terms: terms(),
            about: Box::new(About { display_name: "Acme".into(), ..About::default() }),
        }
    }

    fn bind(token: &[u8], browser: &[u8], at: i64) -> Command {
        Command::Bind { token: Digest::of(token), browser: Digest::of(browser), at: Timestamp(at) }
    }

    fn complete() -> Command {
        Command::Complete { connection: ConnectionId::from_parts(1, 1), at: Timestamp(2) }
    }

    fn after(commands: impl IntoIterator<Item = Command>) -> Session {
        commands.into_iter().fold(Session::default(), |session, command| {
            session.decide(command).unwrap().into_iter().fold(session, Session::evolve)
        })
    }

    #[test]
    fn the_first_browser_keeps_it() {
        let session = after([create(), bind(b"token", b"a", 1)]);
        assert_eq!(session.decide(bind(b"token", b"a", 2)), Ok(vec![]));
        assert_eq!(session.decide(bind(b"token", b"b", 2)), Err(Refusal::OtherBrowser));
        assert!(session.held_by(&Digest::of(b"a"), Timestamp(2)).is_ok());
        assert_eq!(session.held_by(&Digest::of(b"b"), Timestamp(2)), Err(Refusal::OtherBrowser));
    }

    #[test]
    fn an_expired_session_opens_for_nobody() {
        let session = after([create()]);
        assert_eq!(session.decide(bind(b"token", b"a", 900_000)), Err(Refusal::Expired));
        let held = after([create(), bind(b"token", b"a", 1)]);
        assert_eq!(held.held_by(&Digest::of(b"a"), Timestamp(900_000)), Err(Refusal::Expired));
    }

    #[test]
    fn a_session_is_dead_after_success() {
        let session = after([create(), bind(b"token", b"a", 1), complete()]);
        assert_eq!(session.decide(bind(b"token", b"a", 2)), Err(Refusal::Consumed));
        assert_eq!(session.held_by(&Digest::of(b"a"), Timestamp(2)), Err(Refusal::Consumed));
    }

    fn issue(browser: &[u8], token: &[u8], at: i64) -> Command {
        Command::IssueResult { browser: Digest::of(browser), token: Digest::of(token), at: Timestamp(at) }
    }

    fn exchange(token: &[u8], at: i64) -> Command {
        Command::ExchangeResult { token: Digest::of(token), at: Timestamp(at) }
    }

    #[test]
    fn a_result_is_exchanged_once_within_five_minutes() {
        let ended = || [create(), bind(b"token", b"a", 1), complete()].into_iter();
        let issued = || ended().chain([issue(b"a", b"result", 10)]);
        assert_eq!(after(ended()).decide(exchange(b"result", 11)), Err(Refusal::ResultUnknown));
        assert_eq!(after(issued()).decide(exchange(b"guess", 11)), Err(Refusal::ResultUnknown));
        assert_eq!(after(issued()).decide(exchange(b"result", 300_010)), Err(Refusal::ResultExpired));
        let exchanged = after(issued().chain([exchange(b"result", 300_009)]));
        assert_eq!(exchanged.decide(exchange(b"result", 300_009)), Err(Refusal::ResultUsed));
        let another = after(issued().chain([issue(b"a", b"another", 20)]));
        assert_eq!(another.decide(exchange(b"result", 21)), Err(Refusal::ResultUnknown));
        assert!(another.decide(exchange(b"another", 21)).is_ok());
    }

    fn invite(browser: &[u8], token: &[u8], at: i64) -> Command {
        Command::Invite { browser: Digest::of(browser), token: Digest::of(token), at: Timestamp(at) }
    }

    fn approve(token: &[u8], browser: &[u8], at: i64) -> Command {
        Command::BindApprover { token: Digest::of(token), browser: Digest::of(browser), at: Timestamp(at) }
    }

    #[test]
    fn an_admin_who_was_invited_holds_it_too_and_has_a_week() {
        const WEEK: i64 = 7 * 24 * 3_600_000;
        let invited = || [create(), bind(b"token", b"a", 1), invite(b"a", b"invitation", 2)].into_iter();
        let admin = Digest::of(b"admin");
        assert_eq!(after(invited()).held_by(&admin, Timestamp(3)), Err(Refusal::OtherBrowser));
        assert_eq!(after(invited()).decide(invite(b"a", b"another", 3)), Ok(vec![]), "there is one");
        assert_eq!(after(invited()).decide(approve(b"guess", b"admin", 3)), Err(Refusal::Unknown));
        assert_eq!(after(invited()).decide(approve(b"invitation", b"a", 3)), Ok(vec![]));
        let bound = after(invited().chain([approve(b"invitation", b"admin", WEEK)]));
        assert!(bound.held_by(&admin, Timestamp(WEEK)).is_ok() && bound.is_approver(&admin));
        assert!(bound.held_by(&Digest::of(b"a"), Timestamp(WEEK)).is_ok());
        assert_eq!(bound.decide(approve(b"invitation", b"third", WEEK)), Err(Refusal::OtherBrowser));
        assert_eq!(bound.held_by(&admin, Timestamp(WEEK + 2)), Err(Refusal::Expired));
        let ended = bound.decide(complete()).unwrap().into_iter().fold(bound, Session::evolve);
        assert_eq!(ended.held_by(&admin, Timestamp(WEEK)), Err(Refusal::Consumed), "and is told so");
        assert_eq!(ended.decide(approve(b"invitation", b"admin", WEEK)), Err(Refusal::Consumed));
    }

    #[test]
    fn nobody_else_can_invite() {
        let held = after([create(), bind(b"token", b"a", 1)]);
        assert_eq!(held.decide(invite(b"b", b"invitation", 2)), Err(Refusal::OtherBrowser));
        assert_eq!(held.decide(invite(b"a", b"invitation", 900_000)), Err(Refusal::Expired));
        let bound = after([
            create(),
            bind(b"token", b"a", 1),
            invite(b"a", b"invitation", 2),
            approve(b"invitation", b"admin", 3),
        ]);
        assert_eq!(bound.decide(invite(b"admin", b"more", 4)), Err(Refusal::OtherBrowser));
    }

    #[test]
    fn a_result_is_for_the_browser_that_has_one() {
        let open = after([create(), bind(b"token", b"a", 1)]);
        assert_eq!(open.decide(issue(b"a", b"result", 2)), Err(Refusal::NotCompleted));
        let ended = after([create(), bind(b"token", b"a", 1), complete()]);
        assert_eq!(ended.decide(issue(b"b", b"result", 2)), Err(Refusal::OtherBrowser));
        assert!(ended.decide(issue(b"a", b"result", 1_199_999)).is_ok());
        assert_eq!(ended.decide(issue(b"a", b"result", 1_200_000)), Err(Refusal::Expired));
    }

    #[test]
    fn another_token_is_not_told_that_the_session_exists() {
        let session = after([create(), bind(b"token", b"a", 1), complete()]);
        assert_eq!(session.decide(bind(b"guess", b"a", 2)), Err(Refusal::Unknown));
        assert_eq!(Session::Absent.decide(bind(b"guess", b"a", 2)), Err(Refusal::Unknown));
    }

    #[test]
    fn what_is_said_of_the_connection_to_come_is_kept_apart_until_there_is_one() {
        let mut session = after([create(), bind(b"token", b"a", 1)]);
        assert_eq!(session.about().display_name, "Acme");
        let recorded = serde_json::to_string(&Session::Absent.decide(create()).unwrap()).unwrap();
        assert!(!recorded.contains("Acme"), "{recorded}");
        // A session of before there was anything to say.
        session.restore_secrets(serde_json::from_str("null").unwrap());
        assert_eq!(session.about().display_name, "Acme");
        assert_eq!(after([create(), bind(b"token", b"a", 1), complete()]).secrets(), None);
    }

    #[test]
    fn every_event_ever_written_still_decodes() {
        for line in include_str!("golden/session.jsonl").lines() {
            let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert_eq!(
                serde_json::to_value(&event).unwrap(),
                serde_json::from_str::<serde_json::Value>(line).unwrap()
            );
        }
    }
}
