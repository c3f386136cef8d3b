//! `latchkey import nango`: over the REST API of the source, and the same API of this server.
//!
//! Invariants: a token is refreshed by one side at a time, so what is imported is switched off here until its integration is cut
//! over; nothing is changed without `--yes`; each step is written to the state file, which holds no secret, before the next one.

mod cutover;
mod plan;
mod report;
mod run;
mod state;
mod verify;

use crate::cli::door::{Door, Here, key};
use anyhow::{Context as _, bail};
use clap::Subcommand;
use state::State;
use std::path::PathBuf;

const SOURCE_KEY: &str = "NANGO_SECRET_KEY";

#[derive(clap::Args)]
#[command(after_help = "\
In this order; each step can be repeated, and goes on where it was cut short:
  latchkey import nango plan --source https://nango.example.com       what there is, and what can be taken over
  latchkey import nango run --yes                                     imported, and switched off here: the source goes on refreshing
  latchkey import nango verify                                        both sides compared
  latchkey import nango cutover github --yes                          taken over, one integration after another: refreshed here from now on
  latchkey import nango report > import.md")]
pub struct Arguments {
    /// Where the source is, such as https://nango.example.com; as `plan` was told, where it is left out
    #[arg(long, value_name = "URL", global = true)]
    source: Option<String>,
    /// A file with the source's secret key; without it, NANGO_SECRET_KEY
    #[arg(long, value_name = "FILE", global = true)]
    source_key_file: Option<PathBuf>,
    #[command(flatten)]
    here: Here,
    /// What was done is kept here; it holds no secret
    #[arg(long, value_name = "FILE", default_value = "latchkey-import.json", global = true)]
    state: PathBuf,
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// See what there is at the source, and what of it can be taken over
    Plan {
        /// A provider that is called otherwise here, such as theirs=ours; give it several times
        #[arg(long, value_name = "THEIRS=OURS", value_parser = pair)]
        map: Vec<(String, String)>,
    },
    /// Import integrations and connections; they begin switched off. Without --yes it is only said what would be done
    Run {
        /// Only of this integration; give it several times
        #[arg(long)]
        integration: Vec<String>,
        /// Do it
        #[arg(long)]
        yes: bool,
    },
    /// Compare both sides, and try out what was taken over
    Verify,
    /// Take an integration over: its connections are fetched once more, switched on, refreshed here, and tried out
    Cutover {
        /// The integration's key
        integration: String,
        /// Do it
        #[arg(long)]
        yes: bool,
        /// Switch off again what was not refreshed here yet
        #[arg(long)]
        undo: bool,
    },
    /// Write down what was done, as Markdown
    Report {
        /// For programs
        #[arg(long)]
        json: bool,
    },
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (theirs, ours) = text.split_once('=').ok_or("expected THEIRS=OURS")?;
    Ok((theirs.to_owned(), ours.to_owned()))
}

/// Both sides.
struct Sides {
    source: Door,
    target: Door,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut state = State::read(&self.state)?;
        if let Step::Report { json } = self.step {
            report::report(&state, json);
            return Ok(());
        }
        let sides = self.sides(&mut state)?;
        match self.step {
            Step::Plan { map } => plan::plan(&sides, &mut state, map).await,
            Step::Run { integration, yes } => run::run(&sides, &mut state, &integration, yes).await,
            Step::Verify => verify::verify(&sides, &mut state).await,
            Step::Cutover { integration, undo: true, yes } => {
                cutover::undo(&sides, &mut state, &integration, yes).await
            }
            Step::Cutover { integration, yes, .. } => {
                cutover::cutover(&sides, &mut state, &integration, yes).await
            }
            Step::Report { .. } => Ok(()),
        }
    }

    fn sides(&self, state: &mut State) -> anyhow::Result<Sides> {
        let source = self.source.clone().or_else(|| Some(state.source.clone()).filter(|url| !url.is_empty()));
        let source = source.context("say where the source is: --source https://…")?;
        let url = self.here.url()?;
        let known = |stored: &str, now: &str| stored.is_empty() || stored == now;
        if !known(&state.source, &source) || !known(&state.target, &url) {
            bail!(
                "{} is of an import from {} to {}: name another file with --state",
                self.state.display(),
                state.source,
                state.target
            );
        }
        let source_key = key(self.source_key_file.as_deref(), SOURCE_KEY, None)?;
        (state.source, state.target) = (source.clone(), url.clone());
        Ok(Sides {
            source: Door::new("the source", &source, &source_key, self.here.insecure)?,
            target: self.here.door()?,
        })
    }
}
