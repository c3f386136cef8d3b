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
const OWN_MAX: usize = 200;

/// How many connections are looked at together, and how often, so that one who made thousands costs no more than a list does.
const PAGE: u32 = 100;
const PAGES_MAX: usize = 50;

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
        let mut list = ListConnections::of_end_user(terms.environment.clone(), terms.end_user.clone(), PAGE);
        if let [only] = &terms.integrations[..] {
            list.integration = Some(only.clone());
        }
        let mut own = vec![];
        // What is gone or to another integration takes no place of what is to be seen.
        for _ in 0..PAGES_MAX {
            let page = self.connections(list.clone()).await?;
            for connection in page.connections {
                own.extend(self.own_connection(&terms, &connection).await?);
            }
            list.after = page.next;
            if list.after.is_none() || own.len() >= OWN_MAX {
                break;
            }
        }
        own.truncate(OWN_MAX);
        Ok(own)
    }

    /// `None` for what this session does not show.
    async fn own_connection(
        &self,
        terms: &Terms,
        connection: &Connection,
    ) -> Result<Option<OwnConnection>, Error> {
        let Some((summary, failing)) = seen(connection) else { return Ok(None) };
        let Some(profile) = connection.profile().filter(|it| is_managed(terms, it)) else { return Ok(None) };
        let (name, asked, mendable) = match self.integration(&terms.environment, &profile.integration).await {
            Ok(view) => (view.settings.display_name, view.settings.scopes, true),
            Err(Error::IntegrationUnknown(key)) => (key, vec![], false),
            Err(error) => return Err(error),
        };
        Ok(Some(OwnConnection {
            id: profile.id,
            summary,
            name,
            provider: profile.provider.clone(),
            asked,
            mendable,
            failing,
            created_at: profile.created_at,
        }))
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
