mod preview;

use self::preview::Change;
use super::Door;
use super::faults::fault;
use crate::flows::AppVerdict;
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::{OtherAccount, Settings};
use latchkey_domain::{Environment, Failure};
use latchkey_providers::{AuthMode, Provider, UnknownProvider};
use latchkey_secret::ClientSecret;
use latchkey_wire::contract::{AppSecrets, IntegrationView, PutIntegration};
use latchkey_wire::convert::{failure_to_pb, parse, required, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::{Fault, Kind, Reason};
use std::collections::BTreeMap;
use tonic::{Request, Response, Status};

/// Longer than any key or certificate that is given as a secret.
const SECRET_BYTES_MAX: usize = 64 * 1024;
const SECRET_FIELDS_MAX: usize = 64;
const FIELD_NAME_BYTES_MAX: usize = 100;

#[tonic::async_trait]
impl pb::integration_service_server::IntegrationService for Door {
    async fn put_integration(
        &self,
        request: Request<pb::PutIntegrationRequest>,
    ) -> Result<Response<pb::PutIntegrationResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let pb::PutIntegrationRequest { integration, client_secret, secret_fields } = request.into_inner();
        let put = self.wish(key.environment, integration, (client_secret, secret_fields))?;
        let view = self.flows.vault.put_integration(put).await?;
        Ok(Response::new(pb::PutIntegrationResponse { integration: Some(self.render(&view)) }))
    }

    async fn preview_integration_change(
        &self,
        request: Request<pb::PreviewIntegrationChangeRequest>,
    ) -> Result<Response<pb::PreviewIntegrationChangeResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let pb::PreviewIntegrationChangeRequest { integration, client_secret, secret_fields } =
            request.into_inner();
        let put = self.wish(key.environment, integration, (client_secret, secret_fields))?;
        let (replaces_secrets, settings) = (put.secrets.is_some(), put.settings.clone());
        let preview = self.flows.vault.preview_integration(put).await?;
        let provider = self.flows.catalogue.get(&settings.provider);
        let provider = provider.map_err(|unknown| provider_unknown(&unknown))?;
        let change = Change { provider: &provider, after: &settings, replaces_secrets, preview: &preview };
        Ok(Response::new(change.described()))
    }

    async fn rotate_client_secret(
        &self,
        request: Request<pb::RotateClientSecretRequest>,
    ) -> Result<Response<pb::RotateClientSecretResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let asked = request.into_inner();
        let integration = parse("key", &asked.key)?;
        if asked.client_secret.is_empty() {
            return Err(Fault::field_invalid("client_secret", "Say what the new client secret is.").into());
        }
        within_limit("client_secret", &asked.client_secret)?;
        let mut response = pb::RotateClientSecretResponse::default();
        if !asked.skip_check {
            let instead = Some(asked.client_secret.clone().into());
            let checked = self.flows.check_app(&key.environment, &integration, instead).await;
            let checked = checked.map_err(|problem| fault(problem, "integration"))?;
            let (verdict, explanation, _) = in_words(&checked.verdict);
            let log = checked.log.map(|id| id.to_string()).unwrap_or_default();
            if let AppVerdict::Refused(_) = checked.verdict {
                let message = "The provider does not take this secret, so it was not stored. Compare it with the app there.";
                let refused = Fault::new(Kind::Refused, Reason::ClientRejected, message);
                return Err(refused.with("field", "client_secret").with("auth_log_id", log).into());
            }
            response.verdict = verdict.into();
            explanation.clone_into(&mut response.explanation);
            response.auth_log_id = log;
        }
        let secret: ClientSecret = asked.client_secret.into();
        let view = self.flows.vault.rotate_client_secret(&key.environment, &integration, &secret).await?;
        response.integration = Some(self.render(&view));
        Ok(Response::new(response))
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
        let checked = self.flows.check_app(&key.environment, &asked, None).await;
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

/// A client secret, and the secret fields.
type InTheClear = (String, BTreeMap<String, String>);

impl Door {
    /// What is to be put. Refused before the vault is asked is what no integration can be.
    fn wish(
        &self,
        environment: Environment,
        integration: Option<pb::Integration>,
        secrets: InTheClear,
    ) -> Result<PutIntegration, Fault> {
        let integration: pb::Integration = required("integration", integration)?;
        let provider = self.flows.catalogue.get(&integration.provider);
        let provider = provider.map_err(|unknown| provider_unknown(&unknown))?;
        check_usable(&provider, &integration.client_id)?;
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
        Ok(PutIntegration {
            environment,
            key: parse("integration.key", &integration.key)?,
            settings: Settings {
                provider: integration.provider,
                display_name: name,
                client_id: integration.client_id,
                scopes: integration.scopes,
                other_account: other_account(policy),
                fields: integration.fields,
            },
            secrets: app_secrets(secrets)?,
        })
    }

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
fn app_secrets((client_secret, fields): InTheClear) -> Result<Option<AppSecrets>, Fault> {
    within_limit("client_secret", &client_secret)?;
    if fields.len() > SECRET_FIELDS_MAX || fields.keys().any(|name| name.len() > FIELD_NAME_BYTES_MAX) {
        let message = format!(
            "At most {SECRET_FIELDS_MAX} fields, with names of {FIELD_NAME_BYTES_MAX} bytes at most."
        );
        return Err(Fault::field_invalid("secret_fields", message));
    }
    fields.values().try_for_each(|value| within_limit("secret_fields", value))?;
    let fields: BTreeMap<_, _> = fields.into_iter().map(|(name, value)| (name, value.into())).collect();
    let client_secret = (!client_secret.is_empty()).then(|| client_secret.into());
    let any = client_secret.is_some() || !fields.is_empty();
    Ok(any.then_some(AppSecrets { client_secret, fields }))
}

fn within_limit(field: &str, secret: &str) -> Result<(), Fault> {
    if secret.len() <= SECRET_BYTES_MAX {
        return Ok(());
    }
    Err(Fault::field_invalid(field, format!("A secret has at most {SECRET_BYTES_MAX} bytes.")))
}

fn provider_unknown(unknown: &UnknownProvider) -> Fault {
    Fault::new(Kind::NotFound, Reason::ProviderUnknown, unknown.to_string())
        .with("field", "integration.provider")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(client_secret: String, fields: impl IntoIterator<Item = (String, String)>) -> Option<String> {
        let fault = app_secrets((client_secret, fields.into_iter().collect())).err()?;
        fault.metadata.get("field").cloned()
    }

    #[test]
    fn secrets_may_be_as_long_as_the_limits_and_no_longer() {
        let secret = |bytes: usize| "x".repeat(bytes);
        let fields = |count: usize| (0..count).map(|n| (format!("field{n}"), secret(1)));
        let name = |bytes: usize| [(secret(bytes), secret(1))];
        assert_eq!(refused(secret(SECRET_BYTES_MAX), fields(SECRET_FIELDS_MAX)), None);
        assert_eq!(refused(secret(SECRET_BYTES_MAX + 1), []).as_deref(), Some("client_secret"));
        assert_eq!(refused(String::new(), fields(SECRET_FIELDS_MAX + 1)).as_deref(), Some("secret_fields"));
        assert_eq!(refused(String::new(), name(FIELD_NAME_BYTES_MAX)), None);
        assert_eq!(refused(String::new(), name(FIELD_NAME_BYTES_MAX + 1)).as_deref(), Some("secret_fields"));
        let long = [("field".to_owned(), secret(SECRET_BYTES_MAX + 1))];
        assert_eq!(refused(String::new(), long).as_deref(), Some("secret_fields"));
        assert!(app_secrets((String::new(), BTreeMap::new())).is_ok_and(|none| none.is_none()));
    }
}
