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

    async fn load_signing_keys(&self, environment: &Environment) -> Result<Loaded<SigningKeys>, Error> {
        let loaded = self.ledger.load::<SigningKeys>(environment.as_str()).await?;
        if loaded.state.present().is_some() {
            return Ok(loaded);
        }
        self.make_signing_key(environment).await?;
        Ok(self.ledger.load::<SigningKeys>(environment.as_str()).await?)
    }

    /// Where two make the first key at once, the one that is stored first is everybody's.
    async fn make_signing_key(&self, environment: &Environment) -> Result<(), Error> {
        let owner = stream_of::<SigningKeys>(environment);
        let (key, wrapped) = self.keyring.create(environment, &owner).await?;
        let made = SigningKey::generate();
        let text = made.public_key().map_err(|_| unreadable_signing_key(&owner))?;
        let id = key_id(&text).map_err(|_| unreadable_signing_key(&owner))?;
        let public_key = PublicKey { generation: 1, id, key: text, made_at: self.ledger.now() };
        let secret = key.seal(&made.into_document(), &place(&owner, public_key.generation))?;
        let make = Command::Make { environment: environment.clone(), public_key, secret };
        let terms = Terms { key: KeyChange::Put(wrapped), releases: None };
        self.ledger.execute::<SigningKeys>(environment.as_str(), make, terms).await?;
        Ok(())
    }
}

fn place(owner: &Stream, generation: u64) -> Place<'_> {
    Place { owner, record: RecordType::SigningKey, generation, origins: &[] }
}
