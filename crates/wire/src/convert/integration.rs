use super::{
    exposed, none_if_empty, parse, required, required_text, secrets, time::instant, within, within_list,
};
use crate::{
    Fault,
    contract::{App, AppSecrets, IntegrationPreview, IntegrationView, PutIntegration},
    pb::vault as pb,
};
use latchkey_domain::{
    Environment, IntegrationKey,
    integration::{OtherAccount, Settings},
};
use latchkey_secret::ClientSecret;

use super::time::timestamp_to_pb;

impl From<IntegrationView> for pb::Integration {
    fn from(view: IntegrationView) -> Self {
        let create_time = Some(timestamp_to_pb(view.created_at));
        Self { create_time, ..registration(&view.environment, &view.key, view.settings) }
    }
}

impl TryFrom<pb::Integration> for IntegrationView {
    type Error = Fault;

    fn try_from(integration: pb::Integration) -> Result<Self, Fault> {
        Ok(Self {
            created_at: instant("create_time", integration.create_time)?,
            environment: parse("environment", &integration.environment)?,
            key: parse("key", &integration.key)?,
            settings: settings(integration)?,
        })
    }
}

impl From<PutIntegration> for pb::PutIntegrationRequest {
    fn from(put: PutIntegration) -> Self {
        Self {
            integration: Some(registration(&put.environment, &put.key, put.settings)),
            secrets: put.secrets.map(Into::into),
        }
    }
}

impl TryFrom<pb::PutIntegrationRequest> for PutIntegration {
    type Error = Fault;

    fn try_from(request: pb::PutIntegrationRequest) -> Result<Self, Fault> {
        let integration = required("integration", request.integration)?;
        Ok(Self {
            environment: parse("integration.environment", &integration.environment)?,
            key: parse("integration.key", &integration.key)?,
            settings: within("integration", integration)?,
            secrets: request.secrets.map(Into::into),
        })
    }
}

impl TryFrom<pb::PreviewIntegrationRequest> for PutIntegration {
    type Error = Fault;

    fn try_from(request: pb::PreviewIntegrationRequest) -> Result<Self, Fault> {
        pb::PutIntegrationRequest { integration: request.integration, secrets: None }.try_into()
    }
}

impl From<IntegrationPreview> for pb::PreviewIntegrationResponse {
    fn from(preview: IntegrationPreview) -> Self {
        Self { present: preview.present.map(Into::into), connections: preview.connections }
    }
}

impl TryFrom<pb::PreviewIntegrationResponse> for IntegrationPreview {
    type Error = Fault;

    fn try_from(response: pb::PreviewIntegrationResponse) -> Result<Self, Fault> {
        let present = response.present.map(|present| within("present", present)).transpose()?;
        Ok(Self { present, connections: response.connections })
    }
}

impl TryFrom<pb::RotateClientSecretRequest> for (Environment, IntegrationKey, ClientSecret) {
    type Error = Fault;

    fn try_from(request: pb::RotateClientSecretRequest) -> Result<Self, Fault> {
        let client_secret = ClientSecret::new(required_text("client_secret", request.client_secret)?);
        Ok((parse("environment", &request.environment)?, parse("key", &request.key)?, client_secret))
    }
}

impl From<IntegrationView> for pb::RotateClientSecretResponse {
    fn from(view: IntegrationView) -> Self {
        Self { integration: Some(view.into()) }
    }
}

impl TryFrom<pb::RotateClientSecretResponse> for IntegrationView {
    type Error = Fault;

    fn try_from(response: pb::RotateClientSecretResponse) -> Result<Self, Fault> {
        within("integration", required("integration", response.integration)?)
    }
}

impl TryFrom<pb::Integration> for Settings {
    type Error = Fault;

    fn try_from(integration: pb::Integration) -> Result<Self, Fault> {
        settings(integration)
    }
}

impl From<AppSecrets> for pb::AppSecrets {
    fn from(secrets: AppSecrets) -> Self {
        Self {
            client_secret: client_secret_text(secrets.client_secret.as_ref()),
            fields: exposed(&secrets.fields),
        }
    }
}

impl From<pb::AppSecrets> for AppSecrets {
    fn from(read: pb::AppSecrets) -> Self {
        Self {
            client_secret: none_if_empty(read.client_secret).map(ClientSecret::new),
            fields: secrets(read.fields),
        }
    }
}

impl From<App> for pb::App {
    fn from(app: App) -> Self {
        Self {
            client_id: app.client_id,
            client_secret: client_secret_text(app.client_secret.as_ref()),
            scopes: app.scopes,
            fields: exposed(&app.fields),
        }
    }
}

/// Nothing to refuse: an app may well have no client id, where its provider issues none.
impl From<pb::App> for App {
    fn from(app: pb::App) -> Self {
        Self {
            client_id: app.client_id,
            client_secret: none_if_empty(app.client_secret).map(ClientSecret::new),
            scopes: app.scopes,
            fields: secrets(app.fields),
        }
    }
}

impl TryFrom<pb::GetIntegrationRequest> for (Environment, IntegrationKey) {
    type Error = Fault;

    fn try_from(request: pb::GetIntegrationRequest) -> Result<Self, Fault> {
        Ok((parse("environment", &request.environment)?, parse("key", &request.key)?))
    }
}

impl TryFrom<pb::RetireIntegrationRequest> for (Environment, IntegrationKey) {
    type Error = Fault;

    fn try_from(request: pb::RetireIntegrationRequest) -> Result<Self, Fault> {
        Ok((parse("environment", &request.environment)?, parse("key", &request.key)?))
    }
}

impl TryFrom<pb::ListIntegrationsRequest> for Environment {
    type Error = Fault;

    fn try_from(request: pb::ListIntegrationsRequest) -> Result<Self, Fault> {
        parse("environment", &request.environment)
    }
}

impl From<IntegrationView> for pb::PutIntegrationResponse {
    fn from(view: IntegrationView) -> Self {
        Self { integration: Some(view.into()) }
    }
}

impl TryFrom<pb::PutIntegrationResponse> for IntegrationView {
    type Error = Fault;

    fn try_from(response: pb::PutIntegrationResponse) -> Result<Self, Fault> {
        within("integration", required("integration", response.integration)?)
    }
}

impl From<IntegrationView> for pb::GetIntegrationResponse {
    fn from(view: IntegrationView) -> Self {
        Self { integration: Some(view.into()) }
    }
}

impl TryFrom<pb::GetIntegrationResponse> for IntegrationView {
    type Error = Fault;

    fn try_from(response: pb::GetIntegrationResponse) -> Result<Self, Fault> {
        within("integration", required("integration", response.integration)?)
    }
}

impl From<Vec<IntegrationView>> for pb::ListIntegrationsResponse {
    fn from(views: Vec<IntegrationView>) -> Self {
        Self { integrations: views.into_iter().map(Into::into).collect() }
    }
}

impl TryFrom<pb::ListIntegrationsResponse> for Vec<IntegrationView> {
    type Error = Fault;

    fn try_from(response: pb::ListIntegrationsResponse) -> Result<Self, Fault> {
        within_list("integrations", response.integrations)
    }
}

fn registration(environment: &Environment, key: &IntegrationKey, settings: Settings) -> pb::Integration {
    pb::Integration {
        environment: environment.to_string(),
        key: key.to_string(),
        provider: settings.provider,
        display_name: settings.display_name,
        client_id: settings.client_id,
        scopes: settings.scopes,
        fields: settings.fields,
        create_time: None,
        other_account: settings.other_account.as_str().to_owned(),
    }
}

fn settings(integration: pb::Integration) -> Result<Settings, Fault> {
    Ok(Settings {
        provider: required_text("provider", integration.provider)?,
        display_name: integration.display_name,
        client_id: integration.client_id,
        scopes: integration.scopes,
        fields: integration.fields,
        other_account: other_account(&integration.other_account)?,
    })
}

fn other_account(word: &str) -> Result<OtherAccount, Fault> {
    match word {
        "" => Ok(OtherAccount::default()),
        word => required("other_account", OtherAccount::from_word(word)),
    }
}

fn client_secret_text(secret: Option<&ClientSecret>) -> String {
    secret.map_or_else(String::new, |secret| secret.expose().to_owned())
}
