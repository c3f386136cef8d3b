use super::{Peers, status};
use latchkey_domain::auth_log::AuthLog;
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::auth_log_intake_service_server::AuthLogIntakeService for Peers {
    async fn record_auth_logs(
        &self,
        request: Request<pb::RecordAuthLogsRequest>,
    ) -> Result<Response<pb::RecordAuthLogsResponse>, Status> {
        let logs = Vec::<AuthLog>::try_from(request.into_inner())?;
        self.vault.record_auth_logs(logs).await.map_err(status)?;
        Ok(Response::new(pb::RecordAuthLogsResponse {}))
    }
}
