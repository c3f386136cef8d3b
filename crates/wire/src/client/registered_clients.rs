use super::{VaultClient, read};
use crate::{Fault, contract::KeptClient, pb::vault as pb};
use latchkey_domain::{Environment, IntegrationKey};

/// Clients that registered themselves.
impl VaultClient {
    /// The client new connections of an integration are made with, if one is kept.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
    ) -> Result<Option<KeptClient>, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::GetRegisteredClientRequest {
            environment: environment.to_string(),
            integration: integration.to_string(),
        };
        read(self.within_deadline(registry.get_registered_client(request)).await?)
    }

    /// Keeps a client for new connections, in the place of the one that was seen there. Gives the one that is kept: another
    /// where somebody else was faster.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn keep_registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        client: KeptClient,
        replaces: Option<String>,
    ) -> Result<KeptClient, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::KeepRegisteredClientRequest {
            environment: environment.to_string(),
            integration: integration.to_string(),
            client: Some(client.into()),
            replaces: replaces.unwrap_or_default(),
        };
        read(self.within_deadline(registry.keep_registered_client(request)).await?)
    }

    /// No new connection is made with this client any more.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn forget_registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        client_id: String,
    ) -> Result<(), Fault> {
        let mut registry = self.registry.clone();
        let request = pb::ForgetRegisteredClientRequest {
            environment: environment.to_string(),
            integration: integration.to_string(),
            client_id,
        };
        self.within_deadline(registry.forget_registered_client(request)).await?;
        Ok(())
    }
}
