//! Sessions, as the backend that makes them looks after them: which there are, and taking one back.

use super::Vault;
use crate::error::Error;
use crate::ledger::{Loaded, Terms as NoTerms};
use latchkey_domain::session::{CANCELLED, COMPLETED, Command, OPEN, Refusal, Session, Terms};
use latchkey_domain::{Aggregate, Environment, SessionId, Timestamp};
use latchkey_store::{CardQuery, Order};
use latchkey_wire::contract::{ListSessions, ListedSessions, SessionEntry, SessionState};

const PAGE_DEFAULT: u32 = 50;
const PAGE_MAX: u32 = 500;

impl Vault {
    /// The newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions(&self, list: ListSessions) -> Result<ListedSessions, Error> {
        let now = self.ledger.now();
        let query = CardQuery {
            category: Session::CATEGORY.into(),
            environment: list.environment.to_string(),
            subject: list.end_user.map(|end_user| end_user.to_string()),
            status: list.state.map(|state| status_of(state).to_owned()),
            order: Order::IdsDescending,
            after: list.after.map(|id| id.to_string()),
            max: if list.max == 0 { PAGE_DEFAULT } else { list.max.min(PAGE_MAX) },
            ..CardQuery::default()
        };
        let page = self.ledger.store().list(&query).await?;
        let mut sessions = Vec::with_capacity(page.items.len());
        for item in page.items {
            let session = self.ledger.state_of::<Session>(&item.stream, &item.snapshot).await?;
            sessions.extend(entry(&session, now));
        }
        sessions.retain(|session| list.state.is_none_or(|state| state == session.state));
        Ok(ListedSessions { sessions, next: page.next.and_then(|place| place.parse().ok()) })
    }

    /// Whoever has its link is answered as if it had expired, and what is under way leads to nothing. Safe to repeat.
    ///
    /// # Errors
    /// [`Refusal::Unknown`] where the environment has no such session, [`Refusal::Consumed`] where it led to a connection.
    pub async fn cancel_session(&self, environment: &Environment, id: SessionId) -> Result<(), Error> {
        let Loaded { state, .. } = self.ledger.load::<Session>(&id.to_string()).await?;
        if state.terms().is_none_or(|terms| terms.environment != *environment) {
            return Err(Refusal::Unknown.into());
        }
        let cancel = Command::Cancel { at: self.ledger.now() };
        self.ledger.execute::<Session>(&id.to_string(), cancel, NoTerms::default()).await?;
        Ok(())
    }
}

/// What its card says: there, one that has expired stays open.
fn status_of(state: SessionState) -> &'static str {
    match state {
        SessionState::Open | SessionState::Expired => OPEN,
        SessionState::Completed => COMPLETED,
        SessionState::Cancelled => CANCELLED,
    }
}

fn entry(session: &Session, now: Timestamp) -> Option<SessionEntry> {
    let terms: &Terms = session.terms()?;
    let connection = session.connection();
    Some(SessionEntry {
        id: terms.id,
        end_user: terms.end_user.clone(),
        integrations: terms.integrations.clone(),
        reconnect: terms.reconnect,
        manages: terms.manages,
        connection,
        created_at: terms.created_at,
        expires_at: terms.expires_at,
        state: SessionState::of(connection.is_some(), terms.cancelled, terms.expires_at, now),
    })
}
