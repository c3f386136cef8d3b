//! A connect session: a customer's permission for one end user to connect, for a short while, once.
//! `Absent → Open → Completed`. The first browser to open it keeps it; it ends with success or with time.

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
        /// What is said of the connection it leads to. In no event.
        #[serde(skip)]
        about: About,
    },
    Completed {
        terms: Terms,
        browser: Option<Digest>,
        connection: ConnectionId,
    },
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
                if holder != browser =>
            {
                Err(Refusal::OtherBrowser)
            }
            Self::Open { browser: None, .. } => Err(Refusal::Unknown),
            Self::Completed { .. } => Err(Refusal::Consumed),
            Self::Open { terms, .. } if terms.expires_at <= now => Err(Refusal::Expired),
            Self::Open { terms, .. } => Ok(terms),
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
        }
    }

    fn evolve(self, event: Event) -> Self {
        match (self, event) {
            (_, Event::Created { terms, about }) => Self::Open { terms, browser: None, about: *about },
            (Self::Open { terms, about, .. }, Event::Bound { browser, .. }) => {
                Self::Open { terms, browser: Some(browser), about }
            }
            (Self::Open { terms, browser, .. }, Event::Completed { connection, .. }) => {
                Self::Completed { terms, browser, connection }
            }
            (
                unchanged @ (Self::Absent | Self::Completed { .. }),
                Event::Bound { .. } | Event::Completed { .. },
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
