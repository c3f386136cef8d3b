//! `latchkey integration`: your apps at providers.

use super::Server;
use super::refresh::{self, Which};
use super::server::{Way, answer};
use crate::output;
use anyhow::Context as _;
use clap::Subcommand;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::integration_service_client::IntegrationServiceClient;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey integration create --key github --provider github --client-id Iv1.abc --client-secret-file secret.txt --scope repo
  latchkey integration create --key github --provider github --client-id Iv1.xyz --scope repo --preview
  latchkey integration rotate-secret github < secret.txt
  latchkey integration list
  latchkey integration check github
  latchkey integration create --key zendesk --provider zendesk --client-id latchkey < secret.txt")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List integrations
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Register an app, or change the one with this key
    Create(Create),
    /// Replace an app's client secret, once the provider was asked whether it accepts it; nothing else changes
    RotateSecret {
        /// The integration's key
        key: String,
        /// A file with the new client secret; without it, it is read from standard input
        #[arg(long, value_name = "FILE")]
        client_secret_file: Option<PathBuf>,
        /// Store it without asking the provider
        #[arg(long)]
        skip_check: bool,
    },
    /// Ask the provider whether it accepts an integration's client id and secret; fails where it does not
    Check {
        /// The integration's key
        key: String,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Refresh none of an integration's connections until `resume`; tokens that are good are handed out as ever
    Pause {
        /// The integration's key
        key: String,
    },
    /// Go on refreshing an integration's connections
    Resume {
        /// The integration's key
        key: String,
    },
    /// Retire an integration: its connections can no longer be refreshed
    Delete {
        /// The integration's key
        key: String,
    },
}

#[derive(clap::Args)]
struct Create {
    /// What to call it, unique here
    #[arg(long)]
    key: String,
    /// The provider's id, as in `latchkey provider list`
    #[arg(long)]
    provider: String,
    /// What end users see; the provider's name where it is not given
    #[arg(long, default_value_t)]
    name: String,
    /// The app's client id at the provider
    #[arg(long, default_value_t)]
    client_id: String,
    /// A file with the app's client secret; without it, it is read from standard input where there is a client id
    #[arg(long, value_name = "FILE")]
    client_secret_file: Option<PathBuf>,
    /// Leave the client secret as it is
    #[arg(long, conflicts_with = "client_secret_file")]
    keep_secret: bool,
    /// A scope to ask for; give it several times
    #[arg(long)]
    scope: Vec<String>,
    /// What happens where an end user reconnects with another account than the connection has
    #[arg(long, value_enum, default_value_t, value_name = "POLICY")]
    other_account: OtherAccount,
    /// One of the provider's own settings, such as subdomain=acme
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    field: Vec<(String, String)>,
    /// Change nothing; say what would change, and what it means for the connections there are
    #[arg(long)]
    preview: bool,
    /// With --preview, for programs
    #[arg(long, requires = "preview")]
    json: bool,
    /// One of the provider's own secret settings, from a file, such as signing_key=key.pem
    #[arg(long, value_name = "NAME=FILE", value_parser = pair)]
    secret_field_file: Vec<(String, String)>,
}

#[derive(Clone, Copy, Default, clap::ValueEnum)]
enum OtherAccount {
    /// Tell the end user of both, and ask
    #[default]
    Warn,
    /// Do not take it
    Block,
    /// Take it without a word
    Allow,
}

impl From<OtherAccount> for pb::OtherAccount {
    fn from(policy: OtherAccount) -> Self {
        match policy {
            OtherAccount::Warn => Self::Warn,
            OtherAccount::Block => Self::Block,
            OtherAccount::Allow => Self::Allow,
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let way = self.server.connect().await?;
        let mut integrations = IntegrationServiceClient::new(way.clone());
        match self.command {
            Command::List { json } => {
                let request = pb::ListIntegrationsRequest {};
                let found = answer(integrations.list_integrations(request)).await?.integrations;
                output::line(&if json {
                    found.iter().map(object).collect::<Value>().to_string()
                } else {
                    rows(&found)
                });
                Ok(())
            }
            Command::Create(create) => self::create(&mut integrations, create).await,
            Command::RotateSecret { key, client_secret_file, skip_check } => {
                let client_secret = match client_secret_file {
                    Some(path) => read(&path)?,
                    None => asked_for("New client secret (it shows while you type):")?,
                };
                rotate_secret(&mut integrations, key, client_secret, skip_check).await
            }
            Command::Check { key, json } => check(&mut integrations, key, json).await,
            Command::Pause { key } => refresh::pause(way, Which::integration(key)).await,
            Command::Resume { key } => refresh::resume(way, Which::integration(key)).await,
            Command::Delete { key } => {
                answer(integrations.delete_integration(pb::DeleteIntegrationRequest { key: key.clone() }))
                    .await?;
                output::note(&format!(
                    "Retired {key}. Its connections stay, and cannot be refreshed any more."
                ));
                Ok(())
            }
        }
    }
}

async fn create(integrations: &mut IntegrationServiceClient<Way>, create: Create) -> anyhow::Result<()> {
    let (client_secret, looks, json) = (client_secret(&create)?, create.preview, create.json);
    let secret_fields =
        create.secret_field_file.iter().map(|(name, file)| Ok((name.clone(), read(Path::new(file))?)));
    let request = pb::PutIntegrationRequest {
        client_secret,
        secret_fields: secret_fields.collect::<anyhow::Result<BTreeMap<_, _>>>()?,
        integration: Some(pb::Integration {
            key: create.key,
            provider: create.provider,
            display_name: create.name,
            client_id: create.client_id,
            scopes: create.scope,
            fields: create.field.into_iter().collect(),
            other_account: pb::OtherAccount::from(create.other_account).into(),
            ..Default::default()
        }),
    };
    if looks {
        return preview(integrations, request, json).await;
    }
    let made = answer(integrations.put_integration(request)).await?.integration.unwrap_or_default();
    output::note(&format!("Registered {}. At the provider, register exactly this redirect URI:", made.key));
    output::line(&made.redirect_uri);
    Ok(())
}

async fn check(
    integrations: &mut IntegrationServiceClient<Way>,
    key: String,
    json: bool,
) -> anyhow::Result<()> {
    let checked =
        answer(integrations.check_integration(pb::CheckIntegrationRequest { key: key.clone() })).await?;
    let said = checked.failure.as_ref().and_then(|failure| failure.provider_error.as_ref());
    let said = said.map(|said| said.code.as_str()).unwrap_or_default();
    if json {
        output::line(
            &json!({
                "verdict": checked.verdict().as_str_name(),
                "explanation": checked.explanation,
                "provider_code": said,
                "auth_log_id": checked.auth_log_id,
            })
            .to_string(),
        );
    } else {
        let word = match checked.verdict() {
            pb::ClientVerdict::Accepted => "accepted",
            pb::ClientVerdict::Refused => "refused",
            pb::ClientVerdict::CannotTell | pb::ClientVerdict::Unspecified => "cannot be told",
        };
        let said = if said.is_empty() { String::new() } else { format!(" (the provider said `{said}`)") };
        output::line(&format!("{key}: {word}{said}. {}", checked.explanation));
    }
    anyhow::ensure!(
        checked.verdict() != pb::ClientVerdict::Refused,
        "the provider does not accept the app of {key}"
    );
    Ok(())
}

/// Empty leaves the present one in place.
fn client_secret(create: &Create) -> anyhow::Result<String> {
    match &create.client_secret_file {
        Some(path) => read(path),
        None if create.client_id.is_empty() || create.keep_secret => Ok(String::new()),
        // What is only looked at needs no secret.
        None if create.preview => Ok(String::new()),
        None => asked_for("Client secret (it shows while you type; press Enter for none):"),
    }
}

fn asked_for(what: &str) -> anyhow::Result<String> {
    output::ask(what);
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("standard input cannot be read")?;
    Ok(line.trim().to_owned())
}

async fn rotate_secret(
    integrations: &mut IntegrationServiceClient<Way>,
    key: String,
    client_secret: String,
    skip_check: bool,
) -> anyhow::Result<()> {
    let request = pb::RotateClientSecretRequest { key: key.clone(), client_secret, skip_check };
    let rotated = answer(integrations.rotate_client_secret(request)).await?;
    output::note(&format!("{key} has another client secret. {}", rotated.explanation));
    Ok(())
}

async fn preview(
    integrations: &mut IntegrationServiceClient<Way>,
    put: pb::PutIntegrationRequest,
    json: bool,
) -> anyhow::Result<()> {
    let pb::PutIntegrationRequest { integration, client_secret, secret_fields } = put;
    let request = pb::PreviewIntegrationChangeRequest { integration, client_secret, secret_fields };
    let told = answer(integrations.preview_integration_change(request)).await?;
    if !json {
        output::line(&told.sentences.join("\n"));
        return Ok(());
    }
    let change = |it: &pb::SettingChange| {
        json!({
            "setting": it.setting,
            "before": it.before,
            "after": it.after,
            "added": it.added,
            "removed": it.removed,
        })
    };
    output::line(
        &json!({
            "creates": told.creates,
            "connections": told.connections,
            "changes": told.changes.iter().map(change).collect::<Value>(),
            "replaces_secrets": told.replaces_secrets,
            "refreshes": told.refreshes().as_str_name(),
            "sentences": told.sentences,
        })
        .to_string(),
    );
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(text.trim_end().to_owned())
}

fn rows(found: &[pb::Integration]) -> String {
    let row = |integration: &pb::Integration| {
        [
            integration.key.clone(),
            integration.provider.clone(),
            integration.display_name.clone(),
            integration.client_id.clone(),
            integration.scopes.join(" "),
        ]
    };
    output::table(
        ["KEY", "PROVIDER", "NAME", "CLIENT ID", "SCOPES"],
        &found.iter().map(row).collect::<Vec<_>>(),
    )
}

fn object(integration: &pb::Integration) -> Value {
    json!({
        "key": integration.key,
        "provider": integration.provider,
        "display_name": integration.display_name,
        "client_id": integration.client_id,
        "scopes": integration.scopes,
        "fields": integration.fields,
        "redirect_uri": integration.redirect_uri,
        "other_account": integration.other_account().as_str_name(),
    })
}
