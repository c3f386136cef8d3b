use super::Door;
use super::faults::fault;
use crate::flows::AppVerdict;
use latchkey_domain::Failure;
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::{OtherAccount, Settings};
use latchkey_providers::{AuthMode, Provider};
use latchkey_wire::contract::{AppSecrets, IntegrationView, PutIntegration};
use latchkey_wire::convert::{failure_to_pb, parse, required, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Fault, Kind, Reason};
use std::collections::BTreeMap;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::integration_service_server::IntegrationService for Door {
    async fn put_integration(
        &self,
        request: Request<pb::PutIntegrationRequest>,
    ) -> Result<Response<pb::PutIntegrationResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let mut asked = request.into_inner();
        let integration: pb::Integration = required("integration", asked.integration.take())?;
        let provider = self.flows.catalogue.get(&integration.provider).map_err(|unknown| {
            Fault::new(Kind::NotFound, Reason::ProviderUnknown, unknown.to_string())
                .with("field", "integration.provider")
        })?;
        check_usable(&provider, &integration.client_id)?;
        let secrets =
            app_secrets(std::mem::take(&mut asked.client_secret), std::mem::take(&mut asked.secret_fields));
        let policy = integration.other_account;
        let policy = pb::OtherAccount::try_from(policy).map_err(|_| {
            let message =
                format!("There is no policy {policy}: OTHER_ACCOUNT_WARN, _BLOCK and _ALLOW are known.");
            Fault::field_invalid("integration.other_account", message)
        })?;
        let name = if integration.display_name.is_empty() {
            provider.name.clone()
        } else {
            integration.display_name
        };
        let put = PutIntegration {
            environment: key.environment,
            key: parse("integration.key", &integration.key)?,
            settings: Settings {
                provider: integration.provider,
                display_name: name,
                client_id: integration.client_id,
                scopes: integration.scopes,
                other_account: other_account(policy),
                fields: integration.fields.into_iter().collect::<BTreeMap<_, _>>(),
            },
            secrets,
        };
        let view = self.flows.vault.put_integration(put).await?;
        Ok(Response::new(pb::PutIntegrationResponse { integration: Some(self.render(&view)) }))
    }

    async fn get_integration(
        &self,
        request: Request<pb::GetIntegrationRequest>,
    ) -> Result<Response<pb::GetIntegrationResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsRead).await?;
        let asked = parse("key", &request.into_inner().key)?;
        let view = self.flows.vault.get_integration(&key.environment, &asked).await?;
        Ok(Response::new(pb::GetIntegrationResponse { integration: Some(self.render(&view)) }))
    }

    async fn list_integrations(
        &self,
        request: Request<pb::ListIntegrationsRequest>,
    ) -> Result<Response<pb::ListIntegrationsResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsRead).await?;
        let views = self.flows.vault.list_integrations(&key.environment).await?;
        let integrations = views.iter().map(|view| self.render(view)).collect();
        Ok(Response::new(pb::ListIntegrationsResponse { integrations }))
    }

    async fn check_integration(
        &self,
        request: Request<pb::CheckIntegrationRequest>,
    ) -> Result<Response<pb::CheckIntegrationResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let asked = parse("key", &request.into_inner().key)?;
        let checked = self.flows.check_app(&key.environment, &asked).await;
        let checked = checked.map_err(|problem| fault(problem, "integration"))?;
        let (verdict, explanation, failure) = in_words(&checked.verdict);
        Ok(Response::new(pb::CheckIntegrationResponse {
            verdict: verdict.into(),
            explanation: explanation.to_owned(),
            failure: failure.map(failure_to_pb),
            auth_log_id: checked.log.map(|id| id.to_string()).unwrap_or_default(),
        }))
    }

    async fn delete_integration(
        &self,
        request: Request<pb::DeleteIntegrationRequest>,
    ) -> Result<Response<pb::DeleteIntegrationResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let asked = parse("key", &request.into_inner().key)?;
        self.flows.vault.retire_integration(&key.environment, &asked).await?;
        Ok(Response::new(pb::DeleteIntegrationResponse {}))
    }
}

impl Door {
    fn render(&self, view: &IntegrationView) -> pb::Integration {
        pb::Integration {
            key: view.key.to_string(),
            provider: view.settings.provider.clone(),
            display_name: view.settings.display_name.clone(),
            client_id: view.settings.client_id.clone(),
            scopes: view.settings.scopes.clone(),
            fields: view.settings.fields.clone().into_iter().collect(),
            redirect_uri: self.redirect_uri(),
            create_time: Some(timestamp_to_pb(view.created_at)),
            other_account: match view.settings.other_account {
                OtherAccount::Warn => pb::OtherAccount::Warn,
                OtherAccount::Block => pb::OtherAccount::Block,
                OtherAccount::Allow => pb::OtherAccount::Allow,
            }
            .into(),
        }
    }
}

fn other_account(policy: pb::OtherAccount) -> OtherAccount {
    match policy {
        pb::OtherAccount::Unspecified | pb::OtherAccount::Warn => OtherAccount::Warn,
        pb::OtherAccount::Block => OtherAccount::Block,
        pb::OtherAccount::Allow => OtherAccount::Allow,
    }
}

/// A verdict, what it is known from, and what the provider said.
fn in_words(verdict: &AppVerdict) -> (pb::ClientVerdict, &'static str, Option<&Failure>) {
    match verdict {
        AppVerdict::Accepted => (
            pb::ClientVerdict::Accepted,
            "The provider takes the client id and secret, and would not take others.",
            None,
        ),
        AppVerdict::Refused(failure) => (
            pb::ClientVerdict::Refused,
            "The provider does not take the client id and secret: compare them with the app there.",
            Some(failure),
        ),
        AppVerdict::NotAsked => (
            pb::ClientVerdict::CannotTell,
            "There is nothing to ask the provider with before an end user connects: make a test connection.",
            None,
        ),
        AppVerdict::Unclear(failure) => (
            pb::ClientVerdict::CannotTell,
            "The provider answers the same whoever asks, so this says nothing of the app: make a test connection.",
            Some(failure),
        ),
    }
}

/// An integration nobody could connect to is refused when it is made, not when an end user stands before it.
fn check_usable(provider: &Provider, client_id: &str) -> Result<(), Fault> {
    if let AuthMode::Unsupported(what) = provider.auth_mode() {
        let message = format!("{} needs {what}, which this version cannot do yet.", provider.name);
        return Err(Fault::field_invalid("integration.provider", message));
    }
    if provider.needs_client() && client_id.is_empty() {
        let message = format!("{} needs the client id of your app there.", provider.name);
        return Err(Fault::field_invalid("integration.client_id", message));
    }
    Ok(())
}

/// `None` where nothing was sent, which leaves the present ones in place.
fn app_secrets(
    client_secret: String,
    fields: impl IntoIterator<Item = (String, String)>,
) -> Option<AppSecrets> {
    let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, value)| (name, value.into())).collect();
    let client_secret = (!client_secret.is_empty()).then(|| client_secret.into());
    (client_secret.is_some() || !fields.is_empty()).then_some(AppSecrets { client_secret, fields })
}
