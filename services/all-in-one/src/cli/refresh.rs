//! `latchkey refresh`: when tokens are refreshed, and when they are not.

use super::Server;
use super::server::{Way, answer};
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::refresher::refresh_service_client::RefreshServiceClient;
use latchkey_wire::pb::refresher::{PauseRefreshingRequest, ResumeRefreshingRequest};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey refresh pause --provider github
  latchkey refresh pause --connection con_01J… && latchkey refresh resume --connection con_01J…
A whole installation is stopped with `latchkey safe-mode enter`, on its machine.")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Refresh none of these connections until `resume`; tokens that are good are handed out as ever
    Pause(Which),
    /// Go on with what was paused in the same words
    Resume(Which),
}

/// What is paused.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// An integration's connections, by its key
    #[arg(long)]
    integration: Option<String>,
    /// The connections of every integration of a provider, by its id, those that are yet to be made too
    #[arg(long)]
    provider: Option<String>,
    /// One connection, con_…
    #[arg(long)]
    connection: Option<String>,
    /// All connections of the environment
    #[arg(long)]
    everything: bool,
}

impl Which {
    pub fn integration(key: String) -> Self {
        Self { integration: Some(key), provider: None, connection: None, everything: false }
    }

    /// As it is said on the command line.
    fn words(&self) -> String {
        let named = [
            ("--integration", &self.integration),
            ("--provider", &self.provider),
            ("--connection", &self.connection),
        ];
        let named = named.into_iter().find_map(|(flag, name)| Some(format!("{flag} {}", name.as_ref()?)));
        named.unwrap_or_else(|| "--everything".to_owned())
    }
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let way = self.server.connect().await?;
        match self.command {
            Command::Pause(which) => pause(way, which).await,
            Command::Resume(which) => resume(way, which).await,
        }
    }
}

pub async fn pause(way: Way, which: Which) -> anyhow::Result<()> {
    let words = which.words();
    let asked = PauseRefreshingRequest {
        integration: which.integration.unwrap_or_default(),
        provider: which.provider.unwrap_or_default(),
        connection_id: which.connection.unwrap_or_default(),
        everything: which.everything,
    };
    answer(RefreshServiceClient::new(way).pause_refreshing(asked)).await?;
    output::note(&format!("Refreshing is paused. `latchkey refresh resume {words}` goes on with it."));
    Ok(())
}

pub async fn resume(way: Way, which: Which) -> anyhow::Result<()> {
    let asked = ResumeRefreshingRequest {
        integration: which.integration.unwrap_or_default(),
        provider: which.provider.unwrap_or_default(),
        connection_id: which.connection.unwrap_or_default(),
        everything: which.everything,
    };
    answer(RefreshServiceClient::new(way).resume_refreshing(asked)).await?;
    output::note("Refreshing goes on, with what has fallen due first.");
    Ok(())
}
