use super::{Peers, status};
use latchkey_domain::ConnectionId;
use latchkey_wire::contract::{ClaimDue, CompleteRefresh, ReportProvider};
use latchkey_wire::convert::parse;
use latchkey_wire::pb::vault as pb;
use std::time::Duration;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::refresh_lease_service_server::RefreshLeaseService for Peers {
    async fn claim_due(
        &self,
        request: Request<pb::ClaimDueRequest>,
    ) -> Result<Response<pb::ClaimDueResponse>, Status> {
        let ask = ClaimDue::try_from(request.into_inner())?;
        let due = self.vault.claim_due(ask).await.map_err(status)?;
        Ok(Response::new(pb::ClaimDueResponse { due: due.into_iter().map(Into::into).collect() }))
    }

    async fn complete_refresh(
        &self,
        request: Request<pb::CompleteRefreshRequest>,
    ) -> Result<Response<pb::CompleteRefreshResponse>, Status> {
        let complete = CompleteRefresh::try_from(request.into_inner())?;
        self.vault.complete_refresh(complete).await.map_err(status)?;
        Ok(Response::new(pb::CompleteRefreshResponse {}))
    }

    async fn renew_refresh(
        &self,
        request: Request<pb::RenewRefreshRequest>,
    ) -> Result<Response<pb::RenewRefreshResponse>, Status> {
        let (connection, fence, hold): (ConnectionId, u64, Duration) = request.into_inner().try_into()?;
        let held = self.vault.renew_refresh(connection, fence, hold).await.map_err(status)?;
        Ok(Response::new(pb::RenewRefreshResponse { held }))
    }

    async fn report_provider(
        &self,
        request: Request<pb::ReportProviderRequest>,
    ) -> Result<Response<pb::ReportProviderResponse>, Status> {
        let report = ReportProvider::try_from(request.into_inner())?;
        self.vault.report_provider(report).await.map_err(status)?;
        Ok(Response::new(pb::ReportProviderResponse {}))
    }

    async fn release_refresh(
        &self,
        request: Request<pb::ReleaseRefreshRequest>,
    ) -> Result<Response<pb::ReleaseRefreshResponse>, Status> {
        let asked = request.into_inner();
        let connection = parse("connection", &asked.connection)?;
        self.vault.release_refresh(connection, asked.fence).await.map_err(status)?;
        Ok(Response::new(pb::ReleaseRefreshResponse {}))
    }
}
