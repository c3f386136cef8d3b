//! The key an environment's receipts are signed with. Made when it is needed first, sealed, and opened for each signature.

use super::{Vault, stream_of};
use crate::audit::{SigningKey, unreadable_signing_key};
use crate::error::Error;
use crate::keyring::Place;
use crate::ledger::{Loaded, Terms};
use latchkey_domain::Environment;
use latchkey_domain::signing_key::{Command, PublicKey, SigningKeys};
use latchkey_envelope::RecordType;
use latchkey_signing::statement::key_id;
use latchkey_store::{KeyChange, Stream};
use serde_json::{Map, Value};

impl Vault {
    /// The public keys an environment's statements can be checked with, the oldest first; the last one signs. There is one at
    /// least.
    ///
    /// # Errors
    /// The store's; the key service's, where the first key is to be made.
    pub async fn public_keys(&self, environment: &Environment) -> Result<Vec<PublicKey>, Error> {
        Ok(self.load_signing_keys(environment).await?.state.public_keys().to_vec())
    }

    /// Has the environment's key sign a statement.
    ///
    /// # Errors
    /// The store's; the key service's, where the key cannot be opened.
    pub async fn sign_statement(
        &self,
        environment: &Environment,
        statement: Map<String, Value>,
    ) -> Result<Value, Error> {
        let owner = stream_of::<SigningKeys>(environment);
        let Loaded { state, key, .. } = self.load_signing_keys(environment).await?;
        let (public_key, sealed) = state.present().ok_or_else(|| unreadable_signing_key(&owner))?;
        let key = self.keyring.open(environment, &owner, key.as_ref()).await?;
        let document = key.open(sealed, &place(&owner, public_key.generation))?;
        let key = SigningKey::from_document(&document, &owner)?;
        key.sign(statement).map_err(|_| unreadable_signing_key(&owner))
    }

    /// The same, but none is made where there is none: for whoever only looks.
    ///
    /// # Errors
    /// The store's.
    pub async fn known_public_keys(&self, environment: &Environment) -> Result<Vec<PublicKey>, Error> {
        let loaded = self.ledger.load::<SigningKeys>(environment.as_str()).await?;
        Ok(loaded.state.public_keys().to_vec())
    }

    /// Has another key sign from now on. The one before is destroyed; its public half stays known, and what it signed is
    /// believed. Gives the key that signs: of two asked for at once, one is made.
    ///
    /// # Errors
    /// The store's and the key service's; then the key before goes on signing.
    pub async fn replace_signing_key(&self, environment: &Environment) -> Result<PublicKey, Error> {
        let owner = stream_of::<SigningKeys>(environment);
        let loaded = self.load_signing_keys(environment).await?;
        let (former, _) = loaded.state.present().ok_or_else(|| unreadable_signing_key(&owner))?;
        let state = self.make_signing_key(environment, former.generation + 1).await?;
        let (present, _) = state.present().ok_or_else(|| unreadable_signing_key(&owner))?;
        Ok(present.clone())
    }

    async fn load_signing_keys(&self, environment: &Environment) -> Result<Loaded<SigningKeys>, Error> {
        let loaded = self.ledger.load::<SigningKeys>(environment.as_str()).await?;
        if loaded.state.present().is_some() {
            return Ok(loaded);
        }
        self.make_signing_key(environment, 1).await?;
        Ok(self.ledger.load::<SigningKeys>(environment.as_str()).await?)
    }

    /// Where two make a key at once, the one that is stored first is everybody's. It comes with a data key of its own, so that
    /// nothing is left that could open the one before.
    async fn make_signing_key(
        &self,
        environment: &Environment,
        generation: u64,
    ) -> Result<SigningKeys, Error> {
        let owner = stream_of::<SigningKeys>(environment);
        let (key, wrapped) = self.keyring.create(environment, &owner).await?;
        let made = SigningKey::generate();
        let text = made.public_key().map_err(|_| unreadable_signing_key(&owner))?;
        let id = key_id(&text).map_err(|_| unreadable_signing_key(&owner))?;
        let public_key = PublicKey { generation, id, key: text, made_at: self.ledger.now() };
        let secret = key.seal(&made.into_document(), &place(&owner, public_key.generation))?;
        let make = Command::Make { environment: environment.clone(), public_key, secret };
        let terms = Terms { key: KeyChange::Put(wrapped), ..Terms::default() };
        let settled = self.ledger.execute::<SigningKeys>(environment.as_str(), make, terms).await?;
        Ok(settled.state)
    }
}

fn place(owner: &Stream, generation: u64) -> Place<'_> {
    Place { owner, record: RecordType::SigningKey, generation, origins: &[] }
}
