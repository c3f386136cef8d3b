//! `latchkey backup`: the whole database in one file, and back.

use super::show;
use crate::output;
use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use latchkey_chassis::{Clock as _, SystemClock, config};
use latchkey_domain::safe_mode::Terms;
use latchkey_domain::{SafeModeId, Timestamp};
use latchkey_vault::backup::{self, Counts, Header, Verified};
use latchkey_vault::config::{Database, Keys};
use latchkey_vault::parts;
use serde::Deserialize;
use std::fs;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
A backup is the whole database as one moment sees it, beside servers that run, SQLite or PostgreSQL. Secrets stay sealed as they
are: keep the key service's key, without it nothing in a backup opens. A backup can be restored into either kind of database,
an empty one. What was deleted, revoked or refreshed since the backup was made is as it was: see `latchkey safe-mode --help`.

Examples:
  latchkey backup create --config latchkey.toml --to /backups --keep 14
  latchkey backup verify /backups/latchkey-20261127T031500Z.backup --config latchkey.toml
  latchkey backup restore /backups/latchkey-20261127T031500Z.backup --config new.toml")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Write a backup: a file that is whole and on disk once it has its name
    Create {
        /// The settings of `latchkey serve` or of the vault. Without them, LATCHKEY__DATABASE__URL says where the database is
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
        /// A file that is not there yet; or a folder, and the file is named after the time
        #[arg(long, value_name = "FILE|FOLDER")]
        to: PathBuf,
        /// In a folder: remove the oldest backups but so many, once this one is whole
        #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(1..))]
        keep: Option<u16>,
    },
    /// Read a backup whole: its sums, its counts, and that each stream's state follows from its events. Asks no server
    Verify {
        file: PathBuf,
        /// Also open every key in it with the key services of these settings
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Put a backup into an empty database, in safe mode: nothing is refreshed before `latchkey safe-mode leave`, and no API key opens
    /// anything before `latchkey key confirm`
    Restore {
        file: PathBuf,
        /// Settings that name the empty database. Without them, LATCHKEY__DATABASE__URL does
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Create { config, to, keep } => create(config.as_deref(), &to, keep).await,
            Command::Verify { file, config } => verify(&file, config.as_deref()).await,
            Command::Restore { file, config } => restore(&file, config.as_deref()).await,
        }
    }
}

/// What wraps the keys is no business of a backup's: it takes them as they are.
#[derive(Deserialize)]
struct Settings {
    database: Database,
    #[serde(default)]
    vault: latchkey_vault::config::Settings,
}

#[derive(Deserialize)]
struct KeySettings {
    keys: Keys,
}

async fn create(config: Option<&Path>, to: &Path, keep: Option<u16>) -> anyhow::Result<()> {
    ensure!(keep.is_none() || to.is_dir(), "--keep is for a folder, and {} is none", to.display());
    let settings: Settings = config::load(config)?;
    let schema = schema_of(&settings).await?;
    let archive = parts::open_archive(&settings.database, false).await?;
    let made_at = SystemClock.now();
    let (epoch, keys) = parts::identity(&settings.database).await?;
    let header = Header::new(made_at, schema, epoch, settings.vault.deployment.clone(), keys);
    let file = if to.is_dir() { to.join(name_of(made_at)) } else { to.to_owned() };
    let counts = backup::create(archive.as_ref(), &header, &file).await?;
    output::note(&counted(&counts));
    output::line(&file.display().to_string());
    match keep {
        Some(keep) => prune(to, usize::from(keep)),
        None => Ok(()),
    }
}

/// The last migration of a database that is as this program knows it.
async fn schema_of(settings: &Settings) -> anyhow::Result<i64> {
    let state = parts::schema(&settings.database).await?;
    if let Some(version) = state.ahead.last() {
        bail!("this program does not know migration {version}: run the version that made it, or a newer one");
    }
    if state.pending() > 0 {
        bail!("{} migrations are not applied: run `latchkey migrate up`", state.pending());
    }
    state.migrations.last().map(|last| last.version).context("this program knows no schema")
}

const BEGINS: &str = "latchkey-";
const ENDS: &str = ".backup";

/// In the order of time, and without what some file systems do not take.
fn name_of(at: i64) -> String {
    let time: String = show::moment(at).chars().filter(|letter| !matches!(letter, '-' | ':')).collect();
    let seconds = time.split('.').next().unwrap_or(&time).trim_end_matches('Z');
    format!("{BEGINS}{seconds}Z{ENDS}")
}

fn prune(folder: &Path, keep: usize) -> anyhow::Result<()> {
    let mut backups: Vec<PathBuf> = fs::read_dir(folder)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with(BEGINS) && name.ends_with(ENDS))
        })
        .collect();
    backups.sort();
    for old in backups.iter().rev().skip(keep) {
        fs::remove_file(old).with_context(|| format!("cannot remove {}", old.display()))?;
        output::note(&format!("Removed {}.", old.display()));
    }
    Ok(())
}

async fn verify(file: &Path, config: Option<&Path>) -> anyhow::Result<()> {
    let Verified { header, rows, folded } = backup::verify(file)?;
    output::note(&format!(
        "Made {} by {} {}, at migration {}, of the installation `{}`.",
        show::moment(header.made_at),
        env!("CARGO_PKG_NAME"),
        header.program,
        header.schema,
        header.deployment,
    ));
    for key in &header.keys {
        output::note(&format!(
            "{}: key {}, wrapped by {}",
            key.environment,
            key.version,
            key.by.join(" and ")
        ));
    }
    output::note(&counted(&rows));
    output::note(&format!("The state of all {folded} streams follows from their events."));
    if let Some(config) = config {
        is_of(&config::load(Some(config))?, &header)?;
        let KeySettings { keys } = config::load(Some(config))?;
        let services = parts::open_key_services(&keys).await?;
        let opened = backup::open_keys(file, services, &header.deployment).await?;
        output::note(&format!(
            "All {} keys of environments and {} data keys open.",
            opened.environment_keys, opened.data_keys
        ));
    }
    output::line(&format!("{} is whole.", file.display()));
    Ok(())
}

/// Every seal is bound to the installation's name.
fn is_of(settings: &Settings, header: &Header) -> anyhow::Result<()> {
    ensure!(
        settings.vault.deployment == header.deployment,
        "the backup is of the installation `{}`, and `vault.deployment` says `{}`: nothing would open; correct the setting",
        header.deployment,
        settings.vault.deployment
    );
    Ok(())
}

async fn restore(file: &Path, config: Option<&Path>) -> anyhow::Result<()> {
    let settings: Settings = config::load(config)?;
    is_of(&settings, &backup::header(file)?)?;
    let archive = parts::open_archive(&settings.database, true).await?;
    let schema = schema_of(&settings).await?;
    let since = SystemClock.now();
    let terms = |header: &Header| Terms {
        id: SafeModeId::from_parts(since.unsigned_abs(), rand::random()),
        since: Timestamp(since),
        backup_of: Some(Timestamp(header.made_at)),
    };
    let counts = backup::restore(archive.as_ref(), file, schema, terms)
        .await
        .context("nothing was restored; the database is as it was")?;
    output::note(&counted(&counts));
    output::line(
        "Restored, in safe mode: tokens that are valid are handed out, and none is refreshed. All API keys are locked, because one may \
         have been revoked since: confirm them with `latchkey key confirm`. Start the refreshers on the journals they had, see `latchkey \
         safe-mode status`, then `latchkey safe-mode leave`.",
    );
    Ok(())
}

fn counted(counts: &Counts) -> String {
    let tables: Vec<String> = counts.0.iter().map(|(table, rows)| format!("{rows} {table}")).collect();
    format!("{}.", tables.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backups_are_named_in_the_order_of_time() {
        assert_eq!(name_of(1_795_749_300_123), "latchkey-20261127T031500Z.backup");
    }

    #[test]
    fn the_oldest_go_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        let names = [
            "latchkey-1Z.backup",
            "latchkey-2Z.backup",
            "latchkey-3Z.backup",
            "latchkey-1Z.partial",
            "notes",
        ];
        for name in names {
            fs::write(folder.path().join(name), "").unwrap();
        }
        prune(folder.path(), 2).unwrap();
        let left = names.map(|name| folder.path().join(name).exists());
        assert_eq!(left, [false, true, true, true, true]);
    }
}
