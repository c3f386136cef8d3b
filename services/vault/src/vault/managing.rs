//! What an end user sees and does of their own connections, with a session that their product's backend made for that.
//!
//! Invariant: the session names the end user; nothing of anybody else's can be named with it.

use super::Vault;
use super::listing::ListConnections;
use super::sessions::summary_of;
use crate::error::Error;
use latchkey_domain::connection::{Connection, Refusal};
use latchkey_domain::revocation::Extent;
use latchkey_domain::session::{Session, Terms};
use latchkey_domain::{ConnectionId, Digest, SessionId};
use latchkey_wire::contract::{ConnectionSummary, OwnConnection};

/// More than anybody looks after by hand.
const OWN_MAX: u32 = 200;

impl Vault {
    /// The end user's connections, the newest first: those to the session's integrations, where it names any, else all.
    ///
    /// # Errors
    /// The session's, where it is for something else, held by another browser, or over.
    pub async fn own_connections(
        &self,
        session: SessionId,
        browser: Digest,
    ) -> Result<Vec<OwnConnection>, Error> {
        let terms = self.managed(session, &browser).await?;
        let list = ListConnections::of_end_user(terms.environment.clone(), terms.end_user.clone(), OWN_MAX);
        let mut own = vec![];
        for connection in self.connections(list).await?.connections {
            let Some((summary, failing)) = seen(&connection) else { continue };
            let Some(profile) = connection.profile().filter(|it| is_managed(&terms, it)) else { continue };
            let (name, asked, mendable) =
                match self.integration(&terms.environment, &profile.integration).await {
                    Ok(view) => (view.settings.display_name, view.settings.scopes, true),
                    Err(Error::IntegrationUnknown(key)) => (key, vec![], false),
                    Err(error) => return Err(error),
                };
            own.push(OwnConnection {
                id: profile.id,
                summary,
                name,
                provider: profile.provider.clone(),
                asked,
                mendable,
                failing,
                created_at: profile.created_at,
            });
        }
        Ok(own)
    }

    /// Ends one of them, here at once and at its provider when that can be asked. Safe to repeat.
    ///
    /// # Errors
    /// As [`Self::own_connections`]; [`Refusal::Absent`] for what is not the end user's.
    pub async fn disconnect(
        &self,
        session: SessionId,
        browser: Digest,
        connection: ConnectionId,
    ) -> Result<(), Error> {
        let terms = self.managed(session, &browser).await?;
        let present = self.connection_in(&terms.environment, connection).await?;
        if !present.profile().is_some_and(|profile| is_managed(&terms, profile)) {
            return Err(Refusal::Absent.into());
        }
        self.delete_connection(&terms.environment, connection, Some(Extent::Grant)).await
    }

    async fn managed(&self, session: SessionId, browser: &Digest) -> Result<Terms, Error> {
        let session = self.ledger.load::<Session>(&session.to_string()).await?.state;
        Ok(session.managed_by(browser, self.ledger.now())?.clone())
    }
}

fn is_managed(terms: &Terms, profile: &latchkey_domain::connection::Profile) -> bool {
    let named = terms.integrations.is_empty() || terms.integrations.contains(&profile.integration);
    profile.end_user == terms.end_user && named
}

/// What is to be seen of it, and whether refreshing it fails; nothing of one that is gone.
fn seen(connection: &Connection) -> Option<(ConnectionSummary, bool)> {
    let failing = matches!(connection, Connection::Live(live) if live.trouble.is_some());
    Some((summary_of(connection.clone())?, failing))
}
