//! Ending the grants of deleted connections at their providers.

use super::App;
use latchkey_domain::revocation::{Extent, Outcome};
use latchkey_domain::{ConnectionId, Environment, Generation, IntegrationKey};
use latchkey_secret::{AccessToken, Renewal, SecretText};
use std::collections::BTreeMap;

/// A grant that is the caller's to end, until the claim lapses.
#[derive(Debug)]
pub struct DueRevocation {
    pub connection: ConnectionId,
    pub environment: Environment,
    pub integration: IntegrationKey,
    pub provider: String,
    pub generation: Generation,
    pub fence: u64,
    pub app: App,
    pub access_token: Option<AccessToken>,
    /// What was typed or captured, by the catalogue's input name.
    pub fields: BTreeMap<String, SecretText>,
    /// `None` where nothing renewed it.
    pub renewal: Option<Renewal>,
    /// How much may end with it.
    pub extent: Extent,
}

/// What asking the provider came to.
#[derive(Debug)]
pub struct ReportRevocation {
    pub connection: ConnectionId,
    /// The generation the provider was asked about.
    pub generation: Generation,
    pub fence: u64,
    pub outcome: Outcome,
}
