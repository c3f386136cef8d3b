//! `latchkey key`: what backends prove themselves with. The first one is made on the database itself, since there is
//! none yet to ask a server with.

use super::server::answer;
use super::{Server, duration, offline, show};
use crate::output;
use anyhow::Context as _;
use clap::Subcommand;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{ApiKeyId, Timestamp};
use latchkey_wire::contract::{IssueKey, KeyView};
use latchkey_wire::convert::{duration_to_pb, secret_to_pb, timestamp_to_pb};
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::api_key_service_client::ApiKeyServiceClient;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(clap::Args)]
#[command(after_help = help())]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

fn help() -> String {
    let scopes: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
    format!(
        "\
Scopes: {}

Examples:
  latchkey key create --name backend --scopes sessions:write,connections:read,tokens:read
  latchkey key create --config latchkey.toml --environment prod --name first --scopes keys:admin,integrations:admin
  latchkey key rotate key_01J… --keep 7d
  latchkey key revoke key_01J…
  latchkey key confirm --config latchkey.toml                  # after a restore: which keys wait
  latchkey key confirm --config latchkey.toml key_01J… key_01K…",
        scopes.join(" ")
    )
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and print it, this once
    Create(Create),
    /// List the keys of the environment
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// See one key
    Get {
        /// The key's id, as in `latchkey key list`
        key: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Make a key's successor and print it, this once; the old one goes on for a while
    Rotate {
        /// The key's id, as in `latchkey key list`
        key: String,
        /// How long the old one goes on, 7d at most; 0 ends it at once
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration::parse)]
        keep: Duration,
    },
    /// Refuse a key from now on; everywhere within five seconds
    Revoke {
        /// The key's id, as in `latchkey key list`
        key: String,
    },
    /// After a backup was restored: have keys open again what they opened. They are locked, because one may have been revoked since
    Confirm(Confirm),
}

#[derive(clap::Args)]
struct Confirm {
    /// Those that were not revoked since the backup was made; without any, those that wait are listed
    keys: Vec<ApiKeyId>,
    /// All that wait
    #[arg(long, conflicts_with = "keys")]
    all: bool,
    /// The settings of `latchkey serve` or of the vault: it is done on the database
    #[arg(long, value_name = "FILE", default_value = "latchkey.toml")]
    config: PathBuf,
}

impl Confirm {
    async fn run(self) -> anyhow::Result<()> {
        let service = offline::Settings::read(&self.config)?.service().await?;
        let waiting = service.vault().locked_keys().await?;
        if self.keys.is_empty() && !self.all {
            let row = |key: &KeyView| [key.environment.to_string(), key.id.to_string(), key.name.clone()];
            output::line(&output::table(
                ["ENVIRONMENT", "LOCKED", "NAME"],
                &waiting.iter().map(row).collect::<Vec<_>>(),
            ));
            return Ok(());
        }
        let all = waiting.iter().map(|key| key.id);
        let keys: Vec<ApiKeyId> = if self.all { all.collect() } else { self.keys };
        for key in keys {
            let confirmed = service.vault().confirm_key(key).await;
            confirmed.with_context(|| format!("{key} is no key that waits, or was revoked"))?;
            output::note(&format!("{key} opens again what it opened."));
        }
        Ok(())
    }
}

#[derive(clap::Args)]
struct Create {
    /// Who will use it
    #[arg(long)]
    name: String,
    /// What it may do, separated by commas
    #[arg(long, value_delimiter = ',', required = true, value_parser = scope)]
    scopes: Vec<Scope>,
    /// How long it is good for, such as 90d; without it, until it is revoked
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    lifetime: Option<Duration>,
    /// Make it on the database of these settings, without a server: those of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", requires = "environment")]
    config: Option<PathBuf>,
    /// The environment the key is for, with --config; a server makes keys for the environment of the key it is asked with
    #[arg(long, requires = "config")]
    environment: Option<String>,
}

pub(super) fn scope(word: &str) -> Result<Scope, String> {
    Scope::from_word(word).ok_or_else(|| {
        let all: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("expected one of {}", all.join(", "))
    })
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Create(create) => match (&create.config, &create.environment) {
                (Some(file), Some(environment)) => create.on_database(file, environment).await,
                _ => create.on_server(&self.server).await,
            },
            Command::Confirm(confirm) => confirm.run().await,
            Command::List { json } => list(&self.server, json).await,
            Command::Get { key, json } => get(&self.server, key, json).await,
            Command::Rotate { key, keep } => rotate(&self.server, key, keep).await,
            Command::Revoke { key } => {
                let mut keys = ApiKeyServiceClient::new(self.server.connect().await?);
                answer(keys.revoke_api_key(pb::RevokeApiKeyRequest { id: key.clone() })).await?;
                output::note(&format!("Revoked {key}."));
                Ok(())
            }
        }
    }
}

impl Create {
    async fn on_server(&self, server: &Server) -> anyhow::Result<()> {
        let mut keys = ApiKeyServiceClient::new(server.connect().await?);
        let request = pb::CreateApiKeyRequest {
            name: self.name.clone(),
            scopes: self.scopes.iter().map(|scope| scope.as_str().to_owned()).collect(),
            expire_time: self.expires_at().map(timestamp_to_pb),
        };
        let made = answer(keys.create_api_key(request)).await?;
        say(&made.api_key.unwrap_or_default().id, &made.secret);
        Ok(())
    }

    async fn on_database(&self, file: &Path, environment: &str) -> anyhow::Result<()> {
        let environment = offline::environment(environment)?;
        let vault = offline::Settings::read(file)?.vault().await?;
        let issue = IssueKey {
            environment,
            name: self.name.clone(),
            scopes: self.scopes.clone(),
            expires_at: self.expires_at(),
        };
        let issued = vault.issue_key(issue).await?;
        say(&issued.key.id.to_string(), &secret_to_pb(&issued.secret));
        Ok(())
    }

    fn expires_at(&self) -> Option<Timestamp> {
        let until =
            SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().checked_add(self.lifetime?)?;
        Some(Timestamp(i64::try_from(until.as_millis()).ok()?))
    }
}

fn say(id: &str, secret: &str) {
    output::note(&format!("Made {id}. Keep what follows where secrets are kept: it is not shown again."));
    output::line(secret);
}

async fn get(server: &Server, id: String, json: bool) -> anyhow::Result<()> {
    let mut keys = ApiKeyServiceClient::new(server.connect().await?);
    let found = answer(keys.get_api_key(pb::GetApiKeyRequest { id })).await?.api_key.unwrap_or_default();
    output::line(&if json { object(&found).to_string() } else { rows(&[found]) });
    Ok(())
}

async fn rotate(server: &Server, id: String, keep: Duration) -> anyhow::Result<()> {
    let mut keys = ApiKeyServiceClient::new(server.connect().await?);
    let request = pb::RotateApiKeyRequest { id: id.clone(), keep_previous: Some(duration_to_pb(keep)) };
    let made = answer(keys.rotate_api_key(request)).await?;
    output::note(&format!("{id} ends: {}.", show::from_now(made.previous_expire_time.as_ref())));
    say(&made.api_key.unwrap_or_default().id, &made.secret);
    Ok(())
}

fn rows(keys: &[pb::ApiKey]) -> String {
    let row = |key: &pb::ApiKey| {
        [
            key.id.clone(),
            key.name.clone(),
            state_word(key).to_owned(),
            show::from_now(key.expire_time.as_ref()),
            key.scopes.join(" "),
        ]
    };
    output::table(["ID", "NAME", "STATE", "EXPIRES", "SCOPES"], &keys.iter().map(row).collect::<Vec<_>>())
}

async fn list(server: &Server, json: bool) -> anyhow::Result<()> {
    let mut keys = ApiKeyServiceClient::new(server.connect().await?);
    let found = answer(keys.list_api_keys(pb::ListApiKeysRequest {})).await?.api_keys;
    if json {
        output::line(&found.iter().map(object).collect::<Value>().to_string());
        return Ok(());
    }
    output::line(&rows(&found));
    if found.iter().any(|key| key.state() == pb::ApiKeyState::Locked) {
        output::note(
            "What is locked came out of a backup, and may have been revoked since: `latchkey key confirm` has it open again what it \
             opened, `latchkey key revoke` ends it.",
        );
    }
    Ok(())
}

fn state_word(key: &pb::ApiKey) -> &'static str {
    match key.state() {
        pb::ApiKeyState::Locked => "locked",
        pb::ApiKeyState::Revoked => "revoked",
        // A server that does not tell the state knows no other.
        pb::ApiKeyState::Unspecified if key.revoked => "revoked",
        pb::ApiKeyState::Active | pb::ApiKeyState::Unspecified => "active",
    }
}

fn object(key: &pb::ApiKey) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "scopes": key.scopes,
        "revoked": key.revoked,
        "state": state_word(key),
        "create_time": show::rfc3339(key.create_time.as_ref()),
        "expire_time": show::rfc3339(key.expire_time.as_ref()),
        "successor": key.successor,
    })
}
