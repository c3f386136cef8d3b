//! The way out: the URL a user's browser is sent to. Nothing is sent here.

use crate::{App, Client, Fault, FaultKind, Inputs, app::Material, assemble::unrendered};
use latchkey_providers::{AuthorizationParams, CodeChallengeMethod, Provider, server};
use latchkey_secret::CodeVerifier;
use oauth2::PkceCodeChallenge;
use std::collections::BTreeMap;
use url::Url;

/// An authorization request, ready to go.
pub struct Begun {
    pub url: Url,
    /// To be kept until the exchange. `None` where the provider refuses PKCE.
    pub verifier: Option<CodeVerifier>,
}

/// The state in the URL is what protects the user, so the URL is not printed.
impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").field("host", &self.url.host_str()).field("verifier", &self.verifier).finish()
    }
}

impl Client {
    /// Makes the authorization request (RFC 6749 §4.1.1), with PKCE by S256 unless the entry says that the provider
    /// cannot take it (RFC 7636, RFC 9700 §2.1.1).
    ///
    /// `inputs` have been through [`crate::check_inputs`]; `state` is the caller's own secret for this attempt; `others` are
    /// parameters beside the entry's, see [`AuthorizationParams::others`].
    ///
    /// # Errors
    /// [`FaultKind::InputInvalid`] where the entry needs a value that is missing or does not fit its place, and
    /// [`FaultKind::Unsupported`] where it needs something this build cannot do.
    pub fn begin(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
        redirect_uri: &str,
        state: &str,
        others: &BTreeMap<String, String>,
    ) -> Result<Begun, Fault> {
        let challenged = provider.code_challenge_methods().contains(&CodeChallengeMethod::S256);
        let pair = challenged.then(PkceCodeChallenge::new_random_sha256);
        let material = Material::of_app(provider, app)
            .with_fields(inputs)
            .with_flow("redirect_uri", redirect_uri)
            .with_flow("state", state);
        let client_id = material.values.app.get("client_id").cloned().unwrap_or_default();
        if client_id.is_empty() {
            // RFC 6749 §4.1.1 requires it; the user would only be shown the provider's error page.
            return Err(Fault::new(FaultKind::InputInvalid { field: "app.client_id".into() }));
        }
        let url = provider
            .authorization_url(
                &material.values,
                AuthorizationParams {
                    client_id: &client_id,
                    redirect_uri,
                    state,
                    scopes: &app.scopes,
                    code_challenge: pair.as_ref().map(|(challenge, _)| challenge.as_str()),
                    others,
                },
            )
            .map_err(|error| unrendered(&error))?;
        let verifier = pair.map(|(_, verifier)| CodeVerifier::new(verifier.into_secret()));
        Ok(Begun { url, verifier })
    }
}

impl Client {
    /// Where a browser goes to do something at the provider that is no authorization, such as to install an app.
    ///
    /// # Errors
    /// As [`Self::begin`].
    pub fn visit(
        &self,
        provider: &Provider,
        app: &App,
        inputs: &Inputs,
        redirect_uri: &str,
        state: &str,
    ) -> Result<Begun, Fault> {
        let material = Material::of_app(provider, app).with_fields(inputs);
        let url = provider.interaction_url(&material.values, redirect_uri, state);
        Ok(Begun { url: url.map_err(|error| unrendered(&error))?, verifier: None })
    }
}

/// Compares the issuer a callback names with the one the entry declares, character by character (RFC 9207 §2.4).
///
/// A provider that declares no issuer is not compared: its callbacks are told apart by redirect URI and state alone.
/// One that declares an issuer need not send it: whether it must is not in the entry, but may be in the metadata.
///
/// # Errors
/// [`FaultKind::RequestRejected`] with code `issuer_mismatch` where another issuer answered. Neither its token endpoint
/// nor ours may then be called.
pub fn check_issuer(provider: &Provider, iss: Option<&str>) -> Result<(), Fault> {
    check_issuer_for(provider, &Inputs::new(), iss)
}

/// As [`check_issuer`], for entries whose issuer depends on what was typed.
///
/// # Errors
/// As [`check_issuer`].
pub fn check_issuer_for(provider: &Provider, inputs: &Inputs, iss: Option<&str>) -> Result<(), Fault> {
    let values = Material::bare(provider).with_fields(inputs).values;
    // One that says it names itself, and then does not, may be another (RFC 9207 §2.4).
    let must_be_named = values.server.contains_key(server::ISS_SENT);
    match (provider.issuer(&values), iss) {
        (Some(_), None) if !must_be_named => Ok(()),
        (Some(declared), iss) if iss != Some(declared.as_str()) => Err(Fault {
            code: Some("issuer_mismatch".into()),
            ..Fault::described(
                FaultKind::RequestRejected,
                "another issuer answered than was asked (RFC 9207)",
            )
        }),
        _ => Ok(()),
    }
}
