//! How many there are of what an operator watches: counted now and then from the database, the same by every vault.

use crate::error::chain;
use crate::vault::{Safety, Vault};
use latchkey_domain::Aggregate as _;
use latchkey_domain::connection::Connection;
use latchkey_domain::incident::Incident;
use latchkey_domain::webhook_endpoint::WebhookEndpoint;
use latchkey_store::{Ending, StoreError, Tally};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tracing::warn;

/// How often the gauges are counted anew, at most.
const EVERY: Duration = Duration::from_secs(15);

const HOUR: i64 = 3600 * 1000;

/// How soon what renews a connection ends, in milliseconds: over already, or within a time that holds the shorter ones.
const WITHIN: [(&str, i64); 5] =
    [("expired", 0), ("1h", HOUR), ("24h", 24 * HOUR), ("7d", 7 * 24 * HOUR), ("30d", 30 * 24 * HOUR)];

/// The labels of one gauge: environment, integration, state.
type Labels = (String, String, String);

/// What was shown of each, last time.
#[derive(Default)]
struct Shown {
    connections: BTreeSet<Labels>,
    expiring: BTreeSet<Labels>,
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
    let tallies = store.tally(Connection::CATEGORY, None).await?;
    let environments: BTreeSet<String> = tallies.iter().map(|tally| tally.environment.clone()).collect();
    show(&mut shown.connections, tallies, connections);
    show(&mut shown.expiring, tally_expiring(vault, environments).await?, expiring);
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

/// How many connections of each integration end how soon.
async fn tally_expiring(vault: &Vault, environments: BTreeSet<String>) -> Result<Vec<Tally>, StoreError> {
    let now = vault.now().0;
    let until = WITHIN.map(|(_, span)| now.saturating_add(span));
    let mut tallies = vec![];
    for environment in environments {
        let ending = vault.ledger.store().vitals().ending(Connection::CATEGORY, &environment, until).await?;
        let tally = |((parent, within), count): ((String, &str), u64)| Tally {
            environment: environment.clone(),
            parent,
            status: within.to_owned(),
            count,
        };
        tallies.extend(within(ending).into_iter().map(tally));
    }
    Ok(tallies)
}

/// What ends within an hour ends within a day, too; what has ended does neither.
fn within(ending: Vec<Ending>) -> BTreeMap<(String, &'static str), u64> {
    let mut counts = BTreeMap::new();
    for Ending { parent, slot, count } in ending {
        let told = if slot == 0 { &WITHIN[..1] } else { &WITHIN[slot.min(WITHIN.len())..] };
        for (word, _) in told {
            *counts.entry((parent.clone(), *word)).or_default() += count;
        }
    }
    counts
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

fn expiring((environment, integration, within): &Labels) -> metrics::Gauge {
    metrics::gauge!(
        "latchkey_credentials_expiring",
        "environment" => environment.clone(),
        "integration" => integration.clone(),
        "within" => within.clone(),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ends_within_an_hour_ends_within_a_month_and_what_has_ended_does_not() {
        let ending = |slot, count| Ending { parent: "demo".to_owned(), slot, count };
        let counts = within(vec![ending(0, 1), ending(1, 2), ending(3, 4)]);
        let count = |word| counts.get(&("demo".to_owned(), word)).copied();
        let words = WITHIN.map(|(word, _)| count(word));
        assert_eq!(words, [Some(1), Some(2), Some(2), Some(6), Some(6)]);
    }
}
