//! Another data key for a connection, an integration or a webhook endpoint: all that is sealed of it is sealed anew, in one
//! append.
//!
//! Invariants: a reader finds the snapshot and the key it is sealed with together, before or after. Nothing is exchanged
//! under a claim, held or run out: what its refresher wrote down opens with the present key alone. What was sealed with the
//! former key and comes late is not stored, but sealed anew: it was decided on what was loaded before the exchange, which is
//! an event, or says what it was [sealed with](Terms::sealed_with).

use super::{Vault, clients, integrations, stream_of, webhook_endpoints};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{LedgerError, Loaded, Terms};
use latchkey_domain::connection::{Broken, Connection, CredentialFacts, Live, Profile, Refusal};
use latchkey_domain::integration::{self, Integration};
use latchkey_domain::webhook_endpoint::{self, WebhookEndpoint};
use latchkey_domain::{Aggregate, ConnectionId, Environment, KeyId, connection};
use latchkey_envelope::RecordType;
use latchkey_secret::{JsonSecret, Sealed};
use latchkey_store::{KeyChange, OwnedKey, Stream, WrappedKey};

/// What became of asking for another data key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    Done,
    /// Somebody else is at it: a refresher, or another change. Ask again.
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

/// Two data keys of one stream: all that is sealed with the first is sealed anew with the next.
struct Exchange {
    former: Key,
    next: Key,
    wrapped: WrappedKey,
}

impl Vault {
    /// Has other data keys take the place of those that are under an older version of their environment's key: a page of them,
    /// of connections, integrations and webhook endpoints. What else is under it lasts for days at most or, as what signs does,
    /// is replaced in a way of its own, and is left to be wrapped anew.
    ///
    /// # Errors
    /// The store's and the key service's; [`Error::Unreadable`] where secrets do not open. They are left as they are.
    pub async fn replace_data_keys(
        &self,
        environment: &Environment,
        version: u32,
        after: Option<&OwnedKey>,
    ) -> Result<ReplacedPage, Error> {
        let (page, after) = self.keyring.data_keys_under(environment, version, after).await?;
        let (mut replaced, mut busy) = (0, 0);
        for owned in &page {
            match self.replace_data_key_of(&owned.owner).await {
                Ok(Some(Replacement::Done)) => replaced += 1,
                Ok(Some(Replacement::Busy)) => busy += 1,
                // Or it was deleted meanwhile, and its key with it.
                Ok(None)
                | Err(
                    Error::Connection(Refusal::Revoked)
                    | Error::Integration(integration::Refusal::Absent)
                    | Error::WebhookEndpoint(webhook_endpoint::Refusal::Absent),
                ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ReplacedPage { replaced, busy, after })
    }

    /// `None` where it is nothing whose data key is replaced.
    async fn replace_data_key_of(&self, owner: &str) -> Result<Option<Replacement>, Error> {
        let replaced = match owner.split_once('/') {
            Some((Connection::CATEGORY, id)) => match id.parse() {
                Ok(id) => self.replace_data_key(id).await?,
                Err(_) => return Ok(None),
            },
            Some((Integration::CATEGORY, id)) => self.replace_integrations_data_key(id).await?,
            Some((WebhookEndpoint::CATEGORY, id)) => self.replace_endpoints_data_key(id).await?,
            _ => return Ok(None),
        };
        Ok(Some(replaced))
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
        let exchange = self.exchange(&profile.environment, &owner, loaded.key.as_ref()).await?;
        let CredentialFacts { generation, origins, .. } = credential;
        let place = |record| Place { owner: &owner, record, generation: generation.0, origins };
        let secrets = connection::Secrets {
            handout: exchange.anew(secrets.handout.as_ref(), &place(RecordType::Handout))?,
            renewal: exchange.anew(secrets.renewal.as_ref(), &place(RecordType::Renewal))?,
            set_aside: exchange.anew(secrets.set_aside.as_ref(), &place(RecordType::Renewal))?,
        };
        let (key, at) = (exchange.key(), self.ledger.now());
        let command = connection::Command::ReplaceKey { key, secrets, at };
        Ok(self.settle_exchange(&owner, loaded, command, exchange).await?)
    }

    async fn replace_integrations_data_key(&self, id: &str) -> Result<Replacement, Error> {
        let owner = stream_of::<Integration>(id);
        let loaded = self.ledger.load::<Integration>(id).await?;
        let registered = loaded.state.registered()?;
        let exchange = self.exchange(&registered.environment, &owner, loaded.key.as_ref()).await?;
        let integration::Secrets { app, client } = &registered.secrets;
        let secrets = integration::Secrets {
            app: exchange.anew(app.as_ref(), &integrations::place(&owner))?,
            client: exchange.anew(client.as_ref(), &clients::place(&owner))?,
        };
        let (key, at) = (exchange.key(), self.ledger.now());
        let command = integration::Command::ReplaceKey { key, secrets, at };
        Ok(self.settle_exchange(&owner, loaded, command, exchange).await?)
    }

    async fn replace_endpoints_data_key(&self, id: &str) -> Result<Replacement, Error> {
        let owner = stream_of::<WebhookEndpoint>(id);
        let loaded = self.ledger.load::<WebhookEndpoint>(id).await?;
        let live = loaded.state.live()?;
        let exchange = self.exchange(&live.environment, &owner, loaded.key.as_ref()).await?;
        let place = |generation| webhook_endpoints::place(&owner, generation);
        let previous = live.previous.as_ref().map_or(0, |previous| previous.key.generation);
        let secrets = webhook_endpoint::Secrets {
            present: exchange.anew(live.secrets.present.as_ref(), &place(live.key.generation))?,
            previous: exchange.anew(live.secrets.previous.as_ref(), &place(previous))?,
        };
        let (key, at) = (exchange.key(), self.ledger.now());
        let command = webhook_endpoint::Command::ReplaceDataKey { key, secrets, at };
        Ok(self.settle_exchange(&owner, loaded, command, exchange).await?)
    }

    /// The data key that a stream was loaded with, and one to follow it.
    async fn exchange(
        &self,
        environment: &Environment,
        owner: &Stream,
        loaded: Option<&WrappedKey>,
    ) -> Result<Exchange, Error> {
        let former = self.keyring.open(environment, owner, loaded).await?;
        let (next, wrapped) = self.keyring.create(environment, owner).await?;
        Ok(Exchange { former, next, wrapped })
    }

    async fn settle_exchange<A: Aggregate>(
        &self,
        owner: &Stream,
        loaded: Loaded<A>,
        command: A::Command,
        exchange: Exchange,
    ) -> Result<Replacement, LedgerError<A::Refusal>> {
        let terms = Terms { key: KeyChange::Exchange(exchange.wrapped), ..Terms::default() };
        let settled = self.ledger.settle(&owner.id, loaded, command, &terms).await?;
        Ok(settled.map_or(Replacement::Busy, |_| Replacement::Done))
    }
}

impl Exchange {
    fn key(&self) -> KeyId {
        KeyId::from_bytes(self.wrapped.id.into_bytes())
    }

    /// A record, sealed with the next key. It opens with that before it takes the other's place.
    fn anew(
        &self,
        sealed: Option<&Sealed<JsonSecret>>,
        place: &Place<'_>,
    ) -> Result<Option<Sealed<JsonSecret>>, Error> {
        let Some(sealed) = sealed else { return Ok(None) };
        let resealed = self.next.seal(&self.former.open::<JsonSecret>(sealed, place)?, place)?;
        self.next.open(&resealed, place)?;
        Ok(Some(resealed))
    }
}

fn sealed_of(connection: &Connection) -> Result<(&Profile, &CredentialFacts, &connection::Secrets), Refusal> {
    match connection {
        Connection::Live(Live { profile, credential, secrets, .. })
        | Connection::Broken(Broken { profile, credential, secrets, .. }) => {
            Ok((profile, credential, secrets))
        }
        Connection::Absent => Err(Refusal::Absent),
        Connection::Revoked(_) => Err(Refusal::Revoked),
    }
}
