//! The vault's settings: sections and nothing else.

use anyhow::{Context as _, bail};
use latchkey_bus::NatsOptions;
use latchkey_chassis::config::{Listen, Telemetry, Tls};
use latchkey_domain::connection::Ruling;
use latchkey_domain::incident::Tolerance;
use latchkey_domain::webhook_delivery::{NoAttempts, Schedule};
use serde::Deserialize;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::Path;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    pub database: Database,
    pub keys: Keys,
    #[serde(default)]
    pub nats: Option<NatsOptions>,
    #[serde(default)]
    pub vault: Settings,
    /// For the port the other services call, and for the backends' port where `tls.public` says so.
    #[serde(default)]
    pub tls: Option<VaultTls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

impl Config {
    /// Whether a vault would start on these, as far as they tell by themselves: nothing is opened and nobody is asked.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check(&self) -> anyhow::Result<()> {
        self.listen.check(&["listen.grpc", "listen.internal", "listen.ops"])?;
        self.keys.check_with(&self.database, Reach::Unknown)?;
        if self.tls.as_ref().is_none_or(|tls| tls.peers.is_none()) && !self.vault.insecure_peers {
            bail!(
                "the other services' port needs `tls.peers`; or set `vault.insecure_peers = true` where the network encrypts by itself"
            );
        }
        Ok(())
    }
}

/// Who can reach what is served with the keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Whoever can reach `public_url`, which is not this machine alone.
    Public,
    /// The settings do not tell, or say that it is this machine alone.
    Unknown,
}

// No `Debug`: an address may hold a password.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://user@host/database` or `sqlite:path/to/file`.
    pub url: String,
    #[serde(default)]
    pub migrations: Migrations,
}

impl Database {
    /// One that is migrated as it is opened.
    #[must_use]
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), migrations: Migrations::Auto }
    }
}

/// Who applies migrations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Migrations {
    /// Whoever starts, one process at a time.
    #[default]
    Auto,
    /// A job that runs `latchkey migrate up` before a new version starts. What starts before that is done refuses to.
    Job,
    /// The operator, by the same command.
    Manual,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// `aws-kms://<key arn or alias>?region=…`, `transit://<host>/<mount>/<key>?role=…` or `file:///path/to/key`.
    pub kek: String,
    /// Other key services, each of which can open everything too: in another region, or another kind. What is lost with
    /// the first is then not lost. The one to be replaced stands here while keys are rewrapped.
    #[serde(default)]
    pub also: Vec<String>,
    /// Lets a key file stand beside a database server, or behind an address that others reach. Whoever reads the file can
    /// open everything in the database.
    #[serde(default)]
    pub allow_file: bool,
}

impl Keys {
    /// One key service.
    #[must_use]
    pub fn by(kek: impl Into<String>) -> Self {
        Self { kek: kek.into(), also: vec![], allow_file: false }
    }

    /// # Errors
    /// Where an address names no key service, with the setting it stands in.
    fn check(&self) -> anyhow::Result<()> {
        let known = latchkey_envelope::check_address;
        known(&self.kek).context("the key service in `keys.kek` cannot be used")?;
        self.also.iter().try_for_each(|uri| known(uri).context("a key service in `keys.also` cannot be used"))
    }

    /// Whether the settings of a database and its keys can be, together. Nothing is opened.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check_with(&self, database: &Database, reach: Reach) -> anyhow::Result<()> {
        crate::parts::check_address(&database.url)?;
        self.check()?;
        match self.unsafe_with(database, reach) {
            Some(reason) => bail!(reason),
            None => Ok(()),
        }
    }

    /// Why it would be unsafe to start with these keys and that database, and what to do; `None` where it would not.
    #[must_use]
    pub fn unsafe_with(&self, database: &Database, reach: Reach) -> Option<String> {
        let file = self.kek.strip_prefix("file://")?;
        let is_of_dev = Path::new(file).parent().is_some_and(|folder| folder.join(DEV_MARK).exists());
        if is_of_dev {
            return Some(format!(
                "`keys.kek` is the key of `latchkey dev` in {file}: it was made for trials and lies open; make another one with \
                 `(umask 377; head -c 32 /dev/urandom > /etc/latchkey/kek)`"
            ));
        }
        let why = match (database.url.starts_with("postgres"), reach) {
            (true, _) => "on every machine that reads the database",
            (false, Reach::Public) => "and `public_url` is an address that others reach",
            (false, Reach::Unknown) => return None,
        };
        (!self.allow_file).then(|| {
            format!(
                "`keys.kek` is a file, {why}: name a key service (aws-kms://…, transit://…), or set `keys.allow_file = true` if \
                 whoever can read the file may open every credential"
            )
        })
    }
}

/// What the folder of `latchkey dev` holds beside its key.
const DEV_MARK: &str = "dev.env";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The name of this installation, bound into every seal: a copy of the database under another name opens nothing.
    pub deployment: String,
    /// How many callers may wait for refreshes at once.
    pub waiters_max: usize,
    /// Lets other services call without TLS. Credentials cross these calls: only for a network that encrypts by itself.
    pub insecure_peers: bool,
    /// Offers gRPC reflection on the backends' port.
    pub reflection: bool,
    /// How long an environment's key serves while no key service answers: 1 to 72 hours. What is read is then readable for so
    /// long after a key service was lost, and after somebody cut it off without refusing.
    pub key_outage_hours: OutageHours,
    /// When a provider's refusal of a grant is believed.
    pub refusals: Refusals,
    /// How what happens is told customers over HTTP.
    pub webhooks: Webhooks,
    /// How long it is kept what was tried with providers.
    pub logs: Logs,
    /// Whether it is kept who was given which credential.
    pub reads: Reads,
    /// What the operator keeps elsewhere.
    pub backups: Backups,
}

/// 1 to 72.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u8")]
pub struct OutageHours(u8);

/// Fewer than a key in use is left alone for, or more than anybody needs to mend a key service.
#[derive(Debug, thiserror::Error)]
#[error("an outage of {0} hours: between 1 and 72 can be lived through")]
pub struct OutageOutOfRange(u8);

impl TryFrom<u8> for OutageHours {
    type Error = OutageOutOfRange;

    fn try_from(hours: u8) -> Result<Self, OutageOutOfRange> {
        if (1..=72).contains(&hours) { Ok(Self(hours)) } else { Err(OutageOutOfRange(hours)) }
    }
}

impl Default for OutageHours {
    fn default() -> Self {
        Self(24)
    }
}

impl OutageHours {
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 3600)
    }
}

/// What the operator says of the copies of the database. Receipts repeat it, so it must be true.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Backups {
    /// The oldest copy there may be: backups, archived logs of the database, replicas that lag, all of them.
    pub retention_days: NonZeroU32,
}

impl Default for Backups {
    fn default() -> Self {
        Self { retention_days: NonZeroU32::MIN.saturating_add(34) }
    }
}

impl Backups {
    /// How long after something is destroyed a copy of it may be left.
    #[must_use]
    pub fn retention(&self) -> Duration {
        Duration::from_millis(days(self.retention_days))
    }
}

/// Whether it is kept who was given which credential.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Reads {
    pub accounting: Accounting,
    /// Of so many reads one is noted, where they are sampled.
    pub sample_one_in: NonZeroU64,
    pub retention_days: NonZeroU32,
}

/// How reads are accounted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Accounting {
    Off,
    /// One in so many.
    Sampled,
    /// Each. It is written within a second, beside the read: a vault that crashes loses what it had noted since, and one whose
    /// database does not answer the last 16 384.
    Full,
    /// Each, before anything is given. A read then waits for a write, and is refused where the database takes none.
    Strict,
}

impl Default for Reads {
    fn default() -> Self {
        Self {
            accounting: Accounting::Sampled,
            sample_one_in: NonZeroU64::MIN.saturating_add(99),
            retention_days: NonZeroU32::MIN.saturating_add(89),
        }
    }
}

/// How long it is kept what was tried with providers: whichever comes first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logs {
    pub retention_days: NonZeroU32,
    /// How many logs there may be, of all environments together.
    pub max_rows: u64,
}

impl Default for Logs {
    fn default() -> Self {
        Self { retention_days: NonZeroU32::MIN.saturating_add(29), max_rows: 1_000_000 }
    }
}

impl Logs {
    /// How old a log may become.
    #[must_use]
    pub fn retention_millis(&self) -> u64 {
        days(self.retention_days)
    }
}

impl Reads {
    /// How old the record of a read may become.
    #[must_use]
    pub fn retention_millis(&self) -> u64 {
        days(self.retention_days)
    }
}

fn days(days: NonZeroU32) -> u64 {
    u64::from(days.get()) * 24 * 3600 * 1000
}

/// How what happens is told customers over HTTP.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// The waits before each attempt, in seconds, the first one's included.
    pub schedule_seconds: Waits,
    /// An endpoint no delivery to which has succeeded for so long is disabled.
    pub disable_after_seconds: u64,
    /// Lets endpoints be told over http:// beyond this machine: what happens to end users crosses the network in the clear.
    pub allow_http: bool,
}

/// At least one.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "Vec<u64>")]
pub struct Waits(pub Schedule);

impl TryFrom<Vec<u64>> for Waits {
    type Error = NoAttempts;

    fn try_from(seconds: Vec<u64>) -> Result<Self, NoAttempts> {
        Schedule::new(seconds.into_iter().map(Duration::from_secs).collect()).map(Self)
    }
}

impl Default for Webhooks {
    fn default() -> Self {
        Self { schedule_seconds: Waits::default(), disable_after_seconds: 5 * 24 * 3600, allow_http: false }
    }
}

/// When a provider's refusal of a grant is believed. For tests and trials; the defaults are meant for production.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refusals {
    /// How long after a first refusal a second one confirms it, where sending again is harmless.
    pub confirm_after_seconds: u64,
    /// So many connections of one OAuth app refused …
    pub tolerated: u32,
    /// … within this time are an incident, and none of the refusals is believed.
    pub window_seconds: NonZeroU64,
    /// An incident that lasts longer is believed after all.
    pub believed_after_seconds: u64,
}

impl Default for Refusals {
    fn default() -> Self {
        let (ruling, tolerance) = (Ruling::default(), Tolerance::default());
        Self {
            confirm_after_seconds: ruling.confirm_after.as_secs(),
            tolerated: tolerance.refusals,
            window_seconds: NonZeroU64::new(tolerance.window.as_secs()).unwrap_or(NonZeroU64::MIN),
            believed_after_seconds: tolerance.believed_after.as_secs(),
        }
    }
}

/// The same, as it is applied.
#[derive(Debug, Clone, Copy)]
pub struct RefusalRules {
    pub confirm_after: Duration,
    pub tolerance: Tolerance,
}

impl Refusals {
    #[must_use]
    pub fn rules(&self) -> RefusalRules {
        RefusalRules {
            confirm_after: Duration::from_secs(self.confirm_after_seconds),
            tolerance: Tolerance {
                window: Duration::from_secs(self.window_seconds.get()),
                refusals: self.tolerated,
                believed_after: Duration::from_secs(self.believed_after_seconds),
                ..Tolerance::default()
            },
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            deployment: "latchkey".to_owned(),
            waiters_max: 1000,
            insecure_peers: false,
            reflection: false,
            key_outage_hours: OutageHours::default(),
            refusals: Refusals::default(),
            webhooks: Webhooks::default(),
            logs: Logs::default(),
            reads: Reads::default(),
            backups: Backups::default(),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VaultTls {
    /// For backends. Absent: the ingress in front speaks TLS.
    #[serde(default)]
    pub public: Option<Tls>,
    /// For the other services; with `client_ca`, so that nobody else gets in.
    #[serde(default)]
    pub peers: Option<Tls>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outage_is_lived_through_for_an_hour_at_least_and_three_days_at_most() {
        for (hours, seconds) in [(1, 3600), (72, 72 * 3600)] {
            assert_eq!(OutageHours::try_from(hours).unwrap().duration(), Duration::from_secs(seconds));
        }
        for hours in [0, 73, 255] {
            let refused = OutageHours::try_from(hours).unwrap_err().to_string();
            assert!(refused.contains("between 1 and 72"), "{refused}");
        }
    }
}
