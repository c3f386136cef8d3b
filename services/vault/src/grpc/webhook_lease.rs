use super::{Peers, status};
use latchkey_wire::contract::{ClaimWebhooks, CompleteWebhook};
use latchkey_wire::pb::vault as pb;
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl pb::webhook_lease_service_server::WebhookLeaseService for Peers {
    async fn claim_webhooks(
        &self,
        request: Request<pb::ClaimWebhooksRequest>,
    ) -> Result<Response<pb::ClaimWebhooksResponse>, Status> {
        let ask = ClaimWebhooks::try_from(request.into_inner())?;
        let due = self.vault.claim_webhooks(ask).await.map_err(status)?;
        Ok(Response::new(pb::ClaimWebhooksResponse { due: due.into_iter().map(Into::into).collect() }))
    }

    async fn complete_webhook(
        &self,
        request: Request<pb::CompleteWebhookRequest>,
    ) -> Result<Response<pb::CompleteWebhookResponse>, Status> {
        let complete = CompleteWebhook::try_from(request.into_inner())?;
        self.vault.complete_webhook(complete).await.map_err(status)?;
        Ok(Response::new(pb::CompleteWebhookResponse {}))
    }
}
