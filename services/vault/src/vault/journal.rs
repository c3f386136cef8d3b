//! Keys for what the refresher writes down before it looks at it, and the way back from there.
//!
//! A key is made for one claim and sealed with the connection's data key, for that connection, generation and fence
//! alone. So a deleted connection's entries stay shut for ever, and nothing here has to remember a key.

use super::credentials::open_renewal;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::Loaded;
use latchkey_domain::Generation;
use latchkey_domain::connection::{Connection, Refusal};
use latchkey_envelope::RecordType;
use latchkey_secret::{JournalKey, Sealed};
use latchkey_store::Stream;
use latchkey_wire::contract::{DueRefresh, JournalKeys, ResumeRefresh};

impl Vault {
    /// What an attempt was made from that was begun under an earlier claim, with the key to what was written down of it.
    ///
    /// # Errors
    /// [`Refusal::Superseded`] where the connection has a newer credential. The store's and the key service's, where it is
    /// to be asked for again.
    pub async fn resume_refresh(&self, resume: ResumeRefresh) -> Result<DueRefresh, Error> {
        let ResumeRefresh { connection, generation, fence, sealed_key } = resume;
        let stream = stream_of::<Connection>(connection);
        let Loaded { state, key, .. } = self.ledger.load::<Connection>(&stream.id).await?;
        let live = match state {
            Connection::Absent => return Err(Refusal::Absent.into()),
            Connection::Revoked(_) => return Err(Refusal::Revoked.into()),
            Connection::Live(live) => live,
            Connection::Broken(broken) if broken.credential_is_revoked() => {
                return Err(Refusal::CredentialRevoked.into());
            }
            // A new credential is worth more than a refusal, whichever came first.
            Connection::Broken(broken) => broken.as_live(),
        };
        if live.credential.generation != generation {
            return Err(Refusal::Superseded.into());
        }
        let key = self.keyring.open(&live.profile.environment, &stream, key.as_ref()).await?;
        let clear = open_key(&key, &stream, generation, fence, &sealed_key)?;
        let unreadable = || Error::Unreadable { what: "credential", owner: stream.to_string(), source: None };
        let renewal = open_renewal(&key, &stream, &live)?.ok_or_else(unreadable)?;
        let app = self.unsealed(&live.profile.environment, &live.profile.integration).await?.app()?;
        let learnt = live.learnt_rotation();
        Ok(DueRefresh {
            connection,
            environment: live.profile.environment,
            integration: live.profile.integration,
            provider: live.profile.provider,
            generation,
            fence,
            due_at: self.ledger.now(),
            expires_at: live.credential.expires_at,
            wanted: false,
            lapsed_at: None,
            obtained_at: live.credential.obtained_at,
            learnt,
            app,
            renewal,
            journal: JournalKeys { clear, sealed: sealed_key },
        })
    }
}

impl Vault {
    /// Changes when the database may have lost what it had confirmed.
    ///
    /// # Errors
    /// The store's.
    pub async fn epoch(&self) -> Result<String, Error> {
        Ok(self.ledger.store().epoch().await?)
    }
}

/// A new key for one claim's attempt, in the clear and sealed.
pub(super) fn new_keys(
    key: &Key,
    stream: &Stream,
    generation: Generation,
    fence: u64,
) -> Result<JournalKeys, Error> {
    let clear = JournalKey::new(rand::random());
    let owner = attempt_of(stream, generation);
    let sealed = key.seal(&clear, &place(&owner, fence))?;
    Ok(JournalKeys { clear, sealed: sealed.as_bytes().to_vec() })
}

fn open_key(
    key: &Key,
    stream: &Stream,
    generation: Generation,
    fence: u64,
    sealed: &[u8],
) -> Result<JournalKey, Error> {
    let owner = attempt_of(stream, generation);
    key.open(&Sealed::from_bytes(sealed.to_vec()), &place(&owner, fence))
}

/// The generation is part of the owner's name: what was written down of another one does not open.
fn attempt_of(stream: &Stream, generation: Generation) -> Stream {
    Stream::new(stream.category.clone(), format!("{}@{generation}", stream.id))
}

fn place(owner: &Stream, fence: u64) -> Place<'_> {
    Place { owner, record: RecordType::Journal, generation: fence, origins: &[] }
}
