//! `latchkey keys`: the keys that seal credentials, from the key service's down. Works on the database and the key services
//! themselves, beside servers that run.

use super::offline::Settings;
use crate::output;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use latchkey_domain::Environment;
use latchkey_vault::{EnvironmentKeyState, Keyring};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::time::{Instant, sleep};

#[derive(clap::Args)]
#[command(after_help = "\
To replace the key service's key: name the new one in keys.kek and the old one in keys.also, restart, rewrap; then take the
old one out of keys.also, restart, rewrap once more. To replace an environment's key: rotate. Both work while servers run,
may be cut off at any time, and go on where they were with `rewrap`.

Examples:
  latchkey keys status --config latchkey.toml
  latchkey keys rotate --config latchkey.toml --environment prod
  latchkey keys rewrap --config latchkey.toml")]
pub struct Arguments {
    /// The settings of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", global = true, default_value = "latchkey.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// How old the keys are, what wraps them, and how much is yet to be wrapped anew
    Status {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make new keys for environments, and wrap with them what the old ones wrap
    Rotate {
        /// Of this environment alone
        #[arg(long)]
        environment: Option<Environment>,
    },
    /// Wrap what is not wrapped as it should be: environments' keys by every key service of the settings and by no other,
    /// data keys by the newest key of their environment
    Rewrap,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let vault = Settings::read(&self.config)?.service().await?;
        let keyring = vault.keyring();
        match self.command {
            Command::Status { json } => status(&keyring.key_states().await?, json),
            Command::Rotate { environment } => rotate(keyring, environment).await?,
            Command::Rewrap => rewrap(keyring, None).await?,
        }
        Ok(())
    }
}

async fn rotate(keyring: &Keyring, only: Option<Environment>) -> anyhow::Result<()> {
    let all = keyring.key_states().await?.into_iter().map(|state| state.environment);
    let environments: Vec<_> = match &only {
        Some(environment) => vec![environment.clone()],
        None => all.collect(),
    };
    for environment in &environments {
        let version = keyring.rotate(environment).await?;
        output::note(&format!("{environment}: key {version} wraps what is new."));
    }
    rewrap(keyring, only.as_ref()).await
}

async fn rewrap(keyring: &Keyring, only: Option<&Environment>) -> anyhow::Result<()> {
    let environment_keys = keyring.rewrap_environment_keys().await.context(
        "an environment's key could not be wrapped by every key service of the settings; what was wrapped stays so",
    )?;
    if environment_keys > 0 {
        output::note(&format!("{environment_keys} keys of environments are wrapped as the settings say."));
    }
    for state in keyring.key_states().await? {
        if only.is_none_or(|only| *only == state.environment) {
            rewrap_environment(keyring, &state).await?;
        }
    }
    verified(keyring, only).await
}

async fn rewrap_environment(keyring: &Keyring, state: &EnvironmentKeyState) -> anyhow::Result<()> {
    let environment = &state.environment;
    for older in &state.older {
        let (mut done, mut after) = (0, None);
        loop {
            let begun = Instant::now();
            let page = keyring.rewrap_data_keys(environment, older.version, after.as_ref()).await?;
            done += page.data_keys;
            if page.data_keys > 0 {
                let total = older.data_keys.max(done);
                output::note(&format!(
                    "{environment}: {done} of {total} keys are under key {}.",
                    state.version
                ));
            }
            after = page.after;
            if after.is_none() {
                break;
            }
            // Half of the time is the servers': the database sees no more than half of one connection's work.
            sleep(begun.elapsed()).await;
        }
    }
    let (retired, waiting) = keyring.retire(environment).await?;
    for version in retired {
        output::note(&format!("{environment}: key {version} is destroyed."));
    }
    for version in waiting {
        output::note(&format!(
            "{environment}: nothing is under key {version} any more. It is destroyed by a `latchkey keys rewrap` made an hour \
             after it was replaced."
        ));
    }
    Ok(())
}

/// Looks at what is stored, whatever was done.
async fn verified(keyring: &Keyring, only: Option<&Environment>) -> anyhow::Result<()> {
    let states = keyring.key_states().await?;
    let of_these = || states.iter().filter(|state| only.is_none_or(|only| *only == state.environment));
    let left: u64 = of_these().flat_map(|state| &state.older).map(|older| older.data_keys).sum();
    let unwrapped = states.iter().filter(|state| !state.is_wrapped_as_wanted).count();
    if left > 0 || unwrapped > 0 {
        bail!(
            "{left} data keys and {unwrapped} environments' keys are not yet wrapped as they should be: they were written meanwhile; \
             run `latchkey keys rewrap` again"
        );
    }
    output::note("Everything is wrapped as it should be.");
    Ok(())
}

fn status(states: &[EnvironmentKeyState], json: bool) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    if json {
        output::line(&states.iter().map(object).collect::<Value>().to_string());
        return;
    }
    let row = |state: &EnvironmentKeyState| {
        let age =
            state.made_at.map(|made_at| now.saturating_sub(u128::from(made_at.unsigned_abs())) / 86_400_000);
        let left: u64 = state.older.iter().map(|older| older.data_keys).sum();
        [
            state.environment.to_string(),
            state.version.to_string(),
            age.map_or_else(|| "unknown".to_owned(), |days| format!("{days} d")),
            left.to_string(),
            if state.is_wrapped_as_wanted { "yes" } else { "no: run `latchkey keys rewrap`" }.to_owned(),
            state.wrapped_by.join(" "),
        ]
    };
    output::line(&output::table(
        ["ENVIRONMENT", "KEY", "AGE", "UNDER OLDER KEYS", "WRAPPED AS SET", "BY"],
        &states.iter().map(row).collect::<Vec<_>>(),
    ));
}

pub fn object(state: &EnvironmentKeyState) -> Value {
    let older: Vec<Value> = state
        .older
        .iter()
        .map(|older| json!({"version": older.version, "data_keys": older.data_keys}))
        .collect();
    json!({
        "environment": state.environment.to_string(),
        "version": state.version,
        "made_at_ms": state.made_at,
        "wrapped_by": state.wrapped_by,
        "wrapped_as_set": state.is_wrapped_as_wanted,
        "older": older,
    })
}
