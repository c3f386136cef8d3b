use super::{Peers, status};
use latchkey_wire::contract::{CreateEnvironment, IssueKey, KeptClient, PutIntegration};
use latchkey_wire::convert::{duration_from_pb, parse};
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::registry_service_server::RegistryService for Peers {
    async fn authenticate_key(
        &self,
        request: Request<pb::AuthenticateKeyRequest>,
    ) -> Result<Response<pb::AuthenticateKeyResponse>, Status> {
        let key = self.vault.authenticate(&request.into_inner().key.clone().into()).await.map_err(status)?;
        Ok(Response::new(pb::AuthenticateKeyResponse { key: Some(key.into()) }))
    }

    async fn issue_key(
        &self,
        request: Request<pb::IssueKeyRequest>,
    ) -> Result<Response<pb::IssueKeyResponse>, Status> {
        let issue = IssueKey::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.issue_key(issue).await.map_err(status)?.into()))
    }

    async fn list_keys(
        &self,
        request: Request<pb::ListKeysRequest>,
    ) -> Result<Response<pb::ListKeysResponse>, Status> {
        let environment = parse("environment", &request.into_inner().environment)?;
        let keys = self.vault.keys(&environment).await.map_err(status)?;
        Ok(Response::new(pb::ListKeysResponse { keys: keys.into_iter().map(Into::into).collect() }))
    }

    async fn get_key(
        &self,
        request: Request<pb::GetKeyRequest>,
    ) -> Result<Response<pb::GetKeyResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let key = self.vault.key(&environment, parse("id", &asked.id)?).await.map_err(status)?;
        Ok(Response::new(key.into()))
    }

    async fn rotate_key(
        &self,
        request: Request<pb::RotateKeyRequest>,
    ) -> Result<Response<pb::RotateKeyResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let keep = duration_from_pb("keep_previous", asked.keep_previous)?;
        let rotated = self.vault.rotate_key(&environment, parse("id", &asked.id)?, keep).await;
        Ok(Response::new(rotated.map_err(status)?.into()))
    }

    async fn revoke_key(
        &self,
        request: Request<pb::RevokeKeyRequest>,
    ) -> Result<Response<pb::RevokeKeyResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        self.vault.revoke_key(&environment, parse("id", &asked.id)?).await.map_err(status)?;
        Ok(Response::new(pb::RevokeKeyResponse {}))
    }

    async fn create_environment(
        &self,
        request: Request<pb::CreateEnvironmentRequest>,
    ) -> Result<Response<pb::CreateEnvironmentResponse>, Status> {
        let create = CreateEnvironment::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.create_environment(create).await.map_err(status)?.into()))
    }

    async fn get_environment(
        &self,
        request: Request<pb::GetEnvironmentRequest>,
    ) -> Result<Response<pb::GetEnvironmentResponse>, Status> {
        let name = parse("name", &request.into_inner().name)?;
        Ok(Response::new(self.vault.environment(&name).await.map_err(status)?.into()))
    }

    async fn delete_environment(
        &self,
        request: Request<pb::DeleteEnvironmentRequest>,
    ) -> Result<Response<pb::DeleteEnvironmentResponse>, Status> {
        let name = parse("name", &request.into_inner().name)?;
        self.vault.delete_environment(&name).await.map_err(status)?;
        Ok(Response::new(pb::DeleteEnvironmentResponse {}))
    }

    async fn list_environments(
        &self,
        _: Request<pb::ListEnvironmentsRequest>,
    ) -> Result<Response<pb::ListEnvironmentsResponse>, Status> {
        let environments = self.vault.environments().await.map_err(status)?;
        let counted = environments.into_iter().map(|(name, keys)| pb::EnvironmentKeys { name, keys });
        Ok(Response::new(pb::ListEnvironmentsResponse { environments: counted.collect() }))
    }

    async fn put_integration(
        &self,
        request: Request<pb::PutIntegrationRequest>,
    ) -> Result<Response<pb::PutIntegrationResponse>, Status> {
        let put = PutIntegration::try_from(request.into_inner())?;
        let integration = self.vault.put_integration(put).await.map_err(status)?;
        Ok(Response::new(pb::PutIntegrationResponse { integration: Some(integration.into()) }))
    }

    async fn get_integration(
        &self,
        request: Request<pb::GetIntegrationRequest>,
    ) -> Result<Response<pb::GetIntegrationResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let integration =
            self.vault.integration(&environment, &parse("key", &asked.key)?).await.map_err(status)?;
        Ok(Response::new(pb::GetIntegrationResponse { integration: Some(integration.into()) }))
    }

    async fn list_integrations(
        &self,
        request: Request<pb::ListIntegrationsRequest>,
    ) -> Result<Response<pb::ListIntegrationsResponse>, Status> {
        let environment = parse("environment", &request.into_inner().environment)?;
        let integrations = self.vault.integrations(&environment).await.map_err(status)?;
        let integrations = integrations.into_iter().map(Into::into).collect();
        Ok(Response::new(pb::ListIntegrationsResponse { integrations }))
    }

    async fn preview_integration(
        &self,
        request: Request<pb::PreviewIntegrationRequest>,
    ) -> Result<Response<pb::PreviewIntegrationResponse>, Status> {
        let put = PutIntegration::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.preview_integration(put).await.map_err(status)?.into()))
    }

    async fn rotate_client_secret(
        &self,
        request: Request<pb::RotateClientSecretRequest>,
    ) -> Result<Response<pb::RotateClientSecretResponse>, Status> {
        let (environment, key, client_secret) = request.into_inner().try_into()?;
        let rotated = self.vault.rotate_client_secret(&environment, &key, client_secret).await;
        Ok(Response::new(rotated.map_err(status)?.into()))
    }

    async fn retire_integration(
        &self,
        request: Request<pb::RetireIntegrationRequest>,
    ) -> Result<Response<pb::RetireIntegrationResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        self.vault.retire_integration(&environment, &parse("key", &asked.key)?).await.map_err(status)?;
        Ok(Response::new(pb::RetireIntegrationResponse {}))
    }

    async fn get_registered_client(
        &self,
        request: Request<pb::GetRegisteredClientRequest>,
    ) -> Result<Response<pb::GetRegisteredClientResponse>, Status> {
        let (environment, integration) = request.into_inner().try_into()?;
        let client = self.vault.registered_client(&environment, &integration).await.map_err(status)?;
        Ok(Response::new(pb::GetRegisteredClientResponse { client: client.map(Into::into) }))
    }

    async fn keep_registered_client(
        &self,
        request: Request<pb::KeepRegisteredClientRequest>,
    ) -> Result<Response<pb::KeepRegisteredClientResponse>, Status> {
        let (environment, integration, client, replaces): (_, _, KeptClient, _) =
            request.into_inner().try_into()?;
        let kept = self.vault.keep_registered_client(&environment, &integration, client, replaces).await;
        Ok(Response::new(pb::KeepRegisteredClientResponse { client: Some(kept.map_err(status)?.into()) }))
    }

    async fn forget_registered_client(
        &self,
        request: Request<pb::ForgetRegisteredClientRequest>,
    ) -> Result<Response<pb::ForgetRegisteredClientResponse>, Status> {
        let asked = request.into_inner();
        let (environment, integration) =
            (parse("environment", &asked.environment)?, parse("integration", &asked.integration)?);
        let forgotten =
            self.vault.forget_registered_client(&environment, &integration, asked.client_id).await;
        forgotten.map_err(status)?;
        Ok(Response::new(pb::ForgetRegisteredClientResponse {}))
    }
}
