//! `latchkey support-bundle`: what somebody who helps needs to know of an installation, in one file. No secret is in it, and
//! nothing of end users.
//!
//! Invariant: whatever goes in passes [`scrubbed`] on its way, whoever made it. What cannot be looked at is said in its
//! place: a bundle is made when things are broken.

mod archive;
mod scrub;

use super::doctor::{findings, object};
use super::{chain, keys, offline, show};
use crate::output;
use archive::Archive;
use latchkey_chassis::{Clock as _, SystemClock, config};
use latchkey_domain::incident::Incident;
use latchkey_vault::config::Database;
use latchkey_vault::vault::ListIncidents;
use latchkey_vault::{VaultService, parts};
use scrub::{log_lines, scrubbed};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::Url;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
#[command(after_help = "\
Holds the doctor's report, settings without passwords, versions, migrations, the state of keys, connections counted by state,
incidents, and of each process that is named its readiness, metrics and last log lines. Look into it before you send it:
manifest.json says what is inside. Changes nothing.

Examples:
  latchkey support-bundle --config latchkey.toml --ops http://127.0.0.1:8082 --log /var/log/latchkey.json
  latchkey support-bundle --config vault.toml --settings connect.toml --settings refresher.toml --to bundle.tar.gz")]
pub struct Arguments {
    /// The settings of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
    /// Also another service's settings; may be given more than once
    #[arg(long, value_name = "FILE")]
    settings: Vec<PathBuf>,
    /// Also ask a running process on its ops port; may be given more than once
    #[arg(long, value_name = "URL", value_parser = web_address)]
    ops: Vec<Url>,
    /// Also the end of what a process logged as JSON; may be given more than once
    #[arg(long, value_name = "FILE")]
    log: Vec<PathBuf>,
    /// A file that is not there yet
    #[arg(long, value_name = "FILE", default_value = "latchkey-support.tar.gz")]
    to: PathBuf,
}

fn web_address(text: &str) -> Result<Url, String> {
    match text.parse::<Url>() {
        Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(url),
        _ => Err("expected an address such as http://127.0.0.1:8082".to_owned()),
    }
}

#[derive(Deserialize)]
struct Settings {
    database: Database,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut archive = Archive::create(&self.to, SystemClock.now())?;
        archive.add("doctor.json", "What `latchkey doctor` finds", told(self.report().await))?;
        archive.add("versions.json", "Program and machine", versions())?;
        archive.add("migrations.json", "The database's schema", told(migrations(&self.config).await))?;
        match offline::Settings::read_only(&self.config).await {
            Ok(vault) => self.of_database(&mut archive, &vault).await?,
            Err(error) => archive.add("database.json", "Why the database says nothing", told(Err(error)))?,
        }
        for (number, file) in [&self.config].into_iter().chain(&self.settings).enumerate() {
            let what = format!("Settings in {}, without passwords", file.display());
            archive.add(&format!("settings-{number}.json"), &what, told(settings(file)))?;
        }
        for (number, url) in self.ops.iter().enumerate() {
            for (path, name) in
                [("readyz", format!("ready-{number}.json")), ("metrics", format!("metrics-{number}.txt"))]
            {
                let text = asked(url, path).await.unwrap_or_else(|error| chain(&error));
                archive.add(&name, &format!("/{path} of {url}"), scrubbed(&text))?;
            }
        }
        for (number, file) in self.log.iter().enumerate() {
            let text = log_lines(file).unwrap_or_else(|error| chain(&error));
            let what = format!("The end of {}, of which only what we log ourselves is taken", file.display());
            archive.add(&format!("log-{number}.jsonl"), &what, scrubbed(&text))?;
        }
        archive.finish()?;
        output::line(&self.to.display().to_string());
        Ok(())
    }

    async fn report(&self) -> anyhow::Result<Value> {
        Ok(findings(&self.config, &[]).await?.iter().map(object).collect())
    }

    async fn of_database(&self, archive: &mut Archive, vault: &VaultService) -> anyhow::Result<()> {
        archive.add(
            "keys.json",
            "Environments' keys: age, and what wraps them",
            told(key_states(vault).await),
        )?;
        archive.add(
            "connections.json",
            "How many connections there are, by state",
            told(counts(vault).await),
        )?;
        archive.add(
            "incidents.json",
            "Incidents of the last days, open and closed",
            told(incidents(vault).await),
        )
    }
}

/// A part of the bundle, or why it is not there.
fn told(part: anyhow::Result<Value>) -> String {
    let value = part.unwrap_or_else(|error| json!({"not_known": chain(&error)}));
    scrubbed(&format!("{value:#}\n"))
}

fn versions() -> String {
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let value = json!({
        "program": env!("CARGO_PKG_VERSION"),
        "os": std::env::consts::OS,
        "arch": std::env::consts::ARCH,
        "kernel": kernel.trim(),
        "processors": std::thread::available_parallelism().map_or(0, usize::from),
    });
    format!("{value:#}\n")
}

async fn migrations(file: &Path) -> anyhow::Result<Value> {
    let Settings { database } = config::load(Some(file))?;
    let state = parts::schema(&database).await?;
    let known = state.migrations.iter().map(|migration| {
        json!({"version": migration.version, "name": migration.name, "applied": migration.is_applied})
    });
    Ok(json!({"known": known.collect::<Value>(), "unknown": state.ahead}))
}

async fn key_states(vault: &VaultService) -> anyhow::Result<Value> {
    Ok(vault.keyring().key_states().await?.iter().map(keys::object).collect())
}

async fn counts(vault: &VaultService) -> anyhow::Result<Value> {
    let mut counts = vec![];
    for state in vault.keyring().key_states().await? {
        let environment = state.environment;
        let found = vault.vault().aggregate_connections(&environment, None).await?.counts;
        counts.extend(found.into_iter().map(|(integration, state, count)| {
            json!({"environment": environment.to_string(), "integration": integration, "state": state, "count": count})
        }));
    }
    Ok(counts.into())
}

/// What a provider said in its own words stays out: it may name somebody.
async fn incidents(vault: &VaultService) -> anyhow::Result<Value> {
    let mut incidents = vec![];
    for state in vault.keyring().key_states().await? {
        let list = ListIncidents {
            environment: state.environment,
            integration: None,
            provider: None,
            include_closed: true,
        };
        incidents.extend(vault.vault().incidents(list).await?.iter().filter_map(incident));
    }
    Ok(incidents.into())
}

fn incident(incident: &Incident) -> Option<Value> {
    let (subject, kind, since) = match incident {
        Incident::Absent => return None,
        Incident::Open(open) => (&open.subject, open.kind, open.since),
        Incident::Closed(closed) => (&closed.subject, closed.kind, closed.since),
    };
    let mut value = json!({
        "environment": subject.environment.to_string(),
        "integration": subject.integration.as_ref().map(ToString::to_string),
        "provider": subject.provider,
        "kind": kind.as_str(),
        "since": show::moment(since.0),
    });
    match incident {
        Incident::Closed(closed) => {
            value["ended"] = show::moment(closed.at.0).into();
            value["ending"] = closed.ending.as_str().into();
        }
        Incident::Open(open) => value["reason"] = json!(open.failure.as_ref().map(|it| it.reason.as_str())),
        Incident::Absent => {}
    }
    Some(value)
}

fn settings(file: &Path) -> anyhow::Result<Value> {
    let set = config::shown(Some(file))?;
    Ok(set.into_iter().map(|set| json!({"key": set.key, "value": set.value, "from": set.origin})).collect())
}

async fn asked(ops: &Url, path: &str) -> anyhow::Result<String> {
    let client = reqwest::Client::builder().timeout(ANSWER_WITHIN).no_proxy().build()?;
    Ok(client.get(ops.join(path)?).send().await?.text().await?)
}
