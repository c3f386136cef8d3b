//! An environment's sessions, as the backend that makes them looks after them.

use latchkey_domain::{ConnectionId, EndUser, Environment, IntegrationKey, SessionId, Timestamp};

/// Where a session is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionState {
    Open,
    Completed,
    Expired,
    Cancelled,
}

impl SessionState {
    pub const ALL: [Self; 4] = [Self::Open, Self::Completed, Self::Expired, Self::Cancelled];

    /// The word it is sent as.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Completed => "COMPLETED",
            Self::Expired => "EXPIRED",
            Self::Cancelled => "CANCELLED",
        }
    }

    /// Of a session that has led to a connection or not, was taken back or not, and ends then.
    #[must_use]
    pub fn of(is_completed: bool, is_cancelled: bool, expires_at: Timestamp, now: Timestamp) -> Self {
        match (is_completed, is_cancelled) {
            (true, _) => Self::Completed,
            (false, true) => Self::Cancelled,
            (false, false) if expires_at <= now => Self::Expired,
            (false, false) => Self::Open,
        }
    }

    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Which sessions, and how many of them: 0 means as many as is usual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSessions {
    pub environment: Environment,
    pub end_user: Option<EndUser>,
    pub state: Option<SessionState>,
    /// What the page before named as its `next`.
    pub after: Option<SessionId>,
    pub max: u32,
}

/// A page of them, the newest first. It may hold fewer than asked for while there is a next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedSessions {
    pub sessions: Vec<SessionEntry>,
    pub next: Option<SessionId>,
}

/// A session as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEntry {
    pub id: SessionId,
    pub end_user: EndUser,
    pub integrations: Vec<IntegrationKey>,
    pub reconnect: Option<ConnectionId>,
    pub manages: bool,
    pub connection: Option<ConnectionId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: SessionState,
}
