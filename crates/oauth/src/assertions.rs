//! Signs what an entry has signed, right before a request is made of it: no assertion is older than its request.

use crate::{App, ClientIdentity, Fault, app::Material, assemble::unrendered};
use latchkey_providers::{Assertion, AuthMode, Provider};
use latchkey_secret::SecretText;
use std::collections::BTreeMap;

/// Signs each of `assertions` and puts it where templates read `${assertion.…}`.
///
/// # Errors
/// [`FaultKind::InputInvalid`](crate::FaultKind::InputInvalid) with the field whose key or name cannot be signed with.
pub(crate) fn fill(
    provider: &Provider,
    assertions: &BTreeMap<String, Assertion>,
    material: &mut Material<'_>,
) -> Result<(), Fault> {
    for (name, assertion) in assertions {
        let signed = provider.assertion(name, assertion, &material.values);
        keep(material, name, signed.map_err(|error| unrendered(&error))?);
    }
    Ok(())
}

/// What an app that is installed proves itself with, signed now: the one assertion of its entry. `None` where it has none, or
/// several, and for whatever is not installed.
///
/// # Errors
/// As [`fill`].
pub fn app_assertion(provider: &Provider, app: &App) -> Result<Option<SecretText>, Fault> {
    let assertions = &provider.obtain.assertions;
    if provider.auth_mode() != AuthMode::Installation || assertions.len() != 1 {
        return Ok(None);
    }
    let mut material = Material::of_app(provider, app);
    fill(provider, assertions, &mut material)?;
    Ok(std::mem::take(&mut material.values.assertion).into_values().next().map(SecretText::new))
}

/// Signs that by which the client proves itself at the token endpoint (RFC 7523 §2.2), where that is how it does.
///
/// # Errors
/// As [`fill`].
pub(crate) fn authenticate(provider: &Provider, material: &mut Material<'_>) -> Result<(), Fault> {
    let signed = provider.client_assertion(&material.values).map_err(|error| unrendered(&error))?;
    if let Some((name, assertion)) = signed {
        keep(material, name, assertion);
    }
    Ok(())
}

/// The certificate the client shows at the token endpoint, where the entry has one (RFC 8705 §2).
///
/// # Errors
/// [`FaultKind::InputInvalid`](crate::FaultKind::InputInvalid) with the field that is missing.
pub(crate) fn identity(
    provider: &Provider,
    material: &Material<'_>,
) -> Result<Option<ClientIdentity>, Fault> {
    let pair = provider.client_certificate(&material.values).map_err(|error| unrendered(&error))?;
    Ok(pair.map(|(certificate, key)| ClientIdentity { certificate: certificate.into(), key: key.into() }))
}

/// The same, where it is shown to the API as well.
///
/// # Errors
/// As [`identity`].
pub(crate) fn identity_on_api(
    provider: &Provider,
    material: &Material<'_>,
) -> Result<Option<ClientIdentity>, Fault> {
    if provider.shows_certificate_on_api() { identity(provider, material) } else { Ok(None) }
}

/// It is a credential while it lasts, so no error repeats it.
fn keep(material: &mut Material<'_>, name: &str, assertion: String) {
    material.secrets.add(&assertion);
    material.values.assertion.insert(name.to_owned(), assertion);
}
