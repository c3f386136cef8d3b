use super::choose::Gathered;
use super::conclude::{Came, Claimed};
use super::noted::{About, Noted};
use super::preset::{Otherwise, settled};
use super::{Flows, app};
use crate::counts;
use crate::failures::Problem;
use crate::state::State;
use latchkey_domain::{AuthorizationId, Digest, IntegrationKey, Phase, SessionId, Timestamp};
use latchkey_oauth::{Inputs, check_inputs, documented, given};
use latchkey_providers::{AuthMode, Provider};
use latchkey_wire::contract::{
    ClaimedAuthorization, IntegrationView, Obtained, SessionView, StartAuthorization,
};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tracing::info;
use url::Url;

/// What an end user wants: this integration, with what was typed.
pub struct Wish {
    pub session: SessionId,
    pub browser: Digest,
    pub integration: IntegrationKey,
    pub typed: BTreeMap<String, String>,
    pub otherwise: Otherwise,
}

/// What is connected without anybody's being asked by the provider.
struct Unasked {
    wish: Wish,
    inputs: Inputs,
    scopes: Vec<String>,
}

/// Where the browser goes next.
pub enum Next {
    /// To the provider, with this attempt.
    Away { url: Url, attempt: AuthorizationId },
    /// Nowhere: it is done.
    Connected,
    /// Nowhere: the end user has to say which of several accounts is meant.
    Undecided,
}

impl Flows {
    /// Begins an attempt, and ends it too where the provider need not be asked by the browser.
    ///
    /// # Errors
    /// [`Problem`], in words for the end user.
    pub async fn start(&self, wish: Wish) -> Result<Next, Problem> {
        let id = wish.session;
        let next = self.begin(wish).await;
        self.news.tell(id);
        next
    }

    async fn begin(&self, wish: Wish) -> Result<Next, Problem> {
        let session = self.vault.get_session(wish.session, wish.browser).await?;
        let integration = offered(&session, &wish.integration)?.clone();
        let provider = self.provider(&integration.settings.provider)?;
        let wish = settled(wish, &provider, session.presets.get(&integration.key))?;
        let mut inputs = checked(&provider, &wish.typed)?;
        let mode = provider.auth_mode();
        fits(mode, &wish.otherwise)?;
        if mode == AuthMode::OAuth1Given {
            inputs.extend(wish.otherwise.own_client().into_iter().flatten());
        }
        let about = About::session(&session, &integration);
        match mode {
            AuthMode::OAuth2Code if wish.otherwise.refresh_token.is_some() => {
                // What it was given for is not told; it is taken to be what the integration asks for.
                let scopes = integration.settings.scopes.clone();
                self.at_once(provider, Unasked { wish, inputs, scopes }, about).await
            }
            AuthMode::OAuth2Code | AuthMode::Installation => {
                let begun = Instant::now();
                let away = self.send_away(&provider, &integration, wish, inputs, about).await;
                counts::step(&integration.key, "authorize", begun, &away);
                away
            }
            AuthMode::OAuth1 => {
                let (flows, key, begun) = (self.clone(), integration.key.clone(), Instant::now());
                let away = async move { flows.send_away_oauth1(&provider, wish, inputs, about).await };
                let away = self.tasks.finish("authorize", away).await;
                counts::step(&key, "authorize", begun, &away);
                away
            }
            AuthMode::None
            | AuthMode::OAuth2ClientCredentials
            | AuthMode::Exchange
            | AuthMode::OAuth1Given
            | AuthMode::Minted
            | AuthMode::AwsSigv4
            | AuthMode::ApiKey
            | AuthMode::Basic => {
                self.at_once(provider, Unasked { wish, inputs, scopes: vec![] }, about).await
            }
            AuthMode::Unsupported(_) => Err(Problem::Unsupported(provider.name.clone())),
        }
    }

    /// What was begun is finished although the browser goes away.
    async fn at_once(
        &self,
        provider: Arc<Provider>,
        unasked: Unasked,
        about: About,
    ) -> Result<Next, Problem> {
        let flows = self.clone();
        let connected = async move { flows.connect_at_once(&provider, unasked, about).await };
        Ok(match self.tasks.finish("connect", connected).await? {
            Came::Connected(_) => Next::Connected,
            Came::Undecided => Next::Undecided,
        })
    }

    async fn send_away(
        &self,
        provider: &Provider,
        integration: &IntegrationView,
        wish: Wish,
        inputs: Inputs,
        about: About,
    ) -> Result<Next, Problem> {
        let state = State::new(Timestamp(self.clock.now()));
        let (flows, noted) = self.noting(about, state.authorization);
        let away = flows.sent(provider, integration, wish, inputs, state).await;
        noted.sent_away(&away);
        away
    }

    async fn sent(
        &self,
        provider: &Provider,
        integration: &IntegrationView,
        wish: Wish,
        inputs: Inputs,
        mut state: State,
    ) -> Result<Next, Problem> {
        let callback = &provider.obtain.callback;
        let codeless = callback.code.is_some() || callback.pending_when.is_some();
        if provider.auth_mode() == AuthMode::Installation || codeless {
            state = state.for_answer_without_code();
        }
        let (app, inputs) =
            self.with_client(provider, integration, inputs, wish.otherwise.own_client()).await?;
        let (redirect_uri, state_text) = (&self.redirect_uri, &state.text);
        let begun = match provider.auth_mode() {
            AuthMode::Installation => self.oauth.visit(provider, &app, &inputs, redirect_uri, state_text),
            _ => self.oauth.begin(provider, &app, &inputs, redirect_uri, state_text, &wish.otherwise.params),
        };
        let begun = begun.map_err(|fault| Problem::provider(fault, Phase::Authorize))?;
        self.vault
            .start_authorization(StartAuthorization {
                authorization: state.authorization,
                session: wish.session,
                browser: wish.browser,
                integration: wish.integration,
                state: state.digest,
                redirect_uri: self.redirect_uri.to_string(),
                scopes: app.scopes,
                code_verifier: begun.verifier,
                inputs,
            })
            .await?;
        info!(authorization.id = %state.authorization, provider = %provider.id, "An end user is sent to the provider");
        Ok(Next::Away { url: begun.url, attempt: state.authorization })
    }

    /// For credentials that are typed, and for the app's own: the attempt is answered by us, in the same breath.
    async fn connect_at_once(
        &self,
        provider: &Provider,
        unasked: Unasked,
        about: About,
    ) -> Result<Came, Problem> {
        let state = State::new(Timestamp(self.clock.now()));
        let (flows, noted) = self.noting(about, state.authorization);
        let came = flows.connect_noted(provider, unasked, state, &noted).await;
        noted.came(came.as_ref().copied());
        came
    }

    async fn connect_noted(
        &self,
        provider: &Provider,
        Unasked { wish, inputs, scopes }: Unasked,
        state: State,
        noted: &Noted,
    ) -> Result<Came, Problem> {
        let otherwise = wish.otherwise;
        self.vault
            .start_authorization(StartAuthorization {
                authorization: state.authorization,
                session: wish.session,
                browser: wish.browser,
                integration: wish.integration,
                state: state.digest,
                redirect_uri: String::new(),
                scopes,
                code_verifier: None,
                inputs,
            })
            .await?;
        let claimed = self.vault.claim_authorization(state.authorization, state.digest, wish.browser).await?;
        let attempt = Claimed::of(state.authorization, &claimed);
        self.concluded(attempt, self.obtain(provider, claimed, otherwise, noted).await, noted).await
    }

    async fn obtain(
        &self,
        provider: &Provider,
        claimed: ClaimedAuthorization,
        otherwise: Otherwise,
        noted: &Noted,
    ) -> Result<Gathered, Problem> {
        let (app, mut inputs) = (app(claimed.app), claimed.inputs);
        let begun = Instant::now();
        let grant = match (provider.auth_mode(), otherwise.refresh_token) {
            (AuthMode::OAuth2Code, Some(token)) => {
                inputs = self.with_server(provider, &app, inputs, otherwise.client).await?;
                self.of_refresh_token(provider, &app, &inputs, token).await
            }
            (AuthMode::OAuth2ClientCredentials, _) => {
                let grant = self.oauth.client_credentials(provider, &app, &inputs).await;
                grant.map_err(|fault| Problem::provider(fault, Phase::Exchange))
            }
            (AuthMode::Exchange, _) => {
                let grant = self.oauth.exchange_steps(provider, &app, &inputs).await;
                grant.map_err(|fault| Problem::provider(fault, Phase::Exchange))
            }
            _ => {
                let grant = given(provider, &app, &inputs);
                grant.map_err(|fault| Problem::provider(fault, Phase::Verify))
            }
        };
        let asks = [AuthMode::OAuth2Code, AuthMode::OAuth2ClientCredentials, AuthMode::Exchange];
        if asks.contains(&provider.auth_mode()) {
            counts::step(&claimed.integration, "exchange", begun, &grant);
        }
        let grant = grant?;
        // A credential replaces nothing before the provider has accepted it.
        let (auth_mode, documented) = (provider.auth_mode().as_str().to_owned(), documented(provider));
        let obtained = Obtained { auth_mode, grant, documented };
        self.gathered(provider, &app, &inputs, obtained, noted).await
    }

    /// Learns what the provider's API must be told of the connection, and tries the credential. Nobody is asked.
    pub(super) async fn verified(
        &self,
        provider: &Provider,
        app: &latchkey_oauth::App,
        inputs: &Inputs,
        mut obtained: Obtained,
        noted: &Noted,
    ) -> Result<Obtained, Problem> {
        let known = self.oauth.look_up(provider, app, obtained.grant, inputs).await;
        obtained.grant = known.map_err(|fault| Problem::provider(fault, Phase::Verify))?;
        self.tried(provider, app, inputs, obtained, noted).await
    }

    /// Tries the credential with the provider's probe, where it has one, and learns whose account it is.
    pub(super) async fn tried(
        &self,
        provider: &Provider,
        app: &latchkey_oauth::App,
        inputs: &Inputs,
        mut obtained: Obtained,
        noted: &Noted,
    ) -> Result<Obtained, Problem> {
        let integration = noted.integration();
        let (begun, mark) = (Instant::now(), noted.mark());
        let verified = self.oauth.verify(provider, app, &obtained.grant, inputs).await;
        let verified = verified.map_err(|fault| Problem::provider(fault, Phase::Verify));
        noted.verified(mark, &verified);
        counts::step(integration, "verify", begun, &verified);
        counts::verification(integration, &verified);
        if let Some(account) = verified?.account() {
            obtained.grant.account = Some(account);
        }
        Ok(obtained)
    }
}

fn offered<'a>(session: &'a SessionView, key: &IntegrationKey) -> Result<&'a IntegrationView, Problem> {
    let found = session.integrations.iter().find(|integration| integration.key == *key);
    found.ok_or_else(|| Problem::NotOffered(key.to_string()))
}

/// Whether a credential of this kind can be asked for otherwise in this way.
fn fits(mode: AuthMode, otherwise: &Otherwise) -> Result<(), Problem> {
    let malformed = |message: &str| Err(Problem::Malformed(message.to_owned()));
    match mode {
        AuthMode::OAuth2Code => Ok(()),
        _ if otherwise.refresh_token.is_some() => malformed("A refresh token goes with OAuth 2."),
        AuthMode::OAuth1Given => Ok(()),
        _ if otherwise.client.is_some() => malformed("A client of one's own goes with OAuth."),
        _ => Ok(()),
    }
}

/// What was typed, as the provider's entry wants it.
fn checked(provider: &Provider, typed: &BTreeMap<String, String>) -> Result<Inputs, Problem> {
    let typed = typed.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
    check_inputs(provider, &typed).map_err(|fault| Problem::provider(fault, Phase::Verify))
}
