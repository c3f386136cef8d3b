use super::{Peers, status};
use latchkey_wire::contract::ResumeRefresh;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::refresh_journal_service_server::RefreshJournalService for Peers {
    async fn resume_refresh(
        &self,
        request: Request<pb::ResumeRefreshRequest>,
    ) -> Result<Response<pb::ResumeRefreshResponse>, Status> {
        let resume = ResumeRefresh::try_from(request.into_inner())?;
        let due = self.vault.resume_refresh(resume).await.map_err(status)?;
        Ok(Response::new(due.into()))
    }

    async fn get_epoch(
        &self,
        _: Request<pb::GetEpochRequest>,
    ) -> Result<Response<pb::GetEpochResponse>, Status> {
        let epoch = self.vault.epoch().await.map_err(status)?;
        Ok(Response::new(pb::GetEpochResponse { epoch }))
    }
}
