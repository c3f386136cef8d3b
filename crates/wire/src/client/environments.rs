//! Environments, beyond a backend's own.

use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{CreateEnvironment, EnvironmentView, IssuedKey},
    convert::parse,
    pb::vault as pb,
};
use latchkey_domain::Environment;

impl VaultClient {
    /// Begins an environment with its first key. Of many who begin one name at once, one is given the key.
    ///
    /// # Errors
    /// `ALREADY_EXISTS` where there is such an environment or was; `ENVIRONMENT_UNKNOWN` where there is none to be cloned; where
    /// the key's name or scopes are not acceptable.
    pub async fn create_environment(&self, create: CreateEnvironment) -> Result<IssuedKey, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::CreateEnvironmentRequest::from(create);
        read(self.within_deadline(registry.create_environment(request)).await?)
    }

    /// What there is in an environment.
    ///
    /// # Errors
    /// `ENVIRONMENT_UNKNOWN` where there is none, or not any more.
    pub async fn get_environment(&self, name: &Environment) -> Result<EnvironmentView, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::GetEnvironmentRequest { name: name.to_string() };
        read(self.within_deadline(registry.get_environment(request)).await?)
    }

    /// Ends an environment. Safe to repeat.
    ///
    /// # Errors
    /// `ENVIRONMENT_UNKNOWN` where there was none; `ENVIRONMENT_IN_USE` where it has connections.
    pub async fn delete_environment(&self, name: &Environment) -> Result<(), Fault> {
        let mut registry = self.registry.clone();
        let request = pb::DeleteEnvironmentRequest { name: name.to_string() };
        self.within_deadline(registry.delete_environment(request)).await?;
        Ok(())
    }

    /// The environments there are, with how many of each one's keys are good. One that ended is not among them.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn list_environments(&self) -> Result<Vec<(Environment, u32)>, Fault> {
        let mut registry = self.registry.clone();
        let answer = self.within_deadline(registry.list_environments(pb::ListEnvironmentsRequest {})).await?;
        let named =
            |environment: pb::EnvironmentKeys| Ok((parse("name", &environment.name)?, environment.keys));
        answer.environments.into_iter().map(named).collect()
    }
}
