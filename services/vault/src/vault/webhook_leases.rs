//! For whoever makes the requests: deliveries that are due, and what became of them.

use super::webhook_endpoints::unsigned;
use super::{Vault, stream_of};
use crate::announcer::facts_of;
use crate::error::{Error, chain};
use crate::ledger::{Loaded, Terms};
use crate::webhook::body;
use latchkey_bus::Fact;
use latchkey_domain::connection::Connection;
use latchkey_domain::webhook_delivery::{
    Attempt, AttemptFailure, Command, Delivery, Ending, Message, Source, WebhookDelivery,
};
use latchkey_domain::webhook_endpoint::{self, Format, Live, WebhookEndpoint};
use latchkey_domain::{Aggregate as _, Environment, WebhookEndpointId};
use latchkey_envelope::KeyServiceError;
use latchkey_secret::SecretText;
use latchkey_signing::webhook as signing;
use latchkey_store::{Claim, ClaimQuery, Fence, Lane, StoreError, Stream, Version};
use latchkey_wire::contract::{ClaimWebhooks, CompleteWebhook, DueWebhook};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::{error, warn};

/// How many claims one call may take, and for how long.
const CLAIMS_MAX: u32 = 200;
const HOLD_MAX: Duration = Duration::from_secs(300);
const HOLD_MIN: Duration = Duration::from_secs(1);

impl Vault {
    /// Claims deliveries that are due, endpoint by endpoint in turns, each as a request that is signed and ready to be made.
    /// Those that ended long ago are forgotten on the way.
    ///
    /// # Errors
    /// The store's. What is wrong with one delivery is recorded with it and keeps the others from nothing.
    pub async fn claim_webhooks(&self, ask: ClaimWebhooks) -> Result<Vec<DueWebhook>, Error> {
        let now = self.ledger.now();
        let busy = |(environment, endpoint): &(Environment, WebhookEndpointId)| Lane {
            environment: environment.to_string(),
            parent: endpoint.to_string(),
        };
        let query = ClaimQuery {
            category: WebhookDelivery::CATEGORY.to_owned(),
            now: now.0,
            until: now.plus(ask.hold.clamp(HOLD_MIN, HOLD_MAX)).0,
            max: ask.max.clamp(1, CLAIMS_MAX),
            wanted_only: false,
            after: self.webhook_turns.last(),
            except: ask.except.iter().map(busy).collect(),
        };
        let claims = self.ledger.store().claim_due(&query).await?;
        self.webhook_turns.took(claims.last());
        let mut due = Vec::with_capacity(claims.len());
        for claim in claims {
            match self.prepare_webhook(&claim).await {
                Ok(request) => due.extend(request),
                Err(error) => self.set_webhook_aside(&claim, &error).await,
            }
        }
        Ok(due)
    }

    /// Records what became of an attempt, with the delivery and with its endpoint.
    ///
    /// # Errors
    /// The store's: the caller tells it again.
    pub async fn complete_webhook(&self, complete: CompleteWebhook) -> Result<(), Error> {
        use webhook_endpoint::Command as Note;
        let at = self.ledger.now();
        let disable_after = Duration::from_secs(self.webhooks.disable_after_seconds);
        let id = WebhookDelivery::id(complete.endpoint, &complete.event);
        let state = self.ledger.load::<WebhookDelivery>(&id).await?.state;
        let own_address = state.delivery().is_some_and(|delivery| delivery.message.own_address);
        let note = match complete.failure {
            // What another address answers says nothing of the endpoint.
            _ if own_address => Note::RetirePreviousKey { at },
            None => Note::NoteSuccess { at },
            Some(AttemptFailure::Gone) => Note::NoteGone { at },
            // What is wrong with ourselves is not held against it.
            Some(AttemptFailure::Internal) => Note::RetirePreviousKey { at },
            Some(_) => Note::NoteFailure { disable_after, at },
        };
        let endpoint = complete.endpoint.to_string();
        let noted = self.ledger.execute::<WebhookEndpoint>(&endpoint, note, Terms::default()).await;
        match noted.map_err(Error::from) {
            // Forgotten meanwhile.
            Ok(_) | Err(Error::WebhookEndpoint(webhook_endpoint::Refusal::Absent)) => {}
            Err(error) => return Err(error),
        }
        let attempt = Attempt {
            number: complete.attempt,
            at: complete.at,
            took_ms: u64::try_from(complete.took.as_millis()).unwrap_or(u64::MAX),
            status: complete.status,
            failure: complete.failure,
        };
        self.record_webhook(&id, Fence(complete.fence), attempt, complete.retry_after).await
    }

    async fn record_webhook(
        &self,
        id: &str,
        fence: Fence,
        attempt: Attempt,
        retry_after: Option<Duration>,
    ) -> Result<(), Error> {
        let schedule = self.webhooks.schedule_seconds.0.clone();
        let record = Command::Record { attempt, schedule, retry_after, at: self.ledger.now() };
        let terms = Terms { releases: Some(fence), ..Terms::default() };
        self.ledger.execute::<WebhookDelivery>(id, record, terms).await?;
        Ok(())
    }

    async fn prepare_webhook(&self, claim: &Claim) -> Result<Option<DueWebhook>, Error> {
        let state = self.ledger.load::<WebhookDelivery>(&claim.stream.id).await?.state;
        let delivery = match state {
            WebhookDelivery::Pending { delivery, .. } => delivery,
            WebhookDelivery::Ended { .. } | WebhookDelivery::Absent => {
                self.ledger.store().forget(&claim.stream, claim.fence).await?;
                return Ok(None);
            }
        };
        let endpoint = delivery.message.endpoint;
        let loaded = self.ledger.load::<WebhookEndpoint>(&endpoint.to_string()).await?;
        let ending = match loaded.state.live() {
            Ok(live) if live.is_enabled() => return self.request(claim, &delivery, &loaded, live).await,
            Ok(_) => Ending::EndpointDisabled,
            Err(_) => Ending::EndpointDeleted,
        };
        let terms = Terms { releases: Some(claim.fence), ..Terms::default() };
        let abandon = Command::Abandon { ending, at: self.ledger.now() };
        self.ledger.execute::<WebhookDelivery>(&claim.stream.id, abandon, terms).await?;
        Ok(None)
    }

    async fn request(
        &self,
        claim: &Claim,
        delivery: &Delivery,
        loaded: &Loaded<WebhookEndpoint>,
        live: &Live,
    ) -> Result<Option<DueWebhook>, Error> {
        let message = &delivery.message;
        let news = self.news(message).await?;
        let data =
            news.as_ref().map_or_else(|| json!({"endpoint": live.id.to_string()}), |fact| fact.data.clone());
        // A message that was queued before its endpoint's format was changed is told in the standard one.
        let body = body(live.settings.format, message, &data)
            .or_else(|| body(Format::Standard, message, &data))
            .unwrap_or_default();
        let timestamp = self.ledger.now().0.div_euclid(1000);
        let signed = signing::Message { id: message.event.as_str(), timestamp, body: &body };
        let keys = self.signing_keys(loaded, live).await?;
        let owner = stream_of::<WebhookEndpoint>(live.id);
        let mut signatures = vec![];
        for keys in &keys {
            signatures.extend(keys.sign(&signed).map_err(|error| unsigned(&owner, error))?);
        }
        let mut headers = BTreeMap::from([
            ("content-type", "application/json".to_owned()),
            ("webhook-id", message.event.to_string()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ]);
        headers.extend(news.and_then(|fact| fact.traceparent).map(|parent| ("traceparent", parent)));
        if let (Format::Compat, Some(present)) = (live.settings.format, keys.first()) {
            let digest = present.body_digest(&body).map_err(|error| unsigned(&owner, error))?;
            headers.insert("x-nango-hmac-sha256", digest);
        }
        Ok(Some(DueWebhook {
            environment: live.environment.clone(),
            endpoint: live.id,
            event: message.event.clone(),
            fence: claim.fence.0,
            attempt: delivery.next_attempt(),
            url: SecretText::new(self.address(message, live).await?),
            headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect(),
            body,
        }))
    }

    /// Where a message goes. A connection's own address is the one it has now; one that has none any more is told of at the
    /// endpoint's.
    async fn address(&self, message: &Message, live: &Live) -> Result<String, Error> {
        let own = match &message.source {
            Source::Recorded { id, .. } if message.own_address && live.settings.format == Format::Compat => {
                self.own_address(id).await?
            }
            Source::Recorded { .. } | Source::Test => None,
        };
        Ok(own.unwrap_or_else(|| live.settings.url.clone()))
    }

    /// Where a connection's news goes in the place of the compatible endpoints' addresses.
    ///
    /// # Errors
    /// The store's.
    pub async fn own_address(&self, connection: &str) -> Result<Option<String>, Error> {
        let state = self.ledger.load::<Connection>(connection).await?.state;
        Ok(state.about().map(|about| about.webhook_url.clone()).filter(|url| !url.is_empty()))
    }

    /// What a message is about, as it is recorded; `None` for a test.
    async fn news(&self, message: &Message) -> Result<Option<Fact>, Error> {
        let Source::Recorded { category, id, version, index } = &message.source else { return Ok(None) };
        let stream = Stream::new(category, id);
        let lost =
            || StoreError::Corrupt { table: "events", key: stream.to_string(), what: "lacks an event" };
        let before = Version(version.saturating_sub(1));
        let recorded = self.ledger.store().history(&stream, before, 1).await?.pop().ok_or_else(lost)?;
        let facts = facts_of(&self.ledger, recorded).await?;
        Ok(Some(facts.into_iter().nth(*index).ok_or_else(lost)?))
    }

    /// A delivery that cannot even be prepared: recorded as a failed attempt of ours, so that it neither blocks the queue nor
    /// is forgotten. What passes by itself is not recorded: the claim lapses.
    async fn set_webhook_aside(&self, claim: &Claim, cause: &Error) {
        let passes = matches!(
            cause,
            Error::Store(StoreError::Unavailable(_))
                | Error::Contended(_)
                | Error::KeyService(KeyServiceError::Unavailable { .. })
        );
        if passes {
            warn!(stream = %claim.stream, error = %chain(cause), "A webhook could not be prepared; its claim will lapse");
            return;
        }
        error!(stream = %claim.stream, error = %chain(cause), "A webhook cannot be prepared");
        if let Err(error) = self.record_fault_of_ours(claim).await {
            warn!(stream = %claim.stream, error = %chain(&error), "The failure could not be recorded; the claim will lapse");
        }
    }

    async fn record_fault_of_ours(&self, claim: &Claim) -> Result<(), Error> {
        let state = self.ledger.load::<WebhookDelivery>(&claim.stream.id).await?.state;
        let Some(delivery) = state.delivery() else { return Ok(()) };
        let at = self.ledger.now();
        let failure = Some(AttemptFailure::Internal);
        let attempt = Attempt { number: delivery.next_attempt(), at, took_ms: 0, status: None, failure };
        self.record_webhook(&claim.stream.id, claim.fence, attempt, None).await
    }
}
