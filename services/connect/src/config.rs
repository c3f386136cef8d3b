//! Connect's settings: sections and nothing else.

use crate::look::Look;
use anyhow::Context as _;
use latchkey_chassis::config::{Listen, SecretFile, Telemetry, Tls};
use latchkey_domain::{Environment, Role};
use latchkey_issuers::Issuer;
use latchkey_wire::RouteOptions;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::num::{NonZeroU16, NonZeroU64};
use std::path::PathBuf;
use url::{Host, Url};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where browsers reach this service, for instance `https://connect.example.com`. Redirect URIs begin with it;
    /// request headers are never asked.
    pub public_url: PublicUrl,
    #[serde(default)]
    pub listen: Listen,
    /// The vault's port for other services.
    pub vault: RouteOptions,
    #[serde(default)]
    pub providers: latchkey_providers::Settings,
    #[serde(default)]
    pub connect: Settings,
    #[serde(default)]
    pub webhooks: WebhookSettings,
    /// For the gRPC port. Absent: the ingress in front speaks TLS.
    #[serde(default)]
    pub tls: Option<Tls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

impl Config {
    /// Whether connect would start on these, as far as they tell by themselves: nothing is opened and nobody is asked.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check(&self) -> anyhow::Result<()> {
        self.vault.check().context("`vault.endpoint` cannot be used")?;
        Ok(self.listen.check(&["listen.http", "listen.grpc", "listen.ops"])?)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Offers gRPC reflection.
    pub reflection: bool,
    /// Serves the paths that another product's clients know, beside our own.
    pub compat: bool,
    /// How the pages look, and who may embed them, by environment.
    pub environments: BTreeMap<Environment, Look>,
    pub token_exchange: TokenExchange,
    /// Where operators log in to the dashboard, beside links that are good once.
    pub login: Vec<LoginProvider>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reflection: false,
            compat: true,
            environments: BTreeMap::new(),
            token_exchange: TokenExchange::default(),
            login: vec![],
        }
    }
}

/// An OpenID provider whose word on who an operator is counts, for one environment's dashboard.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginProvider {
    /// What the button says: "Log in with …".
    pub name: String,
    pub environment: Environment,
    /// As its metadata and its tokens name it (OpenID Connect Discovery).
    pub issuer: String,
    pub client_id: String,
    /// Absent for a public client, which PKCE alone protects.
    #[serde(default)]
    pub client_secret_file: Option<SecretFile>,
    #[serde(default = "login_scopes")]
    pub scopes: Vec<String>,
    /// The claim that says what somebody is, a text or a list of texts; `realm_access.roles` is one within another.
    #[serde(default = "role_claim")]
    pub role_claim: String,
    /// The role of whoever has this text in that claim. Of several the highest counts; who has none is not let in.
    pub roles: BTreeMap<String, Role>,
    /// Whoever signed its certificate, in PEM, beside those browsers believe.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Lets it be in a private network or on this machine.
    #[serde(default)]
    pub allow_private: bool,
    /// Lets it be asked over http://. For trials.
    #[serde(default)]
    pub allow_http: bool,
}

fn login_scopes() -> Vec<String> {
    ["openid", "profile", "email"].map(str::to_owned).to_vec()
}

fn role_claim() -> String {
    "groups".to_owned()
}

/// Who may exchange a token of another issuer for a connection's, beside those who have an API key.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenExchange {
    pub issuers: Vec<Issuer>,
}

/// How requests to webhook endpoints are made.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WebhookSettings {
    /// How long an endpoint may take to answer.
    pub timeout_seconds: NonZeroU64,
    /// How many requests are made at once.
    pub concurrency: NonZeroU16,
    /// Lets endpoints be in private networks and on this machine. For installations whose backends live beside them.
    pub allow_private: bool,
}

impl Default for WebhookSettings {
    fn default() -> Self {
        Self {
            timeout_seconds: NonZeroU64::MIN.saturating_add(14),
            concurrency: NonZeroU16::MIN.saturating_add(63),
            allow_private: false,
        }
    }
}

/// An address browsers are sent to. Over http only where nothing crosses a network: on a loopback address, for trials.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicUrl(Url);

impl PublicUrl {
    #[must_use]
    pub fn into_url(self) -> Url {
        self.0
    }

    /// Whether nobody but this machine reaches it.
    #[must_use]
    pub fn is_of_this_machine(&self) -> bool {
        is_loopback(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

impl TryFrom<String> for PublicUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let url = Url::parse(&text)
            .map_err(|_| "expected an address such as https://connect.example.com".to_owned())?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err("expected an address without user, query and fragment".to_owned());
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err("over http codes and cookies cross the network in the clear; use https".to_owned()),
            _ => Err("expected an address that begins with https://".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_sent_over_https_or_to_this_machine() {
        let read = |text: &str| PublicUrl::try_from(text.to_owned());
        for fine in
            ["https://connect.example.com", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"]
        {
            assert!(read(fine).is_ok(), "{fine}");
        }
        let refused = [
            "http://connect.example.com",
            "http://127.0.0.1.example.com",
            "ftp://x",
            "https://u:p@x",
            "x",
            "",
        ];
        for wrong in refused {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
