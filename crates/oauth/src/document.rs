//! A provider's answer as a tree, read strictly: a key given twice is refused, because two readers of such a document
//! may see two different tokens in it.

use crate::xml;
use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;
use zeroize::Zeroize;

/// The tree of one answer. Its texts are wiped when it is dropped.
pub(crate) struct Document(Value);

/// Why a body is no document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// It stops in the middle: what is missing was lost on the way.
    CutOff,
    /// It is whole and is something else.
    Other,
}

impl Document {
    /// Reads a body by its content type: form-encoded where that says so, JSON otherwise.
    pub(crate) fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Self, Unreadable> {
        if content_type.is_some_and(is_form) {
            return form(body).map(Self);
        }
        match serde_json::from_slice::<Strict>(body) {
            Ok(Strict(value)) => Ok(Self(value)),
            Err(error) if error.is_eof() && !body.trim_ascii().is_empty() => Err(Unreadable::CutOff),
            Err(_) => Err(Unreadable::Other),
        }
    }

    /// As [`Self::parse`], and also XML (see [`crate::xml`]), a text that is nothing else, and nothing at all.
    pub(crate) fn parse_loosely(content_type: Option<&str>, body: &[u8]) -> Result<Self, Unreadable> {
        let trimmed = body.trim_ascii();
        if trimmed.is_empty() {
            return Ok(Self(Value::Null));
        }
        let is_xml = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("xml"));
        if is_xml || trimmed.starts_with(b"<?xml") {
            return xml::tree(trimmed).map(Self).ok_or(Unreadable::Other);
        }
        match Self::parse(content_type, body) {
            Err(Unreadable::Other) if !trimmed.starts_with(b"<") && !trimmed.starts_with(b"{") => {
                let text = std::str::from_utf8(trimmed).map_err(|_| Unreadable::Other)?;
                Ok(Self(Value::String(text.to_owned())))
            }
            read => read,
        }
    }

    pub(crate) fn value(&self) -> &Value {
        &self.0
    }

    /// The text at an RFC 6901 pointer.
    pub(crate) fn text(&self, pointer: &str) -> Option<&str> {
        self.0.pointer(pointer)?.as_str()
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(entries) => entries.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn is_form(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

fn form(body: &[u8]) -> Result<Value, Unreadable> {
    let mut entries = Map::new();
    for (name, value) in url::form_urlencoded::parse(body.trim_ascii()) {
        if entries.insert(name.into_owned(), Value::String(value.into_owned())).is_some() {
            return Err(Unreadable::Other);
        }
    }
    Ok(Value::Object(entries))
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON without a key given twice")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if read.insert(key, value).is_some() {
                // The key is not named: it is the provider's text.
                return Err(de::Error::custom("a key is given twice"));
            }
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str) -> Result<Document, Unreadable> {
        Document::parse(Some("application/json"), body.as_bytes())
    }

    #[test]
    fn a_key_given_twice_is_refused_at_any_depth() {
        for body in [r#"{"a":1,"a":1}"#, r#"{"x":[{"a":1,"\u0061":2}]}"#] {
            assert_eq!(json(body).err(), Some(Unreadable::Other), "{body}");
        }
        assert!(json(r#"{"a":1,"b":{"a":1}}"#).is_ok());
    }

    #[test]
    fn a_body_that_stops_in_the_middle_is_told_from_one_that_is_something_else() {
        assert_eq!(json(r#"{"access_token":"canary"#).err(), Some(Unreadable::CutOff));
        for body in ["", "  ", "<html>", r#"{"a":1} trailing"#] {
            assert_eq!(json(body).err(), Some(Unreadable::Other), "{body}");
        }
    }

    #[test]
    fn a_form_is_read_where_the_content_type_says_so() {
        let content_type = Some("application/x-www-form-urlencoded; charset=utf-8");
        let read = Document::parse(content_type, b"access_token=canary%2B1&scope=a+b").unwrap();
        assert_eq!(read.text("/access_token"), Some("canary+1"));
        assert_eq!(read.text("/scope"), Some("a b"));
        assert_eq!(Document::parse(content_type, b"a=1&a=2").err(), Some(Unreadable::Other));
    }
}
