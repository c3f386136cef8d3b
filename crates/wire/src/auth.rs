//! Whose call this is: the API key in its metadata, checked with the vault and remembered for a few seconds.
//! No key is kept: an answer is found by the key's digest.

use crate::{Fault, Kind, Reason, VaultClient, actor, contract::KeyView};
use latchkey_domain::{Digest, api_key::Scope};
use latchkey_secret::SecretText;
use moka::{Expiry, future::Cache};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tonic::metadata::MetadataMap;

/// A revoked key is refused everywhere after this.
const KNOWN_FOR: Duration = Duration::from_secs(5);
/// Short, for a key may be tried before it is issued; long enough that a broken caller costs the vault little.
const REFUSED_FOR: Duration = Duration::from_secs(1);
const ANSWERS_MAX: u64 = 10_000;

const HOW: &str = "Send `authorization: Bearer <API key>` with the call.";

/// Knows callers by their API keys. Clones share what they remember.
#[derive(Debug, Clone)]
pub struct Authenticator {
    vault: VaultClient,
    answers: Cache<Digest, Answer>,
}

/// What the vault said of a key. That it could not say is not an answer, and not remembered.
#[derive(Debug, Clone)]
enum Answer {
    Known(Arc<KeyView>),
    Refused(Arc<Fault>),
}

impl Authenticator {
    #[must_use]
    pub fn new(vault: VaultClient) -> Self {
        let answers = Cache::builder().max_capacity(ANSWERS_MAX).expire_after(Lifetimes).build();
        Self { vault, answers }
    }

    /// The caller, if its key may do this.
    ///
    /// # Errors
    /// `API_KEY_MISSING`, `API_KEY_INVALID`, `API_KEY_EXPIRED`, or `SCOPE_NOT_GRANTED` with the scope as `needed`; or
    /// the vault could not be asked.
    pub async fn require(&self, metadata: &MetadataMap, scope: Scope) -> Result<KeyView, Fault> {
        let key = self.identify(metadata).await?;
        if key.scopes.iter().any(|granted| granted.includes(scope)) {
            return Ok(key);
        }
        let needed = scope.as_str();
        let message =
            format!("The API key may not do this: it lacks the scope `{needed}`. Send a key that has it.");
        Err(Fault::new(Kind::Forbidden, Reason::ScopeNotGranted, message).with("needed", needed))
    }

    /// The caller, whatever its key may do.
    ///
    /// # Errors
    /// As [`Self::require`], but for the scope.
    pub async fn identify(&self, metadata: &MetadataMap) -> Result<KeyView, Fault> {
        self.identify_key(&bearer(metadata)?).await
    }

    /// The same, of a key that came another way.
    ///
    /// # Errors
    /// As [`Self::identify`].
    pub async fn identify_key(&self, key: &SecretText) -> Result<KeyView, Fault> {
        let digest = Digest::of(key.expose().as_bytes());
        let answer = match self.answers.get(&digest).await {
            Some(answer) => answer,
            None => Box::pin(self.ask(key, digest)).await?,
        };
        match answer {
            Answer::Known(view) => {
                actor::note(view.id);
                Ok(KeyView::clone(&view))
            }
            Answer::Refused(fault) => Err(Fault::clone(&fault)),
        }
    }

    /// Asks the vault. Callers that come at once with one key wait for one question.
    async fn ask(&self, key: &SecretText, digest: Digest) -> Result<Answer, Fault> {
        let asking = async {
            match self.vault.authenticate(key).await {
                Ok(view) => Ok(Answer::Known(Arc::new(view))),
                Err(fault) if fault.kind == Kind::Unauthenticated => Ok(Answer::Refused(Arc::new(fault))),
                Err(fault) => Err(fault),
            }
        };
        self.answers.try_get_with(digest, asking).await.map_err(|fault| Fault::clone(&fault))
    }
}

/// Whoever made a call that lasts, by the key that came with it.
pub struct Caller {
    authenticator: Authenticator,
    metadata: MetadataMap,
    scope: Scope,
    /// When it is to be looked at again.
    look_at: Instant,
}

impl Caller {
    #[must_use]
    pub fn new(authenticator: &Authenticator, metadata: &MetadataMap, scope: Scope) -> Self {
        let look_at = Instant::now() + KNOWN_FOR;
        Self { authenticator: authenticator.clone(), metadata: metadata.clone(), scope, look_at }
    }

    /// # Errors
    /// As [`Authenticator::require`].
    pub async fn permitted(&self) -> Result<KeyView, Fault> {
        self.authenticator.require(&self.metadata, self.scope).await
    }

    /// Why the call must end; `None` also where that cannot be told just now. Asked often, it looks for as long as an answer is
    /// remembered only once: a key that was revoked sees nothing more after that.
    pub async fn expelled(&mut self) -> Option<Fault> {
        if Instant::now() < self.look_at {
            return None;
        }
        self.look_at = Instant::now() + KNOWN_FOR;
        let fault = self.permitted().await.err()?;
        matches!(fault.kind, Kind::Unauthenticated | Kind::Forbidden).then_some(fault)
    }
}

/// The key in `authorization: Bearer …` (RFC 6750 §2.1; the scheme's case does not matter, RFC 9110 §11.1).
fn bearer(metadata: &MetadataMap) -> Result<SecretText, Fault> {
    let missing =
        |what: &str| Fault::new(Kind::Unauthenticated, Reason::ApiKeyMissing, format!("{what} {HOW}"));
    let Some(header) = metadata.get("authorization") else {
        return Err(missing("No API key came with the call."));
    };
    let key = header
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim())
        .filter(|key| !key.is_empty());
    key.map(|key| SecretText::new(key.to_owned()))
        .ok_or_else(|| missing("The `authorization` metadata holds no API key."))
}

struct Lifetimes;

impl Expiry<Digest, Answer> for Lifetimes {
    fn expire_after_create(&self, _: &Digest, answer: &Answer, _: Instant) -> Option<Duration> {
        match answer {
            Answer::Known(_) => Some(KNOWN_FOR),
            Answer::Refused(_) => Some(REFUSED_FOR),
        }
    }
}
