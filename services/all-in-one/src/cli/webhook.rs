//! `latchkey webhook`: where your backend is told what happens.

mod deliveries;
mod verify;

use super::server::{Way, answer};
use super::{Server, duration, show};
use crate::output;
use clap::{Subcommand, ValueEnum};
use latchkey_wire::convert::duration_to_pb;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::webhook_service_client::WebhookServiceClient;
use serde_json::{Value, json};
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey webhook create https://example.com/hooks/latchkey --events connection.failed,connection.recovered
  latchkey webhook test whe_01J…
  latchkey webhook deliveries whe_01J… --state failed
  latchkey webhook redeliver whe_01J…                          # everything that failed
  latchkey webhook rotate whe_01J… --keep 2d
  latchkey webhook verify --key-file secret.txt --id evt_… --timestamp 1795425164 --signature 'v1,…' < body.json")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Have what happens from now on told at an address, and print the secret it is signed with, this once
    Create(Create),
    /// List the endpoints of the environment
    List {
        /// For programs
        #[arg(long)]
        json: bool,
    },
    /// Change an endpoint: what is not given stays as it is
    Update(Update),
    /// Delete an endpoint and destroy its keys
    Delete {
        /// The endpoint, whe_…
        endpoint: String,
    },
    /// Make a new secret and print it, this once; the old one goes on signing for a while
    Rotate {
        /// The endpoint, whe_…
        endpoint: String,
        /// How long the old secret signs too, such as 2d; 0 ends it at once
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration::parse)]
        keep: Duration,
    },
    /// Send a message that says nothing, and wait for what becomes of it
    Test {
        /// The endpoint, whe_…
        endpoint: String,
    },
    /// Show what was delivered, and what was not
    Deliveries(deliveries::Deliveries),
    /// Deliver again: the events named, or everything that failed
    Redeliver {
        /// The endpoint, whe_…
        endpoint: String,
        /// The events, evt_…
        events: Vec<String>,
    },
    /// Check a message's signature, without a server
    Verify(verify::Verify),
}

#[derive(clap::Args)]
struct Create {
    /// The address, https://…
    url: String,
    /// Only these types, separated by commas; `connection.*` for all that begin so
    #[arg(long, value_delimiter = ',')]
    events: Vec<String>,
    /// What it is for
    #[arg(long, default_value_t)]
    description: String,
    /// What messages look like
    #[arg(long, value_enum, default_value_t = Format::Standard)]
    format: Format,
    /// Sign with Ed25519 too: receivers need the public key alone
    #[arg(long)]
    ed25519: bool,
}

#[derive(clap::Args)]
struct Update {
    /// The endpoint, whe_…
    endpoint: String,
    /// The address, https://…
    #[arg(long)]
    url: Option<String>,
    /// Only these types, separated by commas; `all` for every one
    #[arg(long, value_delimiter = ',')]
    events: Option<Vec<String>>,
    /// What it is for
    #[arg(long)]
    description: Option<String>,
    /// Tell it what happens
    #[arg(long, conflicts_with = "pause")]
    enable: bool,
    /// Tell it nothing, and keep nothing for it
    #[arg(long)]
    pause: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// As the Standard Webhooks specification says
    Standard,
    /// As receivers written for the compatible REST API expect
    Compat,
}

type Webhooks = WebhookServiceClient<Way>;

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        if let Command::Verify(verify) = self.command {
            return verify.run();
        }
        let mut webhooks = Webhooks::new(self.server.connect().await?);
        match self.command {
            Command::Create(create) => self::create(&mut webhooks, create).await,
            Command::List { json } => list(&mut webhooks, json).await,
            Command::Update(update) => self::update(&mut webhooks, update).await,
            Command::Delete { endpoint } => {
                let request = pb::DeleteWebhookEndpointRequest { endpoint_id: endpoint.clone() };
                answer(webhooks.delete_webhook_endpoint(request)).await?;
                output::note(&format!("Deleted {endpoint}. Nothing is told there any more."));
                Ok(())
            }
            Command::Rotate { endpoint, keep } => rotate(&mut webhooks, endpoint, keep).await,
            Command::Test { endpoint } => deliveries::test(&mut webhooks, endpoint).await,
            Command::Deliveries(asked) => asked.run(&mut webhooks).await,
            Command::Redeliver { endpoint, events } => {
                deliveries::redeliver(&mut webhooks, endpoint, events).await
            }
            Command::Verify(verify) => verify.run(),
        }
    }
}

async fn create(webhooks: &mut Webhooks, create: Create) -> anyhow::Result<()> {
    let format = match create.format {
        Format::Standard => pb::WebhookFormat::Standard,
        Format::Compat => pb::WebhookFormat::Compat,
    };
    let request = pb::CreateWebhookEndpointRequest {
        url: create.url,
        event_types: create.events,
        description: create.description,
        format: format.into(),
        ed25519: create.ed25519,
        paused: false,
    };
    let made = answer(webhooks.create_webhook_endpoint(request)).await?;
    let endpoint = made.endpoint.unwrap_or_default();
    say(&format!("Made {}.", endpoint.id), &endpoint, &made.secret);
    Ok(())
}

async fn rotate(webhooks: &mut Webhooks, endpoint_id: String, keep: Duration) -> anyhow::Result<()> {
    let request = pb::RotateWebhookSecretRequest { endpoint_id, keep_previous: Some(duration_to_pb(keep)) };
    let made = answer(webhooks.rotate_webhook_secret(request)).await?;
    let endpoint = made.endpoint.unwrap_or_default();
    let until = show::from_now(endpoint.previous_secret_expire_time.as_ref());
    say(
        &format!("{} has a new secret. The old one stops signing: {until}.", endpoint.id),
        &endpoint,
        &made.secret,
    );
    Ok(())
}

fn say(what: &str, endpoint: &pb::WebhookEndpoint, secret: &str) {
    output::note(what);
    if !endpoint.public_key.is_empty() {
        output::note(&format!("Its public key is {}", endpoint.public_key));
    }
    output::note("Keep what follows where secrets are kept: it is not shown again.");
    output::line(secret);
}

async fn update(webhooks: &mut Webhooks, update: Update) -> anyhow::Result<()> {
    let everything = |types: &[String]| types == ["all"];
    let types = update.events.map(|types| if everything(&types) { vec![] } else { types });
    let request = pb::UpdateWebhookEndpointRequest {
        endpoint_id: update.endpoint,
        url: update.url,
        event_types: types.map(|event_types| pb::EventTypes { event_types }),
        description: update.description,
        format: pb::WebhookFormat::Unspecified.into(),
        enabled: (update.enable || update.pause).then_some(update.enable),
    };
    let endpoint = answer(webhooks.update_webhook_endpoint(request)).await?.endpoint.unwrap_or_default();
    output::note(&format!("{} is {}.", endpoint.id, state(&endpoint).to_lowercase()));
    Ok(())
}

async fn list(webhooks: &mut Webhooks, json: bool) -> anyhow::Result<()> {
    let found = answer(webhooks.list_webhook_endpoints(pb::ListWebhookEndpointsRequest {})).await?.endpoints;
    if json {
        output::line(&found.iter().map(object).collect::<Value>().to_string());
        return Ok(());
    }
    let row = |endpoint: &pb::WebhookEndpoint| {
        let types =
            if endpoint.event_types.is_empty() { "all".to_owned() } else { endpoint.event_types.join(" ") };
        let state = match endpoint.disabled_cause.as_str() {
            "" => state(endpoint).to_owned(),
            cause => format!("{} ({cause})", state(endpoint)),
        };
        [
            endpoint.id.clone(),
            state,
            show::from_now(endpoint.failing_since.as_ref()),
            types,
            endpoint.url.clone(),
        ]
    };
    let rows: Vec<_> = found.iter().map(row).collect();
    output::line(&output::table(["ID", "STATE", "FAILING SINCE", "EVENTS", "URL"], &rows));
    Ok(())
}

/// `ENABLED`, without the prefix every value of the enum has.
fn state(endpoint: &pb::WebhookEndpoint) -> &'static str {
    let name = endpoint.state().as_str_name();
    name.strip_prefix("WEBHOOK_ENDPOINT_STATE_").unwrap_or(name)
}

fn object(endpoint: &pb::WebhookEndpoint) -> Value {
    json!({
        "id": endpoint.id,
        "url": endpoint.url,
        "event_types": endpoint.event_types,
        "description": endpoint.description,
        "format": endpoint.format().as_str_name(),
        "state": state(endpoint),
        "disabled_cause": endpoint.disabled_cause,
        "failing_since": show::rfc3339(endpoint.failing_since.as_ref()),
        "public_key": endpoint.public_key,
        "previous_secret_expire_time": show::rfc3339(endpoint.previous_secret_expire_time.as_ref()),
        "create_time": show::rfc3339(endpoint.create_time.as_ref()),
    })
}
