//! What was tried with providers.

use super::VaultClient;
use crate::Fault;
use crate::pb::vault as pb;
use latchkey_domain::auth_log::AuthLog;

impl VaultClient {
    /// Has logs kept, or added to. Telling the same again changes nothing.
    ///
    /// # Errors
    /// Where the vault may not have heard.
    pub async fn record_auth_logs(&self, logs: Vec<AuthLog>) -> Result<(), Fault> {
        let mut intake = self.auth_logs.clone();
        let request = pb::RecordAuthLogsRequest { logs: logs.into_iter().map(Into::into).collect() };
        self.within_deadline(intake.record_auth_logs(request)).await.map(drop)
    }
}
