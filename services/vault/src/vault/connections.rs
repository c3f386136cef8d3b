use super::{Vault, stream_of};
use crate::error::Error;
use crate::explain::{Explanation, event_in_words, explain, explain_held, revocation_event_in_words};
use crate::ledger::{Terms, by, event_of};
use latchkey_domain::connection::{Command, Connection, Refusal};
use latchkey_domain::revocation::Revocation;
use latchkey_domain::{Aggregate, AuthLogId, ConnectionId, Environment, Timestamp};
use latchkey_store::Version;
use std::cmp::Reverse;

/// How much of a history is told.
const HISTORY_TOLD: u32 = 20;

/// A connection with what there is to say about it, newest history first.
#[derive(Debug)]
pub struct Explained {
    pub connection: Connection,
    pub revocation: Revocation,
    pub explanation: Explanation,
    pub history: Vec<Told>,
    /// The latest attempt's.
    pub auth_log: Option<AuthLogId>,
}

/// One line of history.
#[derive(Debug)]
pub struct Told {
    pub at: Timestamp,
    pub event: String,
    pub summary: String,
    /// Who had it done; `None` where it happened by itself.
    pub by: Option<String>,
}

impl Vault {
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such connection: another environment's is none.
    pub async fn connection_in(
        &self,
        environment: &Environment,
        id: ConnectionId,
    ) -> Result<Connection, Error> {
        let loaded = self.ledger.load::<Connection>(&id.to_string()).await?;
        in_environment(loaded.state, environment)
    }

    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such connection.
    pub async fn explain_connection(
        &self,
        environment: &Environment,
        id: ConnectionId,
    ) -> Result<Explained, Error> {
        let connection = self.connection_in(environment, id).await?;
        let incidents = self.incidents_of(&connection).await?;
        let revocation = self.revocation_of(&connection).await?;
        // What an operator is yet to allow comes before what would follow from it.
        let held = explain_held(&connection, &self.safety().await?);
        let explanation =
            held.or_else(|| explain(&connection, &incidents, &revocation)).ok_or(Refusal::Absent)?;
        let mut history = self.told_history::<Connection>(id, event_in_words).await?;
        if !matches!(revocation, Revocation::Absent) {
            let mut all = self.told_history::<Revocation>(id, revocation_event_in_words).await?;
            // The request is written down first, and is of the same moment as the deletion it belongs to.
            all.append(&mut history);
            all.sort_by_key(|told| Reverse(told.at));
            history = all;
        }
        let auth_log = self.latest_auth_log(environment, id).await?;
        Ok(Explained { explanation, history, auth_log, revocation, connection })
    }

    /// Records that an operator is about to be shown the credential, or that it is about to be exported; where that cannot be
    /// recorded, nothing is shown.
    ///
    /// # Errors
    /// Where there is no credential, or the store does not answer.
    pub async fn reveal(
        &self,
        environment: &Environment,
        id: ConnectionId,
        exported: bool,
    ) -> Result<(), Error> {
        self.connection_in(environment, id).await?;
        let reveal = Command::Reveal { exported, at: self.ledger.now() };
        self.ledger.execute::<Connection>(&id.to_string(), reveal, Terms::default()).await?;
        Ok(())
    }

    async fn told_history<A: Aggregate>(
        &self,
        id: ConnectionId,
        in_words: impl Fn(&A::Event) -> String,
    ) -> Result<Vec<Told>, Error> {
        let stream = stream_of::<A>(id);
        let version = self.ledger.load::<A>(&id.to_string()).await?.version;
        let after = Version(version.0.saturating_sub(u64::from(HISTORY_TOLD)));
        let mut told = vec![];
        for recorded in self.ledger.store().history(&stream, after, HISTORY_TOLD).await?.into_iter().rev() {
            let (at, event) = (Timestamp(recorded.event.at), recorded.event.kind.clone());
            let by = match by(&recorded) {
                Some(key) => Some(self.key_name(key).await?),
                None => None,
            };
            told.push(Told { at, event, summary: in_words(&event_of::<A>(recorded)?), by });
        }
        Ok(told)
    }
}

/// A connection, if it is the environment's; what belongs to another is answered like what never was.
pub(super) fn in_environment(connection: Connection, environment: &Environment) -> Result<Connection, Error> {
    match connection.profile() {
        Some(profile) if profile.environment == *environment => Ok(connection),
        Some(_) | None => Err(Refusal::Absent.into()),
    }
}
