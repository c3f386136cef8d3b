//! Makes a credential by the requests an entry lists, one after another, each of which may read the answers before it.
//!
//! Invariant: cookies and answers go back to the host they came from alone, or where the entry's own templates send them.

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{self, unrendered},
    assertions,
    carrier::{Answer, Operation},
    cookies::Jar,
    exchange::usable,
    verdict,
};
use latchkey_providers::{Provider, Step, TokenResponse};
use latchkey_secret::Grant;
use serde_json::Value;

/// Where an exchange stands: what was answered last, and the cookies so far.
#[derive(Default)]
pub(crate) struct Progress {
    pub(crate) last: Option<Answer>,
    pub(crate) jar: Jar,
}

impl Client {
    /// Takes the steps of an entry whose credential is made of what was typed, and of what a visit brought.
    ///
    /// `inputs` have been through [`crate::check_inputs`].
    ///
    /// # Errors
    /// [`FaultKind::CredentialsRejected`] where what was typed is refused; else any kind but `GrantRefused`.
    pub async fn exchange_steps(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
    ) -> Result<Grant, Fault> {
        self.steps_again(Operation::Exchange, provider, app, inputs).await
    }

    /// As [`Self::exchange_steps`], with fields that were checked when they came in.
    pub(crate) async fn steps_again(
        &self,
        operation: Operation,
        provider: &Provider,
        app: &App,
        fields: &Inputs,
    ) -> Result<Grant, Fault> {
        let mut material = Material::of_app(provider, app).with_fields(fields);
        let rules = provider.token_response();
        assertions::fill(provider, &provider.obtain.assertions, &mut material)?;
        let steps: Vec<&Step> = provider.steps().iter().collect();
        let progress =
            self.take(operation, provider, &mut material, &steps, rules, Progress::default()).await;
        let progress = progress.map_err(|fault| of_typed(provider, operation, fault))?;
        let tokens = usable(provider, rules, &material, &progress)?;
        let (material, tokens) = self.beside(operation, provider, rules, material, tokens).await?;
        assemble::of_tokens(provider, material, fields, None, tokens, &progress)
    }

    /// Takes steps; their answers join those in `material`.
    pub(crate) async fn take(
        &self,
        operation: Operation,
        provider: &Provider,
        material: &mut Material<'_>,
        steps: &[&Step],
        rules: &TokenResponse,
        mut progress: Progress,
    ) -> Result<Progress, Fault> {
        for (index, step) in steps.iter().enumerate() {
            let rendered =
                provider.step_request(step, &material.values).map_err(|error| unrendered(&error))?;
            let Some(mut request) = rendered else {
                material.values.step.push(Value::Null);
                continue;
            };
            progress.jar.put_on(&mut request);
            if let Some(sign) = &step.sign {
                let signed = provider.signed_step(sign, request, &material.values);
                request = signed.map_err(|error| unrendered(&error))?;
            }
            let url = request.url.clone();
            let answer = self.send(operation, provider, request).await?;
            progress.jar.take(&url, &answer.set_cookie);
            let is_last = index + 1 == steps.len();
            let number = material.values.step.len();
            let document = verdict::step_document(&answer, number, is_last, rules, &material.secrets)?;
            remember(material, document.value());
            progress.last = Some(answer);
        }
        Ok(progress)
    }
}

/// The answer joins those that templates read. Whatever text is in it may be a secret, and is not repeated.
pub(crate) fn remember(material: &mut Material<'_>, document: &Value) {
    hide(material, document);
    material.values.step.push(document.clone());
}

fn hide(material: &mut Material<'_>, value: &Value) {
    /// What is shorter is a word of the provider's, and not a secret.
    const SECRET_MIN: usize = 8;
    match value {
        Value::String(text) if text.len() >= SECRET_MIN => material.secrets.add(text),
        Value::Array(items) => items.iter().for_each(|item| hide(material, item)),
        Value::Object(entries) => entries.values().for_each(|value| hide(material, value)),
        _ => {}
    }
}

/// A refusal of a login is a refusal of what was typed, unless the steps are made in the name of the integration's app.
/// Whether it is one of them alone, a refusal with nothing but its status says only at the first time.
fn of_typed(provider: &Provider, operation: Operation, fault: Fault) -> Fault {
    let is_login = match (&fault.kind, fault.http_status) {
        (FaultKind::ClientRejected, _) => !provider.needs_client(),
        (FaultKind::GrantRefused, _) | (FaultKind::RequestRejected, Some(401 | 403)) => true,
        (FaultKind::RequestRejected, Some(400 | 404 | 422)) => operation != Operation::Refresh,
        _ => false,
    };
    if is_login { Fault { kind: FaultKind::CredentialsRejected, ..fault } } else { fault }
}
