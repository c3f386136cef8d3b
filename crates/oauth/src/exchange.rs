//! Trades what one has for a token: a code, the app's own credentials, or what was typed.

use crate::{
    Answer, App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{self, unrendered},
    assertions,
    carrier::Operation,
    steps::{self, Progress},
    tokens::{self, Tokens},
    verdict,
};
use latchkey_providers::{Answers, Grant as Asked, Provider, Step, StepWhen, TokenResponse};
use latchkey_secret::{AuthorizationCode, CodeVerifier, Grant, RefreshToken, SecretText};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

impl Client {
    /// Trades an authorization code (RFC 6749 §4.1.3, RFC 7636 §4.5).
    ///
    /// Not cancel-safe, and not to be repeated after [`Fault::may_have_taken_effect`]: a code is good for one exchange.
    ///
    /// # Errors
    /// Any [`FaultKind`] but `CredentialsRejected`.
    pub async fn exchange(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
        redirect_uri: &str,
        code: &AuthorizationCode,
        verifier: Option<&CodeVerifier>,
    ) -> Result<Grant, Fault> {
        let mut material = Material::of_app(provider, app)
            .with_fields(inputs)
            .with_flow("redirect_uri", redirect_uri)
            .with_secret_flow("code", code.expose());
        if let Some(verifier) = verifier {
            material = material.with_secret_flow("code_verifier", verifier.expose());
        }
        let asked = Asked::AuthorizationCode {
            code: code.expose(),
            redirect_uri,
            code_verifier: verifier.map(CodeVerifier::expose),
        };
        self.obtain(Operation::Exchange, provider, material, inputs, asked).await
    }

    /// Obtains a token by the client credentials themselves (RFC 6749 §4.4).
    ///
    /// # Errors
    /// [`FaultKind::CredentialsRejected`] where the refused client is one that was typed for this connection; else any
    /// kind but `GrantRefused`.
    pub async fn client_credentials(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
    ) -> Result<Grant, Fault> {
        let inputs = check_inputs(provider, inputs)?;
        self.credentials_again(Operation::ClientCredentials, provider, app, &inputs).await
    }

    /// As [`Self::client_credentials`], with fields that were checked when they came in.
    pub(crate) async fn credentials_again(
        &self,
        operation: Operation,
        provider: &Provider,
        app: &App,
        fields: &Inputs,
    ) -> Result<Grant, Fault> {
        let material = Material::of_app(provider, app).with_fields(fields);
        let asked = Asked::ClientCredentials { scopes: &app.scopes };
        let outcome = self.obtain(operation, provider, material, fields, asked).await;
        outcome.map_err(|fault| {
            let typed = app.client_id.is_empty() && !provider.obtain.client.is_empty();
            let kind = if typed && fault.kind == FaultKind::ClientRejected {
                FaultKind::CredentialsRejected
            } else {
                fault.kind
            };
            Fault { kind, ..fault }
        })
    }

    /// One token request and what comes of it.
    pub(crate) async fn obtain(
        &self,
        operation: Operation,
        provider: &Provider,
        material: Material<'_>,
        fields: &Inputs,
        asked: Asked<'_>,
    ) -> Result<Grant, Fault> {
        let rules = match operation {
            Operation::Refresh => provider.refresh_response(),
            _ => provider.token_response(),
        };
        // A refresh token goes on living unless the answer brings another (RFC 6749 §6).
        let kept = match asked {
            Asked::RefreshToken { refresh_token } => Some(RefreshToken::new(refresh_token.to_owned())),
            _ => None,
        };
        let mut material = material;
        let answer = self.ask_for_token(operation, provider, &mut material, asked).await?;
        let document = verdict::token_document(&answer, rules, &material.secrets)?;
        steps::remember(&mut material, document.value());
        let progress = self.followed(operation, provider, &mut material, rules, answer).await?;
        let tokens = usable(provider, rules, &material, &progress)?;
        let (material, tokens) = self.beside(operation, provider, rules, material, tokens).await?;
        assemble::of_tokens(provider, material, fields, kept, tokens, &progress)
    }

    /// One token request (RFC 6749 §3.2), by which the client proves itself.
    pub(crate) async fn ask_for_token(
        &self,
        operation: Operation,
        provider: &Provider,
        material: &mut Material<'_>,
        asked: Asked<'_>,
    ) -> Result<Answer, Fault> {
        assertions::fill(provider, &provider.obtain.assertions, material)?;
        assertions::authenticate(provider, material)?;
        let request = provider.token_request(&material.values, asked).map_err(|error| unrendered(&error))?;
        let identity = assertions::identity(provider, material)?;
        self.send_as(operation, provider, request, identity).await
    }

    /// What follows the token request, before its answer is read. The code, or the old token, is spent by then: no failure
    /// here is one after which all is as it was.
    async fn followed(
        &self,
        operation: Operation,
        provider: &Provider,
        material: &mut Material<'_>,
        rules: &TokenResponse,
        answer: Answer,
    ) -> Result<Progress, Fault> {
        let when = if operation == Operation::Refresh { StepWhen::Refresh } else { StepWhen::Obtain };
        let steps: Vec<&Step> = provider.steps_after(when).collect();
        let progress = Progress { last: Some(answer), ..Progress::default() };
        let taken = self.take(operation, provider, material, &steps, rules, progress).await;
        taken.map_err(|fault| match fault.kind {
            FaultKind::GrantRefused | FaultKind::ResponseInvalid => fault,
            _ => Fault { kind: FaultKind::Ambiguous, ..fault },
        })
    }
}

/// The tokens in the answers so far.
pub(crate) fn usable(
    provider: &Provider,
    rules: &TokenResponse,
    material: &Material<'_>,
    progress: &Progress,
) -> Result<Tokens, Fault> {
    let answers = Answers(&material.values.step);
    tokens::read(answers, provider, rules, &material.values).map_err(|unusable| {
        let fault = Fault::described(FaultKind::ResponseInvalid, unusable.as_str());
        progress.last.iter().fold(fault, |fault, answer| fault.with_status(answer.status).at(&answer.host))
    })
}

/// Brings what was typed into its plain form: affixes stripped, defaults filled in, empty optional values left out.
///
/// # Errors
/// [`FaultKind::InputInvalid`] with the field, and what would be right as the description.
pub fn check_inputs(provider: &Provider, inputs: &Inputs) -> Result<Inputs, Fault> {
    let typed: BTreeMap<String, String> =
        inputs.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect();
    let checked = provider.check_inputs(&typed);
    typed.into_values().for_each(|value| drop(Zeroizing::new(value)));
    checked
        .map(|checked| checked.into_iter().map(|(name, value)| (name, SecretText::new(value))).collect())
        .map_err(|error| Fault::described(FaultKind::InputInvalid { field: error.field }, error.message))
}

/// What the entry asks to keep of a callback, besides the code, by the connection's field name.
#[must_use]
pub fn callback_fields(provider: &Provider, pairs: &[(String, String)]) -> Inputs {
    let set = provider.obtain.callback.set.iter();
    set.filter_map(|(field, parameter)| {
        let mut found = pairs.iter().filter(|(name, _)| name == parameter);
        // One given twice is nobody's to choose from.
        let (Some((_, value)), None) = (found.next(), found.next()) else { return None };
        Some((field.clone(), SecretText::new(value.clone())))
    })
    .collect()
}
