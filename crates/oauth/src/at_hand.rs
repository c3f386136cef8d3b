//! Credentials nobody is asked for: what was typed, and what is signed of it here.

use crate::{App, Fault, FaultKind, Inputs, app::Material, assemble, assertions, exchange::check_inputs};
use latchkey_providers::{AuthMode, Provider, server};
use latchkey_secret::{AccessToken, Grant, Handout, Renewal};
use serde_json::Value;
use std::time::Duration;

/// Makes a grant without asking anybody: an API key, a user name and a password, a pasted token, a token signed here.
///
/// # Errors
/// [`FaultKind::InputInvalid`] where something is missing or not of the form the entry asks for.
pub fn given(provider: &Provider, app: &App, inputs: &Inputs) -> Result<Grant, Fault> {
    // A client of the end user's own comes beside what was typed, under names that nobody can type.
    let (client, typed): (Inputs, Inputs) =
        assemble::copy(inputs).into_iter().partition(|(name, _)| name.starts_with(server::PREFIX));
    let fields = check_inputs(provider, &typed)?;
    if provider.auth_mode() == AuthMode::Minted {
        return minted(provider, app, &fields);
    }
    let material = Material::of_app(provider, app).with_fields(&fields).with_fields(&client);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own_client;
    use latchkey_providers::Catalogue;

    #[test]
    fn a_pasted_token_is_signed_with_the_client_it_was_given_to() {
        let provider = Catalogue::embedded().get("netsuite-tba").unwrap();
        let secret = |text: &str| latchkey_secret::SecretText::new(text.to_owned());
        let app = App {
            client_id: "ours".into(),
            client_secret: Some(latchkey_secret::ClientSecret::new("canary_ours".into())),
            scopes: vec![],
            fields: Inputs::new(),
        };
        let typed = [("account_id", "77"), ("token_id", "t"), ("token_secret", "canary_token")];
        let mut inputs: Inputs = typed.map(|(name, text)| (name.to_owned(), secret(text))).into();
        let signed_as = |inputs: &Inputs| {
            let grant = given(&provider, &app, inputs).unwrap();
            assert!(grant.handout.fields.keys().all(|name| !name.starts_with(server::PREFIX)));
            let parameters = grant.handout.signer.unwrap().parameters;
            parameters.values().map(|value| value.expose().to_owned()).collect::<Vec<_>>()
        };
        let of = |signed: &[String], text: &str| signed.iter().any(|value| value == text);
        let ours = signed_as(&inputs);
        assert!(of(&ours, "ours") && of(&ours, "canary_ours"));
        inputs.extend(own_client("theirs", Some(&secret("canary_theirs"))));
        let theirs = signed_as(&inputs);
        assert!(of(&theirs, "theirs") && of(&theirs, "canary_theirs") && !of(&theirs, "canary_ours"));
    }
}
