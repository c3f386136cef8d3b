//! The vault: the one writer. It owns storage and keys and calls no provider.

mod approvals;
mod audits;
mod auth_logs;
mod authorizations;
mod choices;
mod clients;
mod connections;
mod credentials;
mod data_keys;
mod describing;
mod ending;
mod environments;
mod events;
mod history;
mod incidents;
mod integrations;
mod journal;
mod keys;
mod lending;
mod listing;
mod logins;
mod looking_after;
mod managing;
mod other_account;
mod over_time;
mod pausing;
mod previewing;
mod queue;
mod receipts;
mod refreshes;
mod refusals;
mod results;
mod revocations;
mod safe_mode;
mod sessions;
mod setup;
mod signing_keys;
mod tokens;
mod trying;
mod webhook_deliveries;
mod webhook_endpoints;
mod webhook_leases;
mod who_holds;

pub use audits::Exported;
pub use auth_logs::{AuthLogFilter, ListAuthLogs, ListedAuthLogs};
pub use connections::Explained;
pub use credentials::{Credential, Full, Query, Source};
pub use data_keys::{ReplacedPage, Replacement};
pub use describing::{DescribeConnection, Switch};
pub use events::{ListEvents, ListedEvents, connection_of};
pub use history::Happened;
pub use incidents::ListIncidents;
pub use listing::{Aggregated, ConnectionOrder, ListConnections, ListedConnections, Span, Stretch};
pub use over_time::{Counted, Series};
pub use pausing::Pausing;
pub use queue::{Hold, ListQueue, Queue, Queued};
pub use safe_mode::Safety;
pub use webhook_deliveries::{ListDeliveries, ListedDeliveries};
pub use webhook_endpoints::{ChangeEndpoint, CreateEndpoint};
pub use who_holds::{Holder, Holders};

use crate::Ids;
use crate::accounting::Readings;
use crate::config::{Backups, RefusalRules, Settings, Webhooks};
use crate::error::Error;
use crate::freshness::Freshness;
use crate::keyring::Keyring;
use crate::ledger::{Ledger, Settled, Terms};
use crate::ours::Ours;
use crate::waves::Waves;
use latchkey_bus::{Bus, Hint};
use latchkey_domain::connection::{Command, Connection};
use latchkey_domain::{Aggregate, ConnectionId, Environment, IntegrationKey, Timestamp};
use latchkey_store::Stream;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// One method per use case, in domain words. Cheap to clone.
#[derive(Clone)]
pub struct Vault {
    pub(crate) ledger: Ledger,
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) bus: Arc<dyn Bus>,
    ids: Ids,
    pub(crate) freshness: Freshness,
    /// How many callers may wait for refreshes at once. Below the number of calls served at once, so that the
    /// completions they wait for always find a place.
    waiters: Arc<Semaphore>,
    turns: refreshes::Turns,
    webhook_turns: refreshes::Turns,
    webhooks: Webhooks,
    pauses: incidents::Pauses,
    waves: Waves,
    refusals: RefusalRules,
    backups: Backups,
    reads_kept_days: u32,
    ours: Ours,
    pub(crate) readings: Readings,
}

impl Vault {
    #[must_use]
    pub fn new(ledger: Ledger, keyring: Keyring, bus: Arc<dyn Bus>, ids: Ids, settings: &Settings) -> Self {
        Self {
            ledger,
            keyring: Arc::new(keyring),
            bus,
            ids,
            freshness: Freshness::new(),
            waiters: Arc::new(Semaphore::new(settings.waiters_max)),
            turns: refreshes::Turns::default(),
            webhook_turns: refreshes::Turns::default(),
            webhooks: settings.webhooks.clone(),
            pauses: incidents::Pauses::default(),
            waves: Waves::default(),
            refusals: settings.refusals.rules(),
            backups: settings.backups.clone(),
            reads_kept_days: settings.reads.retention_days.get(),
            ours: Ours::default(),
            readings: Readings::new(&settings.reads),
        }
    }

    /// By the clock everything here goes by.
    #[must_use]
    pub(crate) fn now(&self) -> Timestamp {
        self.ledger.now()
    }

    /// Carries out a command on a connection, and tells whoever waits for it.
    async fn command(
        &self,
        id: ConnectionId,
        command: Command,
        terms: Terms,
    ) -> Result<Settled<Connection>, Error> {
        let settled = self.ledger.execute::<Connection>(&id.to_string(), command, terms).await?;
        self.spread(id, &settled);
        Ok(settled)
    }

    /// Tells whoever waits for a connection what came of a command on it.
    fn spread(&self, id: ConnectionId, settled: &Settled<Connection>) {
        if !settled.events.is_empty() {
            self.freshness.changed(id);
            self.bus.hint(Hint::CredentialChanged { connection: id.to_string() });
            count_transitions(settled);
        }
    }
}

fn count_transitions(settled: &Settled<Connection>) {
    let card = settled.state.card();
    for event in &settled.events {
        for news in crate::facts::news(event) {
            metrics::counter!(
                "latchkey_connection_transitions_total",
                "environment" => card.environment.clone(),
                "integration" => card.parent.clone(),
                "to" => news.word(),
                "reason" => crate::facts::failure_of(event).map_or("", |failure| failure.reason.as_str()),
            )
            .increment(1);
        }
    }
}

/// An integration's stream id: keys are unique within an environment only.
fn integration_id(environment: &Environment, key: &IntegrationKey) -> String {
    format!("{environment}/{key}")
}

fn stream_of<A: Aggregate>(id: impl ToString) -> Stream {
    Stream::new(A::CATEGORY, id.to_string())
}
