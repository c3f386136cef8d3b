//! `latchkey keys`: the keys that seal credentials, from the key service's down. Works on the database and the key services
//! themselves, beside servers that run.

mod status;

pub use status::object;

use super::offline::Settings;
use crate::output;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use latchkey_domain::{ConnectionId, Environment};
use latchkey_vault::vault::{Replacement, Vault};
use latchkey_vault::{EnvironmentKeyState, Keyring, VaultService};
use std::path::PathBuf;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// How long is waited for what somebody is at: a claim whose refresher was stopped is taken over within this.
const BUSY_FOR: Duration = Duration::from_secs(180);

const BUSY_POLL: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
#[command(after_help = "\
To replace the key service's key: name the new one in keys.kek and the old one in keys.also, restart, rewrap; then take the
old one out of keys.also, restart, rewrap once more. To replace an environment's key: rotate. With --data-keys, connections,
integrations and webhook endpoints are given other data keys too, and their secrets are sealed anew: where a data key may have
been seen. All of it works while servers run, may be cut off at any time, and goes on where it was with `rewrap` (with
--data-keys, if it was begun so). Make a backup afterwards: what refreshers write down from then on opens with the new keys alone.

Examples:
  latchkey keys status --config latchkey.toml
  latchkey keys rotate --config latchkey.toml --environment prod
  latchkey keys rotate --config latchkey.toml --environment prod --data-keys
  latchkey keys rotate --config latchkey.toml --connection con_01JD…
  latchkey keys rotate --config latchkey.toml --environment prod --signing
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
    Rotate(Rotate),
    /// Wrap what is not wrapped as it should be: environments' keys by every key service of the settings and by no other,
    /// data keys by the newest key of their environment
    Rewrap {
        /// Replace data keys that are under an older key by others, where `rotate --data-keys` was cut off
        #[arg(long)]
        data_keys: bool,
    },
}

#[derive(clap::Args)]
struct Rotate {
    /// Of this environment alone
    #[arg(long)]
    environment: Option<Environment>,
    /// Give every connection, integration and webhook endpoint another data key too, and seal its secrets anew
    #[arg(long)]
    data_keys: bool,
    /// Only another data key for this connection
    #[arg(long, value_name = "CONNECTION", conflicts_with_all = ["environment", "data_keys", "signing"])]
    connection: Option<ConnectionId>,
    /// Only another key that signs receipts and audit roots; what was signed before is still believed
    #[arg(long, conflicts_with = "data_keys")]
    signing: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let service = Settings::read(&self.config)?.service().await?;
        match self.command {
            Command::Status { json } => status::show(&service, json).await,
            Command::Rotate(rotate) => rotate.run(&service).await,
            Command::Rewrap { data_keys } => rewrap(&service, None, data_keys).await,
        }
    }
}

impl Rotate {
    async fn run(self, service: &VaultService) -> anyhow::Result<()> {
        if let Some(connection) = self.connection {
            return replace_one(service.vault(), connection).await;
        }
        let all = service.keyring().key_states().await?.into_iter().map(|state| state.environment);
        let environments: Vec<_> = match &self.environment {
            Some(environment) => vec![environment.clone()],
            None => all.collect(),
        };
        for environment in &environments {
            if self.signing {
                let key = service.vault().replace_signing_key(environment).await?;
                output::note(&format!("{environment}: key {} signs from now on: {}", key.id, key.key));
                continue;
            }
            let version = service.keyring().rotate(environment).await?;
            output::note(&format!("{environment}: key {version} wraps what is new."));
        }
        if self.signing {
            output::note("Give whoever checks receipts and exports the list of `latchkey audit keys` again.");
            return Ok(());
        }
        rewrap(service, self.environment.as_ref(), self.data_keys).await
    }
}

async fn replace_one(vault: &Vault, connection: ConnectionId) -> anyhow::Result<()> {
    let begun = Instant::now();
    while vault.replace_data_key(connection).await? == Replacement::Busy {
        if begun.elapsed() > BUSY_FOR {
            bail!("{connection} is being refreshed, or its refresher was stopped at it: try again");
        }
        sleep(BUSY_POLL).await;
    }
    output::note(&format!("{connection}: sealed with another data key."));
    Ok(())
}

async fn rewrap(service: &VaultService, only: Option<&Environment>, data_keys: bool) -> anyhow::Result<()> {
    let keyring = service.keyring();
    let environment_keys = keyring.rewrap_environment_keys().await.context(
        "an environment's key could not be wrapped by every key service of the settings; what was wrapped stays so",
    )?;
    if environment_keys > 0 {
        output::note(&format!("{environment_keys} keys of environments are wrapped as the settings say."));
    }
    for state in keyring.key_states().await? {
        if only.is_none_or(|only| *only == state.environment) {
            if data_keys {
                replace_data_keys(service.vault(), &state).await?;
            }
            rewrap_environment(keyring, &state).await?;
        }
    }
    verified(keyring, only).await
}

/// Until nothing of the environment that is given another data key is left under an older one's.
async fn replace_data_keys(vault: &Vault, state: &EnvironmentKeyState) -> anyhow::Result<()> {
    let environment = &state.environment;
    for older in &state.older {
        let (mut done, mut busy, mut after) = (0, 0, None);
        let mut progressed = Instant::now();
        loop {
            let begun = Instant::now();
            let page = vault.replace_data_keys(environment, older.version, after.as_ref()).await?;
            (done, busy, after) = (done + page.replaced, busy + page.busy, page.after);
            if page.replaced > 0 {
                progressed = begun;
                output::note(&format!(
                    "{environment}: {done} of at most {} data keys are replaced by others.",
                    older.data_keys.max(done)
                ));
            }
            if after.is_none() {
                if busy == 0 {
                    break;
                }
                if progressed.elapsed() > BUSY_FOR {
                    bail!(
                        "{environment}: {busy} are being refreshed or changed, or their refresher was stopped at it; run `latchkey \
                         keys rewrap --data-keys` again"
                    );
                }
                busy = 0;
                sleep(BUSY_POLL).await;
            }
            // Half of the time is the servers'.
            sleep(begun.elapsed().min(BUSY_POLL)).await;
        }
    }
    Ok(())
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
