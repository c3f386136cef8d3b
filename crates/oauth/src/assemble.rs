//! Makes a [`Grant`] of what was typed, what an answer held, and what the provider's entry says about both.

use crate::{
    ClientIdentity, Fault, FaultKind, Inputs,
    app::{Material, is_set_secret},
    assertions, internal,
    steps::Progress,
    tokens::Tokens,
};
use latchkey_providers::{AuthMode, Provider, RefreshMode, RenderError, server};
use latchkey_secret::{AccessToken, Grant, Handout, RefreshToken, Renewal, SecretText, Signer};

/// How the next credential comes to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Renews {
    /// RFC 6749 §6.
    ByRefreshToken,
    /// By the access token, which stands where a refresh token would.
    ByAccessToken,
    /// By the app's own signature.
    ByApp,
    /// By asking again, as the first time.
    ByRepeating,
    /// Not without the user, or not in a way that is known here.
    Never,
}

pub(crate) fn renews(provider: &Provider) -> Renews {
    match (provider.refresh_mode(), provider.auth_mode()) {
        (RefreshMode::RefreshToken, _) => Renews::ByRefreshToken,
        (RefreshMode::AccessToken, _) => Renews::ByAccessToken,
        (RefreshMode::AppSigned, _) => Renews::ByApp,
        (RefreshMode::Repeat, AuthMode::OAuth2ClientCredentials | AuthMode::Minted) => Renews::ByRepeating,
        (RefreshMode::Repeat, AuthMode::Exchange | AuthMode::Installation) if provider.can_repeat() => {
            Renews::ByRepeating
        }
        // A code is good for one exchange.
        (RefreshMode::Repeat | RefreshMode::None, _) => Renews::Never,
    }
}

/// The grant of the answers to a token request or to steps.
///
/// `fields` is what is known of the connection already, and `kept` the refresh token that goes on living if the answer
/// brings no other.
///
/// # Errors
/// [`FaultKind::ResponseInvalid`]: what the answers make impossible is their fault, and they came: the old token may be
/// spent.
pub(crate) fn of_tokens(
    provider: &Provider,
    material: Material<'_>,
    fields: &Inputs,
    kept: Option<RefreshToken>,
    tokens: Tokens,
    progress: &Progress,
) -> Result<Grant, Fault> {
    let mut fields = merge(provider, fields, tokens.captured);
    fields.extend(outliving(provider, &material));
    let mut material = material.with_fields(&fields);
    if let Some(token) = &tokens.access_token {
        material = material.with_token("access_token", token.expose());
    }
    let mut handout = Handout::default();
    let cookies = progress.last.as_ref().filter(|_| provider.token_response().cookies);
    if let Some(header) = cookies.and_then(|answer| progress.jar.of_host(&answer.host)) {
        material = material.with_token("cookie", &header);
        handout.headers.insert("cookie".into(), header.into());
    }
    let renewal = renewal(provider, &fields, kept, tokens.refresh_token, tokens.access_token.as_ref());
    let handout = Handout { access_token: tokens.access_token, fields, ..handout };
    let grant = of_handout(provider, &material, handout).map_err(|fault| {
        let fault = Fault { kind: FaultKind::ResponseInvalid, ..fault };
        progress.last.iter().fold(fault, |fault, answer| fault.with_status(answer.status).at(&answer.host))
    })?;
    Ok(Grant { renewal, expires_in: tokens.expires_in, scopes: tokens.scopes, ..grant })
}

pub(crate) fn renewal(
    provider: &Provider,
    fields: &Inputs,
    kept: Option<RefreshToken>,
    refresh_token: Option<RefreshToken>,
    access_token: Option<&AccessToken>,
) -> Option<Renewal> {
    let mut fields = copy(fields);
    let goes_on = provider.refresh_response().unchanged.iter().any(|name| name == "access_token");
    if let Some(token) = access_token.filter(|_| goes_on) {
        fields.insert("token.access_token".into(), SecretText::new(token.expose().to_owned()));
    }
    match renews(provider) {
        Renews::ByRefreshToken => {
            refresh_token.or(kept).map(|token| Renewal { refresh_token: Some(token), fields })
        }
        Renews::ByAccessToken => access_token.map(|token| Renewal {
            refresh_token: Some(RefreshToken::new(token.expose().to_owned())),
            fields,
        }),
        Renews::ByRepeating | Renews::ByApp => Some(Renewal { refresh_token, fields }),
        Renews::Never => None,
    }
}

/// Assertions that stand for what was to be used once and is gone.
fn outliving(provider: &Provider, material: &Material<'_>) -> Inputs {
    let names = provider.outliving_assertions();
    let signed = names.into_iter().filter_map(|name| Some((name, material.values.assertion.get(name)?)));
    signed
        .map(|(name, text)| (format!("{}.{name}", internal::ASSERTION), SecretText::new(text.clone())))
        .collect()
}

/// A grant of which only the handout is known.
pub(crate) fn of_handout(
    provider: &Provider,
    material: &Material<'_>,
    handout: Handout,
) -> Result<Grant, Fault> {
    let headers = provider.headers(&material.values).map_err(|error| unrendered(&error))?;
    let origins = provider.origins(&material.values).or_else(|error| unlearnt(provider, &error))?;
    let mut handout = handout;
    handout.headers.extend(headers.into_iter().map(|(name, value)| (name, value.into())));
    handout.query =
        provider.query(&material.values).into_iter().map(|(name, value)| (name, value.into())).collect();
    handout.body = provider
        .body_fields(&material.values)
        .into_iter()
        .map(|(name, value)| (name, value.into()))
        .collect();
    let base_url = provider.base_url(&material.values).or_else(|error| unlearnt(provider, &error))?;
    handout.base_url = base_url.map(|url| SecretText::new(url.into()));
    handout.signer = match provider.signer(&material.values).map_err(|error| unrendered(&error))? {
        Some(signer) => Some(kept(signer)),
        None => assertions::identity_on_api(provider, material)?.map(shown),
    };
    // The client a grant belongs to renews it; whoever uses the grant has no business with it.
    handout.fields.retain(|name, _| !name.starts_with(server::PREFIX) && !internal::is_renewing(name));
    Ok(Grant { handout, origins, ..Grant::default() })
}

fn shown(identity: ClientIdentity) -> Signer {
    let parameters = [(Signer::CERTIFICATE, identity.certificate), (Signer::PRIVATE_KEY, identity.key)];
    let parameters = parameters.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Signer { scheme: Signer::MUTUAL_TLS.to_owned(), parameters }
}

fn kept(mut signer: latchkey_providers::Signer) -> Signer {
    let parameters = std::mem::take(&mut signer.parameters);
    let parameters = parameters.into_iter().map(|(name, value)| (name, value.into())).collect();
    Signer { scheme: signer.scheme.as_str().to_owned(), parameters }
}

/// What the API must be told of the connection is learnt with the credential, so it may be missing until then.
fn unlearnt<T: Default>(provider: &Provider, error: &RenderError) -> Result<T, Fault> {
    let is_learnt = |name: &str| provider.learnt().contains(name.strip_prefix("conn.").unwrap_or(name));
    match error {
        RenderError::Undefined { reference, .. } if is_learnt(reference) => Ok(T::default()),
        error => Err(unrendered(error)),
    }
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
    let kept = fields.iter().filter(|(name, _)| is_set_secret(provider, name) || !provider.passes(name));
    kept.map(|(name, value)| (name.clone(), SecretText::new(value.expose().to_owned()))).collect()
}

pub(crate) fn copy(fields: &Inputs) -> Inputs {
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
