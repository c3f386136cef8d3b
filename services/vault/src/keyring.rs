//! Which key for whom: environment keys wrapped by the key service, data keys wrapped by environment keys.
//!
//! Invariant: a warm read calls no key service. Environment keys are cached by the envelope; data keys come wrapped with
//! the stream that owns them and are unwrapped locally.

use crate::error::Error;
use latchkey_domain::Environment;
use latchkey_envelope::{
    Clear, Context, DataKey, EnvelopeError, EnvironmentKey, EnvironmentKeys, RecordType, origins_digest,
};
use latchkey_secret::Sealed;
use latchkey_store::{Store, Stream, WrappedKey};
use std::sync::Arc;

/// The number of the sealed documents' shape, bound into every seal.
const DOCUMENT_SCHEMA: u16 = 1;

pub struct Keyring {
    store: Arc<dyn Store>,
    environments: EnvironmentKeys,
    deployment: String,
}

/// What a record is sealed for. It is rebuilt from the row that asks, so a record that was moved does not open.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    pub owner: &'a Stream,
    pub record: RecordType,
    pub generation: u64,
    pub origins: &'a [String],
}

/// A data key at hand, with the name of what it is bound to.
pub struct Key {
    data: DataKey,
    environment: Environment,
    deployment: String,
}

impl Keyring {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, environments: EnvironmentKeys, deployment: String) -> Self {
        Self { store, environments, deployment }
    }

    /// A new data key for a stream, and its wrapped form to store with the stream's first append.
    ///
    /// # Errors
    /// [`Error::KeyService`] where the environment's key is not at hand and cannot be had.
    pub async fn create(
        &self,
        environment: &Environment,
        owner: &Stream,
    ) -> Result<(Key, WrappedKey), Error> {
        let above = self.environment_key(environment).await?;
        let data = DataKey::generate();
        let wrapped = above
            .wrap(&data, &self.deployment, environment.as_str(), &owner.to_string())
            .map_err(|error| unreadable("key", owner, Some(error)))?;
        let wrapped = WrappedKey { id: data.id(), wrapped };
        Ok((self.key(environment, data), wrapped))
    }

    /// A stream's data key, from the wrapped form that was loaded with it.
    ///
    /// # Errors
    /// [`Error::Unreadable`] where there is none, or it is not this stream's.
    pub async fn open(
        &self,
        environment: &Environment,
        owner: &Stream,
        wrapped: Option<&WrappedKey>,
    ) -> Result<Key, Error> {
        let wrapped = wrapped.ok_or_else(|| unreadable("key", owner, None))?;
        let above = self.environment_key(environment).await?;
        let data = above
            .unwrap(&wrapped.wrapped, &self.deployment, environment.as_str(), &owner.to_string())
            .map_err(|error| unreadable("key", owner, Some(error)))?;
        Ok(self.key(environment, data))
    }

    /// Makes sure the environment's key is at hand, so that what follows cannot fail for want of it.
    ///
    /// # Errors
    /// [`Error::KeyService`] where it cannot be had.
    pub async fn pin(&self, environment: &Environment) -> Result<(), Error> {
        self.environment_key(environment).await.map(drop)
    }

    async fn environment_key(&self, environment: &Environment) -> Result<Arc<EnvironmentKey>, Error> {
        self.environments
            .get(&self.deployment, environment.as_str(), || self.wrapped_environment_key(environment))
            .await
    }

    /// The environment's wrapped key as it is stored; a new one where there is none. Of two that are made at once, the
    /// one that was stored first is everybody's.
    async fn wrapped_environment_key(&self, environment: &Environment) -> Result<Vec<u8>, Error> {
        let owner = format!("environment/{environment}");
        if let Some(stored) = self.store.key(&owner).await? {
            return Ok(stored.wrapped);
        }
        let fresh = self.environments.create(&self.deployment, environment.as_str()).await?;
        let key = WrappedKey { id: fresh.id, wrapped: fresh.wrapped };
        Ok(self.store.put_key_if_absent(&owner, &key).await?.wrapped)
    }

    fn key(&self, environment: &Environment, data: DataKey) -> Key {
        Key { data, environment: environment.clone(), deployment: self.deployment.clone() }
    }
}

impl Key {
    /// # Errors
    /// Never in practice: sealing needs no more than randomness.
    pub fn seal<T: Clear>(&self, clear: &T, place: &Place<'_>) -> Result<Sealed<T>, Error> {
        self.data
            .seal(clear, &self.context(place), place.generation)
            .map_err(|error| unreadable("credential", place.owner, Some(error)))
    }

    /// # Errors
    /// [`Error::Unreadable`] where the record is not what was sealed for this place.
    pub fn open<T: Clear>(&self, sealed: &Sealed<T>, place: &Place<'_>) -> Result<T, Error> {
        self.data
            .open(sealed, &self.context(place), place.generation)
            .map_err(|error| unreadable("credential", place.owner, Some(error)))
    }

    fn context(&self, place: &Place<'_>) -> Context {
        Context {
            deployment: self.deployment.clone(),
            environment: self.environment.to_string(),
            owner: place.owner.to_string(),
            record: place.record,
            schema: DOCUMENT_SCHEMA,
            origins_digest: origins_digest(place.origins),
        }
    }
}

fn unreadable(what: &'static str, owner: &Stream, source: Option<EnvelopeError>) -> Error {
    Error::Unreadable { what, owner: owner.to_string(), source }
}
