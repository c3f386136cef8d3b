use super::{Vault, integration_id, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{ATTEMPTS_MAX, Terms};
use latchkey_domain::integration::{Command, Integration, Registered};
use latchkey_domain::{Environment, IntegrationKey};
use latchkey_envelope::RecordType;
use latchkey_secret::{JsonSecret, Renewal, SecretText};
use latchkey_store::Stream;
use latchkey_wire::contract::KeptClient;
use std::collections::BTreeMap;

impl Vault {
    /// The client new connections of an integration are made with, where it registered one by itself.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the key service's.
    pub async fn registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
    ) -> Result<Option<KeptClient>, Error> {
        let loaded = self.load_integration(environment, integration).await?;
        let registered = loaded.state.registered()?;
        if registered.client.is_none() {
            return Ok(None);
        }
        let owner = stream_of::<Integration>(integration_id(environment, integration));
        let key = self.keyring.open(environment, &owner, loaded.key.as_ref()).await?;
        open(&key, &owner, registered)
    }

    /// Keeps a client in the place of the one that was seen there, and gives the one that is kept then: where two register
    /// at once, the first.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the key service's, where the client cannot be sealed.
    pub async fn keep_registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        kept: KeptClient,
        replaces: Option<String>,
    ) -> Result<KeptClient, Error> {
        let id = integration_id(environment, integration);
        let owner = stream_of::<Integration>(&id);
        let document = Renewal { refresh_token: None, fields: kept.fields }.to_document();
        // Sealed under the key that was loaded: where the integration was made anew meanwhile, this is done anew.
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_integration(environment, integration).await?;
            let key = self.keyring.open(environment, &owner, loaded.key.as_ref()).await?;
            let command = Command::KeepClient {
                client: kept.client.clone(),
                replaces: replaces.clone(),
                secret: Some(key.seal(&document, &place(&owner))?),
            };
            let settled = self.ledger.settle(&id, loaded, command, &Terms::default()).await?;
            if let Some(settled) = settled {
                let unreadable = || unreadable(&owner);
                return open(&key, &owner, settled.state.registered()?)?.ok_or_else(unreadable);
            }
        }
        Err(Error::Contended(owner))
    }

    /// # Errors
    /// [`Error::IntegrationUnknown`].
    pub async fn forget_registered_client(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        client_id: String,
    ) -> Result<(), Error> {
        self.load_integration(environment, integration).await?;
        let forget = Command::ForgetClient { client_id, at: self.ledger.now() };
        let id = integration_id(environment, integration);
        self.ledger.execute::<Integration>(&id, forget, Terms::default()).await?;
        Ok(())
    }
}

pub(super) fn place(owner: &Stream) -> Place<'_> {
    Place { owner, record: RecordType::RegisteredClient, generation: 0, origins: &[] }
}

fn open(key: &Key, owner: &Stream, registered: &Registered) -> Result<Option<KeptClient>, Error> {
    let (Some(client), Some(sealed)) = (&registered.client, &registered.secrets.client) else {
        return Ok(None);
    };
    let document: JsonSecret = key.open(sealed, &place(owner))?;
    let fields: BTreeMap<String, SecretText> =
        Renewal::from_document(&document).map_err(|_| unreadable(owner))?.fields;
    Ok(Some(KeptClient { client: (**client).clone(), fields }))
}

fn unreadable(owner: &Stream) -> Error {
    Error::Unreadable { what: "registered client", owner: owner.to_string(), source: None }
}
