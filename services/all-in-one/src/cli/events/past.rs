//! What happened: listed, and told a webhook endpoint again.

use super::{line, object};
use crate::cli::duration;
use crate::cli::server::{Way, answer};
use crate::output;
use latchkey_wire::pb::events as pb;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use prost_types::Timestamp;

/// As many as one answer holds.
const PAGE: u32 = 500;

#[derive(clap::Args)]
pub struct List {
    /// Only what happened since: a time such as 2026-01-31T12:00:00Z, or how long ago, such as 7d
    #[arg(long, value_name = "TIME", value_parser = duration::instant)]
    from: Option<Timestamp>,
    /// Only what happened before then
    #[arg(long, value_name = "TIME", value_parser = duration::instant)]
    to: Option<Timestamp>,
    /// Only events of this type, such as connection.failed, or connection.* for all that begin so; several with commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Only events of this connection
    #[arg(long)]
    connection: Option<String>,
    /// For programs: one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub struct Replay {
    /// The endpoint, whe_…
    #[arg(long)]
    endpoint: String,
    /// What happened since: a time such as 2026-01-31T12:00:00Z, or how long ago, such as 7d; 30 days at most
    #[arg(long, value_name = "TIME", value_parser = duration::instant)]
    from: Timestamp,
    /// Only what happened before then
    #[arg(long, value_name = "TIME", value_parser = duration::instant)]
    to: Option<Timestamp>,
    /// Events of this type in the place of those the endpoint wants; several with commas
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    types: Vec<String>,
    /// Also what it has taken already
    #[arg(long)]
    again: bool,
}

impl List {
    pub async fn run(self, way: Way) -> anyhow::Result<()> {
        let mut events = EventServiceClient::new(way);
        let mut request = pb::ListEventsRequest {
            page_size: PAGE,
            page_token: String::new(),
            start_time: self.from,
            end_time: self.to,
            event_types: self.types,
            connection_id: self.connection.unwrap_or_default(),
        };
        loop {
            let page = answer(events.list_events(request.clone())).await?;
            for event in &page.events {
                output::line(&if self.json { object(event).to_string() } else { line(event) });
            }
            if page.next_page_token.is_empty() {
                return Ok(());
            }
            request.page_token = page.next_page_token;
        }
    }
}

impl Replay {
    pub async fn run(self, way: Way) -> anyhow::Result<()> {
        let mut events = EventServiceClient::new(way);
        let mut request = pb::ReplayEventsRequest {
            endpoint_id: self.endpoint,
            start_time: Some(self.from),
            end_time: self.to,
            event_types: self.types,
            again: self.again,
            page_token: String::new(),
        };
        let (mut count, mut skipped) = (0, 0);
        loop {
            let done = answer(events.replay_events(request.clone())).await?;
            count += done.count;
            skipped += done.skipped;
            if done.next_page_token.is_empty() {
                break;
            }
            request.page_token = done.next_page_token;
        }
        let skipped = match skipped {
            0 => String::new(),
            skipped => format!(" {skipped} it has taken already, or is about to be told."),
        };
        output::note(&format!("{count} are delivered.{skipped}"));
        Ok(())
    }
}
