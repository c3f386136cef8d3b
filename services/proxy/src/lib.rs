//! The proxy: will call providers' APIs with the credentials of connections. For now it has its place, its settings and
//! its health, and forwards nothing.

pub mod config;

pub use config::Config;

use latchkey_chassis::ops::{Checks, Trouble, Verdict};
use latchkey_wire::VaultClient;

/// What must hold for the proxy to be ready: every credential comes from the vault.
#[must_use]
pub fn checks(vault: VaultClient) -> Checks {
    Checks::new().with("vault", move || {
        let vault = vault.clone();
        async move {
            let remedy = "Check vault.endpoint and vault.tls, and that the vault runs.";
            match vault.ping().await {
                Ok(()) => Verdict::Ready,
                Err(fault) => Verdict::Failing(Trouble::new(fault.to_string(), remedy)),
            }
        }
    })
}
