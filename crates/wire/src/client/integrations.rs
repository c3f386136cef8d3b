//! Changes of an integration beside its registration.

use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{IntegrationPreview, IntegrationView, PutIntegration},
    pb::vault as pb,
};
use latchkey_domain::{Environment, IntegrationKey};
use latchkey_secret::ClientSecret;

impl VaultClient {
    /// What there is that this would change. Its secrets are not looked at.
    ///
    /// # Errors
    /// What putting it would fail with.
    pub async fn preview_integration(&self, put: PutIntegration) -> Result<IntegrationPreview, Fault> {
        let mut registry = self.registry.clone();
        let integration =
            pb::PutIntegrationRequest::from(PutIntegration { secrets: None, ..put }).integration;
        let request = pb::PreviewIntegrationRequest { integration };
        read(self.within_deadline(registry.preview_integration(request)).await?)
    }

    /// Replaces an integration's client secret, and nothing else of it.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn rotate_client_secret(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        client_secret: &ClientSecret,
    ) -> Result<IntegrationView, Fault> {
        let mut registry = self.registry.clone();
        let request = pb::RotateClientSecretRequest {
            environment: environment.to_string(),
            key: key.to_string(),
            client_secret: client_secret.expose().to_owned(),
        };
        read(self.within_deadline(registry.rotate_client_secret(request)).await?)
    }
}
