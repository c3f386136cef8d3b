use crate::{Fault, Kind, VaultClient};
use latchkey_secret::SecretText;

/// Has not the form of a key, so the vault refuses it without looking anything up.
const NO_KEY: &str = "ping";

impl VaultClient {
    /// Whether the vault answers at all. Costs it nothing, and tells nothing of its database.
    ///
    /// # Errors
    /// Where it does not.
    pub async fn ping(&self) -> Result<(), Fault> {
        match self.authenticate(&SecretText::new(NO_KEY.to_owned())).await {
            Err(fault) if fault.kind == Kind::Unauthenticated => Ok(()),
            answer => answer.map(drop),
        }
    }
}
