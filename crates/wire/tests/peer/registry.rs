//! Its keys and integrations.

use super::*;
use latchkey_secret::ClientSecret;
use latchkey_wire::contract::{CreateEnvironment, EnvironmentView, IntegrationPreview, RotatedKey};
use latchkey_wire::convert::{duration_from_pb, parse};
use latchkey_wire::pb::vault::registry_service_server::RegistryService;

#[tonic::async_trait]
impl RegistryService for Peer {
    async fn authenticate_key(
        &self,
        request: Request<pb::AuthenticateKeyRequest>,
    ) -> Result<Response<pb::AuthenticateKeyResponse>, Status> {
        self.note(&request);
        let key = SecretText::try_from(request.into_inner())?;
        let known = match key.expose() {
            "slow" => {
                tokio::time::sleep(SLOW).await;
                self.seen().answered += 1;
                true
            }
            "lost" => {
                let fault = Fault::new(Kind::Unavailable, Reason::StorageUnavailable, "Try again shortly.");
                return Err(fault.retry_after(Duration::from_secs(1)).into());
            }
            key => key == KEY && !self.seen().revoked,
        };
        if known {
            answer(key_view(environment()))
        } else {
            Err(Fault::new(Kind::Unauthenticated, Reason::ApiKeyInvalid, "The key is not valid.").into())
        }
    }

    async fn issue_key(
        &self,
        request: Request<pb::IssueKeyRequest>,
    ) -> Result<Response<pb::IssueKeyResponse>, Status> {
        let issue = IssueKey::try_from(request.into_inner())?;
        let key = KeyView {
            name: issue.name,
            scopes: issue.scopes,
            expires_at: issue.expires_at,
            ..key_view(issue.environment)
        };
        answer(IssuedKey { key, secret: SecretText::new("canary_issued".into()) })
    }

    async fn list_keys(
        &self,
        request: Request<pb::ListKeysRequest>,
    ) -> Result<Response<pb::ListKeysResponse>, Status> {
        let environment = Environment::try_from(request.into_inner())?;
        answer(vec![key_view(environment)])
    }

    async fn get_key(
        &self,
        request: Request<pb::GetKeyRequest>,
    ) -> Result<Response<pb::GetKeyResponse>, Status> {
        let asked = request.into_inner();
        answer(KeyView { id: parse("id", &asked.id)?, ..key_view(parse("environment", &asked.environment)?) })
    }

    async fn rotate_key(
        &self,
        request: Request<pb::RotateKeyRequest>,
    ) -> Result<Response<pb::RotateKeyResponse>, Status> {
        let asked = request.into_inner();
        let previous = key_view(parse("environment", &asked.environment)?);
        let keep = duration_from_pb("keep_previous", asked.keep_previous)?;
        self.told(format!("rotated {} {keep:?}", asked.id));
        let id = ApiKeyId::from_parts(2, 2);
        let key = KeyView { id, ..previous.clone() };
        let successor = IssuedKey { key, secret: SecretText::new("canary_successor".into()) };
        answer(RotatedKey { successor, previous: KeyView { successor: Some(id), ..previous } })
    }

    async fn revoke_key(
        &self,
        request: Request<pb::RevokeKeyRequest>,
    ) -> Result<Response<pb::RevokeKeyResponse>, Status> {
        let (environment, key): (Environment, ApiKeyId) = request.into_inner().try_into()?;
        self.told(format!("revoked {environment} {key}"));
        answer(pb::RevokeKeyResponse {})
    }

    async fn create_environment(
        &self,
        request: Request<pb::CreateEnvironmentRequest>,
    ) -> Result<Response<pb::CreateEnvironmentResponse>, Status> {
        let CreateEnvironment { first_key, cloned_from } = CreateEnvironment::try_from(request.into_inner())?;
        self.told(format!("began {} of {cloned_from:?}", first_key.environment));
        let key = KeyView { name: first_key.name, ..key_view(first_key.environment) };
        answer(IssuedKey { key, secret: SecretText::new("canary_first".into()) })
    }

    async fn get_environment(
        &self,
        request: Request<pb::GetEnvironmentRequest>,
    ) -> Result<Response<pb::GetEnvironmentResponse>, Status> {
        let name = parse("name", &request.into_inner().name)?;
        answer(EnvironmentView { name, keys: 1, integrations: 2, connections: 3 })
    }

    async fn delete_environment(
        &self,
        request: Request<pb::DeleteEnvironmentRequest>,
    ) -> Result<Response<pb::DeleteEnvironmentResponse>, Status> {
        self.told(format!("ended {}", request.into_inner().name));
        answer(pb::DeleteEnvironmentResponse {})
    }

    async fn list_environments(
        &self,
        _: Request<pb::ListEnvironmentsRequest>,
    ) -> Result<Response<pb::ListEnvironmentsResponse>, Status> {
        let dev = pb::EnvironmentKeys { name: "dev".into(), keys: 3 };
        answer(pb::ListEnvironmentsResponse { environments: vec![dev] })
    }

    async fn put_integration(
        &self,
        request: Request<pb::PutIntegrationRequest>,
    ) -> Result<Response<pb::PutIntegrationResponse>, Status> {
        let put = PutIntegration::try_from(request.into_inner())?;
        answer(IntegrationView { settings: put.settings, ..integration_view(put.environment, put.key) })
    }

    async fn get_integration(
        &self,
        request: Request<pb::GetIntegrationRequest>,
    ) -> Result<Response<pb::GetIntegrationResponse>, Status> {
        let (environment, key) = request.into_inner().try_into()?;
        answer(integration_view(environment, key))
    }

    async fn list_integrations(
        &self,
        request: Request<pb::ListIntegrationsRequest>,
    ) -> Result<Response<pb::ListIntegrationsResponse>, Status> {
        let environment = Environment::try_from(request.into_inner())?;
        answer(vec![integration_view(environment, integration_key())])
    }

    async fn preview_integration(
        &self,
        request: Request<pb::PreviewIntegrationRequest>,
    ) -> Result<Response<pb::PreviewIntegrationResponse>, Status> {
        let put = PutIntegration::try_from(request.into_inner())?;
        let present = Some(integration_view(put.environment, put.key));
        answer(IntegrationPreview { present, connections: 4 })
    }

    async fn rotate_client_secret(
        &self,
        request: Request<pb::RotateClientSecretRequest>,
    ) -> Result<Response<pb::RotateClientSecretResponse>, Status> {
        let (environment, key, secret): (Environment, IntegrationKey, ClientSecret) =
            request.into_inner().try_into()?;
        self.told(format!("secret of {key} {}", secret.expose()));
        answer(integration_view(environment, key))
    }

    async fn get_registered_client(
        &self,
        request: Request<pb::GetRegisteredClientRequest>,
    ) -> Result<Response<pb::GetRegisteredClientResponse>, Status> {
        let (environment, integration): (Environment, IntegrationKey) = request.into_inner().try_into()?;
        self.told(format!("client of {environment} {integration}"));
        answer(pb::GetRegisteredClientResponse { client: None })
    }

    async fn keep_registered_client(
        &self,
        request: Request<pb::KeepRegisteredClientRequest>,
    ) -> Result<Response<pb::KeepRegisteredClientResponse>, Status> {
        let (environment, integration, kept, replaces): (_, _, KeptClient, Option<String>) =
            request.into_inner().try_into()?;
        let (environment, integration): (Environment, IntegrationKey) = (environment, integration);
        self.told(format!("kept of {environment} {integration} for {replaces:?}"));
        answer(pb::KeepRegisteredClientResponse { client: Some(kept.into()) })
    }

    async fn forget_registered_client(
        &self,
        request: Request<pb::ForgetRegisteredClientRequest>,
    ) -> Result<Response<pb::ForgetRegisteredClientResponse>, Status> {
        self.told(format!("forgot {}", request.into_inner().client_id));
        answer(pb::ForgetRegisteredClientResponse {})
    }

    async fn retire_integration(
        &self,
        request: Request<pb::RetireIntegrationRequest>,
    ) -> Result<Response<pb::RetireIntegrationResponse>, Status> {
        let (environment, key): (Environment, IntegrationKey) = request.into_inner().try_into()?;
        self.told(format!("retired {environment} {key}"));
        answer(pb::RetireIntegrationResponse {})
    }
}
