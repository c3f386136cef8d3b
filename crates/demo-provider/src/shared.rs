//! What all endpoints and the controls share: the options, and one state behind one lock.
//!
//! Invariant: a change to the ledger is on disk before anybody hears of it. The lock is never held across an await.

use crate::faults::Faults;
use crate::http::{Pending, PendingOauth1};
use crate::ledger::{Account, Ledger, Millis, Named, Policy, millis};
use crate::options::{Client, Options, OptionsError, Rotation};
use crate::records::Records;
use crate::secrets::Mint;
use crate::state_file::{self, StateFileError, Stored};
use std::collections::HashMap;
use std::error::Error as _;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) struct Shared {
    pub(crate) issuer: String,
    /// The issuer's path: what links and forms on our pages start with. Empty at the root.
    pub(crate) base_path: String,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) code_lifetime: Duration,
    pub(crate) control_token: Option<String>,
    pub(crate) mint: Mint,
    state_file: Option<PathBuf>,
    state: Mutex<State>,
}

pub(crate) struct State {
    pub(crate) stored: Stored,
    pub(crate) clients: HashMap<String, Client>,
    pub(crate) account: Account,
    pub(crate) rotation: Rotation,
    pub(crate) api_keys: Vec<String>,
    pub(crate) basic: (String, String),
    /// Consent pages somebody is looking at, by the token in their form.
    pub(crate) pending: HashMap<String, Pending>,
    pub(crate) pending_oauth1: HashMap<String, PendingOauth1>,
    pub(crate) faults: Faults,
    pub(crate) records: Records,
    /// How far the provider's clock was put ahead.
    pub(crate) ahead: Duration,
}

impl State {
    pub(crate) fn ledger(&mut self) -> &mut Ledger {
        &mut self.stored.ledger
    }
}

impl Shared {
    pub(crate) fn open(options: Options) -> Result<Self, OptionsError> {
        let issuer = options.check()?;
        let mint = Mint::new(&options.secret_prefix);
        let mut stored = match &options.state_file {
            Some(path) => state_file::load(path)?,
            None => Stored::default(),
        };
        let api_keys = match options.api_keys {
            given if !given.is_empty() => given,
            _ => vec![stored.api_key.get_or_insert_with(|| mint.make("key")).clone()],
        };
        let password = match options.basic_password {
            Some(given) => given,
            None => stored.basic_password.get_or_insert_with(|| mint.make("password")).clone(),
        };
        if let Some(path) = &options.state_file {
            state_file::save(path, &stored)?;
        }
        let state = State {
            stored,
            clients: options.clients.into_iter().map(|client| (client.id.clone(), client)).collect(),
            account: options.account,
            rotation: options.rotation,
            api_keys,
            basic: (options.basic_username, password),
            pending: HashMap::new(),
            pending_oauth1: HashMap::new(),
            faults: Faults::default(),
            records: Records::default(),
            ahead: Duration::ZERO,
        };
        Ok(Self {
            issuer: options.issuer,
            base_path: issuer.path().trim_end_matches('/').to_owned(),
            access_token_lifetime: options.access_token_lifetime,
            code_lifetime: options.code_lifetime,
            control_token: options.control_token,
            mint,
            state_file: options.state_file,
            state: Mutex::new(state),
        })
    }

    /// Looks at the state or changes what is not kept, at the provider's own time.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut State, Millis) -> R) -> R {
        let mut state = self.lock();
        let now = now(&state);
        act(&mut state, now)
    }

    /// Changes the ledger, and keeps the change before returning. The file is a few kilobytes, so the write is done
    /// in place; a file that cannot be written is reported, and the provider goes on from memory.
    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut State, Millis) -> R) -> R {
        let mut state = self.lock();
        let now = now(&state);
        let result = act(&mut state, now);
        if let Some(path) = &self.state_file
            && let Err(error) = state_file::save(path, &state.stored)
        {
            report(&error);
        }
        result
    }

    /// How tokens are issued at this moment.
    pub(crate) fn policy(&self, state: &State, now: Millis, refresh_token: Named) -> Policy {
        Policy {
            now,
            access_token_lifetime: self.access_token_lifetime,
            rotation: state.rotation,
            mint: self.mint.clone(),
            refresh_token,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic elsewhere leaves every record whole: each step under the lock stands alone.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now(state: &State) -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    millis(since + state.ahead)
}

fn report(error: &StateFileError) {
    let cause = error.source().map(ToString::to_string).unwrap_or_default();
    tracing::error!(%error, cause, "The demo provider could not keep its state and goes on from memory");
}
