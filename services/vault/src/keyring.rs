//! Which key for whom: environment keys wrapped by the key service, data keys wrapped by environment keys.
//!
//! Invariant: a warm read calls no key service. Environment keys are cached by the envelope; data keys come wrapped with
//! the stream that owns them and are unwrapped locally, with the version of their environment's key that they name. What
//! is new is wrapped with the version that is stored as the present one at that moment.

mod rotation;

pub use rotation::{EnvironmentKeyState, OlderKey, Rewrapped};

use crate::error::Error;
use latchkey_chassis::Clock;
use latchkey_domain::Environment;
use latchkey_envelope::{
    Clear, Context, DataKey, EnvelopeError, EnvironmentKey, EnvironmentKeys, KeyName, RecordType, Wraps,
    origins_digest,
};
use latchkey_secret::Sealed;
use latchkey_store::{Store, Stream, WrappedKey};
use std::sync::Arc;
use uuid::Uuid;

/// The number of the sealed documents' shape, bound into every seal.
const DOCUMENT_SCHEMA: u16 = 1;

pub struct Keyring {
    store: Arc<dyn Store>,
    environments: EnvironmentKeys,
    deployment: String,
    clock: Arc<dyn Clock>,
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
    pub fn new(
        store: Arc<dyn Store>,
        environments: EnvironmentKeys,
        deployment: String,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { store, environments, deployment, clock }
    }

    /// The name of this installation, bound into every seal.
    #[must_use]
    pub fn deployment(&self) -> &str {
        &self.deployment
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
        let above = self.present_key(environment).await?;
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
        let named = EnvironmentKey::named_by(&wrapped.wrapped)
            .map_err(|error| unreadable("key", owner, Some(error)))?;
        let above = self.environment_key(environment, named).await?;
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
        self.present_key(environment).await.map(drop)
    }

    /// What new data keys are wrapped with. Looked up each time: another process may have made the next version.
    async fn present_key(&self, environment: &Environment) -> Result<Arc<EnvironmentKey>, Error> {
        let owner = present(environment);
        let stored = match self.store.key(&owner).await? {
            Some(stored) => stored,
            None => self.first_key(environment, &owner).await?,
        };
        let named = Wraps::of(&stored.wrapped).map_err(|error| damaged(&owner, error))?.key;
        let load = || async { Ok(stored.wrapped) };
        self.environments.get(&self.deployment, environment.as_str(), named, load).await
    }

    async fn environment_key(
        &self,
        environment: &Environment,
        named: KeyName,
    ) -> Result<Arc<EnvironmentKey>, Error> {
        let load = || self.stored_key(environment, named);
        self.environments.get(&self.deployment, environment.as_str(), named, load).await
    }

    /// One version of an environment's key as it is stored: as the present one, or as one that was.
    async fn stored_key(&self, environment: &Environment, named: KeyName) -> Result<Vec<u8>, Error> {
        for owner in [present(environment), older(environment, named.version)] {
            let Some(stored) = self.store.key(&owner).await? else { continue };
            if Wraps::of(&stored.wrapped).map_err(|error| damaged(&owner, error))?.key == named {
                return Ok(stored.wrapped);
            }
        }
        Err(Error::Unreadable { what: "key", owner: older(environment, named.version), source: None })
    }

    /// An environment's first key. Of two that are made at once, the one that was stored first is everybody's.
    async fn first_key(&self, environment: &Environment, owner: &str) -> Result<WrappedKey, Error> {
        let made_at = self.clock.now().unsigned_abs();
        let fresh = self.environments.create(&self.deployment, environment.as_str(), made_at, None).await?;
        let key = WrappedKey { id: fresh.id, wrapped: fresh.wrapped };
        Ok(self.store.put_key_if_absent(owner, &key).await?)
    }

    fn key(&self, environment: &Environment, data: DataKey) -> Key {
        Key { data, environment: environment.clone(), deployment: self.deployment.clone() }
    }
}

impl Key {
    /// Which data key it is.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.data.id()
    }

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

/// Whose the environment's present key is, among keys.
fn present(environment: &Environment) -> String {
    format!("environment/{environment}")
}

/// Whose a key is that was the environment's before.
fn older(environment: &Environment, version: u32) -> String {
    format!("environment/{environment}@{version}")
}

fn damaged(owner: &str, error: EnvelopeError) -> Error {
    Error::Unreadable { what: "key", owner: owner.to_owned(), source: Some(error) }
}
