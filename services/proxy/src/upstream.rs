//! The connections to providers. One pool for all callers; no redirect is followed, nothing is repeated, and no proxy is
//! taken from the environment.

mod connector;
mod exchange;

pub use connector::Client;
pub use exchange::{Answer, Lost, Pulse, exchange};

use anyhow::Context as _;
use latchkey_domain::Digest;
use latchkey_egress::{Egress, trusting};
use latchkey_providers::Trust;
use rustls::ClientConfig;
use rustls::pki_types::CertificateDer;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many certificates' connections are kept open. With more, all are begun anew.
const IDENTITIES_MAX: usize = 256;

/// Providers as they can be reached. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Upstream {
    egress: Egress,
    idle: Duration,
    /// Believed besides those that browsers trust.
    roots: Vec<CertificateDer<'static>>,
    identified: Arc<Mutex<HashMap<(Digest, bool), Pair>>>,
    public: Pair,
    /// For entries whose API is on this machine by design.
    loopback: Pair,
}

/// A client's own certificate and its key, as PEM.
pub struct Identity<'a> {
    pub certificate: &'a str,
    pub private_key: &'a str,
}

/// HTTP/2 where the provider has it; and HTTP/1.1 alone, which is what a connection is upgraded from (RFC 9110 §7.8).
#[derive(Debug, Clone)]
struct Pair {
    any: Client,
    http1: Client,
}

impl Upstream {
    /// # Errors
    /// Where TLS cannot be set up.
    pub fn new(egress: Egress, idle: Duration) -> anyhow::Result<Self> {
        Self::believing(egress, idle, vec![])
    }

    fn believing(
        egress: Egress,
        idle: Duration,
        roots: Vec<CertificateDer<'static>>,
    ) -> anyhow::Result<Self> {
        let tls = trusting(&roots).context("TLS cannot be set up")?.with_no_client_auth();
        let (public, loopback) = (Pair::new(egress, &tls), Pair::new(Egress::Any, &tls));
        Ok(Self { egress, idle, roots, identified: Arc::default(), public, loopback })
    }

    /// The same as [`Self::client`], showing a certificate. Its connections are its own: nobody else's request goes over
    /// them.
    ///
    /// # Errors
    /// Where the two are not what they should be. They are not repeated.
    pub fn showing(&self, identity: &Identity<'_>, trust: Trust, upgrade: bool) -> anyhow::Result<Client> {
        let Identity { certificate, private_key } = identity;
        let loopback = trust == Trust::Loopback;
        let place = (Digest::of(format!("{certificate}\0{private_key}").as_bytes()), loopback);
        let mut identified = self.identified.lock().unwrap_or_else(PoisonError::into_inner);
        if !identified.contains_key(&place) {
            let tls = latchkey_egress::identified(&self.roots, certificate, private_key)?;
            let egress = if loopback { Egress::Any } else { self.egress };
            let pair = Pair::new(egress, &tls);
            if identified.len() >= IDENTITIES_MAX {
                identified.clear();
            }
            identified.insert(place, pair);
        }
        let pair = identified.get(&place).context("it was just put there")?;
        Ok(if upgrade { pair.http1.clone() } else { pair.any.clone() })
    }

    /// For one exchange that begins now: how long it may be silent.
    pub fn pulse(&self) -> Pulse {
        Pulse::new(self.idle)
    }

    /// What reaches a provider that is believed this far; and which addresses may be spoken to.
    pub fn client(&self, trust: Trust, upgrade: bool) -> (&Client, Egress) {
        let (pair, egress) = match trust {
            Trust::Public => (&self.public, self.egress),
            Trust::Loopback => (&self.loopback, Egress::Any),
        };
        (if upgrade { &pair.http1 } else { &pair.any }, egress)
    }
}

impl Pair {
    fn new(egress: Egress, tls: &ClientConfig) -> Self {
        let any = connector::client(egress, tls, &[b"h2", b"http/1.1"]);
        Self { any, http1: connector::client(egress, tls, &[b"http/1.1"]) }
    }
}

#[cfg(test)]
mod tests;
