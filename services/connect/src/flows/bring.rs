//! From a credential that a backend has already to a connection: no session, no browser, no end user.
//!
//! Invariant: what comes is checked as if it had been typed, and nothing is kept of what the provider refuses.

use super::conclude::{copied, until_heard};
use super::noted::{About as Attempt, Noted};
use super::{Flows, app};
use crate::counts;
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, ConnectionId, Environment, IntegrationKey, Phase, Timestamp};
use latchkey_oauth::{
    App, Brought, Fault as OAuthFault, FaultKind, Inputs, brought, check_brought, documented, given,
    own_client,
};
use latchkey_providers::{AuthMode, Provider};
use latchkey_secret::{Grant, SecretText};
use latchkey_wire::actor;
use latchkey_wire::contract::{
    BringCredential, Established, NewConnection, Obtained, PrepareConnection, PreparedConnection, Target,
};
use sha2::{Digest as _, Sha256};
use std::time::Instant;
use tracing::info;

/// What a backend brings, and what for.
pub struct Bring {
    pub environment: Environment,
    pub target: Target,
    /// What it takes to make a connection, where one is to be made.
    pub created: Option<NewConnection>,
    pub credential: Credential,
    pub checking: Checking,
    /// What the caller calls this request, where it may come again.
    pub request: Option<String>,
}

#[derive(Default)]
pub struct Credential {
    pub tokens: Brought,
    pub fields: Inputs,
    /// The client the tokens were issued to, where that is not the integration's.
    pub client: Option<(String, Option<SecretText>)>,
    /// When the provider gave it, where that is known.
    pub issued_at: Option<Timestamp>,
}

/// What is to be kept.
struct Gained {
    obtained: Obtained,
    /// When the provider gave it, where that was not just now.
    issued_at: Option<Timestamp>,
}

/// How much is asked of the provider before a credential is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checking {
    Verify,
    Nothing,
}

impl Flows {
    /// Makes a connection of what a backend brings, or another generation of one. What was begun is finished although the
    /// backend goes away.
    ///
    /// # Errors
    /// [`Problem`]; nothing is kept then.
    pub async fn bring(&self, bring: Bring) -> Result<Established, Problem> {
        let flows = self.clone();
        self.tasks.finish("bring", actor::kept(async move { flows.brought(bring).await })).await
    }

    async fn brought(&self, bring: Bring) -> Result<Established, Problem> {
        let (request, named) = self.request(&bring);
        let prepared = self
            .vault
            .prepare_connection(PrepareConnection {
                environment: bring.environment.clone(),
                target: bring.target,
                request,
                named,
                reveals_app: false,
            })
            .await?;
        let connection = prepared.connection;
        if let Some(generation) = prepared.done {
            return Ok(Established { connection, generation });
        }
        let provider = self.provider(&prepared.provider)?;
        let attempt = Attempt {
            environment: bring.environment.clone(),
            integration: prepared.integration.clone(),
            provider: provider.id.clone(),
            session: None,
            connection: bring.created.is_none().then_some(connection),
        };
        // A request that comes again after a refusal is another attempt, with a log of its own.
        let log = AuthorizationId::from_parts(self.clock.now().unsigned_abs(), rand::random());
        let (flows, noted) = self.noting(attempt, log);
        let dead = bring.created.as_ref().is_some_and(|created| created.needs_reauth);
        let brought = async {
            let obtained = if dead {
                Ok(Gained { obtained: nothing(&provider), issued_at: None })
            } else {
                flows.obtain_brought(&provider, prepared, bring.credential, bring.checking, &noted).await
            };
            let (environment, created) = (bring.environment, bring.created);
            let (gained, integration) = (obtained?, noted.integration().clone());
            flows.kept(environment, integration, connection, request, gained, created).await
        };
        let established = brought.await;
        noted.ended(established.as_ref().map(|established| established.connection));
        established
    }

    /// What a request is called here: the same for the same caller's name for it.
    fn request(&self, bring: &Bring) -> (AuthorizationId, bool) {
        let Some(name) = &bring.request else {
            let now = self.clock.now().unsigned_abs();
            return (AuthorizationId::from_parts(now, rand::random()), false);
        };
        let target = match &bring.target {
            Target::New(_) => "new".to_owned(),
            Target::Present(connection) => connection.to_string(),
        };
        let digest: [u8; 32] = Sha256::digest(format!("{}\n{target}\n{name}", bring.environment)).into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        (AuthorizationId::from_bytes(id), true)
    }

    async fn obtain_brought(
        &self,
        provider: &Provider,
        prepared: PreparedConnection,
        credential: Credential,
        checking: Checking,
        noted: &Noted,
    ) -> Result<Gained, Problem> {
        let app = app(prepared.app);
        let fields =
            check_brought(provider, credential.fields).map_err(|fault| in_fields(fault, Phase::Verify))?;
        let fields = self.with_server(provider, &app, fields, credential.client).await?;
        let begun = Instant::now();
        let came = self.grant_of(provider, &app, &fields, credential.tokens, checking).await;
        counts::step(noted.integration(), "exchange", begun, &came);
        let (grant, is_new) = came?;
        let issued_at = credential.issued_at.filter(|_| !is_new);
        let (auth_mode, documented) = (provider.auth_mode().as_str().to_owned(), documented(provider));
        let obtained = Obtained { auth_mode, grant, documented };
        if checking == Checking::Verify {
            let obtained = self.verified(provider, &app, &fields, obtained, noted).await?;
            return Ok(Gained { obtained, issued_at });
        }
        unlearnt(provider, &obtained)?;
        Ok(Gained { obtained, issued_at })
    }

    /// What discovery finds out of a server, and the client the tokens are of, as a login would have kept them.
    pub(super) async fn with_server(
        &self,
        provider: &Provider,
        app: &App,
        mut fields: Inputs,
        client: Option<(String, Option<SecretText>)>,
    ) -> Result<Inputs, Problem> {
        let takes_client = matches!(provider.auth_mode(), AuthMode::OAuth2Code | AuthMode::OAuth1Given);
        if client.is_some() && !takes_client {
            return Err(wrong("client_id", "goes with tokens of OAuth, which this provider has none of"));
        }
        if client.is_none() && app.client_id.is_empty() && provider.client_registration().is_some() {
            return Err(wrong(
                "client_id",
                "is missing: this provider has a client of its own for each product, and only the one a token was \
                 issued to can renew it",
            ));
        }
        if !provider.discovery().is_empty() {
            let found = self.oauth.discover(provider, app, &fields).await;
            let found = found.map_err(|fault| Problem::provider(fault, Phase::Exchange))?;
            fields.extend(found.fields());
        }
        if let Some((id, secret)) = client {
            fields.extend(own_client(&id, secret.as_ref()));
        }
        Ok(fields)
    }

    /// The grant of a refresh token that was given already: what it is worth is seen by using it.
    pub(super) async fn of_refresh_token(
        &self,
        provider: &Provider,
        app: &App,
        fields: &Inputs,
        token: SecretText,
    ) -> Result<Grant, Problem> {
        let tokens = Brought { refresh_token: Some(token), ..Brought::default() };
        Ok(self.grant_of(provider, app, fields, tokens, Checking::Verify).await?.0)
    }

    /// The grant, and whether the provider has just given it.
    async fn grant_of(
        &self,
        provider: &Provider,
        app: &App,
        fields: &Inputs,
        tokens: Brought,
        checking: Checking,
    ) -> Result<(Grant, bool), Problem> {
        let given_now = |grant| (grant, true);
        let refused = |fault| in_fields(fault, Phase::Exchange);
        match provider.auth_mode() {
            AuthMode::OAuth2ClientCredentials if tokens.access_token.is_none() => {
                unwanted(&tokens)?;
                self.oauth.client_credentials(provider, app, fields).await.map(given_now).map_err(refused)
            }
            AuthMode::Exchange | AuthMode::Installation if tokens.access_token.is_none() => {
                unwanted(&tokens)?;
                self.oauth.exchange_steps(provider, app, fields).await.map(given_now).map_err(refused)
            }
            AuthMode::OAuth2Code if tokens.access_token.is_none() && tokens.refresh_token.is_none() => {
                Err(wrong("access_token", "is missing, and there is no refresh_token either"))
            }
            AuthMode::OAuth2Code
            | AuthMode::OAuth1
            | AuthMode::OAuth2ClientCredentials
            | AuthMode::Exchange
            | AuthMode::Installation => {
                let grant = brought(provider, app, fields, tokens);
                let grant = grant.map_err(|fault| Problem::provider(fault, Phase::Verify))?;
                let run_out = grant.expires_in.is_some_and(|left| left.is_zero());
                match &grant.renewal {
                    Some(renewal) if run_out && checking == Checking::Verify => {
                        self.oauth.refresh(provider, app, renewal).await.map(given_now).map_err(of_refresh)
                    }
                    _ => Ok((grant, false)),
                }
            }
            AuthMode::None
            | AuthMode::OAuth1Given
            | AuthMode::Minted
            | AuthMode::AwsSigv4
            | AuthMode::ApiKey
            | AuthMode::Basic => {
                unwanted(&tokens)?;
                let grant = given(provider, app, fields);
                Ok((grant.map_err(|fault| in_fields(fault, Phase::Verify))?, false))
            }
            AuthMode::Unsupported(_) => Err(Problem::Unsupported(provider.name.clone())),
        }
    }

    async fn kept(
        &self,
        environment: Environment,
        integration: IntegrationKey,
        connection: ConnectionId,
        request: AuthorizationId,
        gained: Gained,
        created: Option<NewConnection>,
    ) -> Result<Established, Problem> {
        let Gained { obtained, issued_at } = gained;
        let bring = |obtained| BringCredential {
            environment: environment.clone(),
            integration: integration.clone(),
            connection,
            request,
            obtained,
            issued_at,
            created: created.clone(),
        };
        // A refresh token that was used to get here is gone: the vault is told until it has heard.
        let tell = |elapsed| {
            let again = copied(&obtained, elapsed);
            let bring = again.map(&bring);
            async move { self.vault.bring_credential(bring?).await }
        };
        let established = until_heard(tell).await?;
        info!(connection.id = %connection, generation = established.generation.0, "A credential was brought");
        Ok(established)
    }
}

/// A connection of which it is known that its grant is refused has nothing to keep.
fn nothing(provider: &Provider) -> Obtained {
    let auth_mode = provider.auth_mode().as_str().to_owned();
    Obtained { auth_mode, grant: Grant::default(), documented: documented(provider) }
}

/// Where a provider's API is, it may take a question to know: without the answer nothing can be called.
fn unlearnt(provider: &Provider, obtained: &Obtained) -> Result<(), Problem> {
    let Grant { origins, handout, .. } = &obtained.grant;
    if !origins.is_empty() || handout.access_token.is_none() {
        return Ok(());
    }
    let missing = provider.learnt().into_iter().find(|name| !handout.fields.contains_key(*name));
    missing.map_or(Ok(()), |name| {
        Err(wrong(
            &format!("fields.{name}"),
            "is learnt by asking the provider: give it, or let that be asked",
        ))
    })
}

/// What is wrong with a field, by its whole name.
fn in_fields(fault: OAuthFault, phase: Phase) -> Problem {
    match Problem::provider(fault, phase) {
        Problem::Input { field, message } if !field.starts_with("app.") => {
            Problem::Input { field: format!("fields.{field}"), message }
        }
        problem => problem,
    }
}

/// Nobody is to be asked again for a refresh token that is refused: it is whoever brought it who has a better one.
fn of_refresh(fault: OAuthFault) -> Problem {
    let kind = match fault.kind {
        FaultKind::GrantRefused => FaultKind::CredentialsRejected,
        kind => kind,
    };
    in_fields(OAuthFault { kind, ..fault }, Phase::Exchange)
}

/// Tokens where there can be none.
fn unwanted(tokens: &Brought) -> Result<(), Problem> {
    let named = [
        ("access_token", tokens.access_token.is_some()),
        ("refresh_token", tokens.refresh_token.is_some()),
        ("token_secret", tokens.token_secret.is_some()),
    ];
    match named.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            Err(wrong(name, "is nothing this provider has: what it asks for goes into `fields`"))
        }
        None => Ok(()),
    }
}

fn wrong(field: &str, what: &str) -> Problem {
    Problem::Input { field: field.to_owned(), message: what.to_owned() }
}
