//! Ends a credential at the provider (RFC 7009, or the vendor's own request).

use crate::{
    App, Client, Fault, FaultKind, app::Material, assemble::unrendered, assertions, carrier::Operation,
    verdict,
};
use latchkey_providers::{Extent, Provider, RenderError, TokenResponse};
use latchkey_secret::{Handout, Renewal};

/// What became of a revocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// The provider says that the credential is no more, whether or not it was before (RFC 7009 §2.2).
    Done,
    /// Nobody knows a way, or the one there is ends more than may be ended, or there is nothing in hand that could be revoked.
    NotSupported,
}

impl Client {
    /// Revokes what there is: the refresh token, and with it its access tokens, or else the access token. `extent`: how much may
    /// end with it.
    ///
    /// Safe to repeat.
    ///
    /// # Errors
    /// Where the provider did not confirm it. [`Fault::is_transient`] says whether to try again.
    pub async fn revoke(
        &self,
        provider: &Provider,
        app: &App,
        renewal: Option<&Renewal>,
        handout: Option<&Handout>,
        extent: Extent,
    ) -> Result<Revocation, Fault> {
        if provider.revocation() == Some(Extent::Account) && extent == Extent::Grant {
            return Ok(Revocation::NotSupported);
        }
        let mut material = Material::of_app(provider, app);
        if let Some(handout) = handout {
            material = material.with_handout(handout);
        }
        if let Some(renewal) = renewal {
            material = material.with_renewal(renewal);
        }
        let request = match provider.revoke_request(&material.values) {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(Revocation::NotSupported),
            // The token the request is about is not there, so nothing is left to end.
            Err(RenderError::Undefined { reference, .. }) if reference.starts_with("token.") => {
                return Ok(Revocation::NotSupported);
            }
            Err(error) => return Err(unrendered(&error)),
        };
        let identity = assertions::identity(provider, &material)?;
        let answer = self.send_as(Operation::Revoke, provider, request, identity).await?;
        if matches!(answer.status, 200..300 | 404 | 410) {
            return Ok(Revocation::Done);
        }
        match verdict::token_document(&answer, &TokenResponse::default(), &material.secrets) {
            Err(fault) if is_gone(&fault) => Ok(Revocation::Done),
            Err(fault) => Err(fault),
            Ok(_) => Ok(Revocation::Done),
        }
    }
}

/// RFC 7009 §2.2 wants 200 for a token nobody knows; some servers call it an error all the same.
fn is_gone(fault: &Fault) -> bool {
    fault.kind == FaultKind::GrantRefused || fault.code.as_deref() == Some("invalid_token")
}
