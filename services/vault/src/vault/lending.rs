use super::{Query, Vault};
use crate::accounting::{Reading, Way};
use crate::error::Error;
use latchkey_domain::connection::Refusal;
use latchkey_wire::contract::{LendCredential, LentCredential, Named};

impl Vault {
    /// A credential for one request of the proxy's, with the places it may be sent to.
    ///
    /// # Errors
    /// As [`Vault::credential`]; [`Refusal::Absent`] where the integration is none of those the reader may use.
    pub async fn lend(&self, wish: LendCredential) -> Result<LentCredential, Error> {
        let connection = match &wish.connection {
            Named::Id(id) => *id,
            Named::External { integration, external_id } => {
                self.connection_named(&wish.environment, integration, external_id).await?
            }
        };
        if !wish.integrations.is_empty() {
            // Before anything else is told of it: whoever may not use it does not learn how it is.
            let known = self.connection_in(&wish.environment, connection).await?;
            let profile = known.profile().ok_or(Refusal::Absent)?;
            if !wish.integrations.contains(&profile.integration) {
                return Err(Refusal::Absent.into());
            }
        }
        let query = Query {
            environment: wish.environment,
            connection,
            min_remaining: None,
            force_refresh: false,
            newer_than: wish.newer_than,
            deadline: None,
        };
        let credential = self.credential(&query).await?;
        let reading = || Reading::of(&credential, wish.reader, Way::Proxy, self.now());
        self.readings.note(reading).await?;
        Ok(LentCredential {
            integration: credential.profile.integration,
            provider: credential.profile.provider,
            generation: credential.facts.generation,
            source: credential.source,
            base_url: credential.handout.base_url,
            origins: credential.facts.origins,
            headers: credential.handout.headers,
            query: credential.handout.query,
            signer: credential.handout.signer,
            in_body: !credential.handout.body.is_empty(),
        })
    }
}
