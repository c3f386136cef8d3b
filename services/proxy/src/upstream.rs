//! The connections to providers. One pool for all callers; no redirect is followed, nothing is repeated, and no proxy is
//! taken from the environment.

use anyhow::Context as _;
use latchkey_egress::{Egress, PublicResolver, tls};
use latchkey_providers::Trust;
use std::sync::Arc;
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const USER_AGENT: &str = concat!("latchkey/", env!("CARGO_PKG_VERSION"));

/// Providers as they can be reached. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    egress: Egress,
    public: Pair,
    /// For entries whose API is on this machine by design.
    loopback: Pair,
}

/// HTTP/2 where the provider has it; and HTTP/1.1 alone, which is what a connection is upgraded from (RFC 9110 §7.8).
#[derive(Debug, Clone)]
struct Pair {
    any: reqwest::Client,
    http1: reqwest::Client,
}

impl Upstream {
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(egress: Egress, idle: Duration) -> anyhow::Result<Self> {
        Ok(Self { egress, public: Pair::new(egress, idle)?, loopback: Pair::new(Egress::Any, idle)? })
    }

    /// What reaches a provider that is believed this far; and which addresses may be spoken to.
    pub fn client(&self, trust: Trust, upgrade: bool) -> (&reqwest::Client, Egress) {
        let (pair, egress) = match trust {
            Trust::Public => (&self.public, self.egress),
            Trust::Loopback => (&self.loopback, Egress::Any),
        };
        (if upgrade { &pair.http1 } else { &pair.any }, egress)
    }
}

impl Pair {
    fn new(egress: Egress, idle: Duration) -> anyhow::Result<Self> {
        let any = builder(egress, idle, &[b"h2", b"http/1.1"])?;
        let http1 = builder(egress, idle, &[b"http/1.1"])?.http1_only();
        let built = |builder: reqwest::ClientBuilder| {
            builder.build().context("no client for providers could be made")
        };
        Ok(Self { any: built(any)?, http1: built(http1)? })
    }
}

fn builder(egress: Egress, idle: Duration, alpn: &[&[u8]]) -> anyhow::Result<reqwest::ClientBuilder> {
    let mut tls = tls().context("TLS cannot be set up")?;
    tls.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(idle)
        .user_agent(USER_AGENT);
    Ok(match egress {
        Egress::PublicOnly => builder.dns_resolver(Arc::new(PublicResolver)),
        Egress::Any => builder,
    })
}
