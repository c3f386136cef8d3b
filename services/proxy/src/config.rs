//! The proxy's settings: sections and nothing else.

use anyhow::{Context as _, ensure};
use latchkey_chassis::config::{Listen, Telemetry, Tls};
use latchkey_egress::Egress;
use latchkey_issuers::Issuer;
use latchkey_wire::RouteOptions;
use serde::Deserialize;
use std::num::NonZeroU64;
use std::time::Duration;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    /// The vault's port for other services.
    pub vault: RouteOptions,
    #[serde(default)]
    pub providers: latchkey_providers::Settings,
    #[serde(default)]
    pub proxy: Settings,
    /// For `listen.grpc`, where an Envoy asks.
    #[serde(default)]
    pub tls: Option<Tls>,
    #[serde(default)]
    pub telemetry: Telemetry,
}

impl Config {
    /// Whether a proxy would start on these, as far as they tell by themselves: nothing is opened and nobody is asked.
    ///
    /// # Errors
    /// What cannot be, or would be unsafe, with what to do about it.
    pub fn check(&self) -> anyhow::Result<()> {
        self.vault.check().context("`vault.endpoint` cannot be used")?;
        ensure!(
            self.listen.grpc.is_none() || self.tls.is_some() || self.proxy.insecure_authorization,
            "credentials cross `listen.grpc`: set `tls`, or `proxy.insecure_authorization` where the network encrypts by itself"
        );
        Ok(self.listen.check(&["listen.http", "listen.ops"])?)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// How long nothing may move between here and a provider: no piece of the request that is taken, none of the answer that
    /// comes. In seconds.
    pub idle_timeout_seconds: NonZeroU64,
    /// Also speaks to addresses that are not public, for providers in the same private network.
    pub allow_private_addresses: bool,
    /// Lets an Envoy ask without TLS. It is answered with credentials: only for a network that encrypts by itself.
    pub insecure_authorization: bool,
    /// Also understands requests as another product's clients write them.
    pub compat: bool,
    /// Whose workloads may call with a token of their own in the place of an API key, here and through an Envoy.
    pub issuers: Vec<Issuer>,
}

const IDLE_TIMEOUT_SECONDS: NonZeroU64 = NonZeroU64::new(60).unwrap();

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle_timeout_seconds: IDLE_TIMEOUT_SECONDS,
            allow_private_addresses: false,
            insecure_authorization: false,
            compat: true,
            issuers: vec![],
        }
    }
}

impl Settings {
    pub(crate) fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_timeout_seconds.get())
    }

    pub(crate) fn egress(&self) -> Egress {
        if self.allow_private_addresses { Egress::Any } else { Egress::PublicOnly }
    }
}
