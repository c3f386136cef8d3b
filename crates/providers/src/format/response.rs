//! How an answer is read: JSON pointers, conditions, and what is kept.

use super::template::Template;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// RFC 6901, optionally with the number of the answer before it (`1:/access_token`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pointer {
    pub answer: Option<usize>,
    pub path: String,
}

impl TryFrom<String> for Pointer {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let refused =
            || format!("`{text}` is not a JSON pointer: write /name/inner, or 1:/name for the second answer");
        let (answer, path) = match text.split_once(':') {
            Some((number, path)) if !text.starts_with('/') => {
                (Some(number.parse().map_err(|_| refused())?), path)
            }
            _ => (None, text.as_str()),
        };
        if path.is_empty() || path.starts_with('/') {
            return Ok(Self { answer, path: path.to_owned() });
        }
        Err(refused())
    }
}

/// Where a value is in an answer: a pointer, the first of several, or a template over the answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub enum Capture {
    Pointer(Pointer),
    First(Vec<Pointer>),
    Template(Template),
}

impl TryFrom<Value> for Capture {
    type Error = String;
    fn try_from(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) if text.contains("${") => {
                Template::parse(&text).map(Self::Template).map_err(|error| error.to_string())
            }
            Value::String(text) => Pointer::try_from(text).map(Self::Pointer),
            Value::Array(items) => {
                let pointer = |item: Value| match item {
                    Value::String(text) => Pointer::try_from(text),
                    other => Err(format!("`{other}` is not a JSON pointer")),
                };
                items.into_iter().map(pointer).collect::<Result<_, _>>().map(Self::First)
            }
            other => Err(format!("`{other}` is neither a JSON pointer, nor a list of them, nor a template")),
        }
    }
}

/// What must hold of an answer. Everything stated must hold.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// None: any success (2xx).
    pub status: Vec<u16>,
    pub pointer: Option<Pointer>,
    pub equals: Option<Value>,
    pub not_equals: Option<Value>,
    pub contains: Option<String>,
    pub not_contains: Option<String>,
    pub is: Option<Kind>,
    pub body_contains: Option<String>,
    pub body_not_contains: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Array,
    Object,
    String,
    Number,
    Boolean,
}

/// How a token answer is read; whatever is absent is where RFC 6749 §5.1 puts it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TokenResponse {
    pub access_token: Option<Capture>,
    pub refresh_token: Option<Pointer>,
    pub expires_in: Option<ExpiresIn>,
    pub expires_at: Option<Pointer>,
    pub refresh_token_expires_in: Option<Pointer>,
    pub scope: Option<Pointer>,
    /// Statuses that are a success beside 200.
    pub status: Vec<u16>,
    pub success: Option<Condition>,
    /// Where a refusal says why (RFC 6749 §5.2 puts it at `/error`).
    pub error: Option<Pointer>,
    pub unchanged: Vec<String>,
    pub cookies: bool,
    /// Values to keep with the connection.
    pub set: BTreeMap<String, Capture>,
    /// Values to keep with the credential, as secret as it is.
    pub set_secret: BTreeMap<String, Capture>,
    pub lifetime_is_shortest_of: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub enum ExpiresIn {
    At(Pointer),
    Constant(u64),
}

impl TryFrom<Value> for ExpiresIn {
    type Error = String;
    fn try_from(value: Value) -> Result<Self, String> {
        if let Value::String(text) = value {
            return Pointer::try_from(text).map(Self::At);
        }
        let constant =
            value.as_object().filter(|fields| fields.len() == 1).and_then(|fields| fields.get("const"));
        constant
            .and_then(Value::as_u64)
            .map(Self::Constant)
            .ok_or_else(|| "expected a JSON pointer or {const: seconds}".to_owned())
    }
}
