//! Bodies and queries, read field by field. What nobody asks for is refused by name, as the contract has it; a value is
//! never repeated, for it may be a secret.

use super::refusal::{Issue, Refusal};
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use url::form_urlencoded;

/// Fields that are taken out one by one; [`Fields::done`] says what was wrong with any.
#[derive(Debug)]
pub struct Fields {
    code: &'static str,
    map: Map<String, Value>,
    issues: Vec<Issue>,
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case("application/json") {
            let message = "Send the body as JSON, with `Content-Type: application/json`.";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_content_type", message));
        }
        let invalid = |message| Refusal::new(StatusCode::BAD_REQUEST, "invalid_json", message);
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|_| invalid("The body is too large, or broke off."))?;
        let read: Value = serde_json::from_slice(&body).map_err(|_| invalid("The body is not JSON."))?;
        match read {
            Value::Object(map) => Ok(Self::new("invalid_body", map)),
            _ => Err(Refusal::body(&[], "The body must be one JSON object.")),
        }
    }
}

impl Fields {
    pub fn new(code: &'static str, map: Map<String, Value>) -> Self {
        Self { code, map, issues: vec![] }
    }

    /// `a=1&a=2` is a list, `a[b]=1` an object.
    pub fn of_query(query: Option<&str>) -> Self {
        let mut map = Map::new();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = Value::String(value.into_owned());
            match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                Some((outer, inner)) => {
                    let entry = map.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(nested) = entry {
                        nested.insert(inner.to_owned(), value);
                    }
                }
                None => match map.get_mut(name.as_ref()) {
                    None => drop(map.insert(name.into_owned(), value)),
                    Some(Value::Array(list)) => list.push(value),
                    Some(first) => *first = Value::Array(vec![first.take(), value]),
                },
            }
        }
        Self::new("invalid_query_params", map)
    }

    /// As it was given; null where it was not.
    pub fn get(&self, name: &str) -> Value {
        self.map.get(name).cloned().unwrap_or_default()
    }

    /// All of it, whatever it holds.
    pub fn into_object(self) -> Map<String, Value> {
        self.map
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &str) -> String {
        let text = self.optional_text(name).unwrap_or_default();
        if text.is_empty() && !self.issues.iter().any(|issue| issue.path == [name]) {
            self.wrong::<()>("invalid_type", name, format!("`{name}` is missing."));
        }
        text
    }

    pub fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.take(name)? {
            Value::String(text) => Some(text),
            _ => self.wrong("invalid_type", name, format!("`{name}` must be a text.")),
        }
    }

    /// Everything that is a text, by its name; for bodies whose names only the catalogue knows.
    pub fn into_texts(self) -> BTreeMap<String, String> {
        self.map.into_iter().filter_map(|(name, value)| Some((name, as_text(value)?))).collect()
    }

    /// A list of texts; one text alone is a list of one.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let list = match self.take(name)? {
            Value::Array(list) => list,
            one @ Value::String(_) => vec![one],
            _ => return self.wrong("invalid_type", name, format!("`{name}` must be a list of texts.")),
        };
        let texts: Option<Vec<String>> = list.into_iter().map(as_text).collect();
        texts.or_else(|| self.wrong("invalid_type", name, format!("`{name}` must be a list of texts.")))
    }

    pub fn text_map(&mut self, name: &str) -> BTreeMap<String, String> {
        let Some(object) = self.object(name) else { return BTreeMap::new() };
        let texts: Option<BTreeMap<_, _>> =
            object.into_iter().map(|(key, value)| Some((key, as_text(value)?))).collect();
        texts
            .or_else(|| self.wrong("invalid_type", name, format!("`{name}` must hold texts.")))
            .unwrap_or_default()
    }

    pub fn object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.take(name)? {
            Value::Object(object) => Some(object),
            _ => self.wrong("invalid_type", name, format!("`{name}` must be an object.")),
        }
    }

    /// Also by the words that queries say it with.
    pub fn flag(&mut self, name: &str) -> bool {
        let value = match self.take(name) {
            None => return false,
            Some(Value::Bool(flag)) => return flag,
            Some(Value::String(text)) => text,
            Some(_) => String::new(),
        };
        match value.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" | "y" | "enabled" => true,
            "false" | "0" | "no" | "off" | "n" | "disabled" => false,
            _ => self
                .wrong("invalid_type", name, format!("`{name}` must be true or false."))
                .unwrap_or_default(),
        }
    }

    pub fn number(&mut self, name: &str, least: u64, most: u64) -> Option<u64> {
        let number = match self.take(name)? {
            Value::Number(number) => number.as_u64(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        };
        number
            .filter(|number| (least..=most).contains(number))
            .or_else(|| self.wrong("custom", name, format!("`{name}` must be from {least} to {most}.")))
    }

    /// Whether a field is there that this server could only ignore, and that would change what happens.
    ///
    /// # Errors
    /// 501 with the field's name.
    pub fn refuse_unsupported(&mut self, names: &[&str]) -> Result<(), Refusal> {
        for name in names {
            match self.take(name) {
                None | Some(Value::Bool(false)) => {}
                Some(Value::Object(object)) if object.is_empty() => {}
                Some(Value::String(text)) if text.is_empty() => {}
                Some(_) => return Err(Refusal::unsupported(&format!("`{name}`"))),
            }
        }
        Ok(())
    }

    /// The same of an object in an object, whose fields are named by their path.
    ///
    /// # Errors
    /// As [`Self::done`].
    pub fn done_within(self, outer: &str) -> Result<(), Refusal> {
        self.done().map_err(|refusal| refusal.within(outer))
    }

    /// # Errors
    /// Everything that was wrong, and every field nobody asked for.
    pub fn done(mut self) -> Result<(), Refusal> {
        for name in self.map.keys() {
            let name = shortened(name);
            let message = format!("There is no field `{name}` here.");
            self.issues.push(Issue { code: "unrecognized_keys", message, path: vec![name] });
        }
        if self.issues.is_empty() { Ok(()) } else { Err(Refusal::invalid(self.code, self.issues)) }
    }

    pub fn wrong<T>(&mut self, code: &'static str, name: &str, message: String) -> Option<T> {
        self.issues.push(Issue { code, message, path: vec![name.to_owned()] });
        None
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }
}

/// A caller's text, short enough to be repeated.
pub fn shortened(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(64).collect()
}

fn as_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_may_say_lists_objects_and_flags_in_words() {
        let mut query = Fields::of_query(Some("include=a&include=b&tags[plan]=x%20y&force=Yes&limit=7"));
        assert_eq!(query.texts("include").unwrap(), ["a", "b"]);
        assert_eq!(query.text_map("tags")["plan"], "x y");
        assert!(query.flag("force"));
        assert_eq!(query.number("limit", 1, 10), Some(7));
        assert!(query.done().is_ok());
    }

    #[test]
    fn everything_that_is_wrong_is_told_by_its_name_and_no_value_is_repeated() {
        let body = serde_json::json!({"a": 1, "flag": "canary_value", "b": [2], "canary": "canary_value"});
        let Value::Object(map) = body else { unreachable!() };
        let mut fields = Fields::new("invalid_body", map);
        fields.text("a");
        fields.text("missing");
        fields.flag("flag");
        fields.texts("b");
        let told = format!("{:?}", fields.done().unwrap_err());
        for name in ["a", "missing", "flag", "b", "canary"] {
            assert!(told.contains(&format!("path: [\"{name}\"]")), "{name}: {told}");
        }
        assert!(!told.contains("canary_value"), "{told}");
    }

    #[test]
    fn what_would_be_ignored_is_refused_unless_it_says_nothing() {
        let fields = |value: Value| Fields::new("invalid_body", Map::from_iter([("x".to_owned(), value)]));
        for empty in [Value::Null, false.into(), "".into(), Value::Object(Map::new())] {
            assert!(fields(empty).refuse_unsupported(&["x"]).is_ok());
        }
        assert!(fields(true.into()).refuse_unsupported(&["x"]).is_err());
    }
}
