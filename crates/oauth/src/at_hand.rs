//! Credentials nobody is asked for: what was typed, and what is signed of it here.

use crate::{App, Fault, FaultKind, Inputs, app::Material, assemble, assertions, exchange::check_inputs};
use latchkey_providers::{AuthMode, Provider};
use latchkey_secret::{AccessToken, Grant, Handout, Renewal};
use serde_json::Value;
use std::time::Duration;

/// Makes a grant without asking anybody: an API key, a user name and a password, a pasted token, a token signed here.
///
/// # Errors
/// [`FaultKind::InputInvalid`] where something is missing or not of the form the entry asks for.
pub fn given(provider: &Provider, app: &App, inputs: &Inputs) -> Result<Grant, Fault> {
    let fields = check_inputs(provider, inputs)?;
    if provider.auth_mode() == AuthMode::Minted {
        return minted(provider, app, &fields);
    }
    let material = Material::of_app(provider, app).with_fields(&fields);
    let fields = assemble::retained(provider, &fields);
    assemble::of_handout(provider, &material, Handout { fields, ..Handout::default() })
}

/// Signs a token of what was typed. To renew it is to sign another.
pub(crate) fn minted(provider: &Provider, app: &App, fields: &Inputs) -> Result<Grant, Fault> {
    let mut material = Material::of_app(provider, app).with_fields(fields);
    assertions::fill(provider, &provider.obtain.assertions, &mut material)?;
    let token = provider.token_response().access_token.as_ref();
    let token = token.and_then(|token| token.read(&Value::Null, &material.values));
    let token = token.ok_or_else(|| Fault::described(FaultKind::Unsupported, "nothing was signed"))?;
    let material = material.with_token("access_token", &token);
    let fields = assemble::retained(provider, fields);
    let renewal = Renewal { refresh_token: None, fields: assemble::copy(&fields) };
    let handout = Handout { access_token: Some(AccessToken::new(token)), fields, ..Handout::default() };
    Ok(Grant {
        renewal: Some(renewal),
        expires_in: provider.lifetime().assume_seconds.map(Duration::from_secs),
        ..assemble::of_handout(provider, &material, handout)?
    })
}
