use super::connection::render;
use super::credential::deadline;
use super::{Peers, status};
use latchkey_domain::Generation;
use latchkey_wire::contract::{BringCredential, PrepareConnection};
use latchkey_wire::convert::parse;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::setup_service_server::SetupService for Peers {
    async fn prepare_connection(
        &self,
        request: Request<pb::PrepareConnectionRequest>,
    ) -> Result<Response<pb::PrepareConnectionResponse>, Status> {
        let wish = PrepareConnection::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.prepare_connection(wish).await.map_err(status)?.into()))
    }

    async fn bring_credential(
        &self,
        request: Request<pb::BringCredentialRequest>,
    ) -> Result<Response<pb::BringCredentialResponse>, Status> {
        let bring = BringCredential::try_from(request.into_inner())?;
        Ok(Response::new(self.vault.bring_credential(bring).await.map_err(status)?.into()))
    }

    async fn open_credential(
        &self,
        request: Request<pb::OpenCredentialRequest>,
    ) -> Result<Response<pb::OpenCredentialResponse>, Status> {
        let deadline = deadline(request.metadata());
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let connection = parse("connection", &asked.connection)?;
        let opened = self.vault.open_credential(&environment, connection, deadline).await;
        Ok(Response::new(opened.map_err(status)?.into()))
    }

    async fn report_rejection(
        &self,
        request: Request<pb::ReportRejectionRequest>,
    ) -> Result<Response<pb::ReportRejectionResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let connection = parse("connection", &asked.connection)?;
        let generation = Generation(asked.generation);
        self.vault.report_rejection(&environment, connection, generation).await.map_err(status)?;
        Ok(Response::new(pb::ReportRejectionResponse {}))
    }

    async fn show_connection(
        &self,
        request: Request<pb::ShowConnectionRequest>,
    ) -> Result<Response<pb::ShowConnectionResponse>, Status> {
        let asked = request.into_inner();
        let environment = parse("environment", &asked.environment)?;
        let connection = parse("connection", &asked.connection)?;
        let shown = self.vault.connection_in(&environment, connection).await.map_err(status)?;
        Ok(Response::new(pb::ShowConnectionResponse { connection: render(&shown) }))
    }
}
