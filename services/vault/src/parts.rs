//! The adapters, chosen by the schemes of the configured addresses among what was compiled in.

use crate::Ids;
use crate::backup::WrappedBy;
use crate::config::{Config, Database, Keys, Migrations};
use crate::doctor::Server;
use crate::keyring::Keyring;
use anyhow::{Context as _, bail};
use latchkey_bus::{Bus, NatsOptions as Nats};
use latchkey_chassis::{Clock, SystemClock};
use latchkey_envelope::{EnvironmentKeys, KeyService};
use latchkey_store::{Archive, SchemaState, Store};
use std::path::Path;
use std::sync::Arc;

/// What a vault is put together from.
#[derive(Clone)]
pub struct Parts {
    pub store: Arc<dyn Store>,
    /// Each wraps every environment's key, and any of them can unwrap it. The first is asked first.
    pub key_services: Vec<Arc<dyn KeyService>>,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub ids: Ids,
}

impl Parts {
    /// # Errors
    /// Where an address cannot be used, with what to do about it.
    pub async fn from_config(config: &Config) -> anyhow::Result<Self> {
        let bus = match &config.nats {
            Some(nats) => connect_bus(nats).await?,
            None => latchkey_bus::local(),
        };
        Self::embedded(&config.database, &config.keys, bus).await
    }

    /// With a bus that is already there.
    ///
    /// # Errors
    /// As [`Self::from_config`].
    pub async fn embedded(database: &Database, keys: &Keys, bus: Arc<dyn Bus>) -> anyhow::Result<Self> {
        Ok(Self {
            store: open_store(database).await?,
            key_services: open_key_services(keys).await?,
            bus,
            clock: Arc::new(SystemClock),
            ids: Ids::random(),
        })
    }
}

/// # Errors
/// Where one cannot be used, or is named twice.
pub async fn open_key_services(keys: &Keys) -> anyhow::Result<Vec<Arc<dyn KeyService>>> {
    let first = latchkey_envelope::open_key_service(&keys.kek).await;
    let mut opened = vec![first.context("the key service in `keys.kek` cannot be used")?];
    for uri in &keys.also {
        let other = latchkey_envelope::open_key_service(uri)
            .await
            .with_context(|| format!("the key service `{uri}` in `keys.also` cannot be used"))?;
        if opened.iter().any(|one| one.uri() == other.uri()) {
            bail!("`keys.also` names the key `{uri}` twice: a copy of one key is lost with it; remove it");
        }
        opened.push(other);
    }
    Ok(opened)
}

pub(crate) async fn open_store(database: &Database) -> anyhow::Result<Arc<dyn Store>> {
    let url = database.url.as_str();
    let migrates = database.migrations == Migrations::Auto;
    match scheme(url) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            use latchkey_store_postgres::{PostgresOptions, PostgresStore, Schema};
            let schema = if migrates { Schema::Migrate } else { Schema::Expect };
            let store =
                PostgresStore::connect(url, PostgresOptions { schema, ..PostgresOptions::default() }).await;
            Ok(Arc::new(store.context("the database in `database.url` cannot be used")?))
        }
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            use latchkey_store_sqlite::{Schema, SqliteStore};
            let schema = if migrates { Schema::Migrate } else { Schema::Expect };
            let store = SqliteStore::open_with(file_of(url), schema).await;
            Ok(Arc::new(store.with_context(|| no_use_of(url))?))
        }
        _ => bail!(unknown(url)),
    }
}

/// The database as what can be backed up and restored. Its schema is brought up to date only where `migrates`.
///
/// # Errors
/// Where it cannot be used.
pub async fn open_archive(database: &Database, migrates: bool) -> anyhow::Result<Box<dyn Archive>> {
    let url = database.url.as_str();
    match scheme(url) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            use latchkey_store_postgres::{PostgresOptions, PostgresStore, Schema};
            let schema = if migrates { Schema::Migrate } else { Schema::Expect };
            let options = PostgresOptions { schema, connections_max: 1, ..PostgresOptions::default() };
            let store = PostgresStore::connect(url, options).await;
            Ok(Box::new(store.context("the database in `database.url` cannot be used")?))
        }
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            use latchkey_store_sqlite::{Schema, SqliteStore};
            let schema = if migrates { Schema::Migrate } else { Schema::Expect };
            let store = SqliteStore::open_with(file_of(url), schema).await;
            Ok(Box::new(store.with_context(|| no_use_of(url))?))
        }
        _ => bail!(unknown(url)),
    }
}

/// What a backup says of the database it is of: its epoch, and what wraps the keys in it.
///
/// # Errors
/// Where it cannot be used.
pub async fn identity(database: &Database) -> anyhow::Result<(String, Vec<WrappedBy>)> {
    let store = open_store(&Database { migrations: Migrations::Manual, ..database.clone() }).await?;
    let epoch = store.epoch().await?;
    // Names are read off what is wrapped: nothing is opened.
    let nothing = EnvironmentKeys::new(vec![]);
    let keyring = Keyring::new(store, nothing, String::new(), Arc::new(SystemClock));
    let keys = keyring.key_states().await?.into_iter().map(|state| WrappedBy {
        environment: state.environment.to_string(),
        version: state.version,
        by: state.wrapped_by,
    });
    Ok((epoch, keys.collect()))
}

/// Applies what is not applied yet, whoever else the settings leave that to. Gives the state after it.
///
/// # Errors
/// Where the database cannot be used, or a newer program made its schema.
pub async fn migrate(database: &Database) -> anyhow::Result<SchemaState> {
    drop(open_store(&Database { migrations: Migrations::Auto, ..database.clone() }).await?);
    schema(database).await
}

/// How the schema of a database stands to this program. Changes nothing.
///
/// # Errors
/// Where the database cannot be used.
pub async fn schema(database: &Database) -> anyhow::Result<SchemaState> {
    let url = database.url.as_str();
    match scheme(url) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            let state = latchkey_store_postgres::PostgresStore::schema(url).await;
            state.context("the database in `database.url` cannot be used")
        }
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            let state = latchkey_store_sqlite::SqliteStore::schema(file_of(url)).await;
            state.with_context(|| no_use_of(url))
        }
        _ => bail!(unknown(url)),
    }
}

/// What a database server says of itself; `None` where the database is a file.
///
/// # Errors
/// Where it does not say it.
pub(crate) async fn diagnose(database: &Database) -> anyhow::Result<Option<Server>> {
    match scheme(&database.url) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            let found = latchkey_store_postgres::PostgresStore::diagnose(&database.url).await?;
            Ok(Some(Server {
                version: found.server,
                version_number: found.server_version,
                now: found.now,
                is_standby: found.is_standby,
                is_durable: found.is_durable,
                missing_rights: found.missing_rights,
                may_create: found.may_create,
            }))
        }
        _ => Ok(None),
    }
}

/// Whether the address is of a database that this program knows. Nothing is opened.
///
/// # Errors
/// Where it is not, with what is expected.
pub fn check_address(url: &str) -> anyhow::Result<()> {
    match scheme(url) {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => Ok(()),
        #[cfg(feature = "sqlite")]
        "sqlite" => Ok(()),
        _ => bail!(unknown(url)),
    }
}

fn scheme(url: &str) -> &str {
    url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default()
}

fn file_of(url: &str) -> &Path {
    Path::new(url.trim_start_matches("sqlite:"))
}

fn no_use_of(url: &str) -> String {
    format!("the database file `{}` in `database.url` cannot be used", file_of(url).display())
}

fn unknown(url: &str) -> String {
    match scheme(url) {
        known @ ("postgres" | "postgresql" | "sqlite") => {
            format!("this program was built without support for `{known}:` in `database.url`")
        }
        other => format!("`database.url` begins with `{other}:`; expected `postgres://…` or `sqlite:path`"),
    }
}

#[cfg(feature = "nats")]
async fn connect_bus(nats: &Nats) -> anyhow::Result<Arc<dyn Bus>> {
    latchkey_bus::nats(nats.clone()).await.context("the NATS server in `nats.url` cannot be used")
}

#[cfg(not(feature = "nats"))]
async fn connect_bus(_: &Nats) -> anyhow::Result<Arc<dyn Bus>> {
    bail!("this program was built without support for `nats.url`")
}
