//! One call made on the database itself, for what must be there before anybody can ask a server.

use anyhow::Context as _;
use latchkey_chassis::{Lifecycle, config, grpc};
use latchkey_connect::config::PublicUrl;
use latchkey_domain::Environment;
use latchkey_vault::config::{Database, Keys, Migrations};
use latchkey_vault::{Parts, VaultService};
use latchkey_wire::{Route, VaultClient};
use serde::Deserialize;
use std::path::Path;
use std::time::Duration;

/// What such a call is made with: the settings of `latchkey serve`, or of the vault. Other sections belong to the services,
/// which check them.
#[derive(Deserialize)]
pub struct Settings {
    database: Database,
    keys: Keys,
    #[serde(default)]
    vault: latchkey_vault::config::Settings,
    /// Not in a vault's settings.
    pub public_url: Option<PublicUrl>,
}

impl Settings {
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        Ok(config::load(Some(file))?)
    }

    /// A vault of which nothing runs, on a database that stays as it is.
    pub async fn read_only(file: &Path) -> anyhow::Result<VaultService> {
        let mut settings = Self::read(file)?;
        settings.database.migrations = Migrations::Manual;
        settings.service().await
    }

    /// A vault of which nothing runs: one call is made, and that is all.
    pub async fn vault(&self) -> anyhow::Result<VaultClient> {
        Ok(VaultClient::new(Route::local(grpc::layers(self.service().await?.peers()))))
    }

    /// The same, for what is no call: the keys themselves.
    pub async fn service(&self) -> anyhow::Result<VaultService> {
        let parts = Parts::embedded(&self.database, &self.keys, latchkey_bus::local()).await?;
        Ok(VaultService::new(parts, &self.vault, &Lifecycle::new(Duration::ZERO)))
    }
}

pub fn environment(name: &str) -> anyhow::Result<Environment> {
    name.parse().with_context(|| format!("`{name}` is no environment's name"))
}
