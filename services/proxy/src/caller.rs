//! Whose call it is: an API key's, or a workload's by the word of an issuer that is believed.

use crate::refusal::Refusal;
use http::{HeaderMap, header};
use latchkey_chassis::{Clock, SystemClock};
use latchkey_domain::api_key::Scope;
use latchkey_domain::{Environment, IntegrationKey, Reader};
use latchkey_issuers::{Issuer, KeysError, WorkloadError, Workloads};
use latchkey_secret::SecretText;
use latchkey_wire::{Authenticator, Fault, Kind, Reason, VaultClient};
use std::sync::Arc;
use std::time::Duration;
use tonic::metadata::MetadataMap;

/// How soon an issuer that did not answer is asked again.
const ISSUER_AGAIN: Duration = Duration::from_secs(10);

/// Knows callers. Clones share what they remember.
#[derive(Clone)]
pub struct Callers {
    keys: Authenticator,
    workloads: Arc<Workloads>,
}

/// Somebody who may call providers.
#[derive(Debug, Clone)]
pub struct Caller {
    pub environment: Environment,
    pub reader: Reader,
    /// The only ones it may use. Empty: all of the environment's.
    pub integrations: Vec<IntegrationKey>,
}

impl Callers {
    /// # Errors
    /// Where an issuer's settings cannot be used, with which.
    pub fn new(vault: VaultClient, issuers: &[Issuer]) -> anyhow::Result<Self> {
        let workloads = Arc::new(Workloads::new(issuers, "proxy.issuers")?);
        Ok(Self { keys: Authenticator::new(vault), workloads })
    }

    /// Whoever shows itself in `authorization`, if it may call providers.
    ///
    /// # Errors
    /// As those of [`Authenticator::require`], whether it shows a key or a workload's token.
    pub async fn of(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let shown = headers.get(header::AUTHORIZATION);
        if let Some(token) = shown.and_then(|value| value.to_str().ok()).and_then(jwt)
            && !self.workloads.is_empty()
        {
            return Ok(self.workload(&token).await?);
        }
        let shown = shown.map(|key| (header::AUTHORIZATION, key.clone())).into_iter().collect();
        let key = self.keys.require(&MetadataMap::from_headers(shown), Scope::ProxyCall).await?;
        Ok(Caller { environment: key.environment, reader: Reader::Key(key.id), integrations: vec![] })
    }

    async fn workload(&self, token: &SecretText) -> Result<Caller, Fault> {
        let known = self.workloads.admit(token, SystemClock.now() / 1000).await.map_err(refused)?;
        if !known.scopes.iter().any(|granted| granted.includes(Scope::ProxyCall)) {
            let needed = Scope::ProxyCall.as_str();
            let message = format!("The workload may not do this: its rule lacks the scope `{needed}`.");
            return Err(Fault::new(Kind::Forbidden, Reason::ScopeNotGranted, message).with("needed", needed));
        }
        Ok(Caller { environment: known.environment, reader: known.reader, integrations: known.integrations })
    }
}

/// What is in three parts with dots between them (RFC 7515 §3.1), which no key is.
fn jwt(shown: &str) -> Option<SecretText> {
    let (scheme, token) = shown.split_once(' ')?;
    let token = token.trim();
    let is_jwt = scheme.eq_ignore_ascii_case("bearer") && token.split('.').count() == 3;
    is_jwt.then(|| SecretText::new(token.to_owned()))
}

fn refused(error: WorkloadError) -> Fault {
    if let WorkloadError::Keys(KeysError::Unavailable) = error {
        let message = "The issuer of the caller's token cannot be asked for its keys just now. Ask again.";
        return Fault::new(Kind::Unavailable, Reason::PeerUnavailable, message).retry_after(ISSUER_AGAIN);
    }
    let message = format!("The caller's token is not accepted: {error}.");
    Fault::new(Kind::Unauthenticated, Reason::WorkloadTokenInvalid, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_no_workloads_token() {
        assert!(jwt("Bearer a.b.c").is_some() && jwt("bearer  a.b.c ").is_some());
        for other in ["Bearer lk_dev_a", "Basic a.b.c", "a.b.c", "Bearer a.b", "Bearer a.b.c.d", ""] {
            assert!(jwt(other).is_none(), "{other}");
        }
    }
}
