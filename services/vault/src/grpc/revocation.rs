use super::{Peers, status};
use latchkey_wire::contract::ReportRevocation;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::revocation_service_server::RevocationService for Peers {
    async fn claim_revocations(
        &self,
        request: Request<pb::ClaimRevocationsRequest>,
    ) -> Result<Response<pb::ClaimRevocationsResponse>, Status> {
        let due = self.vault.claim_revocations(request.into_inner().max).await.map_err(status)?;
        Ok(Response::new(due.into()))
    }

    async fn report_revocation(
        &self,
        request: Request<pb::ReportRevocationRequest>,
    ) -> Result<Response<pb::ReportRevocationResponse>, Status> {
        let report = ReportRevocation::try_from(request.into_inner())?;
        self.vault.report_revocation(report).await.map_err(status)?;
        Ok(Response::new(pb::ReportRevocationResponse {}))
    }
}
