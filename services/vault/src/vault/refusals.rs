use super::Vault;
use crate::error::Error;
use latchkey_bus::Hint;
use latchkey_domain::{ConnectionId, Generation};

impl Vault {
    /// Tells the other vaults of a refusal. Only once it is recorded, so that whoever finds it a part of a wave can take it
    /// back.
    pub(super) fn tell_of_refusal(&self, connection: ConnectionId, generation: Generation) {
        self.bus.hint(Hint::GrantRefused { connection: connection.to_string(), generation: generation.0 });
    }

    /// Counts a refusal that another vault was told of: a wave is one wave, however many vaults it breaks upon. Heard twice, it
    /// counts once.
    ///
    /// # Errors
    /// The store's. A refusal that was not counted is counted by the others.
    pub(crate) async fn heed_refusal(&self, hint: &Hint) -> Result<(), Error> {
        let Hint::GrantRefused { connection, generation } = hint else { return Ok(()) };
        let Ok(connection) = connection.parse() else { return Ok(()) };
        let generation = Generation(*generation);
        let ruling = self.ruling_on(connection, generation).await?;
        if ruling.incident.is_some() {
            // The one who was told may have believed it, not knowing of the others.
            self.reconsider(vec![(connection, generation)], ruling, self.ledger.now()).await?;
        }
        Ok(())
    }
}
