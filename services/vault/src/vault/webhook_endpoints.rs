use super::{Vault, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms};
use crate::webhook::{Keys, check};
use latchkey_domain::webhook_endpoint::{
    Command, Format, KeyFacts, Live, New, Refusal, Settings, WebhookEndpoint,
};
use latchkey_domain::{Aggregate as _, Environment, WebhookEndpointId};
use latchkey_envelope::RecordType;
use latchkey_secret::{JsonSecret, Sealed, SecretText};
use latchkey_signing::SigningError;
use latchkey_store::{CardQuery, ClaimQuery, KeyChange, Stream};
use std::time::Duration;

/// How many are read, or retired, at a time. Endpoints are few; a list of them is given whole.
const PAGE: u32 = 500;

/// Each is told everything, so each costs a request for every piece of news.
const ENDPOINTS_MAX: usize = 50;

/// How long the old secret signs too, or the old key opens what it opened: unless told, and at most.
const KEEP_DEFAULT: Duration = Duration::from_secs(24 * 3600);
const KEEP_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Longer than destroying a few keys takes.
const RETIRING_TAKES: Duration = Duration::from_secs(60);

/// A customer's wish to be told what happens.
#[derive(Debug)]
pub struct CreateEndpoint {
    pub environment: Environment,
    pub settings: Settings,
    pub enabled: bool,
    /// Messages are signed with Ed25519 too.
    pub ed25519: bool,
}

/// What is `None` stays as it is.
#[derive(Debug, Default)]
pub struct ChangeEndpoint {
    pub url: Option<String>,
    pub event_types: Option<Vec<String>>,
    pub description: Option<String>,
    pub format: Option<Format>,
    pub enabled: Option<bool>,
}

impl Vault {
    /// Makes an endpoint. What is recorded from now on is told there.
    ///
    /// # Errors
    /// [`Error::Field`] for settings that cannot be; the key service's, where the secret cannot be sealed.
    pub async fn create_webhook_endpoint(&self, create: CreateEndpoint) -> Result<(Live, SecretText), Error> {
        let CreateEndpoint { environment, settings, enabled, ed25519 } = create;
        check(&settings, self.webhooks.allow_http)?;
        self.may_begin_in(&environment).await?;
        if self.webhook_endpoints(&environment).await?.len() >= ENDPOINTS_MAX {
            let message =
                format!("An environment has at most {ENDPOINTS_MAX} webhook endpoints. Delete one first.");
            return Err(Error::Field { field: "url", message });
        }
        let at = self.ledger.now();
        let id = WebhookEndpointId::from_parts(at.0.unsigned_abs(), self.ids.next_bits());
        let owner = stream_of::<WebhookEndpoint>(id);
        let (key, wrapped) = self.keyring.create(&environment, &owner).await?;
        let (keys, facts, secret) = new_keys(&key, &owner, 1, ed25519, at)?;
        let since = self.ledger.store().feed_end().await?.to_string();
        let new = New { id, environment, settings, enabled, since, key: facts, secret, at };
        let terms = Terms { key: KeyChange::Put(wrapped), ..Terms::default() };
        let create = Command::Create(Box::new(new));
        let settled = self.ledger.execute::<WebhookEndpoint>(&id.to_string(), create, terms).await?;
        Ok((settled.state.live()?.clone(), keys.into_secret()))
    }

    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such endpoint.
    pub async fn webhook_endpoint(
        &self,
        environment: &Environment,
        id: WebhookEndpointId,
    ) -> Result<Live, Error> {
        Ok(self.load_endpoint(environment, id).await?.state.live()?.clone())
    }

    /// # Errors
    /// The store's.
    pub async fn webhook_endpoints(&self, environment: &Environment) -> Result<Vec<Live>, Error> {
        let mut query = CardQuery {
            category: WebhookEndpoint::CATEGORY.into(),
            environment: environment.to_string(),
            max: PAGE,
            ..CardQuery::default()
        };
        let mut endpoints = vec![];
        loop {
            let page = self.ledger.store().list(&query).await?;
            for item in page.items {
                let state: WebhookEndpoint = self.ledger.state_of(&item.stream, &item.snapshot).await?;
                endpoints.extend(state.live().ok().cloned());
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(endpoints);
            }
        }
    }

    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such endpoint; [`Error::Field`] for settings that cannot be.
    pub async fn change_webhook_endpoint(
        &self,
        environment: &Environment,
        id: WebhookEndpointId,
        change: ChangeEndpoint,
    ) -> Result<Live, Error> {
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_endpoint(environment, id).await?;
            let live = loaded.state.live()?.clone();
            let settings = Settings {
                url: change.url.clone().unwrap_or(live.settings.url),
                event_types: change.event_types.clone().unwrap_or(live.settings.event_types),
                description: change.description.clone().unwrap_or(live.settings.description),
                format: change.format.unwrap_or(live.settings.format),
            };
            check(&settings, self.webhooks.allow_http)?;
            let Some(enabled) = change.enabled.or_else(|| live.standing.chosen()) else {
                // Whoever changes the address of a disabled endpoint has mended it, or is about to: that is to be said.
                let message = "The endpoint is disabled. Say whether it is to be `enabled` with this change.";
                return Err(Error::Field { field: "enabled", message: message.into() });
            };
            let command = Command::Change { settings, enabled, at: self.ledger.now() };
            let settled = self.ledger.settle(&id.to_string(), loaded, command, &Terms::default()).await?;
            if let Some(settled) = settled {
                return Ok(settled.state.live()?.clone());
            }
        }
        Err(Error::Contended(stream_of::<WebhookEndpoint>(id)))
    }

    /// Makes a new secret, beside which the old one goes on signing for a while.
    ///
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such endpoint; [`Error::Field`] where the old one would be kept too
    /// long; the key service's.
    pub async fn rotate_webhook_secret(
        &self,
        environment: &Environment,
        id: WebhookEndpointId,
        keep: Option<Duration>,
    ) -> Result<(Live, SecretText), Error> {
        let keep = kept(keep, "The old secret is kept for 7 days at most.")?;
        let owner = stream_of::<WebhookEndpoint>(id);
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_endpoint(environment, id).await?;
            let live = loaded.state.live()?.clone();
            let key = self.keyring.open(environment, &owner, loaded.key.as_ref()).await?;
            let (generation, at) = (live.key.generation + 1, self.ledger.now());
            let (keys, facts, secret) =
                new_keys(&key, &owner, generation, live.key.public_key.is_some(), at)?;
            let command = Command::RotateKey { key: facts, secret, previous_until: at.plus(keep) };
            let settled = self.ledger.settle(&id.to_string(), loaded, command, &Terms::default()).await?;
            if let Some(settled) = settled {
                return Ok((settled.state.live()?.clone(), keys.into_secret()));
            }
        }
        Err(Error::Contended(owner))
    }

    /// Ends an endpoint and destroys its keys. Deleting twice finds none.
    ///
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such endpoint.
    pub async fn delete_webhook_endpoint(
        &self,
        environment: &Environment,
        id: WebhookEndpointId,
    ) -> Result<(), Error> {
        self.load_endpoint(environment, id).await?;
        let terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        let delete = Command::Delete { at: self.ledger.now() };
        self.ledger.execute::<WebhookEndpoint>(&id.to_string(), delete, terms).await?;
        Ok(())
    }

    /// Destroys the keys whose time is over, and forgets endpoints that were deleted long ago.
    ///
    /// # Errors
    /// The store's; what was done until then stays so.
    pub async fn retire_webhook_keys(&self) -> Result<(), Error> {
        let at = self.ledger.now();
        let query = ClaimQuery {
            category: WebhookEndpoint::CATEGORY.to_owned(),
            now: at.0,
            until: at.plus(RETIRING_TAKES).0,
            max: PAGE,
            wanted_only: false,
            after: None,
            except: vec![],
        };
        for claim in self.ledger.store().claim_due(&query).await? {
            let id = &claim.stream.id;
            if let WebhookEndpoint::Deleted { .. } = self.ledger.load::<WebhookEndpoint>(id).await?.state {
                self.ledger.store().forget(&claim.stream, claim.fence).await?;
                continue;
            }
            let terms = Terms { releases: Some(claim.fence), ..Terms::default() };
            let retire = Command::RetirePreviousKey { at };
            self.ledger.execute::<WebhookEndpoint>(id, retire, terms).await?;
        }
        Ok(())
    }

    pub(super) async fn load_endpoint(
        &self,
        environment: &Environment,
        id: WebhookEndpointId,
    ) -> Result<Loaded<WebhookEndpoint>, Error> {
        let loaded = self.ledger.load::<WebhookEndpoint>(&id.to_string()).await?;
        if loaded.state.live()?.environment != *environment {
            return Err(Refusal::Absent.into());
        }
        Ok(loaded)
    }

    /// The keys that sign now: the present one, and the one before while its time lasts.
    pub(super) async fn signing_keys(
        &self,
        loaded: &Loaded<WebhookEndpoint>,
        live: &Live,
    ) -> Result<Vec<Keys>, Error> {
        let owner = stream_of::<WebhookEndpoint>(live.id);
        let key = self.keyring.open(&live.environment, &owner, loaded.key.as_ref()).await?;
        let present = live.secrets.present.as_ref().map(|sealed| (live.key.generation, sealed));
        let previous = live.previous_at(self.ledger.now()).zip(live.secrets.previous.as_ref());
        let previous = previous.map(|(previous, sealed)| (previous.key.generation, sealed));
        let open = |(generation, sealed): (u64, &Sealed<JsonSecret>)| {
            Keys::from_document(&key.open(sealed, &place(&owner, generation))?, &owner.to_string())
        };
        present.into_iter().chain(previous).map(open).collect()
    }
}

/// How long what is replaced goes on beside what replaces it.
///
/// # Errors
/// [`Error::Field`] where that is too long.
pub(super) fn kept(keep: Option<Duration>, message: &str) -> Result<Duration, Error> {
    let keep = keep.unwrap_or(KEEP_DEFAULT);
    if keep > KEEP_MAX {
        return Err(Error::Field { field: "keep_previous", message: message.to_owned() });
    }
    Ok(keep)
}

pub(super) fn place(owner: &Stream, generation: u64) -> Place<'_> {
    Place { owner, record: RecordType::WebhookKeys, generation, origins: &[] }
}

fn new_keys(
    key: &Key,
    owner: &Stream,
    generation: u64,
    ed25519: bool,
    made_at: latchkey_domain::Timestamp,
) -> Result<(Keys, KeyFacts, Sealed<JsonSecret>), Error> {
    let keys = Keys::generate(ed25519);
    let public_key = keys.public_key().map_err(|error| unsigned(owner, error))?;
    let sealed = key.seal(&keys.to_document(), &place(owner, generation))?;
    Ok((keys, KeyFacts { generation, public_key, made_at }, sealed))
}

/// Keys of our own making that do not sign were not what was stored.
pub(super) fn unsigned(owner: &Stream, _: SigningError) -> Error {
    Error::Unreadable { what: "webhook keys", owner: owner.to_string(), source: None }
}
