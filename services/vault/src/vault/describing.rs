//! What people say of connections, and whether they want them to be used.

use super::Vault;
use super::connections::in_environment;
use crate::error::Error;
use crate::ledger::Terms;
use crate::limits;
use latchkey_domain::connection::{About, Command, Connection, ExternalId, Field, Refusal};
use latchkey_domain::{Aggregate as _, ApiKeyId, ConnectionId, Environment, IntegrationKey};
use latchkey_store::{CardQuery, Listed};

/// A change of what is said of a connection.
#[derive(Debug)]
pub struct DescribeConnection {
    pub environment: Environment,
    pub connection: ConnectionId,
    /// The fields that take what `about` says.
    pub fields: Vec<Field>,
    pub about: About,
    pub etag: Option<String>,
    pub by: ApiKeyId,
}

/// Whether a connection is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Switch {
    On,
    Off,
}

impl Vault {
    /// # Errors
    /// Refusals of the connection; [`Error::ExternalIdTaken`]; [`Error::Field`] where something is too large.
    pub async fn describe_connection(&self, describe: DescribeConnection) -> Result<Connection, Error> {
        let DescribeConnection { environment, connection, fields, about, etag, by } = describe;
        limits::about(&about, self.webhooks.allow_http)?;
        self.connection_in(&environment, connection).await?;
        let command = Command::Describe { fields, about, etag, by: Some(by), at: self.now() };
        let settled = self.command(connection, command, Terms::default()).await?;
        in_environment(settled.state, &environment)
    }

    /// # Errors
    /// Refusals of the connection. Doing it twice is no error.
    pub async fn switch_connection(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        switch: Switch,
        by: ApiKeyId,
    ) -> Result<Connection, Error> {
        self.connection_in(environment, connection).await?;
        let (by, at) = (Some(by), self.now());
        let command = match switch {
            Switch::On => Command::Enable { by, at },
            Switch::Off => Command::Disable { by, at },
        };
        let settled = self.command(connection, command, Terms::default()).await?;
        in_environment(settled.state, environment)
    }

    /// # Errors
    /// [`Error::ExternalIdTaken`] where a connection of one of these integrations has the external id.
    pub(super) async fn unless_taken(
        &self,
        environment: &Environment,
        integrations: &[IntegrationKey],
        external_id: Option<&ExternalId>,
    ) -> Result<(), Error> {
        let Some(external_id) = external_id else { return Ok(()) };
        // One connection of each integration can have it.
        let having = self.having(environment, external_id, None, u32::MAX).await?;
        let taken = |listed: &Listed| {
            integrations.iter().any(|integration| integration.as_str() == listed.card.parent)
        };
        if having.iter().any(taken) { Err(Error::ExternalIdTaken) } else { Ok(()) }
    }

    /// # Errors
    /// [`Refusal::Absent`] where the integration has no connection with this external id.
    pub(super) async fn connection_named(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        external_id: &ExternalId,
    ) -> Result<ConnectionId, Error> {
        let having = self.having(environment, external_id, Some(integration), 1).await?;
        let id = having.first().and_then(|listed| listed.stream.id.parse().ok());
        id.ok_or_else(|| Refusal::Absent.into())
    }

    async fn having(
        &self,
        environment: &Environment,
        external_id: &ExternalId,
        integration: Option<&IntegrationKey>,
        max: u32,
    ) -> Result<Vec<Listed>, Error> {
        let query = CardQuery {
            category: Connection::CATEGORY.into(),
            environment: environment.to_string(),
            parent: integration.map(ToString::to_string),
            external_id: Some(external_id.to_string()),
            max,
            ..CardQuery::default()
        };
        Ok(self.ledger.store().list(&query).await?.items)
    }
}
