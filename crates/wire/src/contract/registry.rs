//! What an environment has: its keys, its operators' logins, its apps.

use super::{AppSecrets, IntegrationView};
use latchkey_domain::api_key::Scope;
use latchkey_domain::integration::{RegisteredClient, Settings};
use latchkey_domain::{ApiKeyId, Environment, IntegrationKey, LoginLinkId, Role, Timestamp};
use latchkey_secret::SecretText;
use std::collections::BTreeMap;
use std::time::Duration;

/// Whose an API key is, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyView {
    pub id: ApiKeyId,
    pub environment: Environment,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// Set where it is an operator's login to the dashboard.
    pub role: Option<Role>,
    pub state: KeyState,
    /// What takes its place.
    pub successor: Option<ApiKeyId>,
}

/// How an API key stands. Whether it has expired, its end tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyState {
    Active,
    /// It came out of a backup, and opens nothing before it is confirmed.
    Locked,
    Revoked,
}

#[derive(Debug)]
pub struct IssueKey {
    pub environment: Environment,
    pub name: String,
    pub scopes: Vec<Scope>,
    pub expires_at: Option<Timestamp>,
}

/// An environment that is to be, in the words of its first key.
#[derive(Debug)]
pub struct CreateEnvironment {
    pub first_key: IssueKey,
    /// Whose integrations it is given.
    pub cloned_from: Option<Environment>,
}

/// What there is in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentView {
    pub name: Environment,
    /// Those that are good.
    pub keys: u32,
    pub integrations: u32,
    /// Those that are not deleted.
    pub connections: u32,
}

#[derive(Debug)]
pub struct IssuedKey {
    pub key: KeyView,
    /// Shown once.
    pub secret: SecretText,
}

#[derive(Debug)]
pub struct RotatedKey {
    pub successor: IssuedKey,
    /// The one before, with the end it has now.
    pub previous: KeyView,
}

/// Lets an operator into the dashboard.
#[derive(Debug)]
pub struct CreateLogin {
    pub environment: Environment,
    pub operator: String,
    pub role: Role,
    /// How long the link is good for.
    pub lifetime: Duration,
}

#[derive(Debug)]
pub struct CreatedLogin {
    pub login: LoginLinkId,
    /// Shown once, and good for one login.
    pub token: SecretText,
    pub expires_at: Timestamp,
}

#[derive(Debug)]
pub struct PutIntegration {
    pub environment: Environment,
    pub key: IntegrationKey,
    pub settings: Settings,
    /// `None` leaves the present ones in place.
    pub secrets: Option<AppSecrets>,
}

/// What there is that putting an integration would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationPreview {
    /// `None` where one would be made.
    pub present: Option<IntegrationView>,
    /// Those that are not deleted.
    pub connections: u32,
}

/// A client that registered itself, with what goes with every connection that is made with it.
#[derive(Debug)]
pub struct KeptClient {
    pub client: RegisteredClient,
    pub fields: BTreeMap<String, SecretText>,
}
