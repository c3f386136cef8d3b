//! Another key for an integration, which natively keeps the one it has: one like it is made, and it is retired.

use super::{Door, Refusal};
use latchkey_domain::{AuthorizationId, Environment, IntegrationKey};
use latchkey_providers::Provider;
use latchkey_wire::contract::{AppSecrets, PrepareConnection, PutIntegration, Target};
use latchkey_wire::{Fault, Kind};

impl Door {
    /// Nobody's connection may depend on it, since connections name their integration. One that is made meanwhile by whoever has
    /// a session for the key of old keeps a retired integration, as after a deletion.
    ///
    /// # Errors
    /// Where the key is no key, or taken; the vault's.
    pub async fn rename(
        &self,
        environment: &Environment,
        from: &str,
        to: &str,
        provider: &Provider,
    ) -> Result<(), Refusal> {
        let taken = || Refusal::body(&["unique_key"], "There is an integration with this key.");
        let key = |text: &str| text.parse::<IntegrationKey>();
        let to = key(to).map_err(|invalid| Refusal::body(&["unique_key"], invalid.to_string()))?;
        let from = key(from).map_err(|invalid| Refusal::not_found(invalid.to_string()))?;
        let vault = &self.flows.vault;
        match vault.get_integration(environment, &to).await {
            Ok(_) => return Err(taken()),
            Err(Fault { kind: Kind::NotFound, .. }) => {}
            Err(fault) => return Err(fault.into()),
        }
        let settings = vault.get_integration(environment, &from).await?.settings;
        let prepare = PrepareConnection {
            environment: environment.clone(),
            target: Target::New(from.clone()),
            request: AuthorizationId::from_bytes([0; 16]),
            named: false,
            // Nobody is shown anything.
            reveals_app: false,
        };
        let app = vault.prepare_connection(prepare).await?.app;
        let is_secret = |name: &str| provider.inputs.iter().any(|input| input.name == *name && input.secret);
        let secrets = AppSecrets {
            client_secret: app.client_secret,
            fields: app.fields.into_iter().filter(|(name, _)| is_secret(name)).collect(),
        };
        let secrets = (secrets.client_secret.is_some() || !secrets.fields.is_empty()).then_some(secrets);
        vault
            .put_integration(PutIntegration { environment: environment.clone(), key: to, settings, secrets })
            .await?;
        Ok(vault.retire_integration(environment, &from).await?)
    }
}
