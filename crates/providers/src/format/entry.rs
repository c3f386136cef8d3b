//! One provider: what somebody must type, how a credential is obtained, how it goes on a request, and how it is tried out.
//!
//! Every struct refuses fields it does not know, so that a misspelt field is an error and never a default.

use super::behaviour::Behaviour;
use super::guidance::Guidance;
use super::host::{HostPattern, Trust};
use super::obtain::Obtain;
use super::request::{Format, Method, Sign};
use super::response::{Capture, Condition, Pointer};
use super::template::{DocumentTemplate, Template};
use super::url_template::UrlTemplate;
use super::webhooks::Webhooks;
use regex::Regex;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The texts of a map of headers, query entries or the like.
pub type Texts = BTreeMap<String, Template>;

/// An entry of the catalogue, checked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    #[serde(default = "format_1")]
    pub catalog: u32,
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub family: Option<String>,
    /// The id of the entry this one was merged over; already applied.
    #[serde(default)]
    pub extends: Option<String>,
    #[serde(default)]
    pub categories: Vec<String>,
    #[serde(default)]
    pub protocols: Vec<Protocol>,
    #[serde(default)]
    pub links: Links,
    #[serde(default)]
    pub inputs: Vec<Input>,
    pub obtain: Obtain,
    #[serde(default)]
    pub apply: Apply,
    #[serde(default)]
    pub api: Api,
    #[serde(default)]
    pub probes: Probes,
    #[serde(default)]
    pub webhooks: Option<Webhooks>,
    /// What the vendor documents about its tokens.
    #[serde(default)]
    pub behaviour: Behaviour,
    #[serde(default)]
    pub guidance: Guidance,
    /// Where the facts come from.
    #[serde(default)]
    pub provenance: Option<Value>,
    /// How far its addresses are believed. Decided by who loads the entry, never by the entry.
    #[serde(skip)]
    pub trust: Trust,
}

impl Provider {
    /// What the vendor documents about its tokens; empty where it documents nothing.
    #[must_use]
    pub fn behaviour(&self) -> &Behaviour {
        &self.behaviour
    }
}

fn format_1() -> u32 {
    1
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    Mcp,
}

/// Pages of the vendor's own.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Links {
    pub api_docs: Option<String>,
    pub app_setup: Option<String>,
    pub scopes: Option<String>,
    pub server_metadata: Option<String>,
}

/// One field of the form: what somebody must type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub name: String,
    pub ask: Ask,
    pub label: String,
    /// Where to find the value and what it looks like, in a plain sentence or two.
    #[serde(default)]
    pub help: Option<String>,
    #[serde(default)]
    pub secret: bool,
    #[serde(default = "yes")]
    pub required: bool,
    #[serde(default)]
    pub implied: bool,
    #[serde(default)]
    pub legacy: bool,
    /// A developer may fill it in once for all connections.
    #[serde(default)]
    pub presettable: bool,
    #[serde(default)]
    pub format: Option<InputFormat>,
    #[serde(default)]
    pub pattern: Option<String>,
    #[serde(default)]
    pub one_of: Vec<String>,
    #[serde(default)]
    pub default: Option<String>,
    /// Shown before the field, and stripped when pasted with the value.
    #[serde(default)]
    pub before: Option<String>,
    /// Shown after the field, and stripped when pasted with the value. With `format: hostname` the value is the whole host:
    /// it is completed by this instead, when it is a single label.
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub retain: Option<Retain>,
    #[serde(default)]
    pub when: Option<When>,
    /// Values that work and should not be chosen.
    #[serde(default)]
    pub discouraged: Vec<String>,
    /// The pattern, compiled when it is first needed: that costs more than matching.
    #[serde(skip)]
    compiled: OnceLock<Option<Regex>>,
}

impl Input {
    /// Whether the value has the shape that the pattern asks for. A pattern that does not compile fits nothing.
    #[must_use]
    pub fn has_shape(&self, value: &str) -> bool {
        let Some(pattern) = &self.pattern else { return true };
        let compiled = self.compiled.get_or_init(|| Regex::new(pattern).ok());
        compiled.as_ref().is_some_and(|shape| shape.is_match(value))
    }
}

fn yes() -> bool {
    true
}

/// Who is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// The end user, for this connection.
    Connection,
    /// The developer, once for the integration.
    Integration,
    /// The end user; used once and never stored.
    Once,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputFormat {
    Hostname,
    Uri,
    Uuid,
    Email,
    Pem,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retain {
    Always,
    UntilConnected,
    Never,
}

/// Only when another input has this value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    pub input: String,
    pub is: String,
}

/// How a credential goes on a request. Everything here is secret.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Apply {
    pub scheme: Scheme,
    pub username: Option<Template>,
    pub password: Option<Template>,
    pub headers: Texts,
    pub query: Texts,
    pub body: BTreeMap<String, DocumentTemplate>,
    pub sigv4: Texts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// RFC 6750 §2.1.
    Bearer,
    /// RFC 7617.
    Basic,
    /// RFC 5849.
    #[serde(rename = "oauth1")]
    OAuth1,
    AwsSigv4,
    #[default]
    None,
}

/// Where the provider's API is, and its manners.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    pub base_url: Option<UrlTemplate>,
    /// Hosts a credential may be sent to, beside that of `base_url`.
    pub hosts: Vec<HostPattern>,
    pub headers: Texts,
    pub query: Texts,
    pub decompress: bool,
    pub keep_headers_on_redirect: bool,
    pub rate_limit: Option<RateLimit>,
    pub pagination: Option<Pagination>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateLimit {
    pub retry_after: Vec<String>,
    pub reset_at: Vec<String>,
    pub remaining: Option<String>,
    /// Numbers, or classes such as `5xx`.
    pub statuses: Vec<Value>,
    pub from_body: Option<RateLimitInBody>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitInBody {
    pub pointer: Pointer,
    pub pattern: String,
    pub meaning: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pagination {
    pub style: PaginationStyle,
    pub rel: Option<String>,
    pub next: Option<Pointer>,
    pub items: Option<Pointer>,
    pub cursor_param: Option<String>,
    pub offset_param: Option<String>,
    pub page_size_param: Option<String>,
    pub first: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaginationStyle {
    LinkHeader,
    LinkBody,
    Cursor,
    Offset,
    Page,
}

/// Requests that say whether a credential works and whose it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Probes {
    pub verify: Option<ProbeTemplate>,
    pub identity: Option<ProbeTemplate>,
    pub discover: Vec<ProbeTemplate>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProbeTemplate {
    pub id: Option<String>,
    pub method: Option<Method>,
    pub url: Option<Addresses>,
    pub base_url: Option<UrlTemplate>,
    pub headers: Texts,
    pub format: Option<Format>,
    pub body: BTreeMap<String, DocumentTemplate>,
    pub sign: Option<Sign>,
    /// Where the answer is, if no request is needed.
    pub from: Option<ProbeSource>,
    pub when: Option<Condition>,
    pub optional: bool,
    pub expect: Option<Condition>,
    pub set: BTreeMap<String, Capture>,
    pub set_on_outcome: BTreeMap<String, Value>,
    pub pick: Option<Pick>,
}

/// One address, or several to be tried in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Addresses(pub Vec<UrlTemplate>);

impl TryFrom<Value> for Addresses {
    type Error = String;
    fn try_from(value: Value) -> Result<Self, String> {
        let one = |value: Value| match value {
            Value::String(text) => UrlTemplate::parse(&text),
            other => Err(format!("`{other}` is not an address")),
        };
        match value {
            Value::Array(several) => several.into_iter().map(one).collect::<Result<_, _>>().map(Self),
            single => Ok(Self(vec![one(single)?])),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProbeSource {
    AccessTokenClaims,
    TokenResponse,
    Inputs,
}

/// Which of several things in an answer is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pick {
    pub from: Pointer,
    pub choose: Option<Choose>,
    #[serde(rename = "where")]
    pub only_where: Option<Condition>,
    pub prefer: Option<Prefer>,
    pub unless_set: Option<String>,
    /// Where several may be meant, the end user says which. `choose` is for where nobody can be asked.
    pub ask: Option<Shown>,
}

/// How the things to choose from are told apart by people.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    pub label: Pointer,
    /// An address, a kind: what tells two of the same name apart.
    #[serde(default)]
    pub detail: Option<Pointer>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prefer {
    pub pointer: Pointer,
    pub host_label_equals: Template,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Choose {
    First,
    Only,
    OnlyElseWhere,
    FirstOrSelf,
}
