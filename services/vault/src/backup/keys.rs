//! Whether the keys in a backup can be opened with the key services at hand. Reads no secret.

use super::BackupError;
use super::format::Rows;
use crate::error::Error;
use latchkey_envelope::{EnvironmentKey, EnvironmentKeys, KeyName, KeyService, Wraps};
use latchkey_store::Table;
use serde::Deserialize;
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

/// How many keys opened.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Opened {
    pub environment_keys: u64,
    pub data_keys: u64,
}

#[derive(Deserialize)]
struct KeyRow {
    owner: String,
    wrapped: String,
}

/// Opens every key in a backup: the environments' by the key services, all others with these.
///
/// # Errors
/// [`BackupError`] of reading, or the first key that does not open.
pub async fn open_keys(
    path: &Path,
    services: Vec<Arc<dyn KeyService>>,
    deployment: &str,
) -> Result<Opened, OpenError> {
    let rows = key_rows(path)?;
    let keys = EnvironmentKeys::new(services);
    let mut by_name: HashMap<KeyName, (String, Arc<EnvironmentKey>)> = HashMap::new();
    let mut opened = Opened::default();
    for (owner, wrapped) in rows.iter().filter(|(owner, _)| owner.starts_with(ENVIRONMENT)) {
        let environment = owner.trim_start_matches(ENVIRONMENT).split('@').next().unwrap_or_default();
        let closed = |error| OpenError::Key { owner: owner.clone(), error };
        let name = Wraps::of(wrapped).map_err(|error| closed(damaged(owner, error)))?.key;
        let load = || async { Ok::<_, Error>(wrapped.clone()) };
        let key = keys.get(deployment, environment, name, load).await.map_err(closed)?;
        by_name.insert(name, (environment.to_owned(), key));
        opened.environment_keys += 1;
    }
    for (owner, wrapped) in rows.iter().filter(|(owner, _)| !owner.starts_with(ENVIRONMENT)) {
        let closed = |error| OpenError::Key { owner: owner.clone(), error };
        let name = EnvironmentKey::named_by(wrapped).map_err(|error| closed(damaged(owner, error)))?;
        let unknown = || Error::Unreadable { what: "key", owner: owner.clone(), source: None };
        let (environment, above) = by_name.get(&name).ok_or_else(|| closed(unknown()))?;
        above
            .unwrap(wrapped, deployment, environment, owner)
            .map_err(|error| closed(damaged(owner, error)))?;
        opened.data_keys += 1;
    }
    Ok(opened)
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("the key of {owner} does not open")]
    Key {
        owner: String,
        #[source]
        error: Error,
    },
}

const ENVIRONMENT: &str = "environment/";

fn damaged(owner: &str, source: latchkey_envelope::EnvelopeError) -> Error {
    Error::Unreadable { what: "key", owner: owner.to_owned(), source: Some(source) }
}

fn key_rows(path: &Path) -> Result<Vec<(String, Vec<u8>)>, BackupError> {
    let failed = |error| BackupError::of_reading(path, error);
    let (_, rows) = Rows::open(path).map_err(failed)?;
    let mut keys = vec![];
    for row in rows {
        let row = row.map_err(failed)?;
        if row.table == Table::DataKeys {
            let damaged = || failed(super::DamagedBackup::Order(format!("key {}", keys.len())).into());
            let KeyRow { owner, wrapped } = serde_json::from_str(&row.json).map_err(|_| damaged())?;
            keys.push((owner, hex::decode(wrapped).map_err(|_| damaged())?));
        }
    }
    Ok(keys)
}
