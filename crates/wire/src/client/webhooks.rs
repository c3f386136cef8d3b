use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{ClaimWebhooks, CompleteWebhook, DueWebhook},
    pb::vault as pb,
};

/// What customers are to be told.
impl VaultClient {
    /// Requests to webhook endpoints that are due and nobody's, now the caller's for a while.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn claim_webhooks(&self, ask: ClaimWebhooks) -> Result<Vec<DueWebhook>, Fault> {
        let mut webhooks = self.webhooks.clone();
        read(self.within_deadline(webhooks.claim_webhooks(pb::ClaimWebhooksRequest::from(ask))).await?)
    }

    /// What became of one. Telling it again changes nothing.
    ///
    /// # Errors
    /// Where the vault may not have heard: it is worth telling again.
    pub async fn complete_webhook(&self, complete: CompleteWebhook) -> Result<(), Fault> {
        let mut webhooks = self.webhooks.clone();
        let request = pb::CompleteWebhookRequest::from(complete);
        self.within_deadline(webhooks.complete_webhook(request)).await.map(drop)
    }
}
