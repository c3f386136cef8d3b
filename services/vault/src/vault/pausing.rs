//! Refreshing, paused because somebody asked for it and not because anything is wrong.

use super::Vault;
use super::incidents::{Pause, id_of, lane_of};
use crate::error::Error;
use latchkey_domain::incident::{Command, Ending, Kind, Subject};
use latchkey_domain::{Environment, IntegrationKey};
use latchkey_store::Lane;

impl Vault {
    /// Refreshes none of an integration's connections until [`Self::resume_refreshing`]. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the store's.
    pub async fn pause_refreshing(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(), Error> {
        let provider = self.integration(environment, key).await?.settings.provider;
        let subject = Subject { environment: environment.clone(), integration: key.clone(), provider };
        let (lane, kind, at) = (lane_of(&subject), Kind::RefreshingPaused, self.ledger.now());
        let raise = Command::Raise { subject, kind, failure: None, seen_on: None, at };
        self.tell(&id_of(&lane, kind), raise).await?;
        self.pauses.note(&lane, at, Some(Pause::Asked));
        Ok(())
    }

    /// Goes on. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the store's.
    pub async fn resume_refreshing(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(), Error> {
        self.integration(environment, key).await?;
        let lane = Lane { environment: environment.to_string(), parent: key.to_string() };
        let (ending, at) = (Ending::Resumed, self.ledger.now());
        self.tell(&id_of(&lane, Kind::RefreshingPaused), Command::Close { ending, at }).await?;
        self.pauses.note(&lane, at, None);
        Ok(())
    }
}
