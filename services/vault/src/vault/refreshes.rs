use super::credentials::open_renewal;
use super::incidents::Leave;
use super::integrations::Unsealed;
use super::journal::new_keys;
use super::safe_mode::Safety;
use super::{Vault, stream_of};
use crate::error::{Error, chain};
use crate::keyring::Key;
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms};
use crate::ours::Part;
use latchkey_bus::Hint;
use latchkey_domain::connection::{Command, Connection, Live, Outcome, Profile, Refusal, Ruling};
use latchkey_domain::incident::Subject;
use latchkey_domain::rotation::Course;
use latchkey_domain::{Aggregate, ConnectionId, Failure, Generation, Phase, Reason, Timestamp};
use latchkey_envelope::KeyServiceError;
use latchkey_store::{Claim, ClaimQuery, Fence, Lane, Stream};
use latchkey_wire::contract::{self, App, ClaimDue, CompleteRefresh, DueRefresh, Obtained, RefreshOutcome};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tracing::{error, warn};

/// How long a refresher has a connection to itself, unless it renews its claim. One that was stopped in the middle is waited
/// for this long.
pub const CLAIM_TTL: Duration = Duration::from_secs(90);

/// How many claims one call may take.
const CLAIMS_MAX: u32 = 200;

/// How long a claim may be held unused: as long as a provider is obeyed that asks to be left alone.
const HOLD_MAX: Duration = Duration::from_secs(3600);

/// The integrations of one batch of claims, each read once; `None` where nothing may be refreshed now.
type Integrations = HashMap<Lane, Option<Unsealed>>;

impl Vault {
    /// Claims connections whose refresh is due, integration by integration in turns, those that are waited for first.
    /// Each is the caller's alone until it is completed, released, or the claim lapses.
    ///
    /// # Errors
    /// The store's. What is wrong with one connection is recorded with it and keeps the others from nothing.
    pub async fn claim_due(&self, ask: impl Into<ClaimDue>) -> Result<Vec<DueRefresh>, Error> {
        let ask = ask.into();
        let now = self.ledger.now();
        let safety = self.safety().await?;
        if matches!(&safety, Safety::On { released, .. } if released.is_empty()) {
            return Ok(vec![]);
        }
        let held = self.held_lanes(&safety).await?;
        let query = ClaimQuery {
            category: Connection::CATEGORY.to_owned(),
            now: now.0,
            until: now.plus(CLAIM_TTL).0,
            max: ask.max.clamp(1, CLAIMS_MAX),
            wanted_only: ask.wanted_only,
            after: self.turns.last(),
            except: ask.except.iter().map(lane_of).chain(self.pauses.closed(now)).chain(held).collect(),
        };
        let claims = self.ledger.store().claim_due(&query).await?;
        self.turns.took(claims.last());
        let claims = self.only_released(&safety, claims).await?;
        let mut due = Vec::with_capacity(claims.len());
        let mut integrations = Integrations::new();
        for claim in claims {
            match self.prepare(&claim, now, &mut integrations).await {
                Ok(Some(refresh)) => {
                    self.ours.works(Part::Store);
                    self.ours.works(Part::Keys);
                    due.push(refresh);
                }
                Ok(None) => {}
                Err(error) => self.set_aside(&claim, &error).await,
            }
        }
        Ok(due)
    }

    /// Has a claim lapse so long from now on. Says whether it still is the one held.
    ///
    /// # Errors
    /// The store's.
    pub async fn renew_refresh(
        &self,
        connection: ConnectionId,
        fence: u64,
        hold: Duration,
    ) -> Result<bool, Error> {
        let until = self.ledger.now().plus(hold.min(HOLD_MAX));
        let stream = stream_of::<Connection>(connection);
        Ok(self.ledger.store().renew(&stream, Fence(fence), until.0).await?)
    }

    /// Records what a refresh came to. Nothing comes of one whose credential was replaced meanwhile.
    ///
    /// # Errors
    /// The store's and the key service's: the caller keeps the outcome and tells it again. Also
    /// [`Refusal::Superseded`], which ends the matter.
    pub async fn complete_refresh(&self, complete: CompleteRefresh) -> Result<(), Error> {
        let mut settled = self.record_refresh(&complete).await;
        for _ in 1..ATTEMPTS_MAX {
            // Its data key was replaced while the answer was being sealed, for instance.
            if !matches!(settled, Err(Error::Contended(_))) {
                break;
            }
            settled = self.record_refresh(&complete).await;
        }
        if let (
            Err(Error::Connection(Refusal::Revoked | Refusal::CredentialRevoked)),
            RefreshOutcome::Refreshed(obtained),
        ) = (&settled, &complete.outcome)
        {
            let generation = complete.generation.next();
            let obtained_at = complete.received_at.unwrap_or_else(|| self.ledger.now());
            self.revoke_late(complete.connection, generation, obtained_at, obtained).await?;
        }
        settled
    }

    async fn record_refresh(&self, complete: &CompleteRefresh) -> Result<(), Error> {
        let &CompleteRefresh { connection, generation, fence, ref outcome, course, received_at } = complete;
        // Lifetimes count from when the answer came, however long it took to tell; nobody's clock makes a token live longer.
        let now = self.ledger.now();
        let at = received_at.map_or(now, |received_at| received_at.min(now));
        if self.is_the_apps(connection, generation, fence, outcome).await? {
            return Ok(());
        }
        let worked = matches!(outcome, RefreshOutcome::Refreshed(_));
        let refused = matches!(outcome, RefreshOutcome::Refused(_));
        let ruling = match outcome {
            RefreshOutcome::Refused(_) => self.ruling_on(connection, generation).await?,
            RefreshOutcome::Refreshed(_)
            | RefreshOutcome::Failed { .. }
            | RefreshOutcome::Unanswered { .. } => Ruling::default(),
        };
        let mut sealed_with = None;
        let outcome = match outcome {
            RefreshOutcome::Failed { failure, retry_after } => {
                Outcome::Failed { failure: failure.clone(), retry_after: *retry_after }
            }
            RefreshOutcome::Unanswered { failure, resend_at } => {
                Outcome::Unanswered { failure: failure.clone(), resend_at: *resend_at }
            }
            RefreshOutcome::Refused(failure) => Outcome::Refused(failure.clone()),
            RefreshOutcome::Refreshed(obtained) => {
                let Loaded { state, key, .. } =
                    self.ledger.load::<Connection>(&connection.to_string()).await?;
                let profile = state.profile().ok_or(Refusal::Absent)?;
                let (owner, requested) = (stream_of::<Connection>(connection), scopes_of(&state));
                match &state {
                    Connection::Revoked(_) => return Err(Refusal::Revoked.into()),
                    Connection::Broken(broken) if broken.credential_is_revoked() => {
                        return Err(Refusal::CredentialRevoked.into());
                    }
                    Connection::Absent | Connection::Live(_) | Connection::Broken(_) => {}
                }
                let key = self.keyring.open(&profile.environment, &owner, key.as_ref()).await?;
                sealed_with = Some(key.id());
                let rotated = brings_another_token(&key, &owner, &state, obtained);
                let credential =
                    self.seal_credential(&key, &owner, generation.next(), &requested, obtained, at)?;
                Outcome::Refreshed { credential, rotated }
            }
        };
        let replaces = generation;
        let command = Command::CompleteRefresh { replaces, outcome, course, ruling, at: self.ledger.now() };
        let terms = Terms { releases: Some(Fence(fence)), sealed_with, ..Terms::default() };
        let settled = self.command(connection, command, terms).await?;
        if refused {
            self.tell_of_refusal(connection, generation);
        }
        if let Some(profile) = settled.state.profile().filter(|_| worked) {
            self.app_is_accepted(profile).await?;
        }
        Ok(())
    }

    /// Whether a refresh failed because the OAuth app is refused. Its integration is paused then, nothing is held against
    /// the connection, and its claim is over.
    async fn is_the_apps(
        &self,
        connection: ConnectionId,
        generation: Generation,
        fence: u64,
        outcome: &RefreshOutcome,
    ) -> Result<bool, Error> {
        let RefreshOutcome::Failed { failure, .. } = outcome else { return Ok(false) };
        if !failure.is_the_apps() {
            return Ok(false);
        }
        let state = self.ledger.load::<Connection>(&connection.to_string()).await?.state;
        let Connection::Live(live) = state else { return Ok(false) };
        if live.credential.generation != generation {
            return Ok(false);
        }
        let Profile { environment, integration, provider, .. } = live.profile;
        let subject = Subject { environment, integration: Some(integration), provider };
        if !self.pause(&subject, connection, failure).await? {
            return Ok(false);
        }
        self.release_refresh(connection, fence).await?;
        // Whoever waits for it learns that there is nothing to wait for.
        self.freshness.changed(connection);
        self.bus.hint(Hint::CredentialChanged { connection: connection.to_string() });
        Ok(true)
    }

    /// Gives a claim back unused.
    ///
    /// # Errors
    /// The store's.
    pub async fn release_refresh(&self, connection: ConnectionId, fence: u64) -> Result<(), Error> {
        Ok(self.ledger.store().release(&stream_of::<Connection>(connection), Fence(fence)).await?)
    }

    async fn prepare(
        &self,
        claim: &Claim,
        now: Timestamp,
        integrations: &mut Integrations,
    ) -> Result<Option<DueRefresh>, Error> {
        let Loaded { state, key, .. } = self.ledger.load::<Connection>(&claim.stream.id).await?;
        let live = match state {
            Connection::Live(live) if live.disabled_at.is_none() => live,
            Connection::Live(_) | Connection::Absent | Connection::Broken(_) | Connection::Revoked(_) => {
                self.ledger.store().release(&claim.stream, claim.fence).await?;
                return Ok(None);
            }
        };
        if !live.credential.renewable {
            self.expire(claim, &live, now).await?;
            return Ok(None);
        }
        if live.warning(now).is_some() {
            let early = !claim.wanted && live.refresh_due_at().is_none_or(|due_at| due_at > now);
            let terms = Terms { releases: early.then_some(claim.fence), ..Terms::default() };
            self.command(live.profile.id, Command::Warn { at: now }, terms).await?;
            if early {
                return Ok(None);
            }
        }
        if live.is_paused() {
            // It was hastened, or claimed, as it was paused.
            self.give_back(claim, now).await?;
            return Ok(None);
        }
        let key = self.keyring.open(&live.profile.environment, &claim.stream, key.as_ref()).await?;
        let renewal = open_renewal(&key, &claim.stream, &live)?.ok_or_else(|| Error::Unreadable {
            what: "credential",
            owner: claim.stream.to_string(),
            source: None,
        })?;
        let Some(app) = self.app_for(claim, &live.profile, integrations).await? else {
            self.give_back(claim, now).await?;
            return Ok(None);
        };
        let journal = new_keys(&key, &claim.stream, live.credential.generation, claim.fence.0)?;
        let learnt = live.learnt_rotation();
        Ok(Some(DueRefresh {
            connection: live.profile.id,
            environment: live.profile.environment,
            integration: live.profile.integration,
            provider: live.profile.provider,
            generation: live.credential.generation,
            fence: claim.fence.0,
            due_at: Timestamp(claim.due_at),
            expires_at: live.credential.expires_at,
            wanted: claim.wanted,
            lapsed_at: claim.lapsed_at.map(Timestamp),
            obtained_at: live.credential.obtained_at,
            learnt,
            app,
            renewal,
            journal,
        }))
    }

    /// Gives a claim back that nobody used. Where the one before it ran out, whoever claims next must learn that too.
    async fn give_back(&self, claim: &Claim, now: Timestamp) -> Result<(), Error> {
        if claim.lapsed_at.is_some() {
            self.ledger.store().renew(&claim.stream, claim.fence, now.0).await?;
            return Ok(());
        }
        Ok(self.ledger.store().release(&claim.stream, claim.fence).await?)
    }

    /// The app a refresh is made with; `None` where it is refused and this is not the time to try it again.
    async fn app_for(
        &self,
        claim: &Claim,
        profile: &Profile,
        integrations: &mut Integrations,
    ) -> Result<Option<App>, Error> {
        if let Some(read) = integrations.get(&claim.lane) {
            return read.as_ref().map(Unsealed::app).transpose();
        }
        let leave = self.leave_for(profile).await?;
        if matches!(leave, Leave::Wait) {
            integrations.insert(claim.lane.clone(), None);
            return Ok(None);
        }
        let unsealed = self.unsealed(&profile.environment, &profile.integration).await?;
        let app = unsealed.app()?;
        // One is enough to try it.
        let others = matches!(leave, Leave::Go).then_some(unsealed);
        integrations.insert(claim.lane.clone(), others);
        Ok(Some(app))
    }

    /// What nothing renews ends when its token does; before that, its end may have to be told.
    async fn expire(&self, claim: &Claim, live: &Live, now: Timestamp) -> Result<(), Error> {
        self.command(live.profile.id, Command::Warn { at: now }, Terms::default()).await?;
        let terms = Terms { releases: Some(claim.fence), ..Terms::default() };
        self.command(live.profile.id, Command::Expire { at: now }, terms).await.map(drop)
    }

    /// A connection that cannot even be prepared for a refresh: recorded as a failure of ours (or of the integration),
    /// with the usual back-off, so that it neither blocks the queue nor is forgotten.
    async fn set_aside(&self, claim: &Claim, cause: &Error) {
        let reason = match cause {
            Error::IntegrationUnknown(_) => Reason::IntegrationIncomplete,
            _ => Reason::Internal,
        };
        let passes = matches!(
            cause,
            Error::Store(_) | Error::Contended(_) | Error::KeyService(KeyServiceError::Unavailable { .. })
        );
        if passes {
            let part = if matches!(cause, Error::KeyService(_)) { Part::Keys } else { Part::Store };
            self.ours.failed(part, self.ledger.now());
            // Nothing of it is the connection's, so nothing is recorded with it.
            warn!(stream = %claim.stream, error = %chain(cause), "A due refresh could not be prepared; its claim will lapse");
            return;
        }
        error!(stream = %claim.stream, error = %chain(cause), "A due refresh cannot be prepared");
        let recorded = async {
            let loaded = self.ledger.load::<Connection>(&claim.stream.id).await?;
            let Connection::Live(live) = loaded.state else { return Ok(()) };
            let outcome =
                Outcome::Failed { failure: Failure::new(reason, Phase::Refresh), retry_after: None };
            let command = Command::CompleteRefresh {
                replaces: live.credential.generation,
                outcome,
                course: Course::default(),
                ruling: Ruling::default(),
                at: self.ledger.now(),
            };
            let terms = Terms { releases: Some(claim.fence), ..Terms::default() };
            self.command(live.profile.id, command, terms).await.map(drop)
        };
        let recorded: Result<(), Error> = recorded.await;
        if let Err(error) = recorded {
            warn!(stream = %claim.stream, error = %chain(&error), "The failure could not be recorded; the claim will lapse");
        }
    }
}

/// Which lane had the last turn, of all claims made through this vault.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Arc<Mutex<Option<Lane>>>);

impl Turns {
    pub(super) fn last(&self) -> Option<Lane> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn took(&self, claim: Option<&Claim>) {
        let Some(claim) = claim else { return };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(claim.lane.clone());
    }
}

/// Where an integration's connections queue: their cards' parent is its key.
fn lane_of(lane: &contract::Lane) -> Lane {
    Lane { environment: lane.environment.to_string(), parent: lane.integration.to_string() }
}

/// Whether a refresh brought another refresh token than the connection has. What cannot be told counts as another.
fn brings_another_token(key: &Key, stream: &Stream, connection: &Connection, obtained: &Obtained) -> bool {
    let live = match connection {
        Connection::Live(live) => live.clone(),
        Connection::Broken(broken) => broken.clone().as_live(),
        Connection::Absent | Connection::Revoked(_) => return true,
    };
    let present = open_renewal(key, stream, &live).ok().flatten();
    let brought = obtained.grant.renewal.as_ref();
    present.zip(brought).is_none_or(|(present, brought)| !brought.has_token_of(&present))
}

/// The scopes a refresh asks for are those that were granted (RFC 6749 §6).
fn scopes_of(connection: &Connection) -> Vec<String> {
    match connection {
        Connection::Live(Live { credential, .. }) => credential.scopes.clone(),
        Connection::Broken(broken) => broken.credential.scopes.clone(),
        Connection::Absent | Connection::Revoked(_) => vec![],
    }
}
