//! A connect session: a customer's permission for one end user to connect, for a short while, once.
//! `Absent → Open → Completed`. The first browser to open it keeps it; it ends with success or with time. Where an admin at the
//! provider has to allow the access, the browser that has it may invite one other, which may do the same.

mod approval;
mod evolve;
mod outline;
mod result;

pub use approval::{APPROVAL_LIFETIME, Approval};
pub use outline::{Outline, Preset, Presets};
pub use result::{RESULT_LIFETIME, ResultToken};

use crate::connection::About;
use crate::{
    Aggregate, CardFacts, ConnectionId, Digest, EndUser, Environment, EventName, IntegrationKey, SessionId,
    Timestamp,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

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
        outline: Outline,
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
        /// What was asked for is compared with what was granted.
        #[serde(skip)]
        presets: Presets,
    },
}

/// What the session permits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub id: SessionId,
    pub environment: Environment,
    pub end_user: EndUser,
    /// The integrations to choose from; empty only where it is for managing.
    pub integrations: Vec<IntegrationKey>,
    /// Set to mend this connection instead of making a new one.
    pub reconnect: Option<ConnectionId>,
    /// Whether it is for looking after the end user's connections. It makes none itself, and ends with time alone.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub manages: bool,
    /// Digest of the token's secret half.
    pub token: Digest,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// Whether the backend that made it took it back: it ended then.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub cancelled: bool,
}

#[derive(Debug, Clone)]
pub enum Command {
    Create {
        terms: Terms,
        outline: Box<Outline>,
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
    /// The product's backend takes it back.
    Cancel {
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
        outline: Box<Outline>,
    },
    Bound {
        browser: Digest,
        at: Timestamp,
    },
    Completed {
        connection: ConnectionId,
        at: Timestamp,
    },
    Cancelled {
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

    /// Whether a browser has shown its token.
    #[must_use]
    pub fn was_opened(&self) -> bool {
        match self {
            Self::Absent => false,
            Self::Open { browser, .. } | Self::Completed { browser, .. } => browser.is_some(),
        }
    }

    /// The terms of a session for managing, for the browser that holds it, while it lasts.
    ///
    /// # Errors
    /// As [`Self::held_by`]; [`Refusal::Unknown`] where the session is for something else.
    pub fn managed_by(&self, browser: &Digest, now: Timestamp) -> Result<&Terms, Refusal> {
        self.held_by(browser, now)
            .and_then(|terms| if terms.manages { Ok(terms) } else { Err(Refusal::Unknown) })
    }

    #[must_use]
    pub fn terms(&self) -> Option<&Terms> {
        match self {
            Self::Absent => None,
            Self::Open { terms, .. } | Self::Completed { terms, .. } => Some(terms),
        }
    }

    /// What is said of the connection it is to lead to, where it is one to this integration.
    #[must_use]
    pub fn about(&self, integration: &IntegrationKey) -> About {
        match self {
            Self::Open { outline, .. } => outline.about_one_of(integration),
            Self::Absent | Self::Completed { .. } => About::default(),
        }
    }

    /// What is said of whichever connection it is to lead to; `None` once it has.
    #[must_use]
    pub fn outlined(&self) -> Option<&About> {
        match self {
            Self::Open { outline, .. } => Some(&outline.about),
            Self::Absent | Self::Completed { .. } => None,
        }
    }

    /// What is settled for each of its integrations.
    #[must_use]
    pub fn presets(&self) -> &Presets {
        static NONE: Presets = Presets::new();
        match self {
            Self::Absent => &NONE,
            Self::Open { outline, .. } => &outline.presets,
            Self::Completed { presets, .. } => presets,
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

/// The statuses sessions are found by. One that has expired stays what it was.
pub const OPEN: &str = "open";
pub const COMPLETED: &str = "completed";
pub const CANCELLED: &str = "cancelled";

impl Aggregate for Session {
    const CATEGORY: &'static str = "session";
    const FORMAT: u32 = 1;
    type Command = Command;
    type Event = Event;
    type Refusal = Refusal;
    // Nothing stood here before there was anything to say.
    type Secrets = Option<Outline>;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Refusal> {
        match (self, command) {
            (Self::Absent, Command::Create { terms, outline }) => Ok(vec![Event::Created { terms, outline }]),
            (Self::Open { .. } | Self::Completed { .. }, Command::Create { .. }) => Ok(vec![]),
            (Self::Absent, Command::Bind { .. } | Command::Complete { .. } | Command::Cancel { .. }) => {
                Err(Refusal::Unknown)
            }
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
            (Self::Completed { .. }, Command::Complete { .. } | Command::Cancel { .. }) => {
                Err(Refusal::Consumed)
            }
            // One that has ended leads to nothing, taken back or not.
            (Self::Open { terms, .. }, Command::Cancel { at }) => {
                let lasts = terms.expires_at > at;
                Ok(lasts.then_some(Event::Cancelled { at }).into_iter().collect())
            }
            (_, Command::Invite { browser, token, at }) => self.invite(&browser, token, at),
            (_, Command::BindApprover { token, browser, at }) => self.bind_approver(&token, browser, at),
            (_, Command::IssueResult { browser, token, at }) => self.issue_result(&browser, token, at),
            (_, Command::ExchangeResult { token, at }) => self.exchange_result(&token, at),
        }
    }

    fn evolve(self, event: Event) -> Self {
        evolve::evolve(self, event)
    }

    fn card(&self) -> CardFacts {
        let Some(terms) = self.terms() else { return CardFacts::default() };
        CardFacts {
            environment: terms.environment.to_string(),
            subject: terms.end_user.to_string(),
            status: match self {
                Self::Completed { .. } => COMPLETED,
                _ if terms.cancelled => CANCELLED,
                _ => OPEN,
            },
            label: terms.id.to_string(),
            // What is to be done then is to forget it.
            due_at: Some(terms.expires_at.plus(RETENTION)),
            ..CardFacts::default()
        }
    }

    fn secrets(&self) -> Option<Outline> {
        match self {
            Self::Open { outline, .. } => Some(outline.clone()),
            Self::Completed { presets, .. } if !presets.is_empty() => {
                Some(Outline { presets: presets.clone(), ..Outline::default() })
            }
            Self::Absent | Self::Completed { .. } => None,
        }
    }

    fn restore_secrets(&mut self, restored: Option<Outline>) {
        match (self, restored) {
            (Self::Open { outline, .. }, Some(restored)) => *outline = restored,
            (Self::Completed { presets, .. }, Some(restored)) => *presets = restored.presets,
            (_, None) | (Self::Absent, Some(_)) => {}
        }
    }
}

impl EventName for Event {
    fn name(&self) -> &'static str {
        match self {
            Self::Created { .. } => "created",
            Self::Bound { .. } => "bound",
            Self::Completed { .. } => "completed",
            Self::Cancelled { .. } => "cancelled",
            Self::ApproverInvited { .. } => "approver_invited",
            Self::ApproverBound { .. } => "approver_bound",
            Self::ResultIssued { .. } => "result_issued",
            Self::ResultExchanged { .. } => "result_exchanged",
        }
    }
}

#[cfg(test)]
mod tests;
