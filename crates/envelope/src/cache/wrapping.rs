//! Wrapping environment keys: new ones, their successors, and those that are to be wrapped by other key services.

use super::calls::Calls;
use super::{EnvironmentKeys, Inner, Place};
use crate::descriptor::{Descriptor, Wrap};
use crate::header::{self, Kind};
use crate::{EnvelopeError, EnvironmentKey, KeyName, KeyServiceError};
use futures::future::join_all;
use std::collections::BTreeSet;
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

    /// Whether a stored key is wrapped by each of the key services, and by no other.
    #[must_use]
    pub fn is_wrapped_as_wanted(&self, wraps: &Wraps) -> bool {
        let wanted: BTreeSet<&str> = self.inner.services.iter().map(Calls::kek).collect();
        wanted == wraps.by.iter().map(String::as_str).collect()
    }

    /// The same key, wrapped by each of the key services and by no other. Every wrap that is made is opened again before
    /// it is believed; one that is there already is kept.
    ///
    /// # Errors
    /// [`KeyServiceError`] where the key cannot be opened, or one of them does not wrap it.
    pub async fn rewrap(
        &self,
        deployment: &str,
        environment: &str,
        stored: &[u8],
    ) -> Result<Vec<u8>, KeyServiceError> {
        let damaged = |fault| KeyServiceError::not_ours(format!("the stored environment key: {fault}"));
        let former = Descriptor::parse(stored).map_err(damaged)?;
        let place =
            Place { deployment: deployment.to_owned(), environment: environment.to_owned(), key: former.key };
        let key = self.inner.unwrap(&place, stored).await?;
        let mut wraps = Vec::new();
        for service in &self.inner.services {
            let kept = former.wrap_by(service.kek()).map(<[u8]>::to_vec);
            let wrapped = match kept {
                Some(wrapped) => wrapped,
                None => self.inner.wrap_and_check(service, &key, &place).await?,
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

fn encode(key: KeyName, wraps: Vec<Wrap>) -> Result<Vec<u8>, KeyServiceError> {
    Descriptor { key, wraps }.encode().map_err(|error| KeyServiceError::not_ours(error.to_string()))
}
