//! A small, honest OAuth 2 and OAuth 1.0a provider and an API-key API, to try Latchkey against and to break on purpose.
//!
//! It follows RFC 6749, 7636 (S256 only), 7009, 7662, 8414 and 9207, and it knows nothing of Latchkey: it shares no
//! code with the client it is used to test, so the two can disagree. Invariant: outside [`Options`] no token, code
//! or client secret of OAuth 2 is kept in the clear, neither in memory nor in the state file; they are known by their
//! SHA-256. OAuth 1.0a cannot do that: who checks an HMAC must know its key.
//!
//! ```no_run
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! use latchkey_demo_provider::{Client, DemoProvider, Extent, Options, Target};
//! let mut options = Options::new("http://127.0.0.1:8080/demo-provider");
//! options.clients.push(Client::new("demo-client", "a secret", ["http://127.0.0.1:8080/callback"]));
//! let provider = DemoProvider::new(options)?;
//! let app = axum::Router::new().nest("/demo-provider", provider.router()).merge(provider.origin_router());
//! provider.controls().outage(Target::Token, Extent::Requests(2));
//! # let _ = app; Ok(()) }
//! ```

mod catalogue;
mod controls;
mod faults;
mod http;
mod ledger;
mod oauth1;
mod options;
mod records;
mod secrets;
mod shared;
mod state_file;

pub use catalogue::{EntryKind, catalogue_entry};
pub use controls::{Controls, Selection};
pub use faults::{Extent, NextAnswer, NextRedirect, Target};
pub use ledger::{Account, GrantId, GrantSummary, Revocation};
pub use options::{Client, Options, OptionsError, Rotation};
pub use records::{Counters, RequestRecord};
pub use state_file::StateFileError;

use shared::Shared;
use std::sync::Arc;

/// The provider. A clone is the same provider.
#[derive(Clone)]
pub struct DemoProvider {
    shared: Arc<Shared>,
    controls: Controls,
}

impl DemoProvider {
    /// Checks the options and takes up the state file, if one is named.
    ///
    /// # Errors
    /// A malformed issuer or redirect URI; a state file that cannot be read, understood or written.
    pub fn new(options: Options) -> Result<Self, OptionsError> {
        let shared = Arc::new(Shared::open(options)?);
        Ok(Self { controls: Controls::new(shared.clone()), shared })
    }

    /// All pages and endpoints, with paths relative to the issuer: nest it at the issuer's path, or serve it at the
    /// root when the issuer has none.
    pub fn router(&self) -> axum::Router {
        http::router(&self.shared)
    }

    /// What RFC 8414 §3.1 wants at the root of the origin when the issuer has a path: the metadata at
    /// `/.well-known/oauth-authorization-server/<path>`; and the home page at `/<path>/`. Empty when the issuer has
    /// no path.
    pub fn origin_router(&self) -> axum::Router {
        http::origin_router(&self.shared)
    }

    /// The switches, in process. The same are served under `/_control` if [`Options::control_token`] is given.
    pub fn controls(&self) -> &Controls {
        &self.controls
    }

    /// Registers another client, replacing one of the same id. Not kept in the state file.
    ///
    /// # Errors
    /// A redirect URI that is not an absolute URI without fragment.
    pub fn add_client(&self, client: Client) -> Result<(), OptionsError> {
        client.check()?;
        self.shared.with(|state, _| state.clients.insert(client.id.clone(), client));
        Ok(())
    }

    /// A key that `/keyed/me` accepts in `x-demo-key`.
    pub fn api_key(&self) -> String {
        self.shared.with(|state, _| state.api_keys.first().cloned().unwrap_or_default())
    }

    /// The user name and password that `/basic/me` accepts.
    pub fn basic_credentials(&self) -> (String, String) {
        self.shared.with(|state, _| state.basic.clone())
    }
}
