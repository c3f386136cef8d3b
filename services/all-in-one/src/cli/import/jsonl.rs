//! `latchkey import jsonl`: connections from anywhere, one on a line.
//!
//! Invariants: nothing is changed without `--yes`, and nothing of a file that is cut short. A connection is known again by its
//! integration and external id, so this server's own answers say how far an import came, and there is nothing to lose but the file.

mod check;
mod cutover;
mod input;
pub mod line;
mod report;
mod run;

use crate::cli::door::Here;
use clap::Subcommand;

#[derive(clap::Args)]
#[command(after_help = "\
Each line is a JSON object, as POST /v1/connections takes it; external_id is your own id for the connection, and needed:
  {\"integration\": \"github\", \"external_id\": \"user-7\", \"end_user\": \"7\", \"display_name\": \"Ana\", \"tags\": {\"team\": \"crm\"},
   \"metadata\": {}, \"config\": {}, \"credential\": {\"access_token\": \"…\", \"refresh_token\": \"…\", \"expire_time\": \"2026-01-31T12:00:00Z\",
   \"granted_scopes\": [\"repo\"]}}
OAuth: access_token, refresh_token, token_secret, expire_time, obtain_time (when the provider gave it: what its age decides is right then;
left out, it counts as given now), granted_scopes, client_id and client_secret where they are not the integration's. Anything else: \"credential\": {\"fields\": {\"api_key\": \"…\"}}. One that its provider refuses already:
\"needs_reauth\": true, and no credential. One that is to stay switched off: \"disabled\": true.

In this order; each step can be repeated, and goes on where it was cut short:
  latchkey import jsonl run connections.jsonl               what is in the file, what is wrong with it, what is here already
  latchkey import jsonl run connections.jsonl --yes         imported, and switched off here: what had them goes on refreshing
  latchkey import jsonl cutover connections.jsonl --yes     switched on, refreshed here from now on, and tried out
  age --decrypt -i key.txt connections.jsonl.age | latchkey import jsonl run - --yes")]
pub struct Arguments {
    #[command(flatten)]
    here: Here,
    #[command(subcommand)]
    step: Step,
}

#[derive(Subcommand)]
enum Step {
    /// Import a file's connections; they begin switched off. Without --yes the file is checked, and it is said what would be done
    Run(run::Run),
    /// Take over what was imported: switched on, refreshed here, and tried out. Without --yes it is said what would be done
    Cutover(cutover::Cutover),
}

/// Which file, and what of it.
#[derive(clap::Args)]
struct Of {
    /// A file of JSON Lines, or - for standard input
    file: String,
    /// Only of this integration; give it several times
    #[arg(long, value_name = "KEY")]
    integration: Vec<String>,
    /// Do it
    #[arg(long)]
    yes: bool,
    /// What became of each line, for programs
    #[arg(long)]
    json: bool,
}

impl Of {
    fn wants(&self, integration: &str) -> bool {
        self.integration.is_empty() || self.integration.iter().any(|key| key == integration)
    }
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let door = self.here.door()?;
        match self.step {
            Step::Run(run) => run.run(&door).await,
            Step::Cutover(cutover) => cutover.run(&door).await,
        }
    }
}
