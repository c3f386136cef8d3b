//! `latchkey logs`: what was tried with providers, attempt by attempt.

mod text;

use super::duration;
use super::server::{Way, answer};
use super::{Server, following::follow};
use crate::output;
use clap::{Subcommand, ValueEnum};
use latchkey_wire::Fault;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::auth_log_service_client::AuthLogServiceClient;
use std::time::{Duration, SystemTime};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey logs list --outcome failure --since 1h
  latchkey logs get log_01JD…
  latchkey logs tail --integration github
  latchkey logs tail --json | jq .failure")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List attempts to connect, refreshes, verifications and revocations, the newest first
    List(List),
    /// Show one attempt, step by step
    Get(Get),
    /// Show attempts as they are made, until you press Ctrl-C; nothing is missed while the server is away
    Tail(Tail),
}

#[derive(clap::Args)]
struct Filter {
    /// Only those of this connection
    #[arg(long)]
    connection: Option<String>,
    /// Only those of this integration
    #[arg(long)]
    integration: Option<String>,
    /// Only what was tried
    #[arg(long)]
    operation: Option<Operation>,
    /// Only what it came to
    #[arg(long)]
    outcome: Option<Outcome>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Operation {
    Connect,
    Refresh,
    Verify,
    Revoke,
}

#[derive(Clone, Copy, ValueEnum)]
enum Outcome {
    Pending,
    Success,
    Failure,
    Superseded,
    Unsupported,
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    filter: Filter,
    /// Only those begun within this time, for instance 90s, 15m, 2h or 7d
    #[arg(long, value_parser = duration::parse)]
    since: Option<Duration>,
    /// How many at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=500))]
    max: u32,
    /// Continue where the last page ended
    #[arg(long, value_name = "TOKEN")]
    page: Option<String>,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Get {
    /// log_ and 26 characters
    id: String,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Tail {
    #[command(flatten)]
    filter: Filter,
    /// Continue after this token, as it was given when an earlier one ended; `start` for the oldest log there is
    #[arg(long, value_name = "TOKEN")]
    from: Option<String>,
    /// For programs: one JSON object a line, with the token to continue from
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let way = self.server.connect().await?;
        match self.command {
            Command::List(list) => list.run(way).await,
            Command::Get(get) => get.run(way).await,
            Command::Tail(tail) => tail.run(way).await,
        }
    }
}

impl List {
    async fn run(self, way: Way) -> anyhow::Result<()> {
        let start_time = self.since.map(|since| SystemTime::now() - since).map(Into::into);
        let request = pb::ListAuthLogsRequest {
            page_size: self.max,
            page_token: self.page.unwrap_or_default(),
            operation: operation(self.filter.operation),
            outcome: outcome(self.filter.outcome),
            connection_id: self.filter.connection.unwrap_or_default(),
            integration: self.filter.integration.unwrap_or_default(),
            start_time,
            end_time: None,
        };
        let found = answer(AuthLogServiceClient::new(way).list_auth_logs(request)).await?;
        for log in &found.logs {
            output::line(&if self.json { text::object(log).to_string() } else { text::line(log) });
        }
        if found.logs.is_empty() {
            output::note("There are no such logs.");
        }
        if !found.next_page_token.is_empty() {
            output::note(&format!("There are more: --page {}", found.next_page_token));
        }
        Ok(())
    }
}

impl Get {
    async fn run(self, way: Way) -> anyhow::Result<()> {
        let request = pb::GetAuthLogRequest { log_id: self.id };
        let found = answer(AuthLogServiceClient::new(way).get_auth_log(request)).await?;
        let log = found.log.unwrap_or_default();
        output::line(&if self.json { text::object(&log).to_string() } else { text::whole(&log) });
        Ok(())
    }
}

impl Tail {
    async fn run(self, way: Way) -> anyhow::Result<()> {
        let from = self.from.clone().unwrap_or_default();
        let place = if from == "start" { "0-0".to_owned() } else { from };
        follow(place, async |place| self.watch(&way, place).await).await
    }

    async fn watch(&self, way: &Way, place: &mut String) -> anyhow::Result<()> {
        let request = pb::TailAuthLogsRequest {
            resume_token: place.clone(),
            connection_id: self.filter.connection.clone().unwrap_or_default(),
            integration: self.filter.integration.clone().unwrap_or_default(),
            operation: operation(self.filter.operation),
            outcome: outcome(self.filter.outcome),
        };
        let mut logs = answer(AuthLogServiceClient::new(way.clone()).tail_auth_logs(request)).await?;
        while let Some(told) = logs.message().await.map_err(Fault::from)? {
            if let Some(log) = &told.log {
                let object = || text::object_with_token(log, &told.resume_token).to_string();
                output::line(&if self.json { object() } else { text::line(log) });
            }
            *place = told.resume_token;
        }
        Ok(())
    }
}

fn operation(operation: Option<Operation>) -> i32 {
    let known = match operation {
        None => pb::AuthLogOperation::Unspecified,
        Some(Operation::Connect) => pb::AuthLogOperation::Connect,
        Some(Operation::Refresh) => pb::AuthLogOperation::Refresh,
        Some(Operation::Verify) => pb::AuthLogOperation::Verify,
        Some(Operation::Revoke) => pb::AuthLogOperation::Revoke,
    };
    known.into()
}

fn outcome(outcome: Option<Outcome>) -> i32 {
    let known = match outcome {
        None => pb::AuthLogOutcome::Unspecified,
        Some(Outcome::Pending) => pb::AuthLogOutcome::Pending,
        Some(Outcome::Success) => pb::AuthLogOutcome::Success,
        Some(Outcome::Failure) => pb::AuthLogOutcome::Failure,
        Some(Outcome::Superseded) => pb::AuthLogOutcome::Superseded,
        Some(Outcome::Unsupported) => pb::AuthLogOutcome::Unsupported,
    };
    known.into()
}
