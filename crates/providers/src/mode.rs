//! Which way of authorizing an entry needs, and what it says about the rest of a credential's life.

use crate::evaluate::Scope;
use crate::format::callback::Via;
use crate::format::entry::{Ask, Input, Provider, Scheme};
use crate::format::obtain::{CodeChallengeMethod, Lifetime, ObtainType, Scopes, TokenSource};
use crate::format::request::{Refresh, RefreshMode};
use crate::format::response::TokenResponse;
use crate::server;
use crate::values::Values;

/// How a connection to this provider comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthMode {
    /// No credential at all.
    None,
    /// RFC 6749 §4.1.
    OAuth2Code,
    /// RFC 6749 §4.4, and the grants of vendors that need no browser either (§4.5).
    OAuth2ClientCredentials,
    /// Requests of the vendor's own, made with what somebody typed.
    Exchange,
    /// A visit to the provider, such as to install an app, and then requests of its own.
    Installation,
    /// RFC 5849, with the end user's consent.
    OAuth1,
    /// RFC 5849, with a token somebody pastes.
    OAuth1Given,
    /// A token we sign ourselves, of what somebody typed.
    Minted,
    /// Keys somebody types, with which each request is signed.
    AwsSigv4,
    /// One or more keys somebody types.
    ApiKey,
    /// A user name and a password somebody types.
    Basic,
    /// In the catalogue, and not yet in the engine: what is missing, in words for people.
    Unsupported(&'static str),
}

impl AuthMode {
    /// The word it is recorded and shown as.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::OAuth2Code => "OAUTH2",
            Self::OAuth2ClientCredentials => "OAUTH2_CC",
            Self::Exchange => "TWO_STEP",
            Self::Installation => "APP",
            Self::OAuth1 => "OAUTH1",
            Self::OAuth1Given => "TBA",
            Self::Minted => "JWT",
            Self::AwsSigv4 => "AWS_SIGV4",
            Self::ApiKey => "API_KEY",
            Self::Basic => "BASIC",
            Self::Unsupported(_) => "UNSUPPORTED",
        }
    }
}

impl Provider {
    #[must_use]
    pub fn auth_mode(&self) -> AuthMode {
        match self.obtain.kind {
            ObtainType::None => AuthMode::None,
            ObtainType::Given => self.given_mode(),
            ObtainType::OAuth2 => self.oauth2_mode(),
            ObtainType::OAuth1 if self.obtain.token_source == Some(TokenSource::Given) => {
                AuthMode::OAuth1Given
            }
            ObtainType::OAuth1 => AuthMode::OAuth1,
            ObtainType::Exchange => self.exchange_mode(),
            ObtainType::Minted => AuthMode::Minted,
        }
    }

    /// Whether an integration must have an app registered at the provider: OAuth 2, and the entry brings no client of
    /// its own (RFC 6749 §2.2) and none registers itself (RFC 7591).
    #[must_use]
    pub fn needs_client(&self) -> bool {
        match self.auth_mode() {
            AuthMode::OAuth2Code | AuthMode::OAuth2ClientCredentials => {
                self.obtain.client.is_empty() && self.client_registration().is_none()
            }
            AuthMode::Exchange | AuthMode::Installation => self.steps_name_the_client(),
            AuthMode::OAuth1 | AuthMode::OAuth1Given => true,
            _ => false,
        }
    }

    fn given_mode(&self) -> AuthMode {
        match self.apply.scheme {
            Scheme::OAuth1 => AuthMode::OAuth1Given,
            Scheme::AwsSigv4 => AuthMode::AwsSigv4,
            Scheme::Basic if self.apply.password.as_ref().is_some_and(|it| !it.references().is_empty()) => {
                AuthMode::Basic
            }
            _ => AuthMode::ApiKey,
        }
    }

    fn exchange_mode(&self) -> AuthMode {
        if self.obtain.interaction.is_some() { AuthMode::Installation } else { AuthMode::Exchange }
    }

    fn oauth2_mode(&self) -> AuthMode {
        let obtain = &self.obtain;
        if obtain.callback.via == Via::Webhook {
            return AuthMode::Unsupported("an authorization answered by a webhook");
        }
        match obtain.grant_type.as_deref() {
            None | Some("authorization_code") => AuthMode::OAuth2Code,
            Some(_) => AuthMode::OAuth2ClientCredentials,
        }
    }

    /// The inputs an end user is asked for, in order.
    pub fn connection_inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.ask != Ask::Integration)
    }

    /// The inputs a developer is asked for, in order.
    pub fn integration_inputs(&self) -> impl Iterator<Item = &Input> {
        self.inputs.iter().filter(|input| input.ask == Ask::Integration)
    }

    /// Which PKCE methods to use; empty where the provider refuses the parameter.
    #[must_use]
    pub fn code_challenge_methods(&self) -> &[CodeChallengeMethod] {
        self.obtain.code_challenge_methods.as_deref().unwrap_or_default()
    }

    #[must_use]
    pub fn scopes(&self) -> &Scopes {
        &self.obtain.scopes
    }

    #[must_use]
    pub fn token_response(&self) -> &TokenResponse {
        &self.obtain.token_response
    }

    /// As [`Self::token_response`], for the answer to a refresh.
    #[must_use]
    pub fn refresh_response(&self) -> &TokenResponse {
        self.obtain.refresh.response.as_ref().unwrap_or(&self.obtain.token_response)
    }

    #[must_use]
    pub fn lifetime(&self) -> &Lifetime {
        &self.obtain.lifetime
    }

    #[must_use]
    pub fn refresh(&self) -> &Refresh {
        &self.obtain.refresh
    }

    /// How a new credential is obtained without the user; stated, or what the grant implies.
    #[must_use]
    pub fn refresh_mode(&self) -> RefreshMode {
        self.obtain.refresh.mode.unwrap_or(match (self.obtain.kind, self.obtain.grant_type.as_deref()) {
            (ObtainType::OAuth2, None | Some("authorization_code")) => RefreshMode::RefreshToken,
            (ObtainType::OAuth2 | ObtainType::Exchange | ObtainType::Minted, _) => RefreshMode::Repeat,
            (ObtainType::None | ObtainType::Given | ObtainType::OAuth1, _) => RefreshMode::None,
        })
    }

    /// Who answers, where the entry says or discovery found out: to be compared with `iss` of the callback (RFC 9207).
    pub fn issuer(&self, values: &Values) -> Option<String> {
        let stated = self.obtain.issuer.as_ref().and_then(|issuer| Scope::of(values).template(issuer).ok());
        stated.or_else(|| values.server.get(server::ISSUER).cloned())
    }
}
