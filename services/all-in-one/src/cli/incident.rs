//! `latchkey incident`: what is wrong with apps, providers and this installation.

use super::server::answer;
use super::{Server, show};
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::connection as pb;
use latchkey_wire::pb::connection::incident_service_client::IncidentServiceClient;
use serde_json::{Value, json};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey incident list
  latchkey incident list --integration github --all")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List what is wrong now, whose turn it is and what to do
    List(List),
}

#[derive(clap::Args)]
struct List {
    /// Only those of this integration
    #[arg(long)]
    integration: Option<String>,
    /// Only those at this provider
    #[arg(long)]
    provider: Option<String>,
    /// Also those that are over
    #[arg(long)]
    all: bool,
    /// For programs
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let mut incidents = IncidentServiceClient::new(self.server.connect().await?);
        let Command::List(list) = self.command;
        let request = pb::ListIncidentsRequest {
            integration: list.integration.unwrap_or_default(),
            provider: list.provider.unwrap_or_default(),
            include_closed: list.all,
        };
        let found = answer(incidents.list_incidents(request)).await?.incidents;
        if list.json {
            output::line(&found.iter().map(object).collect::<Value>().to_string());
        } else if found.is_empty() {
            output::note("Nothing is wrong.");
        } else {
            output::line(&found.iter().map(text).collect::<Vec<_>>().join("\n\n"));
        }
        Ok(())
    }
}

fn text(incident: &pb::Incident) -> String {
    let place = match (incident.integration.as_str(), incident.provider.as_str()) {
        ("", "") if incident.kind == "REFRESHING_PAUSED" => "this environment",
        ("", "") => "this installation",
        ("", provider) => provider,
        (integration, _) => integration,
    };
    let mut lines = vec![
        format!(
            "{} ({}), since {}",
            incident.kind,
            incident.state,
            show::from_now(incident.begin_time.as_ref())
        ),
        format!("  where          {place}"),
        format!("  what happened  {}", incident.what_happened),
        format!("  whose turn     {}", incident.whose_turn),
        format!("  what to do     {}", incident.what_to_do),
    ];
    if incident.next_attempt_time.is_some() {
        lines.push(format!("  tried again    {}", show::from_now(incident.next_attempt_time.as_ref())));
    }
    lines.join("\n")
}

fn object(incident: &pb::Incident) -> Value {
    json!({
        "kind": incident.kind,
        "state": incident.state,
        "integration": incident.integration,
        "provider": incident.provider,
        "begin_time": show::rfc3339(incident.begin_time.as_ref()),
        "end_time": show::rfc3339(incident.end_time.as_ref()),
        "next_attempt_time": show::rfc3339(incident.next_attempt_time.as_ref()),
        "failure": incident.failure.as_ref().map(show::failure_json),
        "whose_turn": incident.whose_turn,
        "what_happened": incident.what_happened,
        "what_to_do": incident.what_to_do,
    })
}
