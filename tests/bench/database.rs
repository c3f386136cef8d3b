//! The databases both sides read: an SQLite file, and PostgreSQL where `tests/with-servers` started one.

use latchkey_envelope::KeyService;
use latchkey_store::Store;
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use latchkey_store_sqlite::SqliteStore;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgPool, SqlitePool};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

/// As many as the SQLite store has readers.
const SQLITE_READERS: u32 = 4;

/// One that is empty at first, with the key service of whoever seals in it.
pub struct Database {
    place: Place,
    pub key_service: Arc<dyn KeyService>,
    folder: TempDir,
}

enum Place {
    Sqlite(PathBuf),
    Postgres { server: Box<PgConnectOptions>, name: String },
}

/// The way of the bare service: one pool, as large as the store's.
#[derive(Clone)]
pub enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    /// # Errors
    /// Where one cannot be made.
    pub async fn all() -> anyhow::Result<Vec<Self>> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("latchkey.db");
        let mut all = vec![Self::new(Place::Sqlite(file), folder).await?];
        match std::env::var("LATCHKEY_TEST_POSTGRES_URL") {
            Ok(url) => all.push(Self::new(create(url.parse()?).await?, tempfile::tempdir()?).await?),
            Err(_) => {
                println!(
                    "no PostgreSQL: run it as tests/with-servers cargo bench -p latchkey-tests --bench read"
                );
            }
        }
        Ok(all)
    }

    async fn new(place: Place, folder: TempDir) -> anyhow::Result<Self> {
        let kek = folder.path().join("kek");
        latchkey_envelope::create_key_file(&kek)?;
        let key_service = latchkey_envelope::open_key_service(&format!("file://{}", kek.display())).await?;
        Ok(Self { place, key_service, folder })
    }

    pub fn name(&self) -> &'static str {
        match &self.place {
            Place::Sqlite(_) => "SQLite",
            Place::Postgres { .. } => "PostgreSQL",
        }
    }

    /// Opens it as the vault does. Its schema is brought up to date.
    ///
    /// # Errors
    /// The store's.
    pub async fn store(&self) -> anyhow::Result<Arc<dyn Store>> {
        Ok(match &self.place {
            Place::Sqlite(file) => Arc::new(SqliteStore::open(file).await?),
            Place::Postgres { server, name } => {
                let url = server.as_ref().clone().database(name).to_url_lossy();
                Arc::new(PostgresStore::connect(url.as_str(), PostgresOptions::default()).await?)
            }
        })
    }

    /// # Errors
    /// Where it cannot be reached.
    pub async fn pool(&self) -> anyhow::Result<Pool> {
        Ok(match &self.place {
            Place::Sqlite(file) => {
                let options = SqliteConnectOptions::new().filename(file).pragma("query_only", "ON");
                let pool =
                    SqlitePoolOptions::new().max_connections(SQLITE_READERS).test_before_acquire(false);
                Pool::Sqlite(pool.connect_with(options).await?)
            }
            Place::Postgres { server, name } => {
                let most = PostgresOptions::default().connections_max;
                let pool = PgPoolOptions::new().max_connections(most).test_before_acquire(false);
                Pool::Postgres(pool.connect_with(server.as_ref().clone().database(name)).await?)
            }
        })
    }

    /// What autovacuum would have done by the time anyone reads, so that it does not do it in the middle of a round.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub async fn settle(&self) -> anyhow::Result<()> {
        if let Pool::Postgres(pool) = self.pool().await? {
            sqlx::query("VACUUM ANALYZE").execute(&pool).await?;
            pool.close().await;
        }
        Ok(())
    }

    /// # Errors
    /// Where it cannot be reached.
    pub async fn remove(self) -> anyhow::Result<()> {
        if let Place::Postgres { server, name } = &self.place {
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            sqlx::query(AssertSqlSafe(drop)).execute(&mut server.connect().await?).await?;
        }
        Ok(self.folder.close()?)
    }
}

async fn create(server: PgConnectOptions) -> anyhow::Result<Place> {
    let name = format!("bench_{}", uuid::Uuid::new_v4().simple());
    let create = format!("CREATE DATABASE {name} TEMPLATE template0");
    sqlx::query(AssertSqlSafe(create)).execute(&mut server.connect().await?).await?;
    Ok(Place::Postgres { server: Box::new(server), name })
}
