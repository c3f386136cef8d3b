//! How many there are of what an operator watches: counted now and then from the database, the same by every vault.

use crate::error::chain;
use crate::vault::{Safety, Vault};
use latchkey_domain::Aggregate as _;
use latchkey_domain::connection::Connection;
use latchkey_domain::incident::Incident;
use latchkey_domain::webhook_endpoint::WebhookEndpoint;
use latchkey_store::{StoreError, Tally};
use std::collections::BTreeSet;
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::warn;

/// How often the gauges are counted anew, at most.
const EVERY: Duration = Duration::from_secs(15);

/// The labels of one gauge: environment, integration, state.
type Labels = (String, String, String);

/// What was shown of each, last time.
#[derive(Default)]
struct Shown {
    connections: BTreeSet<Labels>,
    incidents: BTreeSet<Labels>,
    endpoints: BTreeSet<Labels>,
}

pub async fn count(vault: Vault) {
    let mut shown = Shown::default();
    loop {
        let begun = Instant::now();
        if let Err(error) = count_once(&vault, &mut shown).await {
            warn!(error = %chain(&error), "The gauges could not be counted");
        }
        // Counting reads a row of every connection. However many there are, it takes a twentieth of the time at most.
        sleep(EVERY.max(begun.elapsed() * 20)).await;
    }
}

async fn count_once(vault: &Vault, shown: &mut Shown) -> Result<(), StoreError> {
    let store = vault.ledger.store();
    show(&mut shown.connections, store.tally(Connection::CATEGORY, None).await?, connections);
    let mut open = store.tally(Incident::CATEGORY, None).await?;
    // Those that are over only ever grow in number.
    open.retain(|tally| tally.status == "open");
    show(&mut shown.incidents, open, incidents);
    show(&mut shown.endpoints, store.tally(WebhookEndpoint::CATEGORY, None).await?, endpoints);
    let is_safe = vault.safety().await? != Safety::Off;
    metrics::gauge!("latchkey_safe_mode").set(if is_safe { 1.0 } else { 0.0 });
    let due = store.count_due(Connection::CATEGORY, vault.ledger.now().0).await?;
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("latchkey_refresh_queue", "status" => "due").set(due as f64);
    Ok(())
}

/// What is not counted any more is none, not as many as last time.
fn show(shown: &mut BTreeSet<Labels>, tallies: Vec<Tally>, gauge: impl Fn(&Labels) -> metrics::Gauge) {
    let mut counted = BTreeSet::new();
    for Tally { environment, parent, status, count } in tallies {
        let labels = (environment, parent, status);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        gauge(&labels).set(count as f64);
        counted.insert(labels);
    }
    shown.difference(&counted).for_each(|gone| gauge(gone).set(0.0));
    *shown = counted;
}

fn connections((environment, integration, state): &Labels) -> metrics::Gauge {
    metrics::gauge!(
        "latchkey_connections",
        "environment" => environment.clone(),
        "integration" => integration.clone(),
        "state" => state.clone(),
    )
}

fn incidents((environment, integration, state): &Labels) -> metrics::Gauge {
    metrics::gauge!(
        "latchkey_incidents",
        "environment" => environment.clone(),
        "integration" => integration.clone(),
        "state" => state.clone(),
    )
}

fn endpoints((environment, _, state): &Labels) -> metrics::Gauge {
    metrics::gauge!("latchkey_webhook_endpoints", "environment" => environment.clone(), "state" => state.clone())
}
