use super::Vault;
use crate::error::Error;
use crate::ledger::Terms;
use crate::webhook::TEST;
use latchkey_domain::webhook_delivery::{Command, Message, Source, WebhookDelivery};
use latchkey_domain::{Aggregate as _, Environment, EventId, WebhookEndpointId};
use latchkey_store::CardQuery;
use latchkey_wire::{Fault, Kind, Reason};
use uuid::Uuid;

const PAGE_MAX: u32 = 500;
const PAGE_DEFAULT: u32 = 100;

/// How many deliveries one call asks for again.
const REDELIVERED_MAX: u32 = 1000;

/// Which deliveries of an endpoint to list.
#[derive(Debug)]
pub struct ListDeliveries {
    pub environment: Environment,
    pub endpoint: WebhookEndpointId,
    /// A card's status word: `pending`, `delivered` or `failed`.
    pub status: Option<&'static str>,
    pub after: Option<EventId>,
    /// Zero means the default.
    pub max: u32,
}

#[derive(Debug)]
pub struct ListedDeliveries {
    pub deliveries: Vec<WebhookDelivery>,
    /// The event the next page begins after.
    pub next: Option<String>,
}

impl Vault {
    /// Queues a message that says nothing, to see one arrive.
    ///
    /// # Errors
    /// Where the environment has no such endpoint, or it is not enabled.
    pub async fn send_test_webhook(
        &self,
        environment: &Environment,
        endpoint: WebhookEndpointId,
    ) -> Result<WebhookDelivery, Error> {
        if !self.webhook_endpoint(environment, endpoint).await?.is_enabled() {
            let message =
                "The endpoint is not enabled, so nothing is sent there. Enable it first.".to_owned();
            return Err(Error::Field { field: "endpoint_id", message });
        }
        let now = self.ledger.now();
        let event: EventId =
            format!("evt_{}", Uuid::now_v7().simple()).parse().map_err(|_| Fault::internal())?;
        let id = WebhookDelivery::id(endpoint, &event);
        let message = Message {
            event,
            endpoint,
            environment: environment.clone(),
            event_type: TEST.to_owned(),
            source: Source::Test,
            own_address: false,
            at: now,
        };
        let queue = Command::Queue { message, undeliverable: false, at: now };
        Ok(self.ledger.execute::<WebhookDelivery>(&id, queue, Terms::default()).await?.state)
    }

    /// # Errors
    /// Where the environment has no such endpoint, or it no such delivery.
    pub async fn webhook_delivery(
        &self,
        environment: &Environment,
        endpoint: WebhookEndpointId,
        event: &EventId,
    ) -> Result<WebhookDelivery, Error> {
        self.load_endpoint(environment, endpoint).await?;
        let id = WebhookDelivery::id(endpoint, event);
        match self.ledger.load::<WebhookDelivery>(&id).await?.state {
            WebhookDelivery::Absent => Err(unknown_delivery().into()),
            delivery => Ok(delivery),
        }
    }

    /// # Errors
    /// Where the environment has no such endpoint.
    pub async fn webhook_deliveries(&self, list: ListDeliveries) -> Result<ListedDeliveries, Error> {
        self.load_endpoint(&list.environment, list.endpoint).await?;
        let prefix = format!("{}/", list.endpoint);
        let query = CardQuery {
            category: WebhookDelivery::CATEGORY.into(),
            environment: list.environment.to_string(),
            parent: Some(list.endpoint.to_string()),
            status: list.status.map(str::to_owned),
            after: list.after.map(|event| WebhookDelivery::id(list.endpoint, &event)),
            max: if list.max == 0 { PAGE_DEFAULT } else { list.max.min(PAGE_MAX) },
            ..CardQuery::default()
        };
        let page = self.ledger.store().list(&query).await?;
        let mut deliveries = Vec::with_capacity(page.items.len());
        for item in page.items {
            deliveries.push(self.ledger.state_of::<WebhookDelivery>(&item.stream, &item.snapshot).await?);
        }
        let next = page.next.map(|id| id.strip_prefix(&prefix).unwrap_or(&id).to_owned());
        Ok(ListedDeliveries { deliveries, next })
    }

    /// Asks for deliveries again: those of the events named, or as many as one call takes of those that failed. Says how
    /// many, and whether more are left.
    ///
    /// # Errors
    /// Where the environment has no such endpoint, or it no such delivery.
    pub async fn redeliver_webhooks(
        &self,
        environment: &Environment,
        endpoint: WebhookEndpointId,
        events: Vec<EventId>,
    ) -> Result<(u32, bool), Error> {
        self.load_endpoint(environment, endpoint).await?;
        let (ids, more) = match events.is_empty() {
            true => self.failed_deliveries(environment, endpoint).await?,
            false => (events.iter().map(|event| WebhookDelivery::id(endpoint, event)).collect(), false),
        };
        let at = self.ledger.now();
        for id in &ids {
            let redeliver = Command::Redeliver { at };
            let settled = self.ledger.execute::<WebhookDelivery>(id, redeliver, Terms::default()).await?;
            if settled.state == WebhookDelivery::Absent {
                return Err(unknown_delivery().into());
            }
        }
        Ok((u32::try_from(ids.len()).unwrap_or(u32::MAX), more))
    }

    async fn failed_deliveries(
        &self,
        environment: &Environment,
        endpoint: WebhookEndpointId,
    ) -> Result<(Vec<String>, bool), Error> {
        let query = CardQuery {
            category: WebhookDelivery::CATEGORY.into(),
            environment: environment.to_string(),
            parent: Some(endpoint.to_string()),
            status: Some("failed".into()),
            max: REDELIVERED_MAX,
            ..CardQuery::default()
        };
        let page = self.ledger.store().list(&query).await?;
        Ok((page.items.into_iter().map(|item| item.stream.id).collect(), page.next.is_some()))
    }
}

fn unknown_delivery() -> Fault {
    Fault::new(
        Kind::NotFound,
        Reason::WebhookDeliveryUnknown,
        "This endpoint has no delivery of such an event, or it ended more than 30 days ago.",
    )
}
