//! What becomes of a grant that opens several accounts: it is held, sealed for the attempt, until the end user says which of
//! them is meant. What a choice means at the provider is connect's to know; here it is kept, and handed out once more.

use super::authorizations::led_elsewhere;
use super::other_account::opened;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::ledger::{Loaded, Terms};
use latchkey_domain::authorization::{Authorization, Choice, Command};
use latchkey_domain::session::Session;
use latchkey_domain::{AuthorizationId, Digest, Generation};
use latchkey_wire::contract::{ClaimedAuthorization, Obtained, Undecided};
use std::collections::BTreeMap;

/// More than this nobody looks through.
const CHOICES_MAX: usize = 100;

/// Longer than the name of any account, and than any value an API is told. In bytes.
const TEXT_MAX: usize = 2048;

impl Vault {
    /// Keeps what came until the end user has chosen. Safe to repeat.
    ///
    /// # Errors
    /// [`Refusal`](latchkey_domain::authorization::Refusal) where the attempt was not claimed or has ended;
    /// [`Error::Field`] where that is no choice between two things, or one that is too long.
    pub async fn hold_authorization(
        &self,
        id: AuthorizationId,
        obtained: Obtained,
        choices: Vec<Choice>,
    ) -> Result<(), Error> {
        fit(&choices)?;
        let Loaded { state: authorization, key, .. } =
            self.ledger.load::<Authorization>(&id.to_string()).await?;
        let attempt = authorization.claimed()?.clone();
        let session = self.ledger.load::<Session>(&attempt.session.to_string()).await?.state;
        led_elsewhere(&session, &attempt)?;
        let key = self.attempt_key(&attempt, key.as_ref()).await?;
        let (owner, now) = (stream_of::<Authorization>(id), self.ledger.now());
        let credential =
            self.seal_credential(&key, &owner, Generation(0), &attempt.scopes, &obtained, now)?;
        let command = Command::Hold { credential, choices, at: now };
        self.ledger.execute::<Authorization>(&id.to_string(), command, Terms::default()).await?;
        Ok(())
    }

    /// What was kept for a choice, for the browser that has made it. Changes nothing.
    ///
    /// # Errors
    /// [`Refusal`](latchkey_domain::authorization::Refusal) where there is nothing to choose, or for another browser; the
    /// session's, once it is over.
    pub async fn resume_authorization(
        &self,
        id: AuthorizationId,
        browser: Digest,
    ) -> Result<Undecided, Error> {
        let Loaded { state: authorization, key, .. } =
            self.ledger.load::<Authorization>(&id.to_string()).await?;
        let (attempt, credential, sealed) = authorization.undecided(&browser)?;
        let session = self.ledger.load::<Session>(&attempt.session.to_string()).await?.state;
        session.held_by(&browser, self.ledger.now())?;
        let (registered, app) = self.app(&attempt.environment, &attempt.integration).await?;
        let key = self.attempt_key(attempt, key.as_ref()).await?;
        let obtained = opened(&key, &stream_of::<Authorization>(id), credential, sealed, self.ledger.now())?;
        let attempt = ClaimedAuthorization {
            session: attempt.session,
            environment: attempt.environment.clone(),
            integration: attempt.integration.clone(),
            redirect_uri: attempt.redirect_uri.clone(),
            provider: registered.settings.provider,
            app,
            code_verifier: None,
            inputs: BTreeMap::new(),
        };
        Ok(Undecided { attempt, obtained })
    }
}

fn fit(choices: &[Choice]) -> Result<(), Error> {
    let refused = |message: String| Err(Error::Field { field: "choices", message });
    if choices.len() < 2 || choices.len() > CHOICES_MAX {
        return refused(format!("There are 2 to {CHOICES_MAX} things to choose from."));
    }
    let texts = |choice: &Choice| {
        let Choice { label, detail, values } = choice;
        let named = values.iter().flat_map(|(name, value)| [name.len(), value.len()]);
        named.chain([label.len(), detail.as_ref().map_or(0, String::len)]).max().unwrap_or_default()
    };
    if choices.iter().any(|choice| texts(choice) > TEXT_MAX || choice.label.is_empty()) {
        return refused(format!("Each has a name, and no text of it is longer than {TEXT_MAX} bytes."));
    }
    Ok(())
}
