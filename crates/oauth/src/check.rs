//! Whether a provider accepts an app, asked before any end user stands before it.
//!
//! A token endpoint refuses a client it does not know with `invalid_client` and a code it never gave with `invalid_grant` (RFC 6749
//! §5.2), but in which order it looks is left open. So a code that cannot exist is shown twice: by the app, and by the same app
//! with a secret that cannot be its own. Only where the second is refused as a client does the first's answer mean anything.

use crate::{App, Client, Fault, FaultKind, Inputs, app::Material, carrier::Operation, verdict};
use latchkey_providers::{AuthMode, CodeChallengeMethod, Grant as Asked, Provider};
use latchkey_secret::ClientSecret;

/// What asking has shown.
#[derive(Debug)]
pub enum Checked {
    Accepted,
    /// The client id, or its secret.
    Refused(Fault),
    /// Nobody can be asked: there is no app of the developer's, or where it is asked follows from what an end user types.
    NotAsked,
    /// The answer is the same whoever asks, or is about something else than the client.
    Unclear(Fault),
}

impl Client {
    /// Asks a provider whether it accepts an app. What comes of it is thrown away.
    ///
    /// # Errors
    /// Where the provider cannot be reached or is not itself, and [`FaultKind::InputInvalid`] for a field that the developer left
    /// out (`app.…`).
    pub async fn check_app(
        &self,
        provider: &Provider,
        app: &App,
        redirect_uri: &str,
    ) -> Result<Checked, Fault> {
        match provider.auth_mode() {
            // Typed by each end user, or registered by itself.
            _ if app.client_id.is_empty() => Ok(Checked::NotAsked),
            AuthMode::OAuth2ClientCredentials => {
                match self.client_credentials(provider, app, &Inputs::new()).await {
                    Ok(_) => Ok(Checked::Accepted),
                    Err(fault) => read(fault),
                }
            }
            AuthMode::OAuth2Code => self.check_by_code(provider, app, redirect_uri).await,
            _ => Ok(Checked::NotAsked),
        }
    }

    async fn check_by_code(
        &self,
        provider: &Provider,
        app: &App,
        redirect_uri: &str,
    ) -> Result<Checked, Fault> {
        let unclear = match read(self.with_impossible_code(provider, app, redirect_uri).await)? {
            Checked::Unclear(fault) => fault,
            told => return Ok(told),
        };
        let stranger = stranger(app);
        match read(self.with_impossible_code(provider, &stranger, redirect_uri).await)? {
            Checked::Refused(_) => Ok(Checked::Accepted),
            _ => Ok(Checked::Unclear(unclear)),
        }
    }

    /// What a provider says of a code that it never gave: it has to be something.
    async fn with_impossible_code(&self, provider: &Provider, app: &App, redirect_uri: &str) -> Fault {
        let code = format!("check-{}", made_up());
        let challenged = provider.code_challenge_methods().contains(&CodeChallengeMethod::S256);
        let verifier = challenged.then(made_up);
        let mut material = Material::of_app(provider, app)
            .with_flow("redirect_uri", redirect_uri)
            .with_secret_flow("code", &code);
        if let Some(verifier) = &verifier {
            material = material.with_secret_flow("code_verifier", verifier);
        }
        let asked =
            Asked::AuthorizationCode { code: &code, redirect_uri, code_verifier: verifier.as_deref() };
        let answer = match self.ask_for_token(Operation::Check, provider, &mut material, asked).await {
            Ok(answer) => answer,
            Err(fault) => return fault,
        };
        match verdict::token_document(&answer, provider.token_response(), &material.secrets) {
            Err(fault) => fault,
            Ok(_) => Fault::described(FaultKind::ResponseInvalid, "a made-up code was taken")
                .with_status(answer.status)
                .at(&answer.host),
        }
    }
}

/// What a refusal says of the client.
fn read(fault: Fault) -> Result<Checked, Fault> {
    match &fault.kind {
        FaultKind::ClientRejected => Ok(Checked::Refused(fault)),
        FaultKind::InputInvalid { field } if field.starts_with("app.") => Err(fault),
        FaultKind::InputInvalid { .. } | FaultKind::Unsupported => Ok(Checked::NotAsked),
        FaultKind::GrantRefused
        | FaultKind::RequestRejected
        | FaultKind::CredentialsRejected
        | FaultKind::ResponseInvalid => Ok(Checked::Unclear(fault)),
        // A refusal in words of the provider's own is an answer; one that was lost is none.
        FaultKind::Ambiguous if fault.code.is_some() => Ok(Checked::Unclear(fault)),
        FaultKind::Ambiguous | FaultKind::RateLimited | FaultKind::Unavailable | FaultKind::NotSent => {
            Err(fault)
        }
    }
}

/// The same app, with a secret that is not its own; without one, an app that nobody registered.
fn stranger(app: &App) -> App {
    let has_secret = app.client_secret.is_some();
    let fields = app.fields.iter().map(|(name, value)| (name.clone(), value.expose().to_owned().into()));
    App {
        client_id: if has_secret { app.client_id.clone() } else { format!("check-{}", made_up()) },
        client_secret: has_secret.then(|| ClientSecret::new(made_up())),
        scopes: app.scopes.clone(),
        fields: fields.collect(),
    }
}

/// As long as a code verifier has to be (RFC 7636 §4.1).
fn made_up() -> String {
    format!("{:032x}{:032x}", rand::random::<u128>(), rand::random::<u128>())
}
