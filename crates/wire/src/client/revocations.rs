//! Grants of deleted connections.

use super::{VaultClient, read};
use crate::Fault;
use crate::contract::{DueRevocation, ReportRevocation};
use crate::pb::vault as pb;

impl VaultClient {
    /// Grants that are to be ended at their providers and are nobody's, now the caller's for a while.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn claim_revocations(&self, max: u32) -> Result<Vec<DueRevocation>, Fault> {
        let mut revocations = self.revocations.clone();
        read(self.within_deadline(revocations.claim_revocations(pb::ClaimRevocationsRequest { max })).await?)
    }

    /// What asking the provider came to. Telling it twice changes nothing.
    ///
    /// # Errors
    /// Where the vault may not have heard: the claim lapses, and the provider is asked once more.
    pub async fn report_revocation(&self, report: ReportRevocation) -> Result<(), Fault> {
        let mut revocations = self.revocations.clone();
        let request = pb::ReportRevocationRequest::from(report);
        self.within_deadline(revocations.report_revocation(request)).await.map(drop)
    }
}
