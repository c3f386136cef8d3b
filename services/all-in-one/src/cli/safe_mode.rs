//! `latchkey safe-mode`: the time after a backup was restored, in which nothing is refreshed. Works on the database itself,
//! beside servers that run: they look before each refresh.

use super::offline::{Settings, environment};
use super::show;
use crate::output;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use latchkey_domain::rotation::RotationClass;
use latchkey_domain::safe_mode::Integration;
use latchkey_oauth::documented;
use latchkey_providers::Catalogue;
use latchkey_vault::vault::{Safety, Vault};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
A backup's refresh tokens may have been used since it was made. Where a provider rotates them, one that is sent again ends the
grant. So after `latchkey backup restore` nothing is refreshed, and tokens that are still valid are handed out. Start the
refreshers first, on the journals they had: they tell what they were answered since, and that is then the latest. Then leave.

Examples:
  latchkey safe-mode status --config latchkey.toml
  latchkey safe-mode leave --config latchkey.toml --integration prod/github
  latchkey safe-mode leave --config latchkey.toml")]
pub struct Arguments {
    /// The settings of `latchkey serve` or of the vault
    #[arg(long, value_name = "FILE", global = true, default_value = "latchkey.toml")]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Whether it is on, since when, and which integrations' tokens it is for
    Status {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Refresh nothing from now on: before the first start on a database that was restored by other means
    Enter {
        /// Also lock every API key until `latchkey key confirm`: one may have been revoked since what was restored
        #[arg(long)]
        lock_keys: bool,
    },
    /// Refresh again: everything, or one integration's connections
    Leave {
        /// Only of this one: ENVIRONMENT/INTEGRATION
        #[arg(long, value_name = "ENVIRONMENT/INTEGRATION", value_parser = integration)]
        integration: Option<Integration>,
    },
}

fn integration(text: &str) -> anyhow::Result<Integration> {
    let (of, key) = text.split_once('/').context("expected ENVIRONMENT/INTEGRATION, as in prod/github")?;
    let integration = key.parse().with_context(|| format!("`{key}` is no integration's key"))?;
    Ok(Integration { environment: environment(of)?, integration })
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let service = Settings::read(&self.config)?.service().await?;
        let vault = service.vault();
        match self.command {
            Command::Status { json } => status(vault, json).await,
            Command::Enter { lock_keys } => {
                vault.enter_safe_mode().await?;
                if lock_keys {
                    let locked = vault.lock_keys().await?;
                    output::note(&format!("{locked} API keys are locked until `latchkey key confirm`."));
                }
                output::note("Nothing is refreshed until `latchkey safe-mode leave`.");
                Ok(())
            }
            Command::Leave { integration } => leave(vault, integration).await,
        }
    }
}

async fn leave(vault: &Vault, only: Option<Integration>) -> anyhow::Result<()> {
    if let Some(only) = &only
        && !vault.connections_by_integration().await?.contains_key(only)
    {
        bail!(
            "there is no connection of {}/{}: `latchkey safe-mode status` shows what there is",
            only.environment,
            only.integration
        );
    }
    if !vault.leave_safe_mode(only.clone()).await? {
        output::note("Safe mode is not on.");
        return Ok(());
    }
    output::note(&match only {
        Some(only) => {
            format!("Connections of {}/{} are refreshed again.", only.environment, only.integration)
        }
        None => "Everything is refreshed again.".to_owned(),
    });
    Ok(())
}

/// What an operator decides by.
struct Row {
    integration: Integration,
    connections: u64,
    /// What the catalogue says becomes of a refresh token that was used.
    class: RotationClass,
    is_held: bool,
}

async fn status(vault: &Vault, json: bool) -> anyhow::Result<()> {
    let safety = vault.safety().await?;
    let rows = rows(vault, &safety).await?;
    if json {
        output::line(&object(&safety, &rows).to_string());
        return Ok(());
    }
    let Safety::On { terms, .. } = &safety else {
        output::note("Safe mode is off: what is due is refreshed.");
        return Ok(());
    };
    let why =
        terms.backup_of.map_or_else(String::new, |at| format!(", for a backup of {}", show::moment(at.0)));
    output::note(&format!("Safe mode is on since {}{why}.", show::moment(terms.since.0)));
    let cells = |row: &Row| {
        let held = if row.is_held { "held" } else { "refreshed" };
        [
            row.integration.environment.to_string(),
            row.integration.integration.to_string(),
            row.connections.to_string(),
            word(row.class).to_owned(),
            held.to_owned(),
        ]
    };
    output::line(&output::table(
        ["ENVIRONMENT", "INTEGRATION", "CONNECTIONS", "A USED REFRESH TOKEN", "STATE"],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    ));
    Ok(())
}

async fn rows(vault: &Vault, safety: &Safety) -> anyhow::Result<Vec<Row>> {
    let catalogue = Catalogue::embedded();
    let mut rows = vec![];
    for (integration, connections) in vault.connections_by_integration().await? {
        let registered = vault.integration(&integration.environment, &integration.integration).await;
        let provider = registered.ok().and_then(|view| catalogue.get(&view.settings.provider).ok());
        let class = provider.map_or(RotationClass::Unknown, |provider| documented(&provider).rotation);
        rows.push(Row { is_held: safety.holds(&integration), class, integration, connections });
    }
    Ok(rows)
}

fn word(class: RotationClass) -> &'static str {
    match class {
        RotationClass::None => "stays good",
        RotationClass::Grace { .. } => "is taken for a while",
        RotationClass::Strict => "ends the grant",
        RotationClass::Unknown => "may end the grant",
    }
}

fn object(safety: &Safety, rows: &[Row]) -> Value {
    let terms = match safety {
        Safety::Off => None,
        Safety::On { terms, .. } => Some(terms),
    };
    json!({
        "on": terms.is_some(),
        "since": terms.map(|terms| show::moment(terms.since.0)),
        "backup_of": terms.and_then(|terms| terms.backup_of).map(|at| show::moment(at.0)),
        "integrations": rows.iter().map(|row| json!({
            "environment": row.integration.environment.to_string(),
            "integration": row.integration.integration.to_string(),
            "connections": row.connections,
            "used_refresh_token": word(row.class),
            "held": row.is_held,
        })).collect::<Vec<_>>(),
    })
}
