//! `latchkey refresh`: when tokens are refreshed, and when they are not.

use super::duration::{self, words};
use super::server::{Way, answer};
use super::{Server, show};
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::refresher as pb;
use latchkey_wire::pb::refresher::refresh_service_client::RefreshServiceClient;
use latchkey_wire::pb::refresher::{PauseRefreshingRequest, ResumeRefreshingRequest};
use prost_types::Timestamp;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

/// As many as are shown where nobody says.
const SHOWN: u32 = 20;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey refresh queue --integration github
  latchkey refresh schedule con_01J… --within 10m
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
    /// List what is to be refreshed next, and say how much is due
    Queue {
        /// Only the connections of this integration
        #[arg(long)]
        integration: Option<String>,
        /// How many to list; all with 0
        #[arg(long, default_value_t = SHOWN)]
        max: u32,
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Have a connection refreshed by a time, and not wait for it
    Schedule {
        /// The connection, con_…
        connection: String,
        /// Within how long at most, such as 10m; without it, as soon as can be
        #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "0s")]
        within: Duration,
    },
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
            Command::Queue { integration, max, json } => queue(way, integration, max, json).await,
            Command::Schedule { connection, within } => schedule(way, connection, within).await,
            Command::Pause(which) => pause(way, which).await,
            Command::Resume(which) => resume(way, which).await,
        }
    }
}

async fn schedule(way: Way, connection_id: String, within: Duration) -> anyhow::Result<()> {
    let asked =
        pb::ScheduleRefreshRequest { connection_id, time: Some(Timestamp::from(SystemTime::now() + within)) };
    let next = answer(RefreshServiceClient::new(way).schedule_refresh(asked)).await?.next_refresh_time;
    output::note(&match next {
        Some(_) => format!("It is refreshed {}.", show::from_now(next.as_ref())),
        None => "It is not refreshed: nothing renews it, or that is paused.".to_owned(),
    });
    Ok(())
}

async fn queue(way: Way, integration: Option<String>, max: u32, json: bool) -> anyhow::Result<()> {
    let mut client = RefreshServiceClient::new(way);
    let mut asked = pb::GetRefreshQueueRequest {
        integration: integration.unwrap_or_default(),
        page_size: max,
        page_token: String::new(),
    };
    let wanted = if max == 0 { usize::MAX } else { max as usize };
    let mut page = answer(client.get_refresh_queue(asked.clone())).await?;
    let mut found = std::mem::take(&mut page.connections);
    let (due_count, longest_due) = (page.due_count, page.longest_due);
    while found.len() < wanted && !page.next_page_token.is_empty() {
        asked.page_token = page.next_page_token;
        page = answer(client.get_refresh_queue(asked.clone())).await?;
        found.append(&mut page.connections);
    }
    found.truncate(wanted);
    let longest = longest_due.map(|longest| u64::try_from(longest.seconds).unwrap_or_default());
    if json {
        let connections: Value = found.iter().map(queued_json).collect();
        let told =
            json!({"due_count": due_count, "longest_due_seconds": longest, "connections": connections});
        output::line(&told.to_string());
        return Ok(());
    }
    output::note(&match longest {
        Some(longest) => format!("{due_count} due, the first for {}.", words(longest)),
        None => "Nothing is due.".to_owned(),
    });
    if !found.is_empty() {
        let rows: Vec<_> = found.iter().map(row).collect();
        output::line(&output::table(["CONNECTION", "INTEGRATION", "DUE", "ATTEMPTS", "IS"], &rows));
    }
    Ok(())
}

/// `PROVIDER`; empty where nothing holds it.
fn hold(queued: &pb::QueuedRefresh) -> &'static str {
    match queued.held_by() {
        pb::RefreshHold::Unspecified => "",
        other => other.as_str_name().trim_start_matches("REFRESH_HOLD_"),
    }
}

fn row(queued: &pb::QueuedRefresh) -> [String; 5] {
    let is = match (hold(queued), queued.claimed) {
        (_, true) => "being refreshed".to_owned(),
        ("", false) => "waiting".to_owned(),
        (hold, false) => format!("held ({hold})"),
    };
    [
        queued.connection_id.clone(),
        queued.integration.clone(),
        show::from_now(queued.due_time.as_ref()),
        queued.attempts.to_string(),
        is,
    ]
}

fn queued_json(queued: &pb::QueuedRefresh) -> Value {
    json!({
        "connection_id": queued.connection_id,
        "integration": queued.integration,
        "due_time": show::rfc3339(queued.due_time.as_ref()),
        "claimed": queued.claimed,
        "attempts": queued.attempts,
        "held_by": hold(queued),
    })
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
