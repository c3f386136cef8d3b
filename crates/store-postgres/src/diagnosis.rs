//! What an operator wants to know of a database before anything depends on it.

use crate::connect::{ConnectError, Place, reach};
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection, Row as _};
use std::str::FromStr as _;

/// What was found. Nothing of it was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// `17.2`, as the server says it.
    pub server: String,
    /// The number of the server's version: 170002.
    pub server_version: i32,
    /// Milliseconds since the Unix epoch, by the server's clock.
    pub now: i64,
    pub is_standby: bool,
    /// Whether a confirmed commit is on disk.
    pub is_durable: bool,
    /// What this user may not do and has to: `DELETE on data_keys`.
    pub missing_rights: Vec<String>,
    /// Whether the user may apply migrations.
    pub may_create: bool,
}

const TABLES: [&str; 5] = ["streams", "events", "cursors", "data_keys", "auth_logs"];
const RIGHTS: [&str; 4] = ["SELECT", "INSERT", "UPDATE", "DELETE"];

pub async fn diagnose(url: &str) -> Result<Diagnosis, ConnectError> {
    let server = PgConnectOptions::from_str(url).map_err(ConnectError::Url)?.application_name("latchkey");
    let place = Place::of(&server);
    reach(&server, &place).await?;
    let looked = async {
        let mut connection = server.connect().await?;
        look(&mut connection).await
    };
    looked.await.map_err(|error| place.explain(error))
}

async fn look(connection: &mut PgConnection) -> Result<Diagnosis, sqlx::Error> {
    let row = sqlx::query(
        "SELECT current_setting('server_version') AS server,
                current_setting('server_version_num')::int AS server_version,
                (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
                pg_is_in_recovery() AS is_standby,
                current_setting('fsync')::bool AND current_setting('synchronous_commit') <> 'off' AS is_durable,
                has_schema_privilege(current_schema(), 'CREATE') AS may_create,
                has_function_privilege('pg_control_system()', 'EXECUTE') AS may_see_epoch",
    )
    .fetch_one(&mut *connection)
    .await?;
    let mut missing_rights = vec![];
    for table in TABLES {
        for right in RIGHTS {
            // NULL where there is no such table yet: that is for the migrations to say.
            let may: Option<bool> = sqlx::query_scalar("SELECT has_table_privilege(to_regclass($1), $2)")
                .bind(table)
                .bind(right)
                .fetch_one(&mut *connection)
                .await?;
            // Events are appended and read, and that is all.
            let is_needed = table != "events" || matches!(right, "SELECT" | "INSERT");
            if may == Some(false) && is_needed {
                missing_rights.push(format!("{right} on {table}"));
            }
        }
    }
    if !row.try_get::<bool, _>("may_see_epoch")? {
        missing_rights.push("EXECUTE on pg_control_system()".to_owned());
    }
    Ok(Diagnosis {
        server: row.try_get("server")?,
        server_version: row.try_get("server_version")?,
        now: row.try_get("now")?,
        is_standby: row.try_get("is_standby")?,
        is_durable: row.try_get("is_durable")?,
        missing_rights,
        may_create: row.try_get::<Option<bool>, _>("may_create")?.unwrap_or_default(),
    })
}
