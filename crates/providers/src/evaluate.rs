//! Evaluates expressions over values. Undefined is a result, not an error: the place decides what absence means there.

mod crypto;
mod moment;

use crate::format::expression::{Expression, Reference, Term};
use crate::format::function::Function;
use crate::format::template::{DocumentTemplate, Part, Template};
use crate::percent;
use crate::values::Values;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;
use url::Url;
use zeroize::Zeroizing;

/// What is being evaluated against: values, and the answer for templates that read one.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub values: &'a Values,
    pub answer: Option<&'a Value>,
}

/// Text or bytes; bytes never leave a template except through `hex`, `base64` or as a key.
enum Data {
    Text(String),
    Bytes(Vec<u8>),
}

impl Data {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }

    fn into_text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bytes(_) => None,
        }
    }
}

/// The value of a key.
pub(crate) struct KeyBytes {
    pub bytes: Zeroizing<Vec<u8>>,
    /// It was text, and may be an encoding of the key.
    pub is_text: bool,
}

impl<'a> Scope<'a> {
    pub fn of(values: &'a Values) -> Self {
        Self { values, answer: None }
    }

    /// The text of an expression, `None` if it is undefined or empty.
    pub fn text(&self, expression: &Expression) -> Option<String> {
        self.expression(expression)?.into_text().filter(|text| !text.is_empty())
    }

    /// A whole template; the error is the name of what is missing.
    pub fn template(&self, template: &Template) -> Result<String, String> {
        let mut rendered = String::new();
        for part in &template.parts {
            match part {
                Part::Text(text) => rendered.push_str(text),
                Part::Hole(expression) => {
                    rendered.push_str(&self.text(expression).ok_or_else(|| named(expression))?);
                }
            }
        }
        Ok(rendered)
    }

    /// A template that may be bytes: a key. The error is the name of what is missing.
    pub fn bytes(&self, template: &Template) -> Result<KeyBytes, String> {
        if let [Part::Hole(expression)] = template.parts.as_slice() {
            let data = self.expression(expression).ok_or_else(|| named(expression))?;
            let is_text = matches!(data, Data::Text(_));
            return Ok(KeyBytes { bytes: Zeroizing::new(data.bytes().to_vec()), is_text });
        }
        Ok(KeyBytes { bytes: Zeroizing::new(self.template(template)?.into_bytes()), is_text: true })
    }

    /// Letters and digits that are the same for the same label within one request, and different for each request.
    pub fn identifier(&self, label: &str) -> Option<String> {
        self.random(b"identifier", label.as_bytes()).map(|bytes| hex::encode(&bytes[..16]))
    }

    /// A JSON document without its undefined fields; `None` if all of it is undefined.
    pub fn document(&self, document: &DocumentTemplate) -> Option<Value> {
        Some(match document {
            DocumentTemplate::Text(template) => Value::String(self.template(template).ok()?),
            DocumentTemplate::Constant(constant) => constant.clone(),
            DocumentTemplate::List(items) => items.iter().filter_map(|item| self.document(item)).collect(),
            DocumentTemplate::Object(fields) => Value::Object(
                fields
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), self.document(value)?)))
                    .collect(),
            ),
        })
    }

    fn expression(&self, expression: &Expression) -> Option<Data> {
        expression.terms.iter().find_map(|term| self.term(term).filter(|data| !data.bytes().is_empty()))
    }

    fn term(&self, term: &Term) -> Option<Data> {
        match term {
            Term::Text(text) => Some(Data::Text(text.clone())),
            Term::Number(number) => Some(Data::Text(number.to_string())),
            Term::Reference(reference) => {
                self.values.get(reference).map(|value| Data::Text(value.into_owned()))
            }
            Term::Call { function, arguments } => self.call(*function, arguments),
        }
    }

    fn call(&self, function: Function, arguments: &[Expression]) -> Option<Data> {
        if function == Function::Json {
            return self.json(arguments).map(Data::Text);
        }
        // An undefined argument makes the result undefined; a literal "" is a value.
        let values = arguments.iter().map(|argument| self.argument(argument)).collect::<Option<Vec<_>>>()?;
        let bytes = |index: usize| values.get(index).map(Data::bytes).unwrap_or_default();
        let text = |index: usize| values.get(index).and_then(|data| std::str::from_utf8(data.bytes()).ok());
        let number = |index: usize| text(index).and_then(|digits| digits.parse::<i64>().ok());
        Some(match function {
            Function::Sha1 => Data::Bytes(crypto::sha1(bytes(0))),
            Function::Sha256 => Data::Bytes(crypto::sha256(bytes(0))),
            Function::HmacSha1 => Data::Bytes(crypto::hmac_sha1(bytes(0), bytes(1))),
            Function::HmacSha256 => Data::Bytes(crypto::hmac_sha256(bytes(0), bytes(1))),
            Function::Ed25519 => Data::Bytes(crypto::ed25519(bytes(0), bytes(1))?),
            Function::SpkiFingerprint => Data::Text(crypto::spki_fingerprint(text(0)?)?),
            Function::FromHex => Data::Bytes(hex::decode(text(0)?).ok()?),
            Function::Hex => Data::Text(hex::encode(bytes(0))),
            Function::Base64 => Data::Text(STANDARD.encode(bytes(0))),
            Function::Base64Url => Data::Text(URL_SAFE_NO_PAD.encode(bytes(0))),
            Function::Concat => Data::Text((0..values.len()).map(text).collect::<Option<String>>()?),
            Function::Join => {
                Data::Text((1..values.len()).map(text).collect::<Option<Vec<_>>>()?.join(text(0)?))
            }
            Function::Split => Data::Text(split(text(0)?, text(1)?, number(2)?)?),
            Function::Substr => Data::Text(substr(text(0)?, number(1)?, number(2)?)?),
            Function::Replace => Data::Text(text(0)?.replace(text(1)?, text(2)?)),
            Function::Upper => Data::Text(text(0)?.to_uppercase()),
            Function::Lower => Data::Text(text(0)?.to_lowercase()),
            Function::LastSegment => {
                Data::Text(text(0)?.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned())
            }
            Function::StripPrefix => Data::Text(text(0)?.strip_prefix(text(1)?).or(text(0))?.to_owned()),
            Function::UrlHost => Data::Text(Url::parse(text(0)?).ok()?.host_str()?.to_owned()),
            Function::UrlOrigin => Data::Text(Url::parse(text(0)?).ok()?.origin().ascii_serialization()),
            Function::Percent => Data::Text(percent::encode(text(0)?)),
            Function::Now => {
                Data::Text(moment::format(self.values.now_unix_ms, text(0)?, number(1).unwrap_or(0))?)
            }
            Function::Uuid => Data::Text(self.random(b"uuid", bytes(0)).map(|bytes| crypto::uuid(&bytes))?),
            Function::Nonce => {
                Data::Text(self.random(b"nonce", bytes(0)).map(|bytes| hex::encode(&bytes[..16]))?)
            }
            Function::At => Data::Text(plain(self.answer?.pointer(text(0)?)?)?),
            Function::Claim => Data::Text(self.claim(text(0)?)?),
            Function::Json => return None,
        })
    }

    fn argument(&self, expression: &Expression) -> Option<Data> {
        match expression.terms.as_slice() {
            [Term::Text(text)] => Some(Data::Text(text.clone())),
            _ => self.expression(expression),
        }
    }

    /// `json("name", value, …)`: an object, written by a JSON writer and not by hand.
    fn json(&self, arguments: &[Expression]) -> Option<String> {
        let mut object = serde_json::Map::new();
        for pair in arguments.chunks(2) {
            let [name, value] = pair else { return None };
            object
                .insert(self.argument(name)?.into_text()?, Value::String(self.argument(value)?.into_text()?));
        }
        Some(Value::Object(object).to_string())
    }

    /// Bytes that are the same for the same label within one request, and different for each request.
    pub fn random(&self, purpose: &[u8], label: &[u8]) -> Option<Vec<u8>> {
        let seed = self.values.randomness?;
        Some(crypto::hmac_sha256(&seed, &[purpose, b"\0", label].concat()))
    }

    /// A claim of the access token, read and not verified: it says what the provider said, and protects nothing.
    fn claim(&self, name: &str) -> Option<String> {
        let in_answer = self.answer.and_then(|answer| answer.get("access_token")).and_then(Value::as_str);
        let token = in_answer.or_else(|| self.values.token.get("access_token").map(String::as_str))?;
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?.trim_end_matches('=')).ok()?;
        plain(serde_json::from_slice::<Value>(&payload).ok()?.get(name)?)
    }
}

/// The name of what an expression lacks: its first reference.
pub(crate) fn named(expression: &Expression) -> String {
    let mut references: Vec<&Reference> = Vec::new();
    expression.references(&mut references);
    references.first().map_or_else(|| "a computed value".to_owned(), ToString::to_string)
}

/// A JSON value as text: texts as they are, numbers and truth values as written; nothing else is a value.
pub(crate) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn split(text: &str, separator: &str, index: i64) -> Option<String> {
    if separator.is_empty() {
        return None;
    }
    text.split(separator).nth(usize::try_from(index).ok()?).map(str::to_owned)
}

fn substr(text: &str, start: i64, length: i64) -> Option<String> {
    let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
    Some(text.chars().skip(start).take(length).collect())
}
