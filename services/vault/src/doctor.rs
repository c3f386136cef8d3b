//! What an operator wants to know before anything depends on it: database, clock, schema, keys. Looks, and changes nothing.

use crate::config::{Database, Keys, Migrations, Reach};
use crate::ledger::Ledger;
use crate::parts;
use crate::vault::Safety;
use latchkey_chassis::ops::{Trouble, Verdict};
use latchkey_chassis::{Clock as _, SystemClock};
use latchkey_envelope::{EnvironmentKeys, KeyServiceError, Wraps};
use latchkey_store::SchemaState;
use std::sync::Arc;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub about: &'static str,
    /// What was found, where it is as it should be.
    pub found: String,
    pub verdict: Verdict,
}

impl Finding {
    pub fn well(about: &'static str, found: impl Into<String>) -> Self {
        Self { about, found: found.into(), verdict: Verdict::Ready }
    }

    pub fn warning(about: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, found: String::new(), verdict: Verdict::Warning(Trouble::new(what, remedy)) }
    }

    pub fn failing(about: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { about, found: String::new(), verdict: Verdict::Failing(Trouble::new(what, remedy)) }
    }
}

/// A database server, as it is to somebody who is to work with it.
pub struct Server {
    /// `17.2`, as it says it.
    pub version: String,
    /// 170002
    pub version_number: i32,
    /// Milliseconds since the Unix epoch, by its clock.
    pub now: i64,
    pub is_standby: bool,
    /// Whether a confirmed commit is on disk.
    pub is_durable: bool,
    /// What the user of the address may not do and has to: `DELETE on data_keys`.
    pub missing_rights: Vec<String>,
    /// Whether that user may apply migrations.
    pub may_create: bool,
}

/// By how much the clocks of database and vault may differ before what is due when becomes doubtful.
const SKEW_MAX_MS: i64 = 30_000;
const SKEW_TOLD_MS: i64 = 2_000;

/// # Errors
/// Never: what cannot be looked at is a finding.
pub async fn examine(database: &Database, keys: &Keys, reach: Reach) -> Vec<Finding> {
    let mut findings = of_database(database).await;
    findings.extend(of_keys(database, keys, reach).await);
    findings
}

async fn of_database(database: &Database) -> Vec<Finding> {
    let mut findings = match parts::schema(database).await {
        Ok(state) => {
            let mut findings = vec![of_schema(&state, database)];
            // Before that, what is looked for may not be there.
            if state.pending() == 0 && state.ahead.is_empty() {
                findings.push(of_safe_mode(database).await);
            }
            findings
        }
        Err(error) => {
            let remedy = "Check database.url, and that the database runs and accepts this user.";
            return vec![Finding::failing("database", format!("{error:#}"), remedy)];
        }
    };
    match parts::diagnose(database).await {
        Ok(Some(server)) => findings.extend(of_server(&server, database)),
        Ok(None) => findings.push(Finding::well("database", "a SQLite file, for one process")),
        Err(error) => findings.push(Finding::failing(
            "database",
            format!("{error:#}"),
            "Let this user read the server's settings and its own rights.",
        )),
    }
    findings
}

async fn of_safe_mode(database: &Database) -> Finding {
    const ABOUT: &str = "safe mode";
    let as_it_is = Database { migrations: Migrations::Manual, ..database.clone() };
    let looked = async {
        let store = parts::open_store(&as_it_is).await?;
        Ok::<_, anyhow::Error>(Safety::of(&Ledger::new(store, Arc::new(SystemClock))).await?)
    };
    match looked.await {
        Ok(Safety::Off) => Finding::well(ABOUT, "it is off: what is due is refreshed"),
        Ok(Safety::On { released, .. }) => Finding::warning(
            ABOUT,
            format!("it is on: nothing is refreshed, but of {} integrations", released.len()),
            "See `latchkey safe-mode status`, and leave it once what is stored counts.",
        ),
        Err(error) => {
            Finding::failing(ABOUT, format!("{error:#}"), "Let this user read the tables of the database.")
        }
    }
}

fn of_schema(state: &SchemaState, database: &Database) -> Finding {
    match (state.ahead.last(), state.pending(), database.migrations) {
        (Some(version), ..) => Finding::failing(
            "schema",
            format!("it is newer than this program, which does not know migration {version}"),
            "Run the version that made it, or a newer one.",
        ),
        (None, 0, _) => {
            Finding::well("schema", format!("all {} migrations are applied", state.migrations.len()))
        }
        (None, pending, Migrations::Auto) => Finding::warning(
            "schema",
            format!("{pending} migrations are not applied yet"),
            "The next start of a vault applies them; or run `latchkey migrate up`.",
        ),
        (None, pending, Migrations::Job | Migrations::Manual) => Finding::failing(
            "schema",
            format!("{pending} migrations are not applied, and nothing starts before they are"),
            "Run `latchkey migrate up`.",
        ),
    }
}

fn of_server(found: &Server, database: &Database) -> Vec<Finding> {
    let mut findings = vec![if found.version_number < 130_000 {
        let what = format!("the server is PostgreSQL {}", found.version);
        Finding::failing("database", what, "Use PostgreSQL 13 or later.")
    } else if found.is_standby {
        let remedy = "Name the primary in database.url; a standby takes no writes.";
        Finding::failing("database", "the server is a standby", remedy)
    } else {
        Finding::well("database", format!("PostgreSQL {}", found.version))
    }];
    findings.push(if !found.missing_rights.is_empty() {
        let missing = found.missing_rights.join(", ");
        let remedy = format!("Grant what is missing to the user in database.url: {missing}.");
        Finding::failing("database rights", format!("this user may not {missing}"), remedy)
    } else if !found.may_create && database.migrations == Migrations::Auto {
        Finding::warning(
            "database rights",
            "this user may not apply migrations, and database.migrations leaves them to whoever starts",
            "GRANT CREATE on the schema, or set database.migrations = \"job\" and run `latchkey migrate up` as another user.",
        )
    } else {
        Finding::well("database rights", "all that are needed")
    });
    findings.push(if found.is_durable {
        Finding::well("durability", "what is confirmed is on disk")
    } else {
        Finding::failing(
            "durability",
            "the server confirms what is not on disk (fsync or synchronous_commit is off): a crash would lose refresh tokens",
            "Set fsync = on and synchronous_commit = on.",
        )
    });
    let skew = SystemClock.now().saturating_sub(found.now);
    let what = || format!("this machine's clock is {} ms from the database server's", skew);
    findings.push(match skew.saturating_abs() {
        ..SKEW_TOLD_MS => Finding::well("clock", "agrees with the database server's"),
        SKEW_TOLD_MS..SKEW_MAX_MS => {
            Finding::warning("clock", what(), "Have both machines follow a time server.")
        }
        _ => Finding::failing(
            "clock",
            what(),
            "Have both machines follow a time server (chrony, systemd-timesyncd).",
        ),
    });
    findings
}

async fn of_keys(database: &Database, keys: &Keys, reach: Reach) -> Vec<Finding> {
    const REMEDY: &str =
        "Check keys.kek and keys.also, the rights on the key, and the way to the key service.";
    if let Some(reason) = keys.unsafe_with(database, reach) {
        return vec![Finding::failing("keys", reason, "Change keys.kek as it says.")];
    }
    let services = match parts::open_key_services(keys).await {
        Ok(services) => services,
        Err(error) => return vec![Finding::failing("keys", format!("{error:#}"), REMEDY)],
    };
    let mut findings = vec![];
    for service in &services {
        let one = EnvironmentKeys::new(vec![service.clone()]);
        findings.push(match round_trip(&one).await {
            Ok(()) => Finding::well("keys", format!("{} wraps and unwraps", service.uri())),
            Err(error) => Finding::failing("keys", format!("{}: {error}", service.uri()), REMEDY),
        });
    }
    if services.len() == 1 {
        findings.push(Finding::warning(
            "keys",
            "one key service opens everything: what is lost with its key is lost",
            "Name another in keys.also, in another region or of another kind, and run `latchkey keys rewrap`.",
        ));
    }
    findings
}

/// A key that is used for nothing else goes there and back.
async fn round_trip(keys: &EnvironmentKeys) -> Result<(), KeyServiceError> {
    const NOWHERE: &str = "latchkey-doctor";
    let fresh = keys.create(NOWHERE, NOWHERE, 0, None).await?;
    let Ok(Wraps { key, .. }) = Wraps::of(&fresh.wrapped) else { return Ok(()) };
    keys.get(NOWHERE, NOWHERE, key, || async { Ok::<_, KeyServiceError>(fresh.wrapped) }).await.map(drop)
}
