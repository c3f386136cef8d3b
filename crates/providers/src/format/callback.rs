//! What happens in the browser beside the plain code grant.

use super::entry::Texts;
use super::url_template::UrlTemplate;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Changes to the authorization request of RFC 6749 §4.1.1.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Authorization {
    pub params: Texts,
    pub rename: BTreeMap<String, String>,
    pub omit: Vec<String>,
    pub fragment: Option<String>,
    pub scope_encoding: ScopeEncoding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeEncoding {
    #[default]
    Percent,
    /// Separators as they are, for servers that do not decode them.
    Raw,
}

/// How the answer to the authorization request comes back.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Callback {
    /// The parameter the code is in, when it is not `code`.
    pub code: Option<String>,
    pub via: Via,
    /// Value to keep with the connection, by the callback parameter it is in.
    pub set: BTreeMap<String, String>,
    pub code_optional_when: Option<WhenParam>,
    /// How the answer tells that the end user has asked an admin, who has yet to allow the access.
    pub pending_when: Option<WhenParam>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    #[default]
    Redirect,
    Webhook,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenParam {
    pub param: String,
    pub is: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhenInput {
    pub input: String,
    pub is: String,
}

/// A visit to the provider that is not an OAuth authorization: an installation page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Interaction {
    pub url: UrlTemplate,
    pub state_param: Option<String>,
    pub client_id_param: Option<String>,
    pub redirect_uri_param: Option<String>,
    pub done_when_param: Option<String>,
    #[serde(default)]
    pub set: BTreeMap<String, String>,
}
