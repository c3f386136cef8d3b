use super::conclude::Claimed;
use super::{Flows, app};
use crate::counts;
use crate::failures::{Problem, declined};
use crate::state::State;
use latchkey_domain::{Digest, Failure, Phase, Reason, SessionId};
use latchkey_oauth::{Callback, Inputs, callback_fields, check_issuer_for};
use latchkey_providers::Provider;
use latchkey_secret::AuthorizationCode;
use latchkey_wire::contract::{ClaimedAuthorization, Obtained};
use std::time::Instant;

/// What a callback came to, and for which session: the page goes there either way.
pub struct Answered {
    pub session: SessionId,
    pub outcome: Result<(), Problem>,
}

impl Flows {
    /// Takes the provider's answer, once, from the browser that was sent there. What was begun is finished although the
    /// browser goes away.
    ///
    /// # Errors
    /// [`Problem`] where the answer belongs to no attempt of this browser; there is no session to go back to then.
    pub async fn callback(&self, browser: Digest, pairs: Vec<(String, String)>) -> Result<Answered, Problem> {
        let callback = Callback::parse(pairs.iter().map(|(name, value)| (name, value)))?;
        let state = State::parse(callback.state()).ok_or(Problem::StateUnknown)?;
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
        let attempt = Claimed {
            authorization: state.authorization,
            environment: claimed.environment.clone(),
            integration: claimed.integration.clone(),
        };
        let obtained = self.redeem(callback, pairs, claimed).await;
        let outcome = self.concluded(attempt, obtained).await.map(drop);
        Ok(Answered { session, outcome })
    }

    async fn redeem(
        &self,
        callback: Callback,
        pairs: &[(String, String)],
        claimed: ClaimedAuthorization,
    ) -> Result<Obtained, Problem> {
        let provider = self.provider(&claimed.provider)?;
        let (app, mut inputs) = (app(claimed.app), claimed.inputs);
        inputs.extend(callback_fields(&provider, pairs));
        let begun = Instant::now();
        let code = consented(&provider, &inputs, callback);
        counts::step(&claimed.integration, "consent", begun, &code);
        let code = code?;
        let begun = Instant::now();
        let (redirect_uri, verifier) = (&claimed.redirect_uri, claimed.code_verifier.as_ref());
        let grant = self.oauth.exchange(&provider, &app, &inputs, redirect_uri, &code, verifier).await;
        if let Err(fault) = &grant {
            self.forget_refused_client(&claimed.environment, &claimed.integration, &inputs, fault).await;
        }
        let grant = grant.map_err(|fault| Problem::provider(fault, Phase::Exchange));
        counts::step(&claimed.integration, "exchange", begun, &grant);
        let obtained = Obtained { auth_mode: provider.auth_mode().as_str().to_owned(), grant: grant? };
        self.verified(&claimed.integration, &provider, &app, &inputs, obtained).await
    }
}

/// The code, if there is one and it is the right issuer's. Looked at before the code is sent anywhere: an answer of another
/// issuer must reach no token endpoint (RFC 9207 §2.4).
fn consented(provider: &Provider, inputs: &Inputs, callback: Callback) -> Result<AuthorizationCode, Problem> {
    let (outcome, iss) = match callback {
        Callback::Granted { code, iss, .. } => (Ok(code), iss),
        Callback::Declined { error, description, iss, .. } => (Err(declined(&error, description)), iss),
    };
    check_issuer_for(provider, inputs, iss.as_deref()).map_err(|_| issuer_mismatch())?;
    outcome
}

fn issuer_mismatch() -> Problem {
    Problem::Failed(Failure::new(Reason::IssuerMismatch, Phase::Authorize))
}
