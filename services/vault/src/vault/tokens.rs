use super::{Credential, Query, Vault};
use crate::accounting::{Reading, Way};
use crate::error::Error;
use latchkey_domain::connection::Refusal;
use latchkey_wire::contract::TakeToken;
use latchkey_wire::{Fault, Kind, Reason};

impl Vault {
    /// A credential with an access token, for whoever another service has admitted.
    ///
    /// # Errors
    /// As [`Vault::credential`]; also where the connection is another integration's, or what it has is no token.
    pub async fn take_token(&self, wish: TakeToken) -> Result<Credential, Error> {
        let query = Query {
            environment: wish.environment,
            connection: wish.connection,
            min_remaining: None,
            force_refresh: false,
            newer_than: None,
            deadline: None,
        };
        let credential = self.credential(&query).await?;
        if credential.profile.integration != wish.integration {
            return Err(Refusal::Absent.into());
        }
        if credential.handout.access_token.is_none() {
            return Err(no_token().into());
        }
        let reading = || Reading::of(&credential, wish.reader, Way::Token, self.now());
        self.readings.note(reading).await?;
        Ok(credential)
    }
}

fn no_token() -> Fault {
    Fault::new(
        Kind::Refused,
        Reason::NoToken,
        "The connection has no access token: its API takes something else, which GetAccessToken gives as headers.",
    )
}
