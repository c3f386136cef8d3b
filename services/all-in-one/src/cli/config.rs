//! `latchkey config`: what a settings file says, and whether the program it is for takes it.

use crate::output;
use crate::serve;
use clap::{Subcommand, ValueEnum};
use latchkey_chassis::config::{self, ConfigError};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey config check latchkey.toml
  latchkey config check vault.toml --program vault
  latchkey config show latchkey.toml --origin")]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Whether the program takes them: unknown keys, values that cannot be, and what would be unsafe to start with. Opens
    /// nothing and asks nobody; that does `latchkey doctor`
    Check {
        /// A settings file
        file: PathBuf,
        /// Which program they are for
        #[arg(long, value_enum, default_value_t = Program::Serve)]
        program: Program,
    },
    /// What is set, by the file and by variables over it. Passwords are not shown
    Show {
        /// A settings file
        file: PathBuf,
        /// Where each comes from
        #[arg(long)]
        origin: bool,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Program {
    /// `latchkey serve`
    Serve,
    Vault,
    Connect,
    Refresher,
    Proxy,
}

impl Arguments {
    pub fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Check { file, program } => check(&file, program),
            Command::Show { file, origin } => show(&file, origin),
        }
    }
}

fn check(file: &Path, program: Program) -> anyhow::Result<()> {
    match program {
        Program::Serve => parsed::<serve::Config>(file)?.check()?,
        Program::Vault => parsed::<latchkey_vault::Config>(file)?.check()?,
        Program::Connect => parsed::<latchkey_connect::config::Config>(file)?.check()?,
        Program::Refresher => parsed::<latchkey_refresher::Config>(file)?.check()?,
        Program::Proxy => parsed::<latchkey_proxy::config::Config>(file)?.check()?,
    }
    output::note(&format!("{} is as it should be.", file.display()));
    if matches!(program, Program::Serve | Program::Vault) {
        let doctor = format!("latchkey doctor --config {}", file.display());
        output::note(&format!("Whether what it names is there and works, `{doctor}` sees."));
    }
    Ok(())
}

fn parsed<T: DeserializeOwned>(file: &Path) -> Result<T, ConfigError> {
    config::load(Some(file))
}

fn show(file: &Path, origin: bool) -> anyhow::Result<()> {
    let set = config::shown(Some(file))?;
    if origin {
        let rows: Vec<[String; 3]> = set.into_iter().map(|set| [set.key, set.value, set.origin]).collect();
        output::line(&output::table(["KEY", "VALUE", "FROM"], &rows));
        return Ok(());
    }
    let rows: Vec<[String; 2]> = set.into_iter().map(|set| [set.key, set.value]).collect();
    output::line(&output::table(["KEY", "VALUE"], &rows));
    Ok(())
}
