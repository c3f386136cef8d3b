//! What a change of an integration would meet.

use super::environments::LIVING;
use super::integrations::view;
use super::{Vault, integration_id};
use crate::error::Error;
use crate::limits;
use latchkey_domain::Aggregate as _;
use latchkey_domain::connection::Connection;
use latchkey_domain::integration::{Command, Integration};
use latchkey_wire::contract::{IntegrationPreview, PutIntegration};

impl Vault {
    /// What there is that putting this would change. Nothing is written, and secrets are not looked at.
    ///
    /// # Errors
    /// What [`Self::put_integration`] would fail with, but for the key service's.
    pub async fn preview_integration(&self, put: PutIntegration) -> Result<IntegrationPreview, Error> {
        limits::settings(&put.settings)?;
        self.may_begin_in(&put.environment).await?;
        let PutIntegration { environment, key, settings, .. } = put;
        let present = self.ledger.load::<Integration>(&integration_id(&environment, &key)).await?.state;
        let (id, at) = (key.to_string(), self.ledger.now());
        let tallies = self.ledger.store().tally(Connection::CATEGORY, Some(environment.as_str())).await?;
        let living = tallies.iter().filter(|it| it.parent == id && LIVING.contains(&it.status.as_str()));
        let connections = living.map(|it| it.count).sum::<u64>();
        present.decide(Command::Register { environment, key, settings, secrets: None, at })?;
        Ok(IntegrationPreview {
            present: present.registered().ok().map(view),
            connections: u32::try_from(connections).unwrap_or(u32::MAX),
        })
    }
}
