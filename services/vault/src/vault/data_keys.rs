//! Another data key for a connection: all that is sealed of it is sealed anew, in one append.
//!
//! Invariants: a reader finds the snapshot and the key it is sealed with together, before or after. Nothing is exchanged
//! under a claim, held or run out: what its refresher wrote down opens with the present key alone. What was sealed with the
//! former key and comes late is not stored, but sealed anew ([`Terms::sealed_with`]).

use super::{Vault, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::Terms;
use latchkey_domain::connection::{
    Broken, Command, Connection, CredentialFacts, Live, Profile, Refusal, Secrets,
};
use latchkey_domain::{Aggregate as _, ConnectionId, Environment, KeyId};
use latchkey_envelope::RecordType;
use latchkey_secret::{JsonSecret, Sealed};
use latchkey_store::{KeyChange, OwnedKey, Stream};

/// What became of asking for another data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    Done,
    /// Somebody else is at the connection: a refresher, or another change. Ask again.
    Busy,
}

/// What became of a page of data keys.
#[derive(Debug)]
pub struct ReplacedPage {
    pub replaced: u64,
    pub busy: u64,
    /// Where to go on. `None`: that was the last.
    pub after: Option<OwnedKey>,
}

impl Vault {
    /// Has other data keys take the place of those of connections that are under an older version of their environment's key:
    /// a page of them. What else is under it is left to be wrapped anew.
    ///
    /// # Errors
    /// The store's and the key service's; [`Error::Unreadable`] where a connection's secrets do not open. It is left as it is.
    pub async fn replace_data_keys(
        &self,
        environment: &Environment,
        version: u32,
        after: Option<&OwnedKey>,
    ) -> Result<ReplacedPage, Error> {
        let (page, after) = self.keyring.data_keys_under(environment, version, after).await?;
        let (mut replaced, mut busy) = (0, 0);
        for connection in page.iter().filter_map(connection_of) {
            match self.replace_data_key(connection).await {
                Ok(Replacement::Done) => replaced += 1,
                Ok(Replacement::Busy) => busy += 1,
                // It was deleted meanwhile, and its key with it.
                Err(Error::Connection(Refusal::Revoked)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ReplacedPage { replaced, busy, after })
    }

    /// Has another data key take the place of a connection's.
    ///
    /// # Errors
    /// [`Refusal::Absent`] and [`Refusal::Revoked`]; the store's and the key service's; [`Error::Unreadable`] where its
    /// secrets do not open. It is left as it is.
    pub async fn replace_data_key(&self, id: ConnectionId) -> Result<Replacement, Error> {
        let owner = stream_of::<Connection>(id);
        let loaded = self.ledger.load::<Connection>(&owner.id).await?;
        let (profile, credential, secrets) = sealed_of(&loaded.state)?;
        let former = self.keyring.open(&profile.environment, &owner, loaded.key.as_ref()).await?;
        let (next, wrapped) = self.keyring.create(&profile.environment, &owner).await?;
        let secrets = resealed(&former, &next, &owner, credential, secrets)?;
        let key = KeyId::from_bytes(wrapped.id.into_bytes());
        let command = Command::ReplaceKey { key, secrets, at: self.ledger.now() };
        let terms = Terms { key: KeyChange::Exchange(wrapped), ..Terms::default() };
        let settled = self.ledger.settle(&owner.id, loaded, command, &terms).await?;
        Ok(settled.map_or(Replacement::Busy, |_| Replacement::Done))
    }
}

fn connection_of(owned: &OwnedKey) -> Option<ConnectionId> {
    let (category, id) = owned.owner.split_once('/')?;
    (category == Connection::CATEGORY).then(|| id.parse().ok())?
}

fn sealed_of(connection: &Connection) -> Result<(&Profile, &CredentialFacts, &Secrets), Refusal> {
    match connection {
        Connection::Live(Live { profile, credential, secrets, .. })
        | Connection::Broken(Broken { profile, credential, secrets, .. }) => {
            Ok((profile, credential, secrets))
        }
        Connection::Absent => Err(Refusal::Absent),
        Connection::Revoked(_) => Err(Refusal::Revoked),
    }
}

/// Each record opens with the new key before it takes the old one's place.
fn resealed(
    former: &Key,
    next: &Key,
    owner: &Stream,
    credential: &CredentialFacts,
    secrets: &Secrets,
) -> Result<Secrets, Error> {
    let CredentialFacts { generation, origins, .. } = credential;
    let anew = |sealed: Option<&Sealed<JsonSecret>>, record| {
        let place = Place { owner, record, generation: generation.0, origins };
        let again = |sealed| {
            let resealed = next.seal(&former.open::<JsonSecret>(sealed, &place)?, &place)?;
            next.open(&resealed, &place).map(|_| resealed)
        };
        sealed.map(again).transpose()
    };
    Ok(Secrets {
        handout: anew(secrets.handout.as_ref(), RecordType::Handout)?,
        renewal: anew(secrets.renewal.as_ref(), RecordType::Renewal)?,
        set_aside: anew(secrets.set_aside.as_ref(), RecordType::Renewal)?,
    })
}
