//! Destroying a credential here, with its connection or without. Where the provider is to end the grant as well, what is
//! needed for asking is kept first, so that nothing is lost between the two (`revocations`).

use super::credentials::{open_handout, open_renewal};
use super::{Vault, stream_of};
use crate::error::{Error, chain};
use crate::keyring::Place;
use crate::ledger::{ATTEMPTS_MAX, Loaded, Settled, Terms};
use latchkey_domain::connection::{Command, Connection, CredentialFacts, Live, Profile, Refusal, Secrets};
use latchkey_domain::revocation::{self, Extent, Revocation, Target, Wanted};
use latchkey_domain::{ConnectionId, Environment, Generation, KeyId, Timestamp};
use latchkey_envelope::RecordType;
use latchkey_secret::{Handout, Renewal};
use latchkey_store::{KeyChange, Stream};
use latchkey_wire::contract::Obtained;
use tracing::warn;

impl Vault {
    /// Ends a connection at once, for every reader: its credential is destroyed with its key, in the transaction that says
    /// so. `at_provider` says how much may end at the provider, where that is to be asked.
    ///
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such connection. Deleting twice is no error.
    pub async fn delete_connection(
        &self,
        environment: &Environment,
        id: ConnectionId,
        at_provider: Option<Extent>,
    ) -> Result<(), Error> {
        self.end(environment, id, Target::Connection, at_provider).await.map(drop)
    }

    /// Destroys a connection's credential with its key and leaves the connection, which then waits for its end user. Nothing
    /// that is under way with it brings anything back.
    ///
    /// # Errors
    /// [`Refusal::Absent`] where the environment has no such connection; [`Refusal::Revoked`] where it was deleted. Revoking twice
    /// is no error.
    pub async fn revoke_credential(
        &self,
        environment: &Environment,
        id: ConnectionId,
        at_provider: Option<Extent>,
    ) -> Result<Connection, Error> {
        Ok(self.end(environment, id, Target::Credential, at_provider).await?.state)
    }

    pub(super) async fn end(
        &self,
        environment: &Environment,
        id: ConnectionId,
        target: Target,
        at_provider: Option<Extent>,
    ) -> Result<Settled<Connection>, Error> {
        let terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.ledger.load::<Connection>(&id.to_string()).await?;
            if loaded.state.profile().is_none_or(|profile| profile.environment != *environment) {
                return Err(Refusal::Absent.into());
            }
            if let Some(extent) = at_provider {
                self.request_revocation(&stream_of::<Connection>(id), &loaded, extent, target).await?;
            }
            let key = loaded.key.as_ref().map(|key| KeyId::from_bytes(key.id.into_bytes()));
            let at = self.ledger.now();
            let command = match target {
                Target::Credential => Command::RevokeCredential { key, at },
                Target::Connection | Target::Stray => Command::Revoke { key, at },
            };
            // A refresh that came first left a newer credential, and that is the one to be ended.
            if let Some(settled) = self.ledger.settle(&id.to_string(), loaded, command, &terms).await? {
                self.spread(id, &settled);
                return Ok(settled);
            }
        }
        Err(Error::Contended(stream_of::<Connection>(id)))
    }

    /// A refresh was under way while its credential was destroyed, and brought one that no connection has.
    ///
    /// # Errors
    /// The store's.
    pub(super) async fn revoke_late(
        &self,
        connection: ConnectionId,
        generation: Generation,
        obtained_at: Timestamp,
        obtained: &Obtained,
    ) -> Result<(), Error> {
        let revocation = self.ledger.load::<Revocation>(&connection.to_string()).await?.state;
        // Where the provider was not to be asked about the one before, it is not about this one.
        let Some(profile) = revocation.profile() else { return Ok(()) };
        let wanted = Wanted {
            profile: profile.clone(),
            generation,
            obtained_at,
            origins: obtained.grant.origins.clone(),
            extent: revocation.extent(),
            target: Target::Stray,
        };
        self.keep_for_asking(wanted, Some((&obtained.grant.handout, obtained.grant.renewal.as_ref()))).await
    }

    async fn request_revocation(
        &self,
        owner: &Stream,
        loaded: &Loaded<Connection>,
        extent: Extent,
        target: Target,
    ) -> Result<(), Error> {
        let live = match loaded.state.clone() {
            Connection::Absent | Connection::Revoked(_) => return Ok(()),
            // There is nothing left to ask with.
            Connection::Broken(broken) if broken.credential_is_revoked() => return Ok(()),
            Connection::Live(live) => live,
            Connection::Broken(broken) => broken.as_live(),
        };
        let CredentialFacts { generation, obtained_at, ref origins, .. } = live.credential;
        let (profile, origins) = (live.profile.clone(), origins.clone());
        let wanted = Wanted { profile, generation, obtained_at, origins, extent, target };
        match self.pass_on(owner, &live, loaded, wanted.clone()).await {
            Err(cause @ (Error::KeyService(_) | Error::Unreadable { .. })) => {
                // Destroying waits for no key service: better a grant that lives on at the provider than one that does here.
                warn!(stream = %owner, error = %chain(&cause), "The provider cannot be asked to end a grant");
                self.keep_for_asking(wanted, None).await
            }
            settled => settled,
        }
    }

    async fn pass_on(
        &self,
        owner: &Stream,
        live: &Live,
        loaded: &Loaded<Connection>,
        wanted: Wanted,
    ) -> Result<(), Error> {
        let key = self.keyring.open(&live.profile.environment, owner, loaded.key.as_ref()).await?;
        let handout = open_handout(&key, owner, live)?.unwrap_or_default();
        let renewal = open_renewal(&key, owner, live)?;
        self.keep_for_asking(wanted, Some((&handout, renewal.as_ref()))).await
    }

    /// Seals a credential once more, under the revocation's own key, a new one each time.
    async fn keep_for_asking(
        &self,
        wanted: Wanted,
        credential: Option<(&Handout, Option<&Renewal>)>,
    ) -> Result<(), Error> {
        let Wanted { profile: Profile { id, environment, .. }, generation, origins, .. } = &wanted;
        let (owner, id) = (stream_of::<Revocation>(*id), id.to_string());
        // With nothing to ask with, it is over at once, and a key that was there before goes.
        let mut terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        let mut secrets = None;
        if let Some((handout, renewal)) = credential {
            let (key, wrapped) = self.keyring.create(environment, &owner).await?;
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
        let command = revocation::Command::Request { wanted, secrets, at: self.ledger.now() };
        self.ledger.execute::<Revocation>(&id, command, terms).await?;
        Ok(())
    }
}
