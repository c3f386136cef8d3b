//! What an app proves itself with where it is installed, for who may have whole credentials: such an app asks its provider more
//! than a connection's credential is good for, such as where it is installed.

use super::{Flows, app};
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, Environment, IntegrationKey, Phase};
use latchkey_oauth::app_assertion;
use latchkey_secret::SecretText;
use latchkey_wire::contract::{PrepareConnection, Target};

impl Flows {
    /// Signed now, and good for as long as its entry says. `None` where the integration's provider has no such thing.
    ///
    /// # Errors
    /// [`Problem`] where there is no such integration, or its key cannot be signed with.
    pub async fn app_token(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
    ) -> Result<Option<SecretText>, Problem> {
        let prepare = PrepareConnection {
            environment: environment.clone(),
            target: Target::New(integration.clone()),
            request: AuthorizationId::from_bytes([0; 16]),
            named: false,
            // The app's key itself is shown to nobody.
            reveals_app: false,
        };
        let prepared = self.vault.prepare_connection(prepare).await?;
        let provider = self.provider(&prepared.provider)?;
        app_assertion(&provider, &app(prepared.app)).map_err(|fault| Problem::provider(fault, Phase::Verify))
    }
}
