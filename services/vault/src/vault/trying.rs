//! Credentials that are tried out with their providers, and refreshed because somebody says so. Nothing is handed to a backend.

use super::credentials::{Full, Source};
use super::{Query, Vault};
use crate::error::Error;
use crate::ledger::Terms;
use latchkey_bus::Hint;
use latchkey_domain::connection::{Command, Connection};
use latchkey_domain::{ConnectionId, Environment, Generation};
use latchkey_secret::Grant;
use latchkey_wire::contract::{Obtained, OpenedCredential};
use std::time::Duration;

impl Vault {
    /// The present credential with all it takes to try it out. One that is about to run out is refreshed first.
    ///
    /// # Errors
    /// As [`Vault::credential`].
    pub async fn open_credential(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        deadline: Option<Duration>,
    ) -> Result<OpenedCredential, Error> {
        let query = query(environment, connection, false, deadline);
        let Full { credential, renewal } = self.full_credential(&query).await?;
        let integration = credential.profile.integration;
        let (_, app) = self.app(environment, &integration).await?;
        let (facts, now) = (credential.facts, self.now());
        let grant = Grant {
            handout: credential.handout,
            renewal,
            expires_in: facts.expires_at.map(|at| now.until(at)),
            scopes: Some(facts.scopes),
            origins: facts.origins,
            account: None,
        };
        let obtained = Obtained { auth_mode: facts.auth_mode, grant, documented: facts.behaviour };
        let (provider, generation) = (credential.profile.provider, facts.generation);
        Ok(OpenedCredential { integration, provider, app, obtained, generation })
    }

    /// The provider's API refused the credential of this generation: it is refreshed at once, where something renews it.
    ///
    /// # Errors
    /// Refusals of the connection.
    pub async fn report_rejection(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        generation: Generation,
    ) -> Result<(), Error> {
        self.connection_in(environment, connection).await?;
        let command = Command::ReportRejection { generation, at: self.now() };
        let settled = self.command(connection, command, Terms::default()).await?;
        if !settled.events.is_empty() {
            self.bus.hint(Hint::RefreshWanted { connection: connection.to_string() });
        }
        Ok(())
    }

    /// Refreshes a credential, and says whether there is another now.
    ///
    /// # Errors
    /// As [`Vault::credential`] where it is insisted on a new one.
    pub async fn refresh_now(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        deadline: Option<Duration>,
    ) -> Result<(Connection, bool), Error> {
        let source = self.renewed(&query(environment, connection, true, deadline)).await?;
        Ok((self.connection_in(environment, connection).await?, source == Source::Refreshed))
    }
}

fn query(
    environment: &Environment,
    connection: ConnectionId,
    force_refresh: bool,
    deadline: Option<Duration>,
) -> Query {
    let environment = environment.clone();
    Query { environment, connection, min_remaining: None, force_refresh, newer_than: None, deadline }
}
