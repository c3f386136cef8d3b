//! Ending a deleted connection's grant at its provider. The vault calls nobody: it keeps what is needed for asking, under a
//! key of its own, until the refresher has asked, or there is no use in asking any more.

use super::credentials::{handout_in, open_handout, open_renewal, renewal_in};
use super::{Vault, stream_of};
use crate::error::{Error, chain};
use crate::keyring::Place;
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms};
use latchkey_domain::connection::{Command, Connection, CredentialFacts, Live, Profile, Refusal, Secrets};
use latchkey_domain::revocation::{self, Extent, Outcome, Pending, Revocation};
use latchkey_domain::{
    Aggregate, ConnectionId, Environment, Failure, Generation, IntegrationKey, KeyId, Phase, Reason,
};
use latchkey_envelope::RecordType;
use latchkey_secret::{Handout, Renewal};
use latchkey_store::{Claim, ClaimQuery, Fence, KeyChange, Stream};
use latchkey_wire::contract::{App, DueRevocation, Obtained, ReportRevocation};
use std::collections::BTreeMap;
use std::time::Duration;
use tracing::{error, warn};

/// How long a refresher has a revocation to itself: one request, and room to tell us.
const CLAIM_TTL: Duration = Duration::from_secs(60);

/// How many claims one call may take.
const CLAIMS_MAX: u32 = 100;

impl Vault {
    /// Ends a connection at once, for every reader: its credential is destroyed with its key, in the transaction that says
    /// so. Where the provider is to be asked as well, that is begun first, so that nothing is lost between the two; `at_provider`
    /// says how much may end there.
    ///
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such connection. Deleting twice is no error.
    pub async fn delete_connection(
        &self,
        environment: &Environment,
        id: ConnectionId,
        at_provider: Option<Extent>,
    ) -> Result<(), Error> {
        let terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.ledger.load::<Connection>(&id.to_string()).await?;
            if loaded.state.profile().is_none_or(|profile| profile.environment != *environment) {
                return Err(Refusal::Absent.into());
            }
            if let Some(extent) = at_provider {
                self.request_revocation(&stream_of::<Connection>(id), &loaded, extent).await?;
            }
            let key = loaded.key.as_ref().map(|key| KeyId::from_bytes(key.id.into_bytes()));
            let command = Command::Revoke { key, at: self.ledger.now() };
            // A refresh that came first left a newer credential, and that is the one to be ended.
            if let Some(settled) = self.ledger.settle(&id.to_string(), loaded, command, &terms).await? {
                self.spread(id, &settled);
                return Ok(());
            }
        }
        Err(Error::Contended(stream_of::<Connection>(id)))
    }

    /// What became of a deleted connection's grant; [`Revocation::Absent`] where the provider was not to be asked.
    ///
    /// # Errors
    /// The store's.
    pub async fn revocation_of(&self, connection: &Connection) -> Result<Revocation, Error> {
        let Connection::Revoked(revoked) = connection else { return Ok(Revocation::Absent) };
        Ok(self.ledger.load::<Revocation>(&revoked.profile.id.to_string()).await?.state)
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

    /// A refresh was under way while its connection was deleted, and brought a credential the connection never had.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn revoke_late(
        &self,
        connection: ConnectionId,
        generation: Generation,
        obtained: &Obtained,
    ) -> Result<(), Error> {
        let revocation = self.ledger.load::<Revocation>(&connection.to_string()).await?.state;
        // Where the provider was not to be asked about the one before, it is not about this one.
        let Some(profile) = revocation.profile() else { return Ok(()) };
        let (handout, renewal) = (&obtained.grant.handout, obtained.grant.renewal.as_ref());
        let origins = &obtained.grant.origins;
        let (profile, extent) = (profile.clone(), revocation.extent());
        self.keep_for_asking(profile, generation, origins, extent, Some((handout, renewal))).await
    }

    async fn request_revocation(
        &self,
        owner: &Stream,
        loaded: &Loaded<Connection>,
        extent: Extent,
    ) -> Result<(), Error> {
        let live = match loaded.state.clone() {
            Connection::Absent | Connection::Revoked(_) => return Ok(()),
            Connection::Live(live) => live,
            Connection::Broken(broken) => broken.as_live(),
        };
        match self.pass_on(owner, &live, loaded, extent).await {
            Err(cause @ (Error::KeyService(_) | Error::Unreadable { .. })) => {
                // Deleting waits for no key service: better a grant that lives on at the provider than one that does here.
                warn!(stream = %owner, error = %chain(&cause), "The provider cannot be asked to end a grant");
                let Live { profile, credential, .. } = live;
                self.keep_for_asking(profile, credential.generation, &credential.origins, extent, None).await
            }
            settled => settled,
        }
    }

    async fn pass_on(
        &self,
        owner: &Stream,
        live: &Live,
        loaded: &Loaded<Connection>,
        extent: Extent,
    ) -> Result<(), Error> {
        let key = self.keyring.open(&live.profile.environment, owner, loaded.key.as_ref()).await?;
        let handout = open_handout(&key, owner, live)?.unwrap_or_default();
        let renewal = open_renewal(&key, owner, live)?;
        let CredentialFacts { generation, origins, .. } = &live.credential;
        let credential = Some((&handout, renewal.as_ref()));
        self.keep_for_asking(live.profile.clone(), *generation, origins, extent, credential).await
    }

    /// Seals a credential once more, under the revocation's own key, a new one each time.
    async fn keep_for_asking(
        &self,
        profile: Profile,
        generation: Generation,
        origins: &[String],
        extent: Extent,
        credential: Option<(&Handout, Option<&Renewal>)>,
    ) -> Result<(), Error> {
        let (owner, id) = (stream_of::<Revocation>(profile.id), profile.id);
        // With nothing to ask with, it is over at once, and a key that was there before goes.
        let mut terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        let mut secrets = None;
        if let Some((handout, renewal)) = credential {
            let (key, wrapped) = self.keyring.create(&profile.environment, &owner).await?;
            terms.key = KeyChange::Put(wrapped);
            let place = |record| Place { owner: &owner, record, generation: generation.0, origins };
            secrets = Some(Secrets {
                handout: Some(key.seal(&handout.to_document(), &place(RecordType::Handout))?),
                renewal: renewal
                    .map(|renewal| key.seal(&renewal.to_document(), &place(RecordType::Renewal)))
                    .transpose()?,
                set_aside: None,
            });
        }
        let (origins, at) = (origins.to_vec(), self.ledger.now());
        let command = revocation::Command::Request { profile, generation, origins, extent, secrets, at };
        self.ledger.execute::<Revocation>(&id.to_string(), command, terms).await?;
        Ok(())
    }

    async fn prepare_revocation(&self, claim: &Claim) -> Result<Option<DueRevocation>, Error> {
        let Loaded { state, key, .. } = self.ledger.load::<Revocation>(&claim.stream.id).await?;
        let Revocation::Pending(pending) = state else {
            self.ledger.store().release(&claim.stream, claim.fence).await?;
            return Ok(None);
        };
        let Pending { profile, generation, origins, extent, secrets, .. } = pending;
        // A deletion that was cut short between its two halves is finished first. Then there may be a newer credential.
        let connection = self.ledger.load::<Connection>(&claim.stream.id).await?.state;
        if !matches!(connection, Connection::Revoked(_)) {
            self.delete_connection(&profile.environment, profile.id, Some(extent)).await?;
            self.ledger.store().release(&claim.stream, claim.fence).await?;
            return Ok(None);
        }
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
