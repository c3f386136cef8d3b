//! How an end user gets from a link to a connection. Nothing here knows of HTTP pages.
//!
//! Invariant: nothing a browser sends is believed before the vault has found the session, or the attempt, it belongs to.

mod app_token;
mod bring;
mod callback;
mod cancel;
mod check;
mod choose;
mod client;
mod conclude;
mod confirm;
mod errand;
mod news;
mod noted;
mod oauth1;
mod preset;
mod start;
mod turns;
mod verify;

pub use bring::{Bring, Checking, Credential};
pub use callback::{Answered, attempt_of};
pub use check::AppVerdict;
pub(crate) use client::DOCUMENT_PATH;
pub use confirm::held;
pub use errand::Errand;
pub use news::{News, Waiting};
pub use preset::Otherwise;
pub use start::{Next, Wish};
pub use verify::Verdict;

use crate::failures::Problem;
use crate::tasks::Tasks;
use latchkey_chassis::Clock;
use latchkey_oauth::{App, Client};
use latchkey_providers::{Catalogue, Provider};
use latchkey_wire::{Logbook, VaultClient, contract};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use turns::Turns;
use url::Url;

/// How long a session lasts if nobody says: long enough to find a password and a second factor.
pub const SESSION_LIFETIME: Duration = Duration::from_secs(900);

/// How many may watch sessions at once, of one process.
const WATCHERS_MAX: usize = 500;

/// What the flows need. Cheap to clone.
#[derive(Clone)]
pub struct Flows {
    pub vault: VaultClient,
    pub catalogue: Catalogue,
    pub oauth: Client,
    pub clock: Arc<dyn Clock>,
    pub redirect_uri: Arc<str>,
    pub tasks: Tasks,
    /// What was tried is written down here.
    pub logbook: Logbook,
    /// For pages that wait.
    pub news: News,
    /// Places for backends that watch a session. Each looks at it again and again.
    pub watchers: Arc<Semaphore>,
    /// Whose clients are being registered.
    turns: Turns,
}

impl Flows {
    #[must_use]
    pub fn new(
        vault: VaultClient,
        catalogue: Catalogue,
        oauth: Client,
        clock: Arc<dyn Clock>,
        public_url: &Url,
    ) -> Self {
        Self {
            vault,
            catalogue,
            oauth,
            clock,
            redirect_uri: redirect_uri(public_url).into(),
            tasks: Tasks::default(),
            logbook: Logbook::default(),
            news: News::default(),
            watchers: Arc::new(Semaphore::new(WATCHERS_MAX)),
            turns: Turns::default(),
        }
    }

    pub(crate) fn provider(&self, id: &str) -> Result<Arc<Provider>, Problem> {
        self.catalogue.get(id).map_err(|_| Problem::ProviderGone(id.to_owned()))
    }
}

/// Where providers send browsers back to. From configuration alone: a request's `Host` is the sender's to choose.
#[must_use]
pub fn redirect_uri(public_url: &Url) -> String {
    format!("{}/oauth/callback", public_url.as_str().trim_end_matches('/'))
}

fn app(app: contract::App) -> App {
    App { client_id: app.client_id, client_secret: app.client_secret, scopes: app.scopes, fields: app.fields }
}

/// An integration as far as it is no secret: enough to send a browser to the provider.
fn public_app(integration: &contract::IntegrationView) -> App {
    let fields = &integration.settings.fields;
    App {
        client_id: integration.settings.client_id.clone(),
        client_secret: None,
        scopes: integration.settings.scopes.clone(),
        fields: fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect(),
    }
}
