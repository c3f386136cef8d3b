//! OAuth 1.0a (RFC 5849 §2): the provider is asked before the browser leaves, and the browser comes back with the temporary
//! credentials' identifier where OAuth 2 has a state.
//!
//! Invariant: the attempt is found by that identifier, and belongs to the browser that was sent away with it.

use super::callback::Answered;
use super::choose::Gathered;
use super::conclude::Claimed;
use super::noted::{About, Noted};
use super::start::{Next, Wish};
use super::{Flows, app};
use crate::counts;
use crate::failures::{Problem, declined};
use crate::state::State;
use latchkey_domain::{Digest, Phase, Timestamp};
use latchkey_oauth::{Declined, Inputs, OAuth1Begun, documented};
use latchkey_providers::Provider;
use latchkey_wire::contract::{ClaimedAuthorization, Obtained, StartAuthorization};
use std::time::Instant;
use tracing::info;

/// Longer than any identifier or verifier in use.
const PARAMETER_MAX: usize = 2048;

/// What a browser brings back (RFC 5849 §2.2).
pub(super) struct Returned {
    token: String,
    /// None where the end user said no. RFC 5849 has no word for that; `denied` and `oauth_problem` came to be used.
    verifier: Option<String>,
}

impl Returned {
    /// `None` where the parameters are not those of OAuth 1.0a, or one is given twice.
    pub(super) fn parse(pairs: &[(String, String)]) -> Option<Self> {
        let one = |name: &str| {
            let mut found = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value);
            let (value, None) = (found.next()?, found.next()) else { return None };
            (1..=PARAMETER_MAX).contains(&value.len()).then(|| value.clone())
        };
        let denied = one("denied");
        let verifier = one("oauth_verifier").filter(|_| denied.is_none() && one("oauth_problem").is_none());
        Some(Self { token: one("oauth_token").or(denied)?, verifier })
    }

    pub(super) fn state(&self) -> State {
        State::of_temporary(&self.token)
    }
}

impl Flows {
    /// Asks the provider for temporary credentials, and says where the browser goes with them.
    pub(super) async fn send_away_oauth1(
        &self,
        provider: &Provider,
        wish: Wish,
        inputs: Inputs,
        about: About,
    ) -> Result<Next, Problem> {
        // The request is signed with the app's secret, and the vault gives that to an attempt alone: so asking is one.
        let asking = State::new(Timestamp(self.clock.now()));
        self.record(&asking, &wish, String::new(), inputs).await?;
        let claimed =
            self.vault.claim_authorization(asking.authorization, asking.digest, wish.browser).await?;
        let attempt = Claimed::of(asking.authorization, &claimed);
        let (app, inputs) = (app(claimed.app), claimed.inputs);
        let (flows, noted) = self.noting(about, asking.authorization);
        let begun = flows.oauth.begin_oauth1(provider, &app, inputs, &self.redirect_uri).await;
        let begun = match begun.map_err(|fault| Problem::provider(fault, Phase::Authorize)) {
            Ok(begun) => begun,
            Err(problem) => return self.failed(attempt, problem, noted).await,
        };
        let state = State::of_temporary(&begun.token);
        // The browser comes back to the attempt that is named by the temporary credentials: so that is whose log it is.
        let noted = noted.of(state.authorization);
        let away = self.recorded(&state, &wish, begun, provider).await;
        noted.sent_away(&away);
        away
    }

    async fn recorded(
        &self,
        state: &State,
        wish: &Wish,
        begun: OAuth1Begun,
        provider: &Provider,
    ) -> Result<Next, Problem> {
        self.record(state, wish, self.redirect_uri.to_string(), begun.inputs).await?;
        info!(authorization.id = %state.authorization, provider = %provider.id, "An end user is sent to the provider");
        Ok(Next::Away { url: begun.url, attempt: state.authorization })
    }

    async fn failed<T>(&self, attempt: Claimed, problem: Problem, noted: Noted) -> Result<T, Problem> {
        let outcome = self.concluded(attempt, Err(problem), &noted).await;
        noted.came(outcome.as_ref().copied());
        Err(outcome.err().unwrap_or(Problem::StateUnknown))
    }

    async fn record(
        &self,
        state: &State,
        wish: &Wish,
        redirect_uri: String,
        inputs: Inputs,
    ) -> Result<(), Problem> {
        let started = StartAuthorization {
            authorization: state.authorization,
            session: wish.session,
            browser: wish.browser,
            integration: wish.integration.clone(),
            state: state.digest,
            redirect_uri,
            scopes: vec![],
            code_verifier: None,
            inputs,
        };
        Ok(self.vault.start_authorization(started).await?)
    }

    /// Takes what the browser brought back, once.
    pub(super) async fn answered_oauth1(
        &self,
        browser: Digest,
        returned: Returned,
    ) -> Result<Answered, Problem> {
        let state = returned.state();
        let claimed = self.vault.claim_authorization(state.authorization, state.digest, browser).await?;
        let session = claimed.session;
        let attempt = Claimed::of(state.authorization, &claimed);
        let (flows, noted) = self.noting(About::of(&claimed), state.authorization);
        let obtained = flows.redeem_oauth1(returned, claimed, &noted).await;
        let came = flows.concluded(attempt, obtained, &noted).await;
        noted.came(came.as_ref().copied());
        Ok(Answered { session, outcome: came.map(drop) })
    }

    async fn redeem_oauth1(
        &self,
        returned: Returned,
        claimed: ClaimedAuthorization,
        noted: &Noted,
    ) -> Result<Gathered, Problem> {
        let provider = self.provider(&claimed.provider)?;
        let at = noted.begin();
        let verifier = returned.verifier.ok_or_else(|| declined(&Declined::AccessDenied, None));
        noted.step("consent", at, &verifier);
        let verifier = verifier?;
        let app = app(claimed.app);
        let begun = Instant::now();
        let (inputs, token) = (claimed.inputs, &returned.token);
        let grant = self.oauth.exchange_oauth1(&provider, &app, inputs, token, &verifier).await;
        let grant = grant.map_err(|fault| Problem::provider(fault, Phase::Exchange));
        counts::step(&claimed.integration, "exchange", begun, &grant);
        let (auth_mode, documented) = (provider.auth_mode().as_str().to_owned(), documented(&provider));
        let obtained = Obtained { auth_mode, grant: grant?, documented };
        // What was typed comes back in the grant's own fields.
        self.gathered(&provider, &app, &Inputs::new(), obtained, noted).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(query: &str) -> Option<(String, Option<String>)> {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Returned::parse(&pairs).map(|returned| (returned.token, returned.verifier))
    }

    #[test]
    fn an_answer_of_oauth_1_is_told_from_others() {
        let yes = |token: &str, verifier: &str| Some((token.to_owned(), Some(verifier.to_owned())));
        let no = |token: &str| Some((token.to_owned(), None));
        assert_eq!(parsed("oauth_token=t&oauth_verifier=v"), yes("t", "v"));
        assert_eq!(parsed("denied=t"), no("t"));
        assert_eq!(parsed("oauth_token=t&oauth_problem=permission_denied"), no("t"));
        assert_eq!(parsed("oauth_token=t"), no("t"));
        assert_eq!(parsed("state=s&code=c"), None);
        assert_eq!(parsed("oauth_token=t&oauth_token=u&oauth_verifier=v"), None);
    }
}
