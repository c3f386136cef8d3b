//! The adapters, chosen by the schemes of the configured addresses among what was compiled in.

use crate::Ids;
use crate::config::{Config, Database, Keys};
use anyhow::{Context as _, bail};
use latchkey_bus::{Bus, NatsOptions as Nats};
use latchkey_chassis::{Clock, SystemClock};
use latchkey_envelope::KeyService;
use latchkey_store::Store;
use std::path::Path;
use std::sync::Arc;

/// What a vault is put together from.
#[derive(Clone)]
pub struct Parts {
    pub store: Arc<dyn Store>,
    pub key_service: Arc<dyn KeyService>,
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

    /// The same, with a bus that is already there.
    ///
    /// # Errors
    /// As [`Self::from_config`].
    pub async fn embedded(database: &Database, keys: &Keys, bus: Arc<dyn Bus>) -> anyhow::Result<Self> {
        Ok(Self {
            store: open_store(&database.url).await?,
            key_service: latchkey_envelope::open_key_service(&keys.kek)
                .await
                .context("the key service in `keys.kek` cannot be used")?,
            bus,
            clock: Arc::new(SystemClock),
            ids: Ids::random(),
        })
    }
}

async fn open_store(url: &str) -> anyhow::Result<Arc<dyn Store>> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    match scheme {
        #[cfg(feature = "postgres")]
        "postgres" | "postgresql" => {
            let store = latchkey_store_postgres::PostgresStore::connect(
                url,
                latchkey_store_postgres::PostgresOptions::default(),
            )
            .await;
            Ok(Arc::new(store.context("the database in `database.url` cannot be used")?))
        }
        #[cfg(feature = "sqlite")]
        "sqlite" => {
            let path = url.trim_start_matches("sqlite:");
            let store = latchkey_store_sqlite::SqliteStore::open(Path::new(path)).await;
            Ok(Arc::new(
                store.with_context(|| {
                    format!("the database file `{path}` in `database.url` cannot be used")
                })?,
            ))
        }
        #[cfg(not(all(feature = "postgres", feature = "sqlite")))]
        "postgres" | "postgresql" | "sqlite" => {
            bail!("this program was built without support for `{scheme}:` in `database.url`")
        }
        _ => bail!("`database.url` begins with `{scheme}:`; expected `postgres://…` or `sqlite:path`"),
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
