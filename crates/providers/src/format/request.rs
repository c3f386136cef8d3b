//! Requests as an entry describes them: whole ones, and changes to those the standards generate.

use super::callback::WhenInput;
use super::entry::Texts;
use super::response::TokenResponse;
use super::template::{DocumentTemplate, KeyTemplate};
use super::url_template::UrlTemplate;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// How parameters are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Form,
    Json,
    Query,
    Xml,
    Text,
    None,
}

/// RFC 7591 §2, `token_endpoint_auth_method`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    ClientSecretBasic,
    ClientSecretPost,
    None,
    PrivateKeyJwt,
    /// The access token itself, where a vendor wants it so.
    Bearer,
    /// RFC 8705 §2.1.
    #[serde(rename = "tls_client_auth")]
    TlsCertificate,
}

impl ClientAuth {
    /// The word of RFC 7591 §2; `None` where it is none that is known here.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let word = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(word);
        Self::deserialize(word).ok()
    }

    /// The word of RFC 7591 §2.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::None => "none",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::Bearer => "bearer",
            Self::TlsCertificate => "tls_client_auth",
        }
    }
}

/// Changes to the token request of RFC 6749 §4.1.3 and §4.4.2.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenRequest {
    pub method: Option<Method>,
    pub format: Option<Format>,
    pub headers: Texts,
    pub query: Texts,
    pub params: BTreeMap<String, DocumentTemplate>,
    /// Standard name to the vendor's.
    pub rename: BTreeMap<String, String>,
    pub omit: Vec<String>,
    /// Takes the place of all parameters.
    pub body: BTreeMap<String, DocumentTemplate>,
}

/// How the next credential is obtained from this one (RFC 6749 §6), and changes to that request.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Refresh {
    pub mode: Option<RefreshMode>,
    pub endpoint: Option<UrlTemplate>,
    pub method: Option<Method>,
    pub auth: Option<ClientAuth>,
    pub format: Option<Format>,
    pub headers: Texts,
    pub query: Texts,
    pub params: BTreeMap<String, DocumentTemplate>,
    pub rename: BTreeMap<String, String>,
    pub omit: Vec<String>,
    pub response: Option<TokenResponse>,
    pub rotation: Rotation,
    pub schedule: Option<Schedule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshMode {
    RefreshToken,
    /// The same exchange again.
    Repeat,
    AccessToken,
    AppSigned,
    None,
}

/// What becomes of the refresh token when it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// The old one stays good, whatever comes.
    Keep,
    /// Each answer must bring a new one.
    Replace,
    /// A new one replaces the old; without one the old stays (RFC 6749 §6).
    #[default]
    ReplaceIfPresent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    BeforeExpiry,
    OnDemand,
}

/// What a revocation ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// The one grant the token belongs to (RFC 7009 §2).
    #[default]
    Grant,
    /// Everything the account has granted the app, through whichever connection.
    Account,
}

/// The request that ends a credential.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokeTemplate {
    #[serde(default)]
    pub ends: Extent,
    pub method: Method,
    pub url: UrlTemplate,
    pub auth: Option<ClientAuth>,
    pub format: Option<Format>,
    #[serde(default)]
    pub headers: Texts,
    #[serde(default)]
    pub query: Texts,
    #[serde(default)]
    pub params: BTreeMap<String, DocumentTemplate>,
    #[serde(default)]
    pub body: BTreeMap<String, DocumentTemplate>,
}

/// One request of an exchange.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub method: Method,
    pub url: UrlTemplate,
    pub format: Option<Format>,
    #[serde(default)]
    pub headers: Texts,
    #[serde(default)]
    pub params: BTreeMap<String, DocumentTemplate>,
    pub sign: Option<Sign>,
    #[serde(default)]
    pub when: Vec<StepWhen>,
    pub when_input: Option<WhenInput>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepWhen {
    Obtain,
    Refresh,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    pub scheme: SignScheme,
    pub service: Option<KeyTemplate>,
    pub region: Option<KeyTemplate>,
    pub access_key_id: Option<KeyTemplate>,
    pub secret_access_key: Option<KeyTemplate>,
    pub session_token: Option<KeyTemplate>,
    pub key: Option<KeyTemplate>,
    pub key_id: Option<KeyTemplate>,
    pub alg: Option<String>,
    pub label: Option<String>,
    pub expires_seconds: Option<u64>,
    #[serde(default)]
    pub components: Vec<String>,
    pub params: Option<Value>,
    pub tag: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignScheme {
    AwsSigv4,
    Rfc9421,
}
