//! Makes a [`Grant`] of what was typed, what an answer held, and what the provider's entry says about both.

use crate::{
    Fault, FaultKind, Inputs,
    app::{Material, is_set_secret},
    tokens::Tokens,
};
use latchkey_providers::{Ask, AuthMode, Provider, RefreshMode, RenderError, Retain, server};
use latchkey_secret::{Grant, Handout, RefreshToken, Renewal, SecretText};

/// How the next credential comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renews {
    /// RFC 6749 §6.
    ByRefreshToken,
    /// By asking again, as the first time.
    ByRepeating,
    /// Not without the user, or not in a way that is known here.
    Never,
}

pub(crate) fn renews(provider: &Provider) -> Renews {
    match (provider.refresh_mode(), provider.auth_mode()) {
        (RefreshMode::RefreshToken, _) => Renews::ByRefreshToken,
        (RefreshMode::Repeat, AuthMode::OAuth2ClientCredentials) => Renews::ByRepeating,
        // A code is good for one exchange.
        (RefreshMode::Repeat | RefreshMode::AccessToken | RefreshMode::AppSigned | RefreshMode::None, _) => {
            Renews::Never
        }
    }
}

/// The grant of a token answer.
///
/// `fields` is what is known of the connection already, and `kept` the refresh token that goes on living if the answer
/// brings no other.
pub(crate) fn of_tokens(
    provider: &Provider,
    material: Material<'_>,
    fields: &Inputs,
    kept: Option<RefreshToken>,
    tokens: Tokens,
) -> Result<Grant, Fault> {
    let fields = merge(provider, fields, tokens.captured);
    let material = material.with_fields(&fields).with_token("access_token", tokens.access_token.expose());
    let refresh_token = tokens.refresh_token.or(kept);
    let renewal = match renews(provider) {
        Renews::ByRefreshToken => {
            refresh_token.map(|token| Renewal { refresh_token: Some(token), fields: copy(&fields) })
        }
        Renews::ByRepeating => Some(Renewal { refresh_token, fields: copy(&fields) }),
        Renews::Never => None,
    };
    Ok(Grant {
        renewal,
        expires_in: tokens.expires_in,
        scopes: tokens.scopes,
        ..of_handout(
            provider,
            &material,
            Handout { access_token: Some(tokens.access_token), fields, ..Handout::default() },
        )?
    })
}

/// A grant of which only the handout is known.
pub(crate) fn of_handout(
    provider: &Provider,
    material: &Material<'_>,
    handout: Handout,
) -> Result<Grant, Fault> {
    let headers = provider.headers(&material.values).map_err(|error| unrendered(&error))?;
    let origins = provider.origins(&material.values).map_err(|error| unrendered(&error))?;
    let headers = headers.into_iter().map(|(name, value)| (name, value.into())).collect();
    let mut handout = handout;
    // The client a grant belongs to renews it; whoever uses the grant has no business with it.
    handout.fields.retain(|name, _| !name.starts_with(server::PREFIX));
    Ok(Grant { handout: Handout { headers, ..handout }, origins, ..Grant::default() })
}

/// What to keep with the connection. What a person typed always wins over what an answer says under the same name.
fn merge(provider: &Provider, known: &Inputs, captured: Inputs) -> Inputs {
    let mut fields = retained(provider, known);
    for (name, value) in captured {
        let typed = provider.inputs.iter().any(|input| input.name == name) && known.contains_key(&name);
        if !typed {
            fields.insert(name, value);
        }
    }
    fields
}

/// The fields that outlive the moment of connecting.
pub(crate) fn retained(provider: &Provider, fields: &Inputs) -> Inputs {
    let is_passing = |name: &str| {
        provider.inputs.iter().any(|input| {
            input.name == name
                && (input.ask == Ask::Once
                    || matches!(input.retain, Some(Retain::Never | Retain::UntilConnected)))
        })
    };
    let kept = fields.iter().filter(|(name, _)| is_set_secret(provider, name) || !is_passing(name));
    kept.map(|(name, value)| (name.clone(), SecretText::new(value.expose().to_owned()))).collect()
}

fn copy(fields: &Inputs) -> Inputs {
    fields.iter().map(|(name, value)| (name.clone(), SecretText::new(value.expose().to_owned()))).collect()
}

/// A request that could not be made. Nothing was sent, and the error names references alone.
pub(crate) fn unrendered(error: &RenderError) -> Fault {
    let kind = match error {
        RenderError::Undefined { reference, .. } | RenderError::Refused { reference, .. } => {
            // `conn.subdomain` was asked for as `subdomain`; what is the developer's keeps its space, and its blame.
            let field = reference.strip_prefix("conn.").unwrap_or(reference).to_owned();
            FaultKind::InputInvalid { field }
        }
        RenderError::Host { .. } => FaultKind::RequestRejected,
        RenderError::Missing(_) | RenderError::Unsupported(_) | RenderError::Url { .. } => {
            FaultKind::Unsupported
        }
    };
    Fault::described(kind, error.to_string())
}
