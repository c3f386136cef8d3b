use super::Vault;
use crate::audit::{Deletion, receipt};
use crate::error::Error;
use latchkey_domain::connection::Connection;
use latchkey_domain::{ConnectionId, Environment};
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::Value;

impl Vault {
    /// What there is to show for a deletion, signed, as it stands now: what became of the grant at the provider is said once it
    /// is known.
    ///
    /// # Errors
    /// [`Refusal::Absent`](latchkey_domain::connection::Refusal::Absent) where the environment has no such connection; a fault
    /// where it was not deleted; the key service's, where the signing key cannot be opened.
    pub async fn deletion_receipt(
        &self,
        environment: &Environment,
        id: ConnectionId,
    ) -> Result<Value, Error> {
        let connection = self.connection_in(environment, id).await?;
        let revocation = self.revocation_of(&connection).await?;
        let Connection::Revoked(deleted) = &connection else { return Err(not_deleted()) };
        let statement = receipt(&Deletion {
            deployment: self.keyring.deployment(),
            deleted,
            revocation: &revocation,
            backups: self.backups.retention(),
            now: self.ledger.now(),
        });
        self.sign_statement(environment, statement).await
    }
}

fn not_deleted() -> Error {
    Error::Fault(Fault::new(
        Kind::Refused,
        Reason::ConnectionNotDeleted,
        "The connection was not deleted, so there is nothing to give a receipt for. Delete it first.",
    ))
}
