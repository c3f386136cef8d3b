//! Keys that replace others, while everything runs.
//!
//! The next version of an environment's key becomes the present one in a single exchange of rows; from then on it wraps
//! what is new. What is there is wrapped anew in pages, locally and without reading a secret. Each step looks at what is
//! stored and does what is left, so it can be cut off anywhere and begun again by anybody, or by two at once.
//!
//! Invariant: a version is forgotten only where nothing names it any more and nothing can come to: whoever read it as
//! the present one has long finished.

use super::{Keyring, damaged, older, present};
use crate::error::Error;
use latchkey_domain::Environment;
use latchkey_envelope::{EnvironmentKey, KeyName, Wanted, Wraps, stored_keys_head};
use latchkey_store::{KeyReplacement, OwnedKey, WrappedKey};
use std::collections::BTreeMap;
use std::time::Duration;

/// How many keys are wrapped anew in one transaction.
const PAGE: u32 = 200;

/// How long after it was replaced an environment's key may still be in the hands of a call that wraps with it. A call
/// takes seconds; the rest is for clocks that differ.
const REPLACED_FOR: Duration = Duration::from_secs(60 * 60);

/// How one environment's keys stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentKeyState {
    pub environment: Environment,
    pub version: u32,
    /// Milliseconds since the Unix epoch. `None`: before that was noted.
    pub made_at: Option<i64>,
    /// The key service's keys that wrap it.
    pub wrapped_by: Vec<String>,
    /// Whether it and all older ones are wrapped by every configured key service, with the newest version of its key, and by
    /// no other.
    pub is_wrapped_as_wanted: bool,
    /// Versions that were replaced and are not forgotten yet.
    pub older: Vec<OlderKey>,
}

impl EnvironmentKeyState {
    /// Versions that nothing is wrapped with any more, and that are yet to be destroyed.
    pub fn idle(&self) -> impl Iterator<Item = u32> {
        self.older.iter().filter(|older| older.data_keys == 0).map(|older| older.version)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OlderKey {
    pub version: u32,
    /// How many data keys are still wrapped with it.
    pub data_keys: u64,
}

/// What became of a page of data keys.
#[derive(Debug)]
pub struct Rewrapped {
    pub data_keys: u64,
    /// Where to go on. `None`: that was the last.
    pub after: Option<OwnedKey>,
}

/// An environment's key as it is stored.
struct StoredKey {
    environment: Environment,
    row: OwnedKey,
    wraps: Wraps,
    is_present: bool,
}

impl Keyring {
    /// How the keys of all environments stand.
    ///
    /// # Errors
    /// The store's; [`Error::Unreadable`] where a row is no environment's key.
    pub async fn key_states(&self) -> Result<Vec<EnvironmentKeyState>, Error> {
        let mut states = BTreeMap::new();
        let mut others = vec![];
        // A key service that does not answer takes away nothing that is known without it.
        let wanted = self.environments.wanted().await.unwrap_or_else(|_| self.environments.wanted_by_name());
        for stored in self.stored_keys().await? {
            let wanted = as_wanted(&wanted, &stored.row)?;
            let Wraps { key, by } = stored.wraps;
            if !stored.is_present {
                others.push((stored.environment, key, wanted));
                continue;
            }
            let state = EnvironmentKeyState {
                environment: stored.environment.clone(),
                version: key.version,
                made_at: key.made_at(),
                wrapped_by: by,
                is_wrapped_as_wanted: wanted,
                older: vec![],
            };
            states.insert(stored.environment, (key, state));
        }
        for (environment, key, wanted) in others {
            let Some((present, state)) = states.get_mut(&environment) else { continue };
            state.is_wrapped_as_wanted &= wanted;
            // The copy that is made first of all when a key is replaced is not older before it was.
            if key != *present {
                let data_keys = self.store.count_keys_headed(&EnvironmentKey::head_of(key)).await?;
                state.older.push(OlderKey { version: key.version, data_keys });
            }
        }
        Ok(states.into_values().map(|(_, state)| state).collect())
    }

    /// Has the next version of an environment's key wrap what is new. Gives that version.
    ///
    /// # Errors
    /// [`Error::Field`] where the environment has no key yet; the key service's, and then nothing is changed.
    pub async fn rotate(&self, environment: &Environment) -> Result<u32, Error> {
        loop {
            let owner = present(environment);
            let former = self.store.key(&owner).await?.ok_or_else(|| Error::Field {
                field: "environment",
                message: format!(
                    "The environment `{environment}` has no key: nothing was ever sealed in it."
                ),
            })?;
            let named = Wraps::of(&former.wrapped).map_err(|error| damaged(&owner, error))?.key;
            // First the place where those find it that are wrapped with it.
            self.store.put_key_if_absent(&older(environment, named.version), &former).await?;
            let made_at = self.clock.now().unsigned_abs();
            let next = self
                .environments
                .create(&self.deployment, environment.as_str(), made_at, Some(named))
                .await?;
            let key = WrappedKey { id: next.id, wrapped: next.wrapped };
            let exchange = KeyReplacement { owner, former: former.wrapped, key };
            if self.store.replace_keys(&[exchange]).await? == 1 {
                return Ok(named.version + 1);
            }
            // Somebody else rotated or rewrapped it meanwhile: that is looked at anew.
        }
    }

    /// Has every environment's key wrapped by each configured key service, with the newest version of its key, and by no
    /// other. Says how many were not.
    ///
    /// # Errors
    /// The key service's, where one does not wrap or open; those that were wrapped stay so.
    pub async fn rewrap_environment_keys(&self) -> Result<u64, Error> {
        let mut rewrapped = 0;
        let wanted = self.environments.wanted().await.map_err(Error::KeyService)?;
        for StoredKey { environment, row, .. } in self.stored_keys().await? {
            if as_wanted(&wanted, &row)? {
                continue;
            }
            let former = row.key.wrapped;
            let wrapped =
                self.environments.rewrap(&self.deployment, environment.as_str(), &former, &wanted).await?;
            let key = WrappedKey { id: row.key.id, wrapped };
            rewrapped += self.store.replace_keys(&[KeyReplacement { owner: row.owner, former, key }]).await?;
        }
        Ok(rewrapped)
    }

    /// Wraps a page of an environment's data keys that are under an older version with the present one. Each is opened
    /// first: what does not open is left as it is, and told as an error.
    ///
    /// # Errors
    /// The store's and the key service's; [`Error::Unreadable`] where a data key does not open.
    pub async fn rewrap_data_keys(
        &self,
        environment: &Environment,
        version: u32,
        after: Option<&OwnedKey>,
    ) -> Result<Rewrapped, Error> {
        let Some(named) = self.older_key(environment, version).await? else {
            return Ok(Rewrapped { data_keys: 0, after: None });
        };
        let (former, next) =
            (self.environment_key(environment, named).await?, self.present_key(environment).await?);
        let page = self.store.keys_headed(&EnvironmentKey::head_of(named), after, PAGE).await?;
        if page.is_empty() {
            return Ok(Rewrapped { data_keys: 0, after: None });
        }
        let wrap = |owned: &OwnedKey| {
            let OwnedKey { owner, key } = owned;
            let opened = former.unwrap(&key.wrapped, &self.deployment, environment.as_str(), owner);
            let wrapped = opened
                .and_then(|data| next.wrap(&data, &self.deployment, environment.as_str(), owner))
                .map_err(|error| damaged(owner, error))?;
            let key = WrappedKey { id: owned.key.id, wrapped };
            Ok(KeyReplacement { owner: owner.clone(), former: owned.key.wrapped.clone(), key })
        };
        let anew = page.iter().map(wrap).collect::<Result<Vec<_>, Error>>()?;
        let data_keys = self.store.replace_keys(&anew).await?;
        let is_last = page.len() < PAGE as usize;
        Ok(Rewrapped { data_keys, after: page.into_iter().last().filter(|_| !is_last) })
    }

    /// A page of the data keys that are under an older version of an environment's key, and where to go on.
    ///
    /// # Errors
    /// The store's; [`Error::Unreadable`] where that version's row is no environment's key.
    pub async fn data_keys_under(
        &self,
        environment: &Environment,
        version: u32,
        after: Option<&OwnedKey>,
    ) -> Result<(Vec<OwnedKey>, Option<OwnedKey>), Error> {
        let Some(named) = self.older_key(environment, version).await? else { return Ok((vec![], None)) };
        let page = self.store.keys_headed(&EnvironmentKey::head_of(named), after, PAGE).await?;
        let after = page.last().filter(|_| page.len() == PAGE as usize).cloned();
        Ok((page, after))
    }

    /// The name of a version that was replaced; `None` where it is forgotten.
    async fn older_key(&self, environment: &Environment, version: u32) -> Result<Option<KeyName>, Error> {
        let row = older(environment, version);
        let Some(stored) = self.store.key(&row).await? else { return Ok(None) };
        Ok(Some(Wraps::of(&stored.wrapped).map_err(|error| damaged(&row, error))?.key))
    }

    /// Forgets the versions of an environment's key that nothing is wrapped with any more. Gives those, and those that
    /// must wait because they were replaced less than an hour ago.
    ///
    /// # Errors
    /// The store's.
    pub async fn retire(&self, environment: &Environment) -> Result<(Vec<u32>, Vec<u32>), Error> {
        let (mut retired, mut waiting) = (vec![], vec![]);
        let all = self.stored_keys().await?;
        let of_this = || all.iter().filter(|stored| stored.environment == *environment);
        let Some(present) = of_this().find(|stored| stored.is_present) else { return Ok((retired, waiting)) };
        for stored in of_this().filter(|stored| !stored.is_present && stored.wraps.key != present.wraps.key) {
            let KeyName { version, .. } = stored.wraps.key;
            if self.store.count_keys_headed(&EnvironmentKey::head_of(stored.wraps.key)).await? > 0 {
                continue;
            }
            if !self.has_long_been_replaced(version, of_this()) {
                waiting.push(version);
            } else if self.store.remove_key(&stored.row).await? {
                retired.push(version);
            }
        }
        Ok((retired, waiting))
    }

    /// By the time its successor was made, the nearest that is still there.
    fn has_long_been_replaced<'a>(&self, version: u32, of_this: impl Iterator<Item = &'a StoredKey>) -> bool {
        let newer = of_this.map(|stored| stored.wraps.key).filter(|key| key.version > version);
        let replaced_at = newer.filter_map(|key| key.made_at()).min();
        let waits = i64::try_from(REPLACED_FOR.as_millis()).unwrap_or(i64::MAX);
        replaced_at.is_some_and(|replaced_at| self.clock.now().saturating_sub(replaced_at) >= waits)
    }

    /// Every environment's keys: the present ones, and those that were.
    async fn stored_keys(&self) -> Result<Vec<StoredKey>, Error> {
        let mut found = vec![];
        let mut after = None;
        loop {
            let page = self.store.keys_headed(&stored_keys_head(), after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.clone());
            for row in page {
                found.push(stored(row)?);
            }
        }
    }
}

fn as_wanted(wanted: &Wanted, row: &OwnedKey) -> Result<bool, Error> {
    wanted.is_met_by(&row.key.wrapped).map_err(|error| damaged(&row.owner, error))
}

/// From a row of keys: `environment/NAME`, or `environment/NAME@VERSION` for one that was replaced.
fn stored(row: OwnedKey) -> Result<StoredKey, Error> {
    let wraps = Wraps::of(&row.key.wrapped).map_err(|error| damaged(&row.owner, error))?;
    let unknown = || Error::Unreadable { what: "key", owner: row.owner.clone(), source: None };
    let name = row.owner.strip_prefix("environment/").ok_or_else(unknown)?;
    let (name, version) = name.split_once('@').map_or((name, None), |(name, version)| (name, Some(version)));
    let environment = name.parse().map_err(|_| unknown())?;
    Ok(StoredKey { environment, is_present: version.is_none(), wraps, row })
}
