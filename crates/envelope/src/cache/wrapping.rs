//! Wrapping environment keys: new ones, their successors, and those that are to be wrapped by other key services.

use super::calls::Calls;
use super::{EnvironmentKeys, Inner, Place};
use crate::descriptor::{Descriptor, Wrap};
use crate::error::HeaderFault;
use crate::header::{self, Kind};
use crate::{EnvelopeError, EnvironmentKey, KeyName, KeyServiceError};
use futures::future::join_all;
use tracing::warn;
use uuid::Uuid;

/// A new environment key's id and its wrapped form, to be stored.
#[derive(Debug)]
pub struct FreshKey {
    pub id: Uuid,
    pub wrapped: Vec<u8>,
}

/// What every stored environment key begins with.
#[must_use]
pub fn stored_keys_head() -> [u8; 5] {
    let whole = header::preamble(Kind::Wraps, KeyName { id: Uuid::nil(), version: 0 });
    [whole[0], whole[1], whole[2], whole[3], whole[4]]
}

/// What a stored environment key says of itself. Nothing of it is authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wraps {
    pub key: KeyName,
    /// The keys of key services it is wrapped by, as [`crate::KeyService::uri`] names them.
    pub by: Vec<String>,
}

impl Wraps {
    /// # Errors
    /// [`EnvelopeError::CorruptHeader`] where it is no stored environment key.
    pub fn of(stored: &[u8]) -> Result<Self, EnvelopeError> {
        let Descriptor { key, wraps } = Descriptor::parse(stored)?;
        Ok(Self { key, by: wraps.into_iter().map(|wrap| wrap.by).collect() })
    }
}

/// The key services' keys that are to wrap everything, each with what its wraps begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(Vec<(String, Vec<u8>)>);

impl Wanted {
    /// Whether a stored key is wrapped by each of the key services, with the newest version of its key, and by no other.
    ///
    /// # Errors
    /// [`EnvelopeError::CorruptHeader`] where it is no stored environment key.
    pub fn is_met_by(&self, stored: &[u8]) -> Result<bool, EnvelopeError> {
        let Descriptor { wraps, .. } = Descriptor::parse(stored)?;
        Ok(wraps.len() == self.0.len() && wraps.iter().all(|wrap| self.holds(&wrap.by, &wrap.wrapped)))
    }

    fn holds(&self, by: &str, wrapped: &[u8]) -> bool {
        self.0.iter().any(|(kek, begins)| kek == by && wrapped.starts_with(begins))
    }
}

impl EnvironmentKeys {
    /// Makes a new key for an environment, or with `former` the next version of one, and wraps it: by as many key services
    /// as answer and at least one. It is at hand only once it was stored and is asked for by [`Self::get`], so that
    /// nothing is ever sealed under a key that no one kept.
    ///
    /// # Errors
    /// [`KeyServiceError`] where no key service wraps it.
    pub async fn create(
        &self,
        deployment: &str,
        environment: &str,
        made_at: u64,
        former: Option<KeyName>,
    ) -> Result<FreshKey, KeyServiceError> {
        self.wrap_new(deployment, environment, EnvironmentKey::generate(made_at, former)).await
    }

    /// How keys are to be wrapped. Asks each key service once.
    ///
    /// # Errors
    /// [`KeyServiceError`] where one does not say which version of its key is the newest.
    pub async fn wanted(&self) -> Result<Wanted, KeyServiceError> {
        let mut wanted = self.wanted_by_name();
        for (service, (_, begins)) in self.inner.services.iter().zip(&mut wanted.0) {
            *begins = service.newest().await?.unwrap_or_default();
        }
        Ok(wanted)
    }

    /// The same, whatever the versions of the key services' keys. Asks nobody.
    #[must_use]
    pub fn wanted_by_name(&self) -> Wanted {
        Wanted(self.inner.services.iter().map(|service| (service.kek().to_owned(), vec![])).collect())
    }

    /// The same key, wrapped by each of the key services and by no other. Every wrap that is made is opened again before
    /// it is believed; one by the newest version of a key is kept.
    ///
    /// # Errors
    /// [`KeyServiceError`] where the key cannot be opened, or one of them does not wrap it.
    pub async fn rewrap(
        &self,
        deployment: &str,
        environment: &str,
        stored: &[u8],
        wanted: &Wanted,
    ) -> Result<Vec<u8>, KeyServiceError> {
        let former = Descriptor::parse(stored).map_err(damaged)?;
        let place =
            Place { deployment: deployment.to_owned(), environment: environment.to_owned(), key: former.key };
        let key = self.inner.unwrap(&place, stored).await?;
        let mut wraps = Vec::new();
        for service in &self.inner.services {
            let wrapped = match former.wrap_by(service.kek()) {
                Some(kept) if wanted.holds(service.kek(), kept) => kept.to_vec(),
                _ => self.inner.wrap_and_check(service, &key, &place).await?,
            };
            wraps.push(Wrap { by: service.kek().to_owned(), wrapped });
        }
        encode(former.key, wraps)
    }

    async fn wrap_new(
        &self,
        deployment: &str,
        environment: &str,
        key: EnvironmentKey,
    ) -> Result<FreshKey, KeyServiceError> {
        let name = key.name();
        let place =
            Place { deployment: deployment.to_owned(), environment: environment.to_owned(), key: name };
        let context = place.context();
        let wrapping = self.inner.services.iter().map(|service| service.wrap(&key.bytes, &context));
        let (mut wraps, mut failed) = (Vec::new(), None);
        for (service, outcome) in self.inner.services.iter().zip(join_all(wrapping).await) {
            match outcome {
                Ok(wrapped) => wraps.push(Wrap { by: service.kek().to_owned(), wrapped }),
                Err(error) => {
                    warn!(environment, kek = service.kek(), %error, "A new environment key lacks one of its wraps");
                    failed = failed.or(Some(error));
                }
            }
        }
        match failed {
            Some(error) if wraps.is_empty() => Err(error),
            _ => Ok(FreshKey { id: name.id, wrapped: encode(name, wraps)? }),
        }
    }
}

impl Inner {
    async fn wrap_and_check(
        &self,
        service: &Calls,
        key: &EnvironmentKey,
        place: &Place,
    ) -> Result<Vec<u8>, KeyServiceError> {
        let context = place.context();
        let wrapped = service.wrap(&key.bytes, &context).await?;
        let opened = service.unwrap(&wrapped, &context).await?;
        if *opened != *key.bytes {
            return Err(KeyServiceError::not_ours(format!("{} gave back another key", service.kek())));
        }
        Ok(wrapped)
    }
}

fn damaged(fault: HeaderFault) -> KeyServiceError {
    KeyServiceError::not_ours(format!("the stored environment key: {fault}"))
}

fn encode(key: KeyName, wraps: Vec<Wrap>) -> Result<Vec<u8>, KeyServiceError> {
    Descriptor { key, wraps }.encode().map_err(|error| KeyServiceError::not_ours(error.to_string()))
}
