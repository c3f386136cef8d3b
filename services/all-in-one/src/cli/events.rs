//! `latchkey events`: what happens to connections, one line each, for eyes and for pipes.

mod past;

use super::server::{Way, answer};
use super::{Server, following::follow, show};
use crate::output;
use clap::Subcommand;
use latchkey_wire::Fault;
use latchkey_wire::pb::events as pb;
use latchkey_wire::pb::events::event_service_client::EventServiceClient;
use serde_json::{Value, json};

/// Begins with the first event there is.
const BEGINNING: &str = "0-0";

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey events tail
  latchkey events tail --from 0-0              # from the first event there is
  latchkey events tail | grep .failed
  latchkey events list --from 7d --type connection.failed
  latchkey events replay --endpoint whe_01J… --from 2026-01-31T12:00:00Z --to 1h")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show events as they happen, until you press Ctrl-C; nothing is missed while the server is away
    Tail(Tail),
    /// List what happened, the oldest first
    List(past::List),
    /// Tell a webhook endpoint what happened, also what was never meant for it; what it has taken already is skipped
    Replay(past::Replay),
}

#[derive(clap::Args)]
struct Tail {
    /// Continue after this token, as it was given when an earlier one ended; `start` for the first event there is
    #[arg(long, value_name = "TOKEN")]
    from: Option<String>,
    /// Only events of this connection
    #[arg(long)]
    connection: Option<String>,
    /// For programs: one JSON object a line, with the token to continue from
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let way = self.server.connect().await?;
        match self.command {
            Command::Tail(tail) => tail.run(way).await,
            Command::List(list) => list.run(way).await,
            Command::Replay(replay) => replay.run(way).await,
        }
    }
}

impl Tail {
    async fn run(self, way: Way) -> anyhow::Result<()> {
        let tail = self;
        let from = tail.from.clone().unwrap_or_default();
        let place = if from == "start" { BEGINNING.to_owned() } else { from };
        follow(place, async |place| watch(&way, &tail, place).await).await
    }
}

async fn watch(way: &Way, tail: &Tail, place: &mut String) -> anyhow::Result<()> {
    let request = pb::WatchEventsRequest {
        resume_token: place.clone(),
        connection_id: tail.connection.clone().unwrap_or_default(),
    };
    let mut events = answer(EventServiceClient::new(way.clone()).watch_events(request)).await?;
    while let Some(told) = events.message().await.map_err(Fault::from)? {
        if let Some(event) = &told.event {
            output::line(&if tail.json { resumable(event, &told.resume_token) } else { line(event) });
        }
        *place = told.resume_token;
    }
    Ok(())
}

/// `connection.dev.demo-oauth.failed REAUTH_REQUIRED/GRANT_REVOKED owner=END_USER con_…`
fn line(event: &pb::Event) -> String {
    let data = event.data.as_ref().map(show::struct_json).unwrap_or_default();
    let mut words = vec![event.subject.clone()];
    if let Some(reason) = data["failure"]["reason"].as_str() {
        words.push(show::reason_and_cause(reason, data["failure"]["cause"].as_str().unwrap_or_default()));
        words.extend(data["failure"]["owner"].as_str().map(|owner| format!("owner={owner}")));
    }
    words.push(event.connection_id.clone());
    words.join(" ")
}

fn resumable(event: &pb::Event, resume_token: &str) -> String {
    let mut object = object(event);
    object["resume_token"] = resume_token.into();
    object.to_string()
}

fn object(event: &pb::Event) -> Value {
    json!({
        "id": event.id,
        "type": event.r#type,
        "subject": event.subject,
        "time": show::rfc3339(event.time.as_ref()),
        "connection_id": event.connection_id,
        "data": event.data.as_ref().map(show::struct_json),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use prost_types::value::Kind as ValueKind;
    use prost_types::{Struct, Value as PbValue};

    fn text(text: &str) -> PbValue {
        PbValue { kind: Some(ValueKind::StringValue(text.into())) }
    }

    fn record<const N: usize>(fields: [(&str, PbValue); N]) -> Struct {
        Struct { fields: fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect() }
    }

    #[test]
    fn a_failure_is_one_line_with_its_cause_and_whose_turn_it_is() {
        let failure = record([
            ("reason", text("REAUTH_REQUIRED")),
            ("cause", text("GRANT_REVOKED")),
            ("owner", text("END_USER")),
        ]);
        let data = record([("failure", PbValue { kind: Some(ValueKind::StructValue(failure)) })]);
        let event = pb::Event {
            subject: "connection.dev.demo-oauth.failed".into(),
            connection_id: "con_1".into(),
            data: Some(data),
            ..Default::default()
        };
        assert_eq!(
            line(&event),
            "connection.dev.demo-oauth.failed REAUTH_REQUIRED/GRANT_REVOKED owner=END_USER con_1"
        );
    }

    #[test]
    fn good_news_is_its_name_and_the_connection() {
        let event = pb::Event {
            subject: "connection.dev.demo-oauth.created".into(),
            connection_id: "con_1".into(),
            ..Default::default()
        };
        assert_eq!(line(&event), "connection.dev.demo-oauth.created con_1");
    }
}
