use super::connections::in_environment;
use super::incidents::{Pause, lane_over};
use super::{Vault, stream_of};
use crate::error::Error;
use crate::freshness::Place as Waits;
use crate::keyring::{Key, Place};
use crate::ledger::Loaded;
use latchkey_bus::Hint;
use latchkey_domain::connection::{Connection, CredentialFacts, Live, Profile, Trouble, Usability};
use latchkey_domain::{ConnectionId, Environment, Generation, Timestamp};
use latchkey_envelope::RecordType;
use latchkey_secret::{Handout, JsonSecret, Renewal, Sealed};
use latchkey_store::{Stream, Version};
pub use latchkey_wire::contract::Source;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// What a token should still live when it is handed out and the caller does not say: long enough for a request to the
/// provider with one retry.
const MIN_REMAINING_DEFAULT: Duration = Duration::from_secs(30);

/// Longer promises would have most tokens refreshed at every read.
const MIN_REMAINING_MAX: Duration = Duration::from_secs(3600);

/// How long a caller waits for a refresh, if its own deadline does not come first. Longer than a provider may take.
const WAIT_MAX: Duration = Duration::from_secs(35);

/// What a backend asks for.
#[derive(Debug)]
pub struct Query {
    pub environment: Environment,
    pub connection: ConnectionId,
    /// A promise if set; an aim of 30 s if not.
    pub min_remaining: Option<Duration>,
    pub force_refresh: bool,
    /// A generation that was tried and refused: only a newer one will do.
    pub newer_than: Option<Generation>,
    pub deadline: Option<Duration>,
}

/// A credential to use.
#[derive(Debug)]
pub struct Credential {
    pub facts: CredentialFacts,
    pub handout: Handout,
    pub source: Source,
    pub profile: Profile,
}

/// A credential with what renews it.
#[derive(Debug)]
pub struct Full {
    pub credential: Credential,
    pub renewal: Option<Renewal>,
}

/// A live connection with what is needed to open its secrets.
struct Held {
    stream: Stream,
    version: Version,
    live: Live,
    key: Option<latchkey_store::WrappedKey>,
    source: Source,
}

impl Vault {
    /// The present access token, or a newer one. One indexed read where it is fresh.
    ///
    /// # Errors
    /// Why there is none: unknown, deleted, to be authorized again, or not to be had just now.
    pub async fn credential(&self, query: &Query) -> Result<Credential, Error> {
        let held = self.fresh(query).await?;
        let key = self.key_of(&held).await?;
        hand_out(&key, held)
    }

    /// As [`Self::credential`], with the refresh token.
    ///
    /// # Errors
    /// As there.
    pub async fn full_credential(&self, query: &Query) -> Result<Full, Error> {
        let held = self.fresh(query).await?;
        let key = self.key_of(&held).await?;
        let renewal = open_renewal(&key, &held.stream, &held.live)?;
        Ok(Full { credential: hand_out(&key, held)?, renewal })
    }

    /// The credential as it is, fresh or not and switched off or not, with all that renews it. It is recorded first.
    ///
    /// # Errors
    /// Refusals of the connection; where it cannot be recorded.
    pub async fn exported_credential(
        &self,
        environment: &Environment,
        connection: ConnectionId,
    ) -> Result<Full, Error> {
        let present = self.connection_in(environment, connection).await?;
        // One that is switched off has a credential; one that is broken or gone has none, and nothing is recorded then.
        if !matches!(present, Connection::Live(_)) {
            present.live()?;
        }
        self.reveal(environment, connection, true).await?;
        let Loaded { state, version, key } = self.ledger.load::<Connection>(&connection.to_string()).await?;
        let live = match in_environment(state, environment)? {
            Connection::Live(live) => live,
            other => other.live()?.clone(),
        };
        let stream = stream_of::<Connection>(connection);
        let held = Held { stream, version, live, key, source: Source::Cached };
        let key = self.key_of(&held).await?;
        let renewal = open_renewal(&key, &held.stream, &held.live)?;
        Ok(Full { credential: hand_out(&key, held)?, renewal })
    }

    /// Whether waiting for a fresh credential brought another one. Nothing is opened.
    pub(super) async fn renewed(&self, query: &Query) -> Result<Source, Error> {
        Ok(self.fresh(query).await?.source)
    }

    async fn fresh(&self, query: &Query) -> Result<Held, Error> {
        if query.min_remaining.is_some_and(|asked| asked > MIN_REMAINING_MAX) {
            let message = "At most one hour can be promised. Ask for less, or set force_refresh.".to_owned();
            return Err(Error::Field { field: "min_remaining", message });
        }
        let held = self.hold(query, Source::Cached).await?;
        let present = held.live.credential.generation;
        let insisted = query.newer_than.or(query.force_refresh.then_some(present));
        let usability = self.usability(&held, query, insisted.filter(|_| held.live.credential.renewable));
        match usability {
            Usability::Usable { .. } => Ok(held),
            Usability::Waiting { trouble } => {
                let error = self.waiting(&trouble);
                self.make_do_or(query, held, error)
            }
            Usability::Stale { .. } => {
                let since = held.live.clone();
                // Apart from the rest: it is rare, and would make every call's future several times as large.
                match Box::pin(self.refreshed(query, &since)).await {
                    Err(error) if error.leaves_the_present_token() => self.make_do_or(query, held, error),
                    settled => settled,
                }
            }
        }
    }

    /// What can be had of a credential: `newer_than` is set where the caller insists on another generation.
    fn usability(&self, held: &Held, query: &Query, newer_than: Option<Generation>) -> Usability {
        let now = self.ledger.now();
        if newer_than.is_some_and(|generation| held.live.credential.generation <= generation) {
            return held.live.stale(now);
        }
        held.live.usable(now, query.min_remaining.unwrap_or(MIN_REMAINING_DEFAULT))
    }

    /// Waits for the one refresh there is, whoever makes it.
    async fn refreshed(&self, query: &Query, since: &Live) -> Result<Held, Error> {
        let _place = Waits::new(self.waiters.try_acquire().map_err(|_| Error::Overloaded)?);
        let deadline = Instant::now() + query.deadline.unwrap_or(WAIT_MAX).min(WAIT_MAX);
        let mut waiter = self.freshness.waiter(query.connection);
        let (mut asked, began) = (None, self.ledger.now());
        loop {
            // Also before the first wait: what changed before there was a waiter wakes nobody, and a refresh that has just
            // been made must not be asked for again.
            let held = self.hold(query, Source::Refreshed).await?;
            if held.live.credential.generation > since.credential.generation
                && self.is_an_answer(&held, began)
            {
                return Ok(held);
            }
            // A try failed while we were waiting: what came of it is the answer to all who waited for it.
            if let Some(trouble) =
                held.live.trouble.as_ref().filter(|trouble| trouble.attempts != attempts(since))
            {
                return Err(self.waiting(trouble));
            }
            self.unless_paused(&held).await?;
            if asked != Some(held.version) {
                self.ask_for_refresh(&held).await?;
                asked = Some(held.version);
            }
            if timeout_at(deadline, waiter.nudged()).await.is_err() {
                return Err(Error::RefreshInProgress);
            }
        }
    }

    /// Whether a newer credential is what was waited for. One that was long on its way, over a refresher's restart or while the
    /// database was away, may have run out before it came; one that was made since has all the life its provider gives.
    fn is_an_answer(&self, held: &Held, began: Timestamp) -> bool {
        let live = &held.live;
        live.credential.obtained_at >= began || (live.lives(self.ledger.now()) && !live.rejected)
    }

    /// Nobody waits for what is not going to be made.
    async fn unless_paused(&self, held: &Held) -> Result<(), Error> {
        let profile = &held.live.profile;
        if self.safety().await?.holds_lane(&lane_over(profile)) {
            return Err(Error::SafeMode);
        }
        if held.live.is_paused() {
            return Err(Error::RefreshingPaused);
        }
        let now = self.ledger.now();
        match self.pause_of(profile).await? {
            Some(Pause::Asked) => Err(Error::RefreshingPaused),
            Some(Pause::Refused { failure, probe_at }) if probe_at > now => {
                Err(Error::Waiting { failure: Box::new(failure), wait: now.until(probe_at) })
            }
            Some(Pause::Refused { .. }) | None => Ok(()),
        }
    }

    async fn ask_for_refresh(&self, held: &Held) -> Result<(), Error> {
        self.ledger.store().hasten(&held.stream, held.version, self.ledger.now().0).await?;
        self.bus.hint(Hint::RefreshWanted { connection: held.live.profile.id.to_string() });
        Ok(())
    }

    fn waiting(&self, trouble: &Trouble) -> Error {
        let wait = self.ledger.now().until(trouble.retry_at);
        Error::Waiting { failure: Box::new(trouble.failure.clone()), wait }
    }

    /// The present token where it still lives and nothing longer was promised; else why there is no other.
    fn make_do_or(&self, query: &Query, held: Held, error: Error) -> Result<Held, Error> {
        let insisted = query.force_refresh || query.newer_than.is_some();
        if held.live.lives(self.ledger.now())
            && !held.live.rejected
            && query.min_remaining.is_none()
            && !insisted
        {
            return Ok(held);
        }
        Err(error)
    }

    async fn hold(&self, query: &Query, source: Source) -> Result<Held, Error> {
        let Loaded { state, version, key } =
            self.ledger.load::<Connection>(&query.connection.to_string()).await?;
        let live = match in_environment(state, &query.environment)? {
            Connection::Live(live) if live.disabled_at.is_none() => live,
            other => other.live()?.clone(),
        };
        Ok(Held { stream: stream_of::<Connection>(query.connection), version, live, key, source })
    }

    async fn key_of(&self, held: &Held) -> Result<Key, Error> {
        self.keyring.open(&held.live.profile.environment, &held.stream, held.key.as_ref()).await
    }
}

impl Error {
    /// Whether the failure to refresh says nothing against the token that is there.
    fn leaves_the_present_token(&self) -> bool {
        matches!(
            self,
            Self::Waiting { .. }
                | Self::RefreshInProgress
                | Self::Overloaded
                | Self::SafeMode
                | Self::RefreshingPaused
                | Self::Store(_)
        )
    }
}

fn attempts(live: &Live) -> u32 {
    live.trouble.as_ref().map_or(0, |trouble| trouble.attempts)
}

fn hand_out(key: &Key, held: Held) -> Result<Credential, Error> {
    let unreadable =
        || Error::Unreadable { what: "credential", owner: held.stream.to_string(), source: None };
    let handout = open_handout(key, &held.stream, &held.live)?.ok_or_else(unreadable)?;
    Ok(Credential { handout, source: held.source, profile: held.live.profile, facts: held.live.credential })
}

/// What is handed out of a connection's credential.
pub(super) fn open_handout(key: &Key, stream: &Stream, live: &Live) -> Result<Option<Handout>, Error> {
    handout_in(key, live.secrets.handout.as_ref(), &place(stream, live, RecordType::Handout))
}

/// What renews a connection's credential; `None` where nothing does.
pub(super) fn open_renewal(key: &Key, stream: &Stream, live: &Live) -> Result<Option<Renewal>, Error> {
    renewal_in(key, live.secrets.renewal.as_ref(), &place(stream, live, RecordType::Renewal))
}

pub(super) fn handout_in(
    key: &Key,
    sealed: Option<&Sealed<JsonSecret>>,
    place: &Place<'_>,
) -> Result<Option<Handout>, Error> {
    let Some(sealed) = sealed else { return Ok(None) };
    let document = key.open(sealed, place)?;
    Handout::from_document(&document).map(Some).map_err(|_| unreadable(place))
}

pub(super) fn renewal_in(
    key: &Key,
    sealed: Option<&Sealed<JsonSecret>>,
    place: &Place<'_>,
) -> Result<Option<Renewal>, Error> {
    let Some(sealed) = sealed else { return Ok(None) };
    let document = key.open(sealed, place)?;
    Renewal::from_document(&document).map(Some).map_err(|_| unreadable(place))
}

fn unreadable(place: &Place<'_>) -> Error {
    Error::Unreadable { what: "credential", owner: place.owner.to_string(), source: None }
}

fn place<'a>(owner: &'a Stream, live: &'a Live, record: RecordType) -> Place<'a> {
    let CredentialFacts { generation, origins, .. } = &live.credential;
    Place { owner, record, generation: generation.0, origins }
}
