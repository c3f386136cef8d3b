//! How a credential comes to exist, renews and ends.
//!
//! One flat struct as in the format's schema: which fields may appear together is said by [`super::lint`], field by field.

use super::callback::{Authorization, Callback, Interaction};
use super::entry::Texts;
use super::request::{ClientAuth, Refresh, RevokeTemplate, Step, TokenRequest};
use super::response::{Pointer, TokenResponse};
use super::template::{DocumentTemplate, KeyTemplate, Template};
use super::url_template::UrlTemplate;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Obtain {
    #[serde(rename = "type")]
    pub kind: ObtainType,
    // RFC 6749
    pub grant_type: Option<String>,
    pub authorization_endpoint: Option<UrlTemplate>,
    pub token_endpoint: Option<UrlTemplate>,
    pub token_endpoint_auth_method: Option<ClientAuth>,
    #[serde(default)]
    pub authorization: Authorization,
    /// RFC 7636. Must be stated; empty means: do not send.
    pub code_challenge_methods: Option<Vec<CodeChallengeMethod>>,
    #[serde(default)]
    pub callback: Callback,
    #[serde(default)]
    pub client: Texts,
    #[serde(default)]
    pub token_request: TokenRequest,
    #[serde(default)]
    pub token_response: TokenResponse,
    #[serde(default)]
    pub then: Vec<Step>,
    #[serde(default)]
    pub refresh: Refresh,
    pub revoke: Option<RevokeTemplate>,
    #[serde(default)]
    pub scopes: Scopes,
    #[serde(default)]
    pub lifetime: Lifetime,
    #[serde(default)]
    pub companions: BTreeMap<String, Companion>,
    pub primary_fallback: Option<String>,
    // RFC 7591, 7662, 8414, 8707, 9728
    pub issuer: Option<Template>,
    pub resource: Option<Template>,
    pub protected_resource: Option<Template>,
    #[serde(default)]
    pub discovery: Vec<Discovery>,
    pub registration_endpoint: Option<UrlTemplate>,
    pub introspection_endpoint: Option<UrlTemplate>,
    pub client_registration: Option<ClientRegistration>,
    pub registration: Option<Value>,
    // RFC 7523, RFC 8705
    pub client_assertion: Option<Assertion>,
    pub mutual_tls: Option<MutualTls>,
    // exchange and minted
    #[serde(default)]
    pub assertions: BTreeMap<String, Assertion>,
    pub interaction: Option<Interaction>,
    #[serde(default)]
    pub steps: Vec<Step>,
    // RFC 5849
    pub temporary_credential_endpoint: Option<UrlTemplate>,
    #[serde(default)]
    pub temporary_credential_params: Texts,
    pub signature_method: Option<SignatureMethod>,
    pub token_source: Option<TokenSource>,
    pub token: Option<Template>,
    pub token_secret: Option<Template>,
    pub realm: Option<Template>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObtainType {
    None,
    Given,
    OAuth2,
    OAuth1,
    Exchange,
    Minted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum CodeChallengeMethod {
    S256,
    #[serde(rename = "plain")]
    Plain,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Discovery {
    Rfc8414,
    Rfc9728,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientRegistration {
    Dynamic,
    Static,
    MetadataDocument,
    MetadataDocumentOrDynamic,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum SignatureMethod {
    #[serde(rename = "HMAC-SHA1")]
    HmacSha1,
    #[serde(rename = "HMAC-SHA256")]
    HmacSha256,
    #[serde(rename = "RSA-SHA1")]
    RsaSha1,
    #[serde(rename = "PLAINTEXT")]
    Plaintext,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenSource {
    Given,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scopes {
    /// Between two scopes; a space unless stated (RFC 6749 §3.3).
    pub separator: Option<String>,
    /// Asked for whatever the integration asks for: without them the connection cannot be kept alive.
    pub default: Vec<String>,
    pub second_list: Option<SecondList>,
    /// The whole scope text, whatever the integration asks for.
    pub fixed: Option<String>,
    pub known_count: Option<u32>,
}

/// Scopes asked for on somebody else's behalf, in a parameter of their own. The integration gives them
/// under the parameter's name (`app.user_scope`), already joined.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecondList {
    pub param: String,
}

/// How long a credential lives when its answer does not say, and how that is read when it does.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lifetime {
    /// When the answer does not say.
    pub default_seconds: Option<u64>,
    /// Whatever the answer says.
    pub assume_seconds: Option<u64>,
    pub never_expires: bool,
    pub expires_in_unit: TimeUnit,
    pub refresh_margin_seconds: Option<u64>,
    pub expiry_source: ExpirySource,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum TimeUnit {
    #[default]
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "ms")]
    Milliseconds,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpirySource {
    #[default]
    Response,
    Introspection,
    JwtExpOrNever,
}

/// A second credential that comes with the first, or is fetched beside it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    pub from: Option<Pointer>,
    pub access_token: Option<Pointer>,
    pub refresh_token: Option<Pointer>,
    pub expires_in: Option<Pointer>,
    pub scope: Option<Pointer>,
    #[serde(default)]
    pub optional: bool,
    pub refresh: Option<Value>,
    pub grant_type: Option<String>,
    pub token_endpoint: Option<UrlTemplate>,
    pub token_endpoint_auth_method: Option<ClientAuth>,
    #[serde(default)]
    pub params: BTreeMap<String, DocumentTemplate>,
    #[serde(default)]
    pub assertions: BTreeMap<String, Assertion>,
    #[serde(default)]
    pub steps: Vec<Step>,
    pub token_response: Option<TokenResponse>,
}

/// Something signed here that stands for a credential: a JWT (RFC 7523), a SAML assertion (RFC 7522), a WSSE token.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Assertion {
    pub kind: AssertionKind,
    pub alg: Option<Algorithm>,
    pub key: Option<KeyTemplate>,
    pub key_encoding: Option<KeyEncoding>,
    pub header: BTreeMap<String, DocumentTemplate>,
    pub claims: BTreeMap<String, DocumentTemplate>,
    pub lifetime_seconds: Option<u64>,
    pub issuer: Option<Template>,
    pub audience: Option<DocumentTemplate>,
    pub subject: Option<Template>,
    pub recipient: Option<Template>,
    pub session_index: Option<Template>,
    pub attributes: BTreeMap<String, DocumentTemplate>,
    pub username: Option<Template>,
    pub secret: Option<Template>,
    pub digest: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AssertionKind {
    #[default]
    Jwt,
    Saml2,
    Wsse,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Algorithm {
    RS256,
    PS256,
    ES256,
    HS256,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyEncoding {
    Hex,
    Utf8,
    Base64,
}

/// RFC 8705: the client's certificate.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutualTls {
    pub certificate: Template,
    pub key: Template,
    #[serde(default)]
    pub also_on_api: bool,
}
