//! Asking providers to end grants, whose credentials were destroyed here. The vault calls nobody: it keeps what is needed for
//! asking, under a key of its own (`ending`), until the refresher has asked, or there is no use in asking any more.

use super::Vault;
use super::credentials::{handout_in, renewal_in};
use crate::error::{Error, chain};
use crate::keyring::Place;
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms};
use latchkey_domain::connection::Connection;
use latchkey_domain::revocation::{self, Extent, Outcome, Pending, Revocation, Target};
use latchkey_domain::{Aggregate, Environment, Failure, IntegrationKey, Phase, Reason};
use latchkey_envelope::RecordType;
use latchkey_store::{Claim, ClaimQuery, Fence, KeyChange, Stream};
use latchkey_wire::contract::{App, DueRevocation, ReportRevocation};
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::{error, warn};

/// How long a refresher has a revocation to itself: one request, and room to tell us.
const CLAIM_TTL: Duration = Duration::from_secs(60);

/// How many claims one call may take.
const CLAIMS_MAX: u32 = 100;

impl Vault {
    /// What became of the grant of a connection that was deleted, or whose credential was revoked; [`Revocation::Absent`] where
    /// the provider was not to be asked.
    ///
    /// # Errors
    /// The store's.
    pub async fn revocation_of(&self, connection: &Connection) -> Result<Revocation, Error> {
        let (profile, obtained_at) = match connection {
            Connection::Revoked(revoked) => (&revoked.profile, revoked.obtained_at),
            Connection::Broken(broken) if broken.credential_is_revoked() => {
                (&broken.profile, Some(broken.credential.obtained_at))
            }
            Connection::Absent | Connection::Live(_) | Connection::Broken(_) => {
                return Ok(Revocation::Absent);
            }
        };
        let revocation = self.ledger.load::<Revocation>(&profile.id.to_string()).await?.state;
        // What became of a credential before this one is another story.
        let is_its_own = obtained_at.is_none_or(|obtained_at| revocation.is_about(obtained_at));
        Ok(if is_its_own { revocation } else { Revocation::Absent })
    }

    /// Claims grants that are to be ended. Each is the caller's alone until it is told of, or the claim lapses.
    ///
    /// # Errors
    /// The store's. What is wrong with one keeps the others from nothing.
    pub async fn claim_revocations(&self, max: u32) -> Result<Vec<DueRevocation>, Error> {
        let now = self.ledger.now();
        let query = ClaimQuery {
            category: Revocation::CATEGORY.to_owned(),
            now: now.0,
            until: now.plus(CLAIM_TTL).0,
            max: max.clamp(1, CLAIMS_MAX),
            wanted_only: false,
            after: None,
            except: vec![],
        };
        let mut due = vec![];
        for claim in self.ledger.store().claim_due(&query).await? {
            match self.prepare_revocation(&claim).await {
                Ok(prepared) => due.extend(prepared),
                Err(cause) => self.set_revocation_aside(&claim, &cause).await,
            }
        }
        Ok(due)
    }

    /// Records what asking the provider came to. With the end, whatever it is, goes the key.
    ///
    /// # Errors
    /// The store's: the provider is asked once more then.
    pub async fn report_revocation(&self, report: ReportRevocation) -> Result<(), Error> {
        let ReportRevocation { connection, generation, fence, outcome } = report;
        let command = revocation::Command::Report { generation, outcome, at: self.ledger.now() };
        self.settle_revocation(&connection.to_string(), command, Some(Fence(fence))).await
    }

    /// Ends what nobody has asked about for as long as there is patience. Says how many there were.
    ///
    /// # Errors
    /// The store's.
    pub async fn give_up_revocations(&self) -> Result<usize, Error> {
        let now = self.ledger.now();
        let query = ClaimQuery {
            category: Revocation::CATEGORY.to_owned(),
            now: now.minus(revocation::PATIENCE).0,
            until: now.plus(CLAIM_TTL).0,
            max: CLAIMS_MAX,
            wanted_only: false,
            after: None,
            except: vec![],
        };
        let claims = self.ledger.store().claim_due(&query).await?;
        for claim in &claims {
            let command = revocation::Command::GiveUp { at: now };
            self.settle_revocation(&claim.stream.id, command, Some(claim.fence)).await?;
        }
        Ok(claims.len())
    }

    async fn prepare_revocation(&self, claim: &Claim) -> Result<Option<DueRevocation>, Error> {
        let Loaded { state, key, .. } = self.ledger.load::<Revocation>(&claim.stream.id).await?;
        let Revocation::Pending(pending) = state else {
            self.ledger.store().release(&claim.stream, claim.fence).await?;
            return Ok(None);
        };
        let connection = self.ledger.load::<Connection>(&claim.stream.id).await?.state;
        if is_unfinished(&pending, &connection) {
            let Pending { profile, extent, target, .. } = pending;
            self.end(&profile.environment, profile.id, target, Some(extent)).await?;
            self.ledger.store().release(&claim.stream, claim.fence).await?;
            return Ok(None);
        }
        if pending.extent == Extent::Account && matches!(connection, Connection::Live(_)) {
            // The end user has connected again: that is what the provider would end now.
            let give_up = revocation::Command::GiveUp { at: self.ledger.now() };
            self.settle_revocation(&claim.stream.id, give_up, Some(claim.fence)).await?;
            return Ok(None);
        }
        let Pending { profile, generation, origins, extent, secrets, .. } = pending;
        let key = self.keyring.open(&profile.environment, &claim.stream, key.as_ref()).await?;
        let place =
            |record| Place { owner: &claim.stream, record, generation: generation.0, origins: &origins };
        let handout =
            handout_in(&key, secrets.handout.as_ref(), &place(RecordType::Handout))?.unwrap_or_default();
        let renewal = renewal_in(&key, secrets.renewal.as_ref(), &place(RecordType::Renewal))?;
        let app = self.app_at_the_end(&profile.environment, &profile.integration).await?;
        Ok(Some(DueRevocation {
            connection: profile.id,
            environment: profile.environment,
            integration: profile.integration,
            provider: profile.provider,
            generation,
            fence: claim.fence.0,
            app,
            access_token: handout.access_token,
            fields: handout.fields,
            renewal,
            extent,
        }))
    }

    /// The integration's app. One that was retired since has none; some providers ask for none either.
    async fn app_at_the_end(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
    ) -> Result<App, Error> {
        match self.unsealed(environment, integration).await {
            Ok(unsealed) => unsealed.app(),
            Err(Error::IntegrationUnknown(_)) => Ok(App {
                client_id: String::new(),
                client_secret: None,
                scopes: vec![],
                fields: BTreeMap::new(),
            }),
            Err(error) => Err(error),
        }
    }

    /// What passes by itself is left to the next claim; what does not counts as a try, so that there is an end to it.
    async fn set_revocation_aside(&self, claim: &Claim, cause: &Error) {
        warn!(stream = %claim.stream, error = %chain(cause), "A revocation could not be prepared");
        if matches!(cause, Error::Store(_) | Error::Contended(_)) {
            return;
        }
        let recorded = async {
            let loaded = self.ledger.load::<Revocation>(&claim.stream.id).await?;
            let Revocation::Pending(pending) = loaded.state else { return Ok(()) };
            let failure = Failure::new(Reason::Internal, Phase::Revoke);
            let outcome = Outcome::Failed { failure, retry_after: None };
            let at = self.ledger.now();
            let command = revocation::Command::Report { generation: pending.generation, outcome, at };
            self.settle_revocation(&claim.stream.id, command, Some(claim.fence)).await
        };
        let recorded: Result<(), Error> = recorded.await;
        if let Err(error) = recorded {
            error!(stream = %claim.stream, error = %chain(&error), "That could not be recorded; the claim will lapse");
        }
    }

    /// Carries out a command that may end it. The key goes in the append that says that it has ended.
    async fn settle_revocation(
        &self,
        id: &str,
        command: revocation::Command,
        releases: Option<Fence>,
    ) -> Result<(), Error> {
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.ledger.load::<Revocation>(id).await?;
            let decided = match loaded.state.decide(command.clone()) {
                Ok(events) => events,
                Err(refusal) => match refusal {},
            };
            let ends = decided.iter().any(|event| matches!(event, revocation::Event::Ended { .. }));
            let key = if ends { KeyChange::Destroy } else { KeyChange::Keep };
            let terms = Terms { key, releases, ..Terms::default() };
            if self.ledger.settle(id, loaded, command.clone(), &terms).await?.is_some() {
                return Ok(());
            }
        }
        Err(Error::Contended(Stream::new(Revocation::CATEGORY, id)))
    }
}

/// Whether what was to end here was cut short between its two halves: it is finished first, and then there may be a newer
/// credential.
fn is_unfinished(pending: &Pending, connection: &Connection) -> bool {
    match (pending.target, connection) {
        (Target::Stray, _) | (_, Connection::Revoked(_)) => false,
        (Target::Connection, _) => true,
        (Target::Credential, Connection::Broken(broken)) if broken.credential_is_revoked() => false,
        // Another credential is none of that request's.
        (Target::Credential, present) => present.generation() == pending.generation,
    }
}
