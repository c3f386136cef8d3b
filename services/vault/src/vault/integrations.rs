use super::{Vault, integration_id, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{ATTEMPTS_MAX, Loaded, Terms};
use crate::limits;
use latchkey_domain::incident::Ending;
use latchkey_domain::integration::{Command, Integration, Refusal, Registered, Secrets, Settings};
use latchkey_domain::{Aggregate, Environment, IntegrationKey};
use latchkey_envelope::RecordType;
use latchkey_secret::{ClientSecret, JsonSecret, Renewal, SecretText};
use latchkey_store::{CardQuery, KeyChange, Lane, Stream};
use latchkey_wire::contract::{App, AppSecrets, IntegrationView, PutIntegration};
use std::collections::BTreeMap;

/// Integrations are few; a list of them is given whole.
const LISTED_MAX: u32 = 1000;

/// The name the client secret has in the sealed document, beside the provider's own input names, none of which has a dot.
const CLIENT_SECRET: &str = "oauth.client_secret";

impl Vault {
    /// Creates an integration, or changes the one with this key.
    ///
    /// # Errors
    /// [`Refusal::OtherProvider`]; [`Error::Field`] for what is too long; the key service's, where the secrets cannot be
    /// sealed.
    pub async fn put_integration(&self, mut put: PutIntegration) -> Result<IntegrationView, Error> {
        limits::settings(&put.settings)?;
        self.may_begin_in(&put.environment).await?;
        let document = put.secrets.take().map(app_document);
        let (id, at) = (integration_id(&put.environment, &put.key), (&put.environment, &put.key));
        // Secrets are sealed under the key that was loaded. Where somebody else changes either meanwhile, both are done anew.
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.ledger.load::<Integration>(&id).await?;
            let settings = put.settings.clone();
            if let Some(view) = self.try_to_put(at, loaded, settings, document.as_ref()).await? {
                return Ok(view);
            }
        }
        Err(Error::Contended(stream_of::<Integration>(id)))
    }

    /// Replaces an integration's client secret, and nothing else of it.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the key service's, where it cannot be sealed.
    pub async fn rotate_client_secret(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
        client_secret: ClientSecret,
    ) -> Result<IntegrationView, Error> {
        let document =
            app_document(AppSecrets { client_secret: Some(client_secret), fields: BTreeMap::new() });
        for _ in 0..ATTEMPTS_MAX {
            let loaded = self.load_integration(environment, key).await?;
            let settings = loaded.state.registered()?.settings.clone();
            let put = self.try_to_put((environment, key), loaded, settings, Some(&document)).await?;
            if let Some(view) = put {
                return Ok(view);
            }
        }
        Err(Error::Contended(stream_of::<Integration>(integration_id(environment, key))))
    }

    async fn try_to_put(
        &self,
        (environment, key_of): (&Environment, &IntegrationKey),
        loaded: Loaded<Integration>,
        settings: Settings,
        document: Option<&JsonSecret>,
    ) -> Result<Option<IntegrationView>, Error> {
        let id = integration_id(environment, key_of);
        let owner = stream_of::<Integration>(&id);
        let (key, change) = match &loaded.key {
            Some(wrapped) if loaded.state.registered().is_ok() => {
                (self.keyring.open(environment, &owner, Some(wrapped)).await?, KeyChange::Keep)
            }
            _ => {
                let (key, wrapped) = self.keyring.create(environment, &owner).await?;
                (key, KeyChange::Put(wrapped))
            }
        };
        let present = loaded.state.registered().ok();
        let present = present.and_then(|registered| registered.secrets.app.as_ref());
        let present = present.map(|sealed| key.open(sealed, &place(&owner))).transpose()?;
        let document = document.map(|given| over(given, present.as_ref(), &owner)).transpose()?;
        let app = document.map(|document| key.seal(&document, &place(&owner))).transpose()?;
        let command = Command::Register {
            environment: environment.clone(),
            key: key_of.clone(),
            settings,
            secrets: app.map(|app| Secrets { app: Some(app), client: None }),
            at: self.ledger.now(),
        };
        let terms = Terms { key: change, ..Terms::default() };
        let Some(settled) = self.ledger.settle(&id, loaded, command, &terms).await? else { return Ok(None) };
        // Whatever was wrong with it may be mended: the next refresh will tell.
        let lane = Lane { environment: environment.to_string(), parent: key_of.to_string() };
        self.resume(&lane, Ending::Changed).await?;
        Ok(Some(view(settled.state.registered()?)))
    }

    /// # Errors
    /// [`Error::IntegrationUnknown`] where there is none.
    pub async fn integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<IntegrationView, Error> {
        let loaded = self.load_integration(environment, key).await?;
        Ok(view(loaded.state.registered()?))
    }

    /// # Errors
    /// The store's.
    pub async fn integrations(&self, environment: &Environment) -> Result<Vec<IntegrationView>, Error> {
        let page = self
            .ledger
            .store()
            .list(&CardQuery {
                category: Integration::CATEGORY.into(),
                environment: environment.to_string(),
                status: Some("active".into()),
                max: LISTED_MAX,
                ..CardQuery::default()
            })
            .await?;
        let mut views = Vec::with_capacity(page.items.len());
        for item in page.items {
            let state: Integration = self.ledger.state_of(&item.stream, &item.snapshot).await?;
            views.extend(state.registered().ok().map(view));
        }
        Ok(views)
    }

    /// Ends an integration and destroys its key. Its connections stay, and cannot be refreshed any more.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`] where there never was one.
    pub async fn retire_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(), Error> {
        let id = integration_id(environment, key);
        let terms = Terms { key: KeyChange::Destroy, ..Terms::default() };
        let retire = Command::Retire { at: self.ledger.now() };
        match self.ledger.execute::<Integration>(&id, retire, terms).await.map_err(Error::from) {
            Err(Error::Integration(Refusal::Absent)) => Err(Error::IntegrationUnknown(key.to_string())),
            settled => settled.map(drop),
        }
    }

    /// Records that an app's secret is about to be shown; where that cannot be recorded, nothing is shown.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; the store's.
    pub(super) async fn reveal_app(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(), Error> {
        let reveal = Command::Reveal { at: self.ledger.now() };
        let id = integration_id(environment, key);
        match self.ledger.execute::<Integration>(&id, reveal, Terms::default()).await.map_err(Error::from) {
            Err(Error::Integration(Refusal::Absent)) => Err(Error::IntegrationUnknown(key.to_string())),
            settled => settled.map(drop),
        }
    }

    /// An integration with its secrets, as a token request needs it.
    pub(super) async fn app(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(Registered, App), Error> {
        let unsealed = self.unsealed(environment, key).await?;
        let app = unsealed.app()?;
        Ok((unsealed.registered, app))
    }

    /// An integration and the key to its secrets: one read, for as many apps as are needed of it.
    pub(super) async fn unsealed(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<Unsealed, Error> {
        let Loaded { state, key: wrapped, .. } = self.load_integration(environment, key).await?;
        let registered = state.registered()?.clone();
        let owner = stream_of::<Integration>(integration_id(environment, key));
        let key = self.keyring.open(environment, &owner, wrapped.as_ref()).await?;
        Ok(Unsealed { registered, owner, key })
    }

    pub(super) async fn load_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<Loaded<Integration>, Error> {
        let loaded = self.ledger.load::<Integration>(&integration_id(environment, key)).await?;
        match loaded.state.registered() {
            Ok(_) => Ok(loaded),
            Err(_) => Err(Error::IntegrationUnknown(key.to_string())),
        }
    }
}

/// A registered integration whose secrets can be opened.
pub(super) struct Unsealed {
    pub registered: Registered,
    owner: Stream,
    pub key: Key,
}

impl Unsealed {
    /// Its secrets, as they are sealed; `None` where it has none.
    ///
    /// # Errors
    /// Where they do not open.
    pub fn document(&self) -> Result<Option<JsonSecret>, Error> {
        let app = self.registered.secrets.app.as_ref();
        app.map(|sealed| self.key.open(sealed, &place(&self.owner))).transpose()
    }

    /// As a token request needs it.
    ///
    /// # Errors
    /// Where its secrets do not open.
    pub fn app(&self) -> Result<App, Error> {
        open_app(&self.key, &self.owner, &self.registered)
    }
}

pub(super) fn view(registered: &Registered) -> IntegrationView {
    IntegrationView {
        environment: registered.environment.clone(),
        key: registered.key.clone(),
        settings: registered.settings.clone(),
        created_at: registered.created_at,
    }
}

pub(super) fn place(owner: &Stream) -> Place<'_> {
    // The client secret is replaced in place; it has no generations.
    Place { owner, record: RecordType::ClientSecret, generation: 0, origins: &[] }
}

/// The app's secrets are one document of named fields, which is what a [`Renewal`]'s fields are too.
fn app_document(secrets: AppSecrets) -> JsonSecret {
    let mut document = Renewal { refresh_token: None, fields: secrets.fields };
    if let Some(client_secret) = secrets.client_secret {
        document.fields.insert(CLIENT_SECRET.into(), client_secret.into_text());
    }
    document.to_document()
}

/// What is given, and of what is there that of which nothing is given: the client secret, or the fields.
fn over(given: &JsonSecret, present: Option<&JsonSecret>, owner: &Stream) -> Result<JsonSecret, Error> {
    let mut given = fields_in(given, owner)?;
    let mut present = present.map(|document| fields_in(document, owner)).transpose()?.unwrap_or_default();
    let secret = present.remove(CLIENT_SECRET);
    if !given.keys().any(|name| name != CLIENT_SECRET) {
        given.extend(present);
    }
    if let Some(secret) = secret {
        given.entry(CLIENT_SECRET.into()).or_insert(secret);
    }
    Ok(Renewal { refresh_token: None, fields: given }.to_document())
}

fn fields_in(document: &JsonSecret, owner: &Stream) -> Result<BTreeMap<String, SecretText>, Error> {
    let unreadable = |_| Error::Unreadable { what: "client secret", owner: owner.to_string(), source: None };
    Ok(Renewal::from_document(document).map_err(unreadable)?.fields)
}

fn open_app(key: &Key, owner: &Stream, registered: &Registered) -> Result<App, Error> {
    let mut fields = match &registered.secrets.app {
        None => Renewal::default().fields,
        Some(sealed) => {
            let document = key.open(sealed, &place(owner))?;
            fields_in(&document, owner)?
        }
    };
    let client_secret = fields.remove(CLIENT_SECRET).map(ClientSecret::from_text);
    for (name, value) in &registered.settings.fields {
        fields.entry(name.clone()).or_insert_with(|| value.clone().into());
    }
    Ok(App {
        client_id: registered.settings.client_id.clone(),
        client_secret,
        scopes: registered.settings.scopes.clone(),
        fields,
    })
}
