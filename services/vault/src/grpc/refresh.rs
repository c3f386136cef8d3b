use super::{Door, status};
use latchkey_domain::api_key::Scope;
use latchkey_wire::convert::parse;
use latchkey_wire::pb::refresher as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::refresh_service_server::RefreshService for Door {
    async fn pause_refreshing(
        &self,
        request: Request<pb::PauseRefreshingRequest>,
    ) -> Result<Response<pb::PauseRefreshingResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let integration = parse("integration", &request.into_inner().integration)?;
        self.vault.pause_refreshing(&key.environment, &integration).await.map_err(status)?;
        Ok(Response::new(pb::PauseRefreshingResponse {}))
    }

    async fn resume_refreshing(
        &self,
        request: Request<pb::ResumeRefreshingRequest>,
    ) -> Result<Response<pb::ResumeRefreshingResponse>, Status> {
        let key = self.authenticator.require(request.metadata(), Scope::IntegrationsAdmin).await?;
        let integration = parse("integration", &request.into_inner().integration)?;
        self.vault.resume_refreshing(&key.environment, &integration).await.map_err(status)?;
        Ok(Response::new(pb::ResumeRefreshingResponse {}))
    }
}
