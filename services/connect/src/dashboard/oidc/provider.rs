//! One OpenID provider: where its endpoints are, and who somebody is by its word.

use super::{Refused, claims};
use crate::config::LoginProvider;
use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_chassis::Clock;
use latchkey_domain::{Environment, Role};
use latchkey_egress::Egress;
use latchkey_issuers::{IssuerClient, Keys, Unverified};
use latchkey_secret::SecretText;
use reqwest::{RequestBuilder, Url};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

pub struct Provider {
    settings: LoginProvider,
    secret: Option<SecretString>,
    http: IssuerClient,
    keys: Keys,
    clock: Arc<dyn Clock>,
}

/// Who is let in, and as what.
pub struct Operator {
    pub name: String,
    pub role: Role,
}

/// The part of the metadata that is needed (OpenID Connect Discovery §3).
#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    #[serde(default)]
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Secrets, hence no `Debug`.
#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

/// As the settings name them.
///
/// # Errors
/// Where one's settings cannot be used, with which.
pub fn providers(settings: &[LoginProvider], clock: Arc<dyn Clock>) -> anyhow::Result<Vec<Provider>> {
    let one = |(number, settings): (usize, &LoginProvider)| {
        Provider::new(settings.clone(), clock.clone())
            .with_context(|| format!("`connect.login[{number}]` cannot be used"))
    };
    settings.iter().enumerate().map(one).collect()
}

impl Provider {
    fn new(settings: LoginProvider, clock: Arc<dyn Clock>) -> anyhow::Result<Self> {
        anyhow::ensure!(!settings.client_id.is_empty(), "its `client_id` is empty");
        anyhow::ensure!(!settings.roles.is_empty(), "its `roles` are empty: nobody could log in");
        anyhow::ensure!(
            settings.scopes.iter().any(|scope| scope == "openid"),
            "its `scopes` lack `openid`: it would not say who somebody is"
        );
        let https = Url::parse(&settings.issuer).is_ok_and(|issuer| issuer.scheme() == "https");
        anyhow::ensure!(https || settings.allow_http, "its `issuer` must begin with https://");
        let roots = match &settings.ca_file {
            None => vec![],
            Some(path) => CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<Vec<_>, _>>)
                .with_context(|| format!("its `ca_file` {} cannot be read", path.display()))?,
        };
        let egress = if settings.allow_private { Egress::Any } else { Egress::PublicOnly };
        let secret = settings.client_secret_file.as_ref().map(|file| file.read()).transpose()?;
        let keys = Keys::of(&settings.issuer, None, egress, &roots)?;
        Ok(Self { secret, http: IssuerClient::new(egress, &roots)?, keys, clock, settings })
    }

    pub fn name(&self) -> &str {
        &self.settings.name
    }

    pub fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    pub fn environment(&self) -> &Environment {
        &self.settings.environment
    }

    /// The authentication request (OpenID Connect Core §3.1.2.1).
    ///
    /// # Errors
    /// [`Refused::Unavailable`] where the provider's metadata cannot be read.
    pub async fn authorize_url(
        &self,
        redirect_uri: &str,
        state: &str,
        nonce: &str,
        verifier: &str,
    ) -> Result<Url, Refused> {
        let mut url = self.metadata().await?.authorization_endpoint;
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("scope", &self.settings.scopes.join(" "))
            .append_pair("state", state)
            .append_pair("nonce", nonce)
            .append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)))
            .append_pair("code_challenge_method", "S256");
        Ok(url)
    }

    /// Who came back with a code.
    ///
    /// # Errors
    /// [`Refused`] where the provider does not say so, cannot be believed, or gives no role.
    pub async fn redeem(
        &self,
        code: String,
        redirect_uri: &str,
        nonce: &str,
        verifier: String,
    ) -> Result<Operator, Refused> {
        let metadata = self.metadata().await?;
        let form = vec![
            ("grant_type", "authorization_code".to_owned()),
            ("code", code),
            ("redirect_uri", redirect_uri.to_owned()),
            ("code_verifier", verifier),
        ];
        let by_basic = metadata.takes_basic();
        let request = |http: &reqwest::Client, url| self.authenticated(http.post(url), form, by_basic);
        let tokens: Tokens =
            self.http.ask(metadata.token_endpoint, request).await.ok_or(Refused::Unavailable)?;
        let (subject, mut claims) = self.believed(tokens.id_token.into(), nonce).await?;
        if !claims::has(&claims, &self.settings.role_claim) {
            claims.extend(self.userinfo(metadata.userinfo_endpoint, tokens.access_token, &subject).await?);
        }
        let name = claims::name(&claims, &subject);
        let role = claims::role(&self.settings, &claims).ok_or_else(|| Refused::NoRole(name.clone()))?;
        Ok(Operator { name, role })
    }

    /// What an ID token says (OpenID Connect Core §3.1.3.7).
    async fn believed(
        &self,
        token: SecretText,
        nonce: &str,
    ) -> Result<(String, Map<String, Value>), Refused> {
        let unbelievable = |_| Refused::Unbelievable("its ID token is none, or not by its own key");
        let unverified = Unverified::parse(&token).map_err(unbelievable)?;
        if unverified.issuer().as_deref() != Some(self.issuer()) {
            return Err(Refused::Unbelievable("its ID token names another issuer"));
        }
        let key = self.keys.find(unverified.algorithm, unverified.kid.as_deref()).await;
        let key = key.map_err(|_| Refused::Unavailable)?;
        let now = self.clock.now().div_euclid(1000);
        let verified = unverified.verify(&key, &self.settings.client_id, now).map_err(unbelievable)?;
        if verified.claims.get("nonce").and_then(Value::as_str) != Some(nonce) {
            return Err(Refused::Unbelievable("its ID token is not for this login (nonce)"));
        }
        Ok((verified.subject, verified.claims))
    }

    /// More of the same person, from where many providers keep it (OpenID Connect Core §5.3).
    async fn userinfo(
        &self,
        endpoint: Option<Url>,
        access_token: String,
        subject: &str,
    ) -> Result<Map<String, Value>, Refused> {
        let Some(endpoint) = endpoint else { return Ok(Map::new()) };
        let asked = self.http.ask(endpoint, |http, url| http.get(url).bearer_auth(access_token)).await;
        let said: Map<String, Value> = asked.ok_or(Refused::Unavailable)?;
        // §5.3.2: of another subject it must not be used.
        if said.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(Refused::Unbelievable("its userinfo is of somebody else"));
        }
        Ok(said)
    }

    /// The token request, with the client's own proof (RFC 6749 §2.3.1).
    fn authenticated(
        &self,
        request: RequestBuilder,
        mut form: Vec<(&'static str, String)>,
        by_basic: bool,
    ) -> RequestBuilder {
        let encoded =
            |text: &str| -> String { url::form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        let client_id = self.settings.client_id.clone();
        match &self.secret {
            Some(secret) if by_basic => {
                request.basic_auth(encoded(&client_id), Some(encoded(secret.expose_secret()))).form(&form)
            }
            secret => {
                form.push(("client_id", client_id));
                form.extend(secret.as_ref().map(|it| ("client_secret", it.expose_secret().to_owned())));
                request.form(&form)
            }
        }
    }

    /// What it calls itself must be what it is known by.
    async fn metadata(&self) -> Result<Metadata, Refused> {
        let issuer = self.issuer().trim_end_matches('/');
        let there = Url::parse(&format!("{issuer}/.well-known/openid-configuration"));
        let there = there.map_err(|_| Refused::Unavailable)?;
        let metadata: Metadata = self.http.get(there).await.ok_or(Refused::Unavailable)?;
        if metadata.issuer != self.issuer() {
            return Err(Refused::Unbelievable("its metadata is another issuer's"));
        }
        let endpoints = [&metadata.authorization_endpoint, &metadata.token_endpoint];
        let secure =
            endpoints.into_iter().chain(&metadata.userinfo_endpoint).all(|url| url.scheme() == "https");
        if secure || self.settings.allow_http {
            return Ok(metadata);
        }
        Err(Refused::Unbelievable("its endpoints do not begin with https://"))
    }
}

impl Metadata {
    /// The default, where it does not say (OpenID Connect Discovery §3).
    fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}
