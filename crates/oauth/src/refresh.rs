//! The next credential, without the user (RFC 6749 §6).

use crate::{
    App, Client, Fault, FaultKind, Inputs,
    app::Material,
    assemble::{Renews, renews},
    at_hand,
    carrier::Operation,
    registration::registered_client_id,
};
use latchkey_providers::{AuthMode, Grant as Asked, Provider, Rotation};
use latchkey_secret::{Grant, RefreshToken, Renewal};

impl Client {
    /// Obtains a new token by the refresh token, or by asking again where the provider has none.
    ///
    /// The grant's renewal holds the new refresh token if one came, else the old one: an empty one, or the same one, is
    /// no new one. So the renewal is always what to go on with.
    ///
    /// Not cancel-safe: once the request is written, the old refresh token may be spent.
    ///
    /// # Errors
    /// [`FaultKind::GrantRefused`] where only the user can help. [`FaultKind::Unsupported`] where there is nothing to
    /// refresh with; nothing was sent then.
    pub async fn refresh(&self, provider: &Provider, app: &App, renewal: &Renewal) -> Result<Grant, Fault> {
        match (renews(provider), &renewal.refresh_token) {
            (Renews::ByRefreshToken, Some(token)) => {
                let material = Material::of_app(provider, app).with_renewal(renewal);
                let asked = Asked::RefreshToken { refresh_token: token.expose() };
                let grant = self.obtain(Operation::Refresh, provider, material, &renewal.fields, asked).await;
                let grant = grant.map_err(|fault| with_its_client(fault, renewal))?;
                Ok(rotated(grant, provider.refresh().rotation, token))
            }
            (Renews::ByAccessToken, Some(token)) => {
                let material = Material::of_app(provider, app).with_renewal(renewal);
                let asked = Asked::AccessToken { access_token: token.expose() };
                self.obtain(Operation::Refresh, provider, material, &renewal.fields, asked).await
            }
            (Renews::ByApp, _) => {
                let material = Material::of_app(provider, app).with_renewal(renewal);
                self.obtain(Operation::Refresh, provider, material, &renewal.fields, Asked::AppSigned).await
            }
            (Renews::ByRepeating, _) if provider.auth_mode() == AuthMode::Minted => {
                at_hand::minted(provider, app, &renewal.fields)
            }
            (Renews::ByRepeating, _) if !provider.steps().is_empty() => {
                self.steps_again(Operation::Refresh, provider, app, &renewal.fields).await
            }
            (Renews::ByRepeating, _) => {
                self.credentials_again(Operation::Refresh, provider, app, &renewal.fields).await
            }
            (Renews::ByRefreshToken | Renews::ByAccessToken, None) | (Renews::Never, _) => {
                Err(Fault::described(FaultKind::Unsupported, "there is nothing to refresh with"))
            }
        }
    }
}

/// A client that registered itself belongs to this connection's grant. Where the server has forgotten the one, the other is
/// gone with it, and another client could not renew it (RFC 6749 §6).
fn with_its_client(fault: Fault, renewal: &Renewal) -> Fault {
    let registered = registered_client_id(&renewal.fields).is_some();
    let forgotten =
        fault.kind == FaultKind::ClientRejected && fault.code.as_deref() == Some("invalid_client");
    if registered && forgotten { Fault { kind: FaultKind::GrantRefused, ..fault } } else { fault }
}

/// The origin (RFC 6454 §4) a refresh will be asked of, to tell endpoints that are down from those that are not. `None`
/// where nothing would be sent.
#[must_use]
pub fn refresh_origin(provider: &Provider, app_fields: &Inputs, renewal: &Renewal) -> Option<String> {
    let mut material = Material::empty(provider);
    for (name, value) in app_fields {
        material.values.app.insert(name.clone(), value.expose().to_owned());
    }
    let material = material.with_renewal(renewal);
    let asked = match (renews(provider), &renewal.refresh_token) {
        (Renews::ByRefreshToken, Some(token)) => Asked::RefreshToken { refresh_token: token.expose() },
        (Renews::ByAccessToken, Some(token)) => Asked::AccessToken { access_token: token.expose() },
        (Renews::ByApp, _) => Asked::AppSigned,
        (Renews::ByRepeating, _) if provider.steps().is_empty() => Asked::ClientCredentials { scopes: &[] },
        // Steps go to several hosts, or to none.
        _ => return None,
    };
    let endpoint = provider.token_endpoint(&material.values, asked).ok()?;
    Some(endpoint.origin().ascii_serialization())
}

/// Some entries know that the first refresh token stays good, and that what comes with an answer is not one.
fn rotated(mut grant: Grant, rotation: Rotation, old: &RefreshToken) -> Grant {
    if let (Rotation::Keep, Some(renewal)) = (rotation, &mut grant.renewal) {
        renewal.refresh_token = Some(RefreshToken::new(old.expose().to_owned()));
    }
    grant
}
