//! Reaching the server: limits on every connection, the schema, and errors that say what to do.
//!
//! Invariant: no error names the password. Only host, port and database of the URL are ever shown.

use crate::pool::Pool;
use latchkey_store::SchemaState;
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool};
use std::{fmt, str::FromStr, time::Duration};
use thiserror::Error;

static MIGRATIONS: Migrator = sqlx::migrate!("../../migrations/postgres");

/// How long reaching the server, or waiting for a free connection, may take.
pub(crate) const REACH_MAX: Duration = Duration::from_secs(5);

/// Waiting for a row longer than this means that its holder hangs; our own appends hold one for milliseconds.
const LOCK_WAIT_MAX: Duration = Duration::from_secs(5);

/// An open transaction holds the feed back for every reader, so one that does nothing is ended by the server.
const IDLE_IN_TRANSACTION_MAX: Duration = Duration::from_secs(15);

/// How a store uses its server.
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    pub connections_max: u32,
    /// The server gives up any statement that takes longer.
    pub statement_max: Duration,
    pub schema: Schema,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self { connections_max: 16, statement_max: Duration::from_secs(10), schema: Schema::Migrate }
    }
}

/// Who keeps the schema up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// This client, as it connects. Several may do so at once: they wait for each other.
    Migrate,
    /// Somebody else, before this client connects: what is not there yet is an error.
    Expect,
}

/// Why a server cannot be used, and what to do about it.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error("the database URL is not of the form postgres://user:password@host:port/database")]
    Url(#[source] sqlx::Error),
    #[error("cannot reach {0}: is the server running, and is the database URL right?")]
    Unreachable(Place, #[source] sqlx::Error),
    #[error(
        "{0} did not answer within {REACH_MAX:?}: is the server running, and does a firewall stand between?"
    )]
    Silent(Place),
    #[error("there is no {0}: create it (CREATE DATABASE), or correct the database URL")]
    NoDatabase(Place, #[source] sqlx::Error),
    #[error("{0} refuses this user: check user and password in the database URL")]
    Refused(Place, #[source] sqlx::Error),
    #[error("cannot bring the schema of {0} up to date")]
    Schema(Place, #[source] MigrateError),
    #[error(
        "the schema of {0} is newer than this program, which does not know its migration {1}: run the version that made it, or a \
         newer one"
    )]
    Ahead(Place, i64),
    #[error(
        "{1} migrations of {0} are not applied, and `database.migrations` leaves them to somebody else: run `latchkey migrate up`"
    )]
    Pending(Place, usize),
}

/// The part of a database URL that may be shown.
#[derive(Debug, Clone)]
pub struct Place {
    host: String,
    port: u16,
    database: String,
}

impl Place {
    pub(crate) fn of(options: &PgConnectOptions) -> Self {
        Self {
            host: options.get_host().to_owned(),
            port: options.get_port(),
            database: options.get_database().unwrap_or_else(|| options.get_username()).to_owned(),
        }
    }

    pub(crate) fn explain(&self, error: sqlx::Error) -> ConnectError {
        // SQLSTATE 3D000 is an unknown database; class 28 is whatever stands against this user.
        let code = error.as_database_error().and_then(|error| error.code()).map(|code| code.into_owned());
        match code.as_deref() {
            Some("3D000") => ConnectError::NoDatabase(self.clone(), error),
            Some(code) if code.starts_with("28") => ConnectError::Refused(self.clone(), error),
            _ => ConnectError::Unreachable(self.clone(), error),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PostgreSQL database {} at {}:{}", self.database, self.host, self.port)
    }
}

pub async fn connect(url: &str, options: &PostgresOptions) -> Result<(Pool, Place), ConnectError> {
    let server = PgConnectOptions::from_str(url).map_err(ConnectError::Url)?.application_name("latchkey");
    let place = Place::of(&server);

    // A connection of its own tells why it failed; a pool would only say that it waited.
    reach(&server, &place).await?;
    let state = schema_of(&server, &place).await?;
    if let Some(version) = state.ahead.last() {
        return Err(ConnectError::Ahead(place, *version));
    }
    match (options.schema, state.pending()) {
        (Schema::Migrate, _) => {
            migrate(&server).await.map_err(|error| ConnectError::Schema(place.clone(), error))?;
        }
        (Schema::Expect, 0) => {}
        (Schema::Expect, pending) => return Err(ConnectError::Pending(place, pending)),
    }
    let server = limited(server, options);
    Ok((Pool::new(server, place.clone(), options.connections_max, options.statement_max), place))
}

/// How the schema at a URL stands. Changes nothing.
pub async fn schema(url: &str) -> Result<SchemaState, ConnectError> {
    let server = PgConnectOptions::from_str(url).map_err(ConnectError::Url)?.application_name("latchkey");
    let place = Place::of(&server);
    reach(&server, &place).await?;
    schema_of(&server, &place).await
}

async fn schema_of(server: &PgConnectOptions, place: &Place) -> Result<SchemaState, ConnectError> {
    let explained = |error| place.explain(error);
    let mut connection = server.connect().await.map_err(explained)?;
    applied(&mut connection).await.map_err(explained)
}

/// How the schema stands where this connection leads.
pub(crate) async fn applied(connection: &mut PgConnection) -> Result<SchemaState, sqlx::Error> {
    let applied = sqlx::query_scalar("SELECT version FROM _sqlx_migrations WHERE success ORDER BY version")
        .fetch_all(connection)
        .await;
    let applied: Vec<i64> = match applied {
        Ok(applied) => applied,
        // SQLSTATE 42P01: there is no such table, so nothing was applied.
        Err(error)
            if error.as_database_error().and_then(|error| error.code()).as_deref() == Some("42P01") =>
        {
            vec![]
        }
        Err(error) => return Err(error),
    };
    let known = MIGRATIONS
        .iter()
        .map(|known| (known.version, known.description.to_string(), known.sql.as_str().to_owned()));
    Ok(SchemaState::of(known, &applied))
}

pub(crate) async fn reach(server: &PgConnectOptions, place: &Place) -> Result<(), ConnectError> {
    let answer = async { server.connect().await?.close().await };
    match tokio::time::timeout(REACH_MAX, answer).await {
        Ok(answered) => answered.map_err(|error| place.explain(error)),
        Err(_) => Err(ConnectError::Silent(place.clone())),
    }
}

/// Without the limits of later statements: a migration takes as long as the tables are large, and a client that starts
/// meanwhile waits for it.
async fn migrate(server: &PgConnectOptions) -> Result<(), MigrateError> {
    let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(server.clone());
    let migrated = MIGRATIONS.run(&pool).await;
    pool.close().await;
    migrated
}

fn limited(server: PgConnectOptions, options: &PostgresOptions) -> PgConnectOptions {
    let limits = [
        ("statement_timeout", options.statement_max),
        ("lock_timeout", LOCK_WAIT_MAX),
        ("idle_in_transaction_session_timeout", IDLE_IN_TRANSACTION_MAX),
    ];
    server
        .options(limits.map(|(name, limit)| (name, limit.as_millis())))
        // A lost race must show as a changed version, which this level does, not as a serialization failure.
        .options([("default_transaction_isolation", "read committed")])
}

pub async fn ping(pool: &PgPool, place: &Place) -> Result<(), ConnectError> {
    match sqlx::query("SELECT 1").execute(pool).await {
        Ok(_) => Ok(()),
        // A pool that cannot connect says no more than that it waited.
        Err(sqlx::Error::PoolTimedOut) => Err(ConnectError::Silent(place.clone())),
        Err(error) => Err(place.explain(error)),
    }
}
