//! From the wire to domain words and back. What comes in is parsed once, here; a malformed field is named by its path
//! in the message and never repeated. What goes out cannot fail. The server parses what the client renders and the
//! other way round, so both directions of every type are here.

mod about;
mod auth_log;
mod authorization;
mod batch;
mod client;
mod credential;
mod environment;
mod failure;
mod integration;
mod key;
mod lending;
mod login;
mod peer;
mod preset;
mod refresh;
mod reply;
mod revocation;
mod session;
mod sessions;
mod setup;
mod time;
mod webhook;

pub use about::document_from_pb;
pub use auth_log::{operation_from_pb, outcome_from_pb};
pub use batch::batch_results_to_pb;
pub use failure::failure_to_pb;
pub use key::{scopes_from_words, scopes_to_words};
pub use lending::is_bearer;
pub use preset::presets_from_pb;
pub use reply::{
    HandoutReply, handout_to_pb, refresh_token_to_pb, renewal_fields_to_pb, rfc3339_to_pb, secret_to_pb,
    struct_to_pb,
};
pub use time::{duration_from_pb, duration_to_pb, timestamp_from_pb, timestamp_to_pb};

use crate::Fault;
use latchkey_domain::{InvalidDigest, InvalidId};
use latchkey_secret::SecretText;
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Why a text is not an id, in words that do not repeat it.
pub trait ParseError: fmt::Display {}

impl ParseError for InvalidId {}
impl ParseError for InvalidDigest {}

/// An id, a name or a digest.
///
/// # Errors
/// [`Fault::field_invalid`] where the text is empty or malformed.
pub fn parse<T: FromStr<Err: ParseError>>(field: &str, text: &str) -> Result<T, Fault> {
    if text.is_empty() {
        return Err(missing(field));
    }
    text.parse().map_err(|error: T::Err| Fault::field_invalid(field, sentence(&error.to_string())))
}

/// The same, where an empty text means that there is none.
///
/// # Errors
/// [`Fault::field_invalid`] where the text is malformed.
pub fn parse_optional<T: FromStr<Err: ParseError>>(field: &str, text: &str) -> Result<Option<T>, Fault> {
    if text.is_empty() { Ok(None) } else { parse(field, text).map(Some) }
}

/// A list of names; an element's path is `field[index]`.
///
/// # Errors
/// [`Fault::field_invalid`] where one is malformed.
pub fn parse_list<T: FromStr<Err: ParseError>>(field: &str, texts: &[String]) -> Result<Vec<T>, Fault> {
    texts.iter().enumerate().map(|(index, text)| parse(&format!("{field}[{index}]"), text)).collect()
}

/// One of a fixed set of words.
///
/// # Errors
/// [`Fault::field_invalid`] where it is none of them.
pub fn parse_word<T>(field: &str, word: &str, from_word: fn(&str) -> Option<T>) -> Result<T, Fault> {
    if word.is_empty() {
        return Err(missing(field));
    }
    from_word(word).ok_or_else(|| Fault::field_invalid(field, format!("`{field}` is not a known word.")))
}

/// A value that must be there.
///
/// # Errors
/// [`Fault::field_invalid`] where it is not.
pub fn required<T>(field: &str, value: Option<T>) -> Result<T, Fault> {
    value.ok_or_else(|| missing(field))
}

/// A text that must not be empty.
///
/// # Errors
/// [`Fault::field_invalid`] where it is.
pub fn required_text(field: &str, text: String) -> Result<String, Fault> {
    if text.is_empty() { Err(missing(field)) } else { Ok(text) }
}

/// A message inside a message: its fields' paths begin with its own.
fn within<T, U: TryFrom<T, Error = Fault>>(field: &str, value: T) -> Result<U, Fault> {
    U::try_from(value).map_err(|mut fault| {
        if let Some(inner) = fault.metadata.get_mut("field") {
            *inner = format!("{field}.{inner}");
        }
        fault
    })
}

/// Messages in a list inside a message.
fn within_list<T, U: TryFrom<T, Error = Fault>>(field: &str, values: Vec<T>) -> Result<Vec<U>, Fault> {
    values.into_iter().enumerate().map(|(index, value)| within(&format!("{field}[{index}]"), value)).collect()
}

fn missing(field: &str) -> Fault {
    Fault::field_invalid(field, format!("`{field}` is missing."))
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn none_if_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn secret(text: String) -> SecretText {
    SecretText::new(text)
}

fn secrets(texts: BTreeMap<String, String>) -> BTreeMap<String, SecretText> {
    texts.into_iter().map(|(name, text)| (name, secret(text))).collect()
}

fn exposed(secrets: &BTreeMap<String, SecretText>) -> BTreeMap<String, String> {
    secrets.iter().map(|(name, secret)| (name.clone(), secret.expose().to_owned())).collect()
}

/// The text of an id that may be absent.
fn text_or_empty<T: fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

fn texts<T: fmt::Display>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
