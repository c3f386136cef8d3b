//! Environments: begun with a first key, given another's integrations, and ended.

use super::integrations::place;
use super::keys::checked;
use super::{Vault, integration_id, stream_of};
use crate::error::Error;
use crate::ledger::Terms;
use latchkey_domain::api_key::{ACTIVE, ApiKey, LOCKED};
use latchkey_domain::connection::Connection;
use latchkey_domain::environment::{Beginning, Command, ENDED, Life, Refusal};
use latchkey_domain::integration::{self, Integration, Secrets};
use latchkey_domain::revocation::{Extent, Revocation};
use latchkey_domain::{Aggregate, Environment, IntegrationKey};
use latchkey_store::{CardQuery, KeyChange, Tally, Version};
use latchkey_wire::contract::{CreateEnvironment, EnvironmentView, IssuedKey};
use std::collections::BTreeMap;

/// How many streams are read at a time.
const PAGE: u32 = 500;

/// What a connection is found by that is not deleted.
pub(super) const LIVING: [&str; 4] = ["active", "degraded", "needs_reauth", "disabled"];

impl Vault {
    /// Begins an environment: with its first key, and before that with another's integrations where there is one to be cloned.
    /// Of many who begin one name at once, one is given the key. Whoever was cut short before the key was made begins again.
    ///
    /// # Errors
    /// [`Refusal`] where there is such an environment, or was; [`Error::EnvironmentUnknown`] where there is none to be cloned;
    /// [`Error::Field`] for a key that cannot be.
    pub async fn create_environment(&self, create: CreateEnvironment) -> Result<IssuedKey, Error> {
        let CreateEnvironment { first_key, cloned_from } = create;
        checked(&first_key, self.ledger.now())?;
        if let Some(source) = &cloned_from {
            self.environment(source).await?;
        }
        let name = first_key.environment.clone();
        // One that was never begun here has keys or integrations all the same.
        let unbegun = matches!(self.life(&name).await?, Life::Absent);
        if unbegun && self.environments().await?.contains_key(name.as_str()) {
            return Err(Refusal::Taken.into());
        }
        let beginning = Beginning {
            environment: name.clone(),
            first_key: self.new_key_id(),
            cloned_from,
            at: self.ledger.now(),
        };
        let begin = Command::Begin(beginning);
        let settled = self.ledger.execute::<Life>(name.as_str(), begin, Terms::default()).await?;
        let Life::Open(begun) = settled.state else { return Err(Refusal::Ended.into()) };
        let key = self.ledger.load::<ApiKey>(&begun.first_key.to_string()).await?.state;
        if key != ApiKey::Absent {
            return Err(Refusal::Taken.into());
        }
        if let Some(source) = &begun.cloned_from {
            for registered in self.all_of::<Integration>(source, "active").await? {
                if let Ok(registered) = registered.registered() {
                    self.clone_integration(source, &registered.key, &name).await?;
                }
            }
        }
        self.issue(begun.first_key, first_key, None).await
    }

    /// # Errors
    /// [`Error::EnvironmentUnknown`] where there is none, or not any more.
    pub async fn environment(&self, name: &Environment) -> Result<EnvironmentView, Error> {
        let store = self.ledger.store();
        let life = self.life(name).await?;
        let keys = store.tally(ApiKey::CATEGORY, Some(name.as_str())).await?;
        let integrations = store.tally(Integration::CATEGORY, Some(name.as_str())).await?;
        let begun = matches!(life, Life::Open(_)) || !keys.is_empty() || !integrations.is_empty();
        if matches!(life, Life::Ended { .. }) || !begun {
            return Err(Error::EnvironmentUnknown(name.to_string()));
        }
        let count = |tallies: &[Tally], status: &str| {
            let counts = tallies.iter().filter(|tally| tally.status == status).map(|tally| tally.count);
            u32::try_from(counts.sum::<u64>()).unwrap_or(u32::MAX)
        };
        Ok(EnvironmentView {
            name: name.clone(),
            keys: count(&keys, ACTIVE),
            integrations: count(&integrations, "active"),
            connections: u32::try_from(self.living(name).await?).unwrap_or(u32::MAX),
        })
    }

    /// The environments there are, with how many of each one's keys are good. One is there that was begun, or has had a key or
    /// an integration: a login of the dashboard's ends and is forgotten, and what it set up stays. One that ended is not.
    ///
    /// # Errors
    /// The store's.
    pub async fn environments(&self) -> Result<BTreeMap<String, u32>, Error> {
        let store = self.ledger.store();
        let lives = store.tally(Life::CATEGORY, None).await?;
        let set_up = store.tally(Integration::CATEGORY, None).await?;
        let mut counts: BTreeMap<String, u32> =
            lives.iter().chain(&set_up).map(|tally| (tally.environment.clone(), 0)).collect();
        for tally in store.tally(ApiKey::CATEGORY, None).await? {
            let good = if tally.status == ACTIVE { tally.count } else { 0 };
            let count = counts.entry(tally.environment).or_default();
            *count = count.saturating_add(u32::try_from(good).unwrap_or(u32::MAX));
        }
        for ended in lives.iter().filter(|tally| tally.status == ENDED) {
            counts.remove(&ended.environment);
        }
        Ok(counts)
    }

    /// Ends an environment that has no connections: its integrations, its webhook endpoints, and every key. What is recorded
    /// stays. Whoever is cut short does it again; to end twice is once.
    ///
    /// # Errors
    /// [`Error::EnvironmentUnknown`]; [`Error::EnvironmentInUse`] where it has connections, or grants that are still to be ended.
    pub async fn delete_environment(&self, name: &Environment) -> Result<(), Error> {
        if !matches!(self.life(name).await?, Life::Ended { .. }) {
            self.environment(name).await?;
            let connections = self.living(name).await?;
            // Their provider is asked with the integration's app.
            let revocations = self.ledger.store().tally(Revocation::CATEGORY, Some(name.as_str())).await?;
            let pending = revocations.iter().filter(|tally| tally.status == "pending");
            let revocations = pending.map(|tally| tally.count).sum();
            if connections > 0 || revocations > 0 {
                return Err(Error::EnvironmentInUse { connections, revocations });
            }
            let end = Command::End { environment: name.clone(), at: self.ledger.now() };
            self.ledger.execute::<Life>(name.as_str(), end, Terms::default()).await?;
        }
        // Nothing begins in it from here on, so what is found now is all there is. What came in the same moment goes too.
        for status in LIVING {
            for connection in self.all_of::<Connection>(name, status).await? {
                let Some(profile) = connection.profile() else { continue };
                self.delete_connection(name, profile.id, Some(Extent::Grant)).await?;
            }
        }
        for state in self.all_of::<Integration>(name, "active").await? {
            let Ok(registered) = state.registered() else { continue };
            self.retire_integration(name, &registered.key).await?;
        }
        for endpoint in self.webhook_endpoints(name).await? {
            self.delete_webhook_endpoint(name, endpoint.id).await?;
        }
        for status in [ACTIVE, LOCKED] {
            for key in self.all_of::<ApiKey>(name, status).await? {
                let Some(issued) = key.issued() else { continue };
                self.revoke_key(name, issued.id).await?;
            }
        }
        Ok(())
    }

    /// Whether anything may begin in an environment.
    ///
    /// # Errors
    /// [`Error::EnvironmentEnded`] where it has ended.
    pub(super) async fn may_begin_in(&self, name: &Environment) -> Result<(), Error> {
        match self.life(name).await? {
            Life::Absent | Life::Open(_) => Ok(()),
            Life::Ended { .. } => Err(Error::EnvironmentEnded),
        }
    }

    async fn life(&self, name: &Environment) -> Result<Life, Error> {
        Ok(self.ledger.load::<Life>(name.as_str()).await?.state)
    }

    /// How many connections there are that are not deleted.
    async fn living(&self, name: &Environment) -> Result<u64, Error> {
        let tallies = self.ledger.store().tally(Connection::CATEGORY, Some(name.as_str())).await?;
        Ok(tallies.iter().filter(|it| LIVING.contains(&it.status.as_str())).map(|it| it.count).sum())
    }

    /// Everything of a kind that has this status.
    async fn all_of<A: Aggregate>(&self, name: &Environment, status: &str) -> Result<Vec<A>, Error> {
        let mut query = CardQuery {
            category: A::CATEGORY.into(),
            environment: name.to_string(),
            status: Some(status.to_owned()),
            max: PAGE,
            ..CardQuery::default()
        };
        let mut all = vec![];
        loop {
            let page = self.ledger.store().list(&query).await?;
            for item in page.items {
                all.push(self.ledger.state_of::<A>(&item.stream, &item.snapshot).await?);
            }
            query.after = page.next;
            if query.after.is_none() {
                return Ok(all);
            }
        }
    }

    /// An integration's settings and secrets in another environment, once: what was made of the copy since is left alone.
    async fn clone_integration(
        &self,
        source: &Environment,
        key: &IntegrationKey,
        target: &Environment,
    ) -> Result<(), Error> {
        let id = integration_id(target, key);
        let loaded = self.ledger.load::<Integration>(&id).await?;
        if loaded.version > Version(0) {
            return Ok(());
        }
        let unsealed = match self.unsealed(source, key).await {
            // Retired since it was listed.
            Err(Error::IntegrationUnknown(_)) => return Ok(()),
            unsealed => unsealed?,
        };
        let owner = stream_of::<Integration>(&id);
        let (fresh, wrapped) = self.keyring.create(target, &owner).await?;
        let document = unsealed.document()?;
        let app = document.map(|document| fresh.seal(&document, &place(&owner))).transpose()?;
        let register = integration::Command::Register {
            environment: target.clone(),
            key: key.clone(),
            settings: unsealed.registered.settings.clone(),
            secrets: app.map(|app| Secrets { app: Some(app), client: None }),
            at: self.ledger.now(),
        };
        let terms = Terms { key: KeyChange::Put(wrapped), ..Terms::default() };
        // Where somebody else wrote it in the same moment, it is the same.
        self.ledger.settle(&id, loaded, register, &terms).await?;
        Ok(())
    }
}
