use super::choose::Gathered;
use super::conclude::Claimed;
use super::noted::{About, Noted};
use super::oauth1::Returned;
use super::{Flows, app};
use crate::counts;
use crate::failures::{Problem, declined};
use crate::state::State;
use latchkey_domain::{AuthorizationId, Digest, Failure, Phase, Reason, SessionId};
use latchkey_oauth::{
    Callback, CallbackError, Inputs, callback_fields, check_issuer_for, documented, named_code,
    visited_fields,
};
use latchkey_providers::{AuthMode, Provider};
use latchkey_secret::AuthorizationCode;
use latchkey_wire::contract::{ClaimedAuthorization, Obtained};
use std::time::Instant;

/// What a callback came to, and for which session: the page goes there either way.
pub struct Answered {
    pub session: SessionId,
    pub outcome: Result<(), Problem>,
}

/// Which attempt a provider's answer says it belongs to. Believed by nobody before the vault has found it.
#[must_use]
pub fn attempt_of(pairs: &[(String, String)]) -> Option<AuthorizationId> {
    let state = match Returned::parse(pairs) {
        Some(returned) => returned.state(),
        None => {
            let callback = Callback::parse(pairs.iter().map(|(name, value)| (name, value))).ok()?;
            State::parse(callback.state())?
        }
    };
    Some(state.authorization)
}

impl Flows {
    /// Takes the provider's answer, once, from the browser that was sent there. What was begun is finished although the
    /// browser goes away.
    ///
    /// # Errors
    /// [`Problem`] where the answer belongs to no attempt of this browser; there is no session to go back to then.
    pub async fn callback(&self, browser: Digest, pairs: Vec<(String, String)>) -> Result<Answered, Problem> {
        let answered = self.take(browser, pairs).await;
        if let Ok(answered) = &answered {
            self.news.tell(answered.session);
        }
        answered
    }

    async fn take(&self, browser: Digest, pairs: Vec<(String, String)>) -> Result<Answered, Problem> {
        if let Some(returned) = Returned::parse(&pairs) {
            let flows = self.clone();
            let answered = async move { flows.answered_oauth1(browser, returned).await };
            return self.tasks.finish("callback", answered).await;
        }
        let callback = Callback::parse(pairs.iter().map(|(name, value)| (name, value)))?;
        let state = State::parse(callback.state()).ok_or(Problem::StateUnknown)?;
        if matches!(callback, Callback::Visited { .. }) && !(state.without_code && says_something(&pairs)) {
            return Err(CallbackError::Empty.into());
        }
        let flows = self.clone();
        let answered = async move { flows.answered(&state, browser, callback, &pairs).await };
        self.tasks.finish("callback", answered).await
    }

    async fn answered(
        &self,
        state: &State,
        browser: Digest,
        callback: Callback,
        pairs: &[(String, String)],
    ) -> Result<Answered, Problem> {
        let claimed = self.vault.claim_authorization(state.authorization, state.digest, browser).await?;
        let session = claimed.session;
        let attempt = Claimed::of(state.authorization, &claimed);
        let (flows, noted) = self.noting(About::of(&claimed), state.authorization);
        let obtained = flows.redeem(callback, pairs, claimed, &noted).await;
        let came = flows.concluded(attempt, obtained, &noted).await;
        noted.came(came.as_ref().copied());
        Ok(Answered { session, outcome: came.map(drop) })
    }

    async fn redeem(
        &self,
        callback: Callback,
        pairs: &[(String, String)],
        claimed: ClaimedAuthorization,
        noted: &Noted,
    ) -> Result<Gathered, Problem> {
        let provider = self.provider(&claimed.provider)?;
        let (app, mut inputs) = (app(claimed.app), claimed.inputs);
        inputs.extend(callback_fields(&provider, pairs));
        let (begun, at) = (Instant::now(), noted.begin());
        let consented = consented(&provider, &inputs, callback, pairs);
        noted.step("consent", at, &consented);
        counts::step(&claimed.integration, "consent", begun, &consented);
        let consented = consented?;
        let begun = Instant::now();
        let grant = match consented {
            Consented::Code(code) => {
                let (redirect_uri, verifier) = (&claimed.redirect_uri, claimed.code_verifier.as_ref());
                self.oauth.exchange(&provider, &app, &inputs, redirect_uri, &code, verifier).await
            }
            Consented::Visit(fields) => {
                inputs.extend(fields);
                self.oauth.exchange_steps(&provider, &app, &inputs).await
            }
        };
        if let Err(fault) = &grant {
            self.forget_refused_client(&claimed.environment, &claimed.integration, &inputs, fault).await;
        }
        let grant = grant.map_err(|fault| Problem::provider(fault, Phase::Exchange));
        counts::step(&claimed.integration, "exchange", begun, &grant);
        let (auth_mode, documented) = (provider.auth_mode().as_str().to_owned(), documented(&provider));
        let obtained = Obtained { auth_mode, grant: grant?, documented };
        self.gathered(&provider, &app, &inputs, obtained, noted).await
    }
}

/// Whether there is anything in an answer but which attempt it belongs to. What says nothing is no provider's, and must not
/// spend the attempt.
fn says_something(pairs: &[(String, String)]) -> bool {
    pairs.iter().any(|(name, _)| name != "state" && name != "iss")
}

/// What the end user came back with.
enum Consented {
    Code(AuthorizationCode),
    /// What a visit brought, such as the number of an installation.
    Visit(Inputs),
}

/// What the end user came back with, if it is the right issuer's. Looked at before a code is sent anywhere: an answer of
/// another issuer must reach no token endpoint (RFC 9207 §2.4).
fn consented(
    provider: &Provider,
    inputs: &Inputs,
    callback: Callback,
    pairs: &[(String, String)],
) -> Result<Consented, Problem> {
    let iss = callback.iss().map(ToOwned::to_owned);
    let outcome = match callback {
        _ if is_pending(provider, pairs) => Err(pending()),
        Callback::Declined { error, description, .. } => Err(declined(&error, description)),
        // A code that comes with the end of a visit is for those who asked for one.
        _ if provider.auth_mode() == AuthMode::Installation => {
            visited_fields(provider, pairs).map(Consented::Visit).ok_or_else(incomplete)
        }
        Callback::Granted { code, .. } => Ok(Consented::Code(code)),
        Callback::Visited { .. } => {
            named_code(provider, pairs).map(Consented::Code).map_err(|_| incomplete())
        }
    };
    check_issuer_for(provider, inputs, iss.as_deref()).map_err(|_| issuer_mismatch())?;
    outcome
}

/// Whether the end user could only ask for what an admin has to allow.
fn is_pending(provider: &Provider, pairs: &[(String, String)]) -> bool {
    let sign = provider.obtain.callback.pending_when.as_ref();
    sign.is_some_and(|sign| pairs.iter().any(|(name, value)| *name == sign.param && *value == sign.is))
}

fn pending() -> Problem {
    Problem::Failed(Failure::new(Reason::AdminApprovalPending, Phase::Authorize))
}

/// The attempt is spent: it is told that nothing came of it.
fn incomplete() -> Problem {
    Problem::Failed(Failure::new(Reason::ProviderResponseInvalid, Phase::Authorize))
}

fn issuer_mismatch() -> Problem {
    Problem::Failed(Failure::new(Reason::IssuerMismatch, Phase::Authorize))
}
