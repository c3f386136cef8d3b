//! `latchkey migrate`: the database's schema, seen and brought up to date.

use crate::output;
use anyhow::bail;
use clap::Subcommand;
use latchkey_chassis::config;
use latchkey_vault::config::Database;
use latchkey_vault::parts;
use serde::Deserialize;
use std::path::PathBuf;

#[derive(clap::Args)]
#[command(after_help = "\
With database.migrations = \"auto\" (the default) a vault applies them as it starts, one process at a time. With \"job\" or
\"manual\" nothing starts before `latchkey migrate up` was run.

Examples:
  latchkey migrate status --config vault.toml
  latchkey migrate plan --config vault.toml
  latchkey migrate up --config vault.toml")]
pub struct Arguments {
    /// The settings of `latchkey serve` or of the vault. Without them, LATCHKEY__DATABASE__URL says where the database is
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Which are applied. Fails where one is not, or where a newer program made the schema
    Status,
    /// Print the SQL that `up` would run, with what each is for; nothing where all is applied
    Plan,
    /// Apply those that are not
    Up,
}

/// Keys are no business of the schema's.
#[derive(Deserialize)]
struct Settings {
    database: Database,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let settings: Settings = config::load(self.config.as_deref())?;
        let state = match self.command {
            Command::Status => parts::schema(&settings.database).await?,
            Command::Plan => return plan(&settings.database).await,
            Command::Up => parts::migrate(&settings.database).await?,
        };
        let known = state.migrations.iter().map(|migration| {
            let word = if migration.is_applied { "applied" } else { "pending" };
            [migration.version.to_string(), migration.name.clone(), word.to_owned()]
        });
        let unknown =
            state.ahead.iter().map(|version| [version.to_string(), String::new(), "unknown".to_owned()]);
        output::line(&output::table(["VERSION", "NAME", "STATE"], &known.chain(unknown).collect::<Vec<_>>()));
        match (state.ahead.last(), state.pending()) {
            (Some(version), _) => bail!(
                "this program does not know migration {version}: run the version that made it, or a newer one"
            ),
            (None, 0) => Ok(()),
            (None, pending) => bail!("{pending} migrations are not applied: run `latchkey migrate up`"),
        }
    }
}

async fn plan(database: &Database) -> anyhow::Result<()> {
    let state = parts::schema(database).await?;
    if let Some(version) = state.ahead.last() {
        bail!("this program does not know migration {version}: run the version that made it, or a newer one");
    }
    let pending: Vec<_> = state.migrations.iter().filter(|migration| !migration.is_applied).collect();
    for migration in &pending {
        output::line(&format!("-- {} {}\n{}\n", migration.version, migration.name, migration.sql.trim()));
    }
    output::note(&format!("{} migrations would be applied.", pending.len()));
    Ok(())
}
