//! What became of messages.

use super::Webhooks;
use crate::cli::server::answer;
use crate::cli::show;
use crate::output;
use anyhow::bail;
use clap::ValueEnum;
use latchkey_wire::pb::admin as pb;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::sleep;

/// As many as one answer holds.
const PAGE: u32 = 500;

/// How long a test is waited for: the endpoint's time to answer, and some.
const TEST_TAKES: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(200);

#[derive(clap::Args)]
pub struct Deliveries {
    /// The endpoint, whe_…
    endpoint: String,
    /// Only those in this state
    #[arg(long)]
    state: Option<State>,
    /// For programs
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum State {
    Pending,
    Delivered,
    Failed,
}

impl From<State> for pb::DeliveryState {
    fn from(state: State) -> Self {
        match state {
            State::Pending => Self::Pending,
            State::Delivered => Self::Delivered,
            State::Failed => Self::Failed,
        }
    }
}

impl Deliveries {
    pub async fn run(self, webhooks: &mut Webhooks) -> anyhow::Result<()> {
        let mut request = pb::ListDeliveriesRequest {
            endpoint_id: self.endpoint,
            state: self.state.map(pb::DeliveryState::from).unwrap_or_default().into(),
            page_size: PAGE,
            page_token: String::new(),
        };
        let mut found = Vec::new();
        loop {
            let page = answer(webhooks.list_deliveries(request.clone())).await?;
            found.extend(page.deliveries);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        if self.json {
            output::line(&found.iter().map(object).collect::<Value>().to_string());
        } else {
            let titles = ["EVENT", "TYPE", "ADDRESS", "STATE", "ATTEMPTS", "LAST ANSWER", "NEXT ATTEMPT"];
            output::line(&output::table(titles, &found.iter().map(row).collect::<Vec<_>>()));
        }
        Ok(())
    }
}

/// Sends a test and tells what became of its first attempt.
pub async fn test(webhooks: &mut Webhooks, endpoint_id: String) -> anyhow::Result<()> {
    let sent = answer(webhooks.send_test_webhook(pb::SendTestWebhookRequest { endpoint_id })).await?;
    let mut delivery = sent.delivery.unwrap_or_default();
    let request = pb::GetDeliveryRequest {
        endpoint_id: delivery.endpoint_id.clone(),
        event_id: delivery.event_id.clone(),
    };
    let begun = Instant::now();
    while delivery.attempts.is_empty() && delivery.state() == pb::DeliveryState::Pending {
        if begun.elapsed() > TEST_TAKES {
            bail!(
                "{} was not sent within {} s: is `latchkey-connect` running?",
                delivery.event_id,
                TEST_TAKES.as_secs()
            );
        }
        sleep(LOOK_EVERY).await;
        delivery = answer(webhooks.get_delivery(request.clone())).await?.delivery.unwrap_or_default();
    }
    if delivery.state() != pb::DeliveryState::Delivered {
        bail!("the endpoint did not take it: {}", last_answer(&delivery));
    }
    output::note(&format!("Delivered {}: {}.", delivery.event_id, last_answer(&delivery)));
    Ok(())
}

pub async fn redeliver(webhooks: &mut Webhooks, endpoint: String, events: Vec<String>) -> anyhow::Result<()> {
    let request = pb::RedeliverWebhooksRequest { endpoint_id: endpoint, event_ids: events };
    let mut count = 0;
    loop {
        let asked = answer(webhooks.redeliver_webhooks(request.clone())).await?;
        count += asked.count;
        if !asked.more {
            break;
        }
    }
    output::note(&format!("{count} are delivered again."));
    Ok(())
}

fn row(delivery: &pb::Delivery) -> [String; 7] {
    [
        delivery.event_id.clone(),
        delivery.event_type.clone(),
        if delivery.own_address { "the connection's" } else { "the endpoint's" }.to_owned(),
        state(delivery),
        delivery.attempts.last().map_or(0, |last| last.number).to_string(),
        last_answer(delivery),
        show::from_now(delivery.next_attempt_time.as_ref()),
    ]
}

/// `FAILED (GIVEN_UP)`.
fn state(delivery: &pb::Delivery) -> String {
    let name = delivery.state().as_str_name();
    let name = name.strip_prefix("DELIVERY_STATE_").unwrap_or(name);
    match delivery.ending.as_str() {
        "" | "DELIVERED" => name.to_owned(),
        ending => format!("{name} ({ending})"),
    }
}

/// `500 after 12 ms`, or why there was none.
fn last_answer(delivery: &pb::Delivery) -> String {
    let Some(last) = delivery.attempts.last() else { return "-".to_owned() };
    let latency = Duration::try_from(last.latency.unwrap_or_default()).unwrap_or_default();
    match last.status {
        0 => last.failure.clone(),
        status => format!("{status} after {} ms", latency.as_millis()),
    }
}

fn object(delivery: &pb::Delivery) -> Value {
    let attempt = |attempt: &pb::DeliveryAttempt| {
        let latency = Duration::try_from(attempt.latency.unwrap_or_default()).unwrap_or_default();
        json!({
            "number": attempt.number,
            "time": show::rfc3339(attempt.time.as_ref()),
            "status": attempt.status,
            "latency_ms": u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            "failure": attempt.failure,
        })
    };
    json!({
        "event_id": delivery.event_id,
        "event_type": delivery.event_type,
        "state": state(delivery),
        "own_address": delivery.own_address,
        "event_time": show::rfc3339(delivery.event_time.as_ref()),
        "next_attempt_time": show::rfc3339(delivery.next_attempt_time.as_ref()),
        "attempts": delivery.attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}
