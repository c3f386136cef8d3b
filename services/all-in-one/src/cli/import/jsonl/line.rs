//! One connection as a line of JSON, the shape that `latchkey export` writes and `latchkey import jsonl` reads: what
//! `POST /v1/connections` takes, so that there is one shape to know.
//!
//! Invariant: what is wrong with a line is told by its field, and never with what stands there.

use latchkey_providers::distance;
use serde_json::{Map, Value};

/// How many letters a name may be from one that is meant.
const NEAR: usize = 2;

/// What a line may be.
pub enum Read {
    Connection(Box<Line>),
    /// The first line of an export, which says that there will be a last one.
    Begin,
    /// The last line of an export, with how many connections came before it.
    End(u64),
}

pub struct Line {
    pub integration: String,
    pub external_id: String,
    /// It was switched off where it comes from.
    pub disabled: bool,
    pub needs_reauth: bool,
    /// For `POST /v1/connections`, but for how it begins.
    pub body: Map<String, Value>,
}

/// What is wrong with a line, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    pub field: String,
    pub problem: String,
}

impl Wrong {
    pub fn new(field: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { field: field.into(), problem: problem.into() }
    }
}

pub const BEGIN: &str = "latchkey_export";
pub const END: &str = "end";

/// The present shape, as [`BEGIN`] has it.
pub const FORMAT: u64 = 1;

#[derive(Clone, Copy)]
enum Shape {
    Text,
    /// Text that must be there.
    Needed,
    Time,
    Flag,
    Texts,
    /// An object whose values are text.
    Named,
    Object,
    Credential,
}

const LINE: &[(&str, Shape)] = &[
    ("integration", Shape::Needed),
    ("external_id", Shape::Needed),
    ("end_user", Shape::Needed),
    ("display_name", Shape::Text),
    ("tags", Shape::Named),
    ("metadata", Shape::Object),
    ("config", Shape::Object),
    ("webhook_url", Shape::Text),
    ("credential", Shape::Credential),
    ("needs_reauth", Shape::Flag),
    ("disabled", Shape::Flag),
];

const CREDENTIAL: &[(&str, Shape)] = &[
    ("access_token", Shape::Text),
    ("refresh_token", Shape::Text),
    ("token_secret", Shape::Text),
    ("expire_time", Shape::Time),
    ("obtain_time", Shape::Time),
    ("granted_scopes", Shape::Texts),
    ("fields", Shape::Named),
    ("client_id", Shape::Text),
    ("client_secret", Shape::Text),
];

impl Read {
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let value: Value = serde_json::from_str(text).map_err(|error| {
            // The error's own words may repeat what is there.
            Wrong::new("", format!("is not one JSON object on one line: see column {}", error.column()))
        })?;
        let Value::Object(fields) = value else {
            return Err(Wrong::new("", "is JSON, and not an object: begin it with `{`"));
        };
        if let Some(format) = fields.get(BEGIN) {
            return if format.as_u64() == Some(FORMAT) {
                Ok(Self::Begin)
            } else {
                Err(Wrong::new(BEGIN, "is of a newer export than this program knows: use a newer `latchkey`"))
            };
        }
        if let (Some(count), 1) = (fields.get(END), fields.len()) {
            let count = count.as_u64().ok_or_else(|| Wrong::new(END, "must be the number of connections"))?;
            return Ok(Self::End(count));
        }
        Line::checked(fields).map(|line| Self::Connection(Box::new(line)))
    }
}

impl Line {
    fn checked(mut body: Map<String, Value>) -> Result<Self, Wrong> {
        body.retain(|_, value| !value.is_null());
        shaped("", LINE, &body)?;
        let flag = |name: &str| body.get(name).and_then(Value::as_bool).unwrap_or_default();
        let (disabled, needs_reauth) = (flag("disabled"), flag("needs_reauth"));
        if needs_reauth == body.contains_key("credential") {
            let problem = if needs_reauth {
                "is given beside `needs_reauth`: leave one of them out, as a credential that is refused is not kept"
            } else {
                "is missing: give it, or `\"needs_reauth\": true` where the provider refuses it"
            };
            return Err(Wrong::new("credential", problem));
        }
        body.remove("disabled");
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (integration, external_id) = (text("integration"), text("external_id"));
        Ok(Self { integration, external_id, disabled, needs_reauth, body })
    }

    /// The access token; empty where there is none.
    pub fn access_token(&self) -> &str {
        self.credential("access_token").and_then(Value::as_str).unwrap_or_default()
    }

    pub fn credential(&self, name: &str) -> Option<&Value> {
        self.body.get("credential")?.get(name)
    }
}

fn shaped(within: &str, known: &[(&str, Shape)], given: &Map<String, Value>) -> Result<(), Wrong> {
    let path = |name: &str| if within.is_empty() { name.to_owned() } else { format!("{within}.{name}") };
    if let Some(name) = given.keys().find(|name| known.iter().all(|(known, _)| known != name)) {
        return Err(unknown(within, name, known));
    }
    for (name, shape) in known {
        match given.get(*name) {
            None if matches!(shape, Shape::Needed) => return Err(Wrong::new(path(name), "is missing")),
            None => {}
            Some(value) => shape.fits(&path(name), value)?,
        }
    }
    Ok(())
}

/// A name is repeated only where it is near one that is known: any other may be what somebody put in the wrong place.
fn unknown(within: &str, name: &str, known: &[(&str, Shape)]) -> Wrong {
    let near = known.iter().map(|(known, _)| *known).min_by_key(|known| distance(name, known));
    if let Some(near) = near.filter(|near| distance(name, near) <= NEAR) {
        return Wrong::new(within, format!("holds `{name}`, which is no field: is `{near}` meant?"));
    }
    let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
    Wrong::new(within, format!("holds a field that is none of {}", names.join(", ")))
}

impl Shape {
    fn fits(self, path: &str, value: &Value) -> Result<(), Wrong> {
        let texts = |value: &Value| value.is_string();
        let (fits, expected) = match self {
            Self::Text => (value.is_string(), "text"),
            Self::Needed => (value.as_str().is_some_and(|text| !text.is_empty()), "text, and not empty"),
            Self::Time => (
                value.as_str().is_some_and(|text| latchkey_wire::convert::rfc3339_to_pb(text).is_some()),
                "a time such as 2026-01-31T12:00:00Z",
            ),
            Self::Flag => (value.is_boolean(), "true or false"),
            Self::Texts => (value.as_array().is_some_and(|all| all.iter().all(texts)), "a list of texts"),
            Self::Named => (
                value.as_object().is_some_and(|all| all.values().all(texts)),
                "an object whose values are texts",
            ),
            Self::Object => (value.is_object(), "an object"),
            Self::Credential => match value.as_object() {
                Some(given) => return shaped(path, CREDENTIAL, given),
                None => (false, "an object"),
            },
        };
        if fits { Ok(()) } else { Err(Wrong::new(path, format!("must be {expected}"))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(line: &Value) -> Wrong {
        Read::parse(&line.to_string()).err().unwrap()
    }

    fn line(more: Value) -> Value {
        let mut line = json!({"integration": "crm", "external_id": "a", "end_user": "u", "credential": {"access_token": "t"}});
        for (name, value) in more.as_object().unwrap() {
            line[name] = value.clone();
        }
        line
    }

    #[test]
    fn a_line_is_what_makes_a_connection() {
        let all = line(json!({
            "display_name": "Ana", "tags": {"team": "crm"}, "metadata": {"plan": 1}, "config": {}, "disabled": true,
            "credential": {"access_token": "t", "refresh_token": "r", "expire_time": "2026-01-31T12:00:00Z",
                "granted_scopes": ["read"], "fields": {"subdomain": "acme"}, "client_id": "c", "client_secret": "s"},
        }));
        let Ok(Read::Connection(read)) = Read::parse(&all.to_string()) else { panic!("{all}") };
        assert_eq!((read.integration.as_str(), read.external_id.as_str()), ("crm", "a"));
        assert!(
            read.disabled && !read.body.contains_key("disabled"),
            "how it begins is for whoever imports it"
        );
        assert_eq!(read.access_token(), "t");
    }

    #[test]
    fn a_name_that_is_nearly_right_is_told_with_the_one_that_is() {
        for (given, within, told) in [
            (
                line(json!({"externalId": "canary"})),
                "",
                "holds `externalId`, which is no field: is `external_id` meant?",
            ),
            (
                line(json!({"endUser": "canary"})),
                "",
                "holds `endUser`, which is no field: is `end_user` meant?",
            ),
            (
                line(json!({"credential": {"refesh_token": "canary"}})),
                "credential",
                "holds `refesh_token`, which is no field: is `refresh_token` meant?",
            ),
        ] {
            assert_eq!(wrong(&given), Wrong::new(within, told));
        }
    }

    #[test]
    fn what_is_wrong_is_told_by_its_field_and_never_repeated() {
        for (given, field) in [
            (json!({"integration": "", "end_user": "u"}), "integration"),
            (json!({"integration": "canary"}), "external_id"),
            (line(json!({"end_user": 7})), "end_user"),
            (line(json!({"tags": {"canary": 1}})), "tags"),
            (line(json!({"metadata": ["canary"]})), "metadata"),
            (line(json!({"canary_name": "canary"})), ""),
            (line(json!({"credential": "canary"})), "credential"),
            (line(json!({"credential": {"canary": "canary"}})), "credential"),
            (line(json!({"credential": {"access_token": ["canary"]}})), "credential.access_token"),
            (line(json!({"credential": {"expire_time": "canary"}})), "credential.expire_time"),
            (line(json!({"credential": {"obtain_time": "canary"}})), "credential.obtain_time"),
            (line(json!({"credential": {"granted_scopes": "canary"}})), "credential.granted_scopes"),
            (line(json!({"credential": {"fields": {"api_key": {}}}})), "credential.fields"),
            (line(json!({"credential": null})), "credential"),
            (line(json!({"needs_reauth": true})), "credential"),
            (line(json!({"disabled": "canary"})), "disabled"),
            (line(json!({"webhook_url": ["canary"]})), "webhook_url"),
            (json!({"latchkey_export": 2}), "latchkey_export"),
            (json!({"end": "canary"}), "end"),
        ] {
            let wrong = wrong(&given);
            assert_eq!(wrong.field, field, "{given}");
            assert!(!wrong.problem.contains("canary"), "{wrong:?}");
        }
        for text in ["canary", "[\"canary\"]", "{\"canary\": ", "{\"integration\": canary}"] {
            let wrong = Read::parse(text).err().unwrap();
            assert!(wrong.field.is_empty() && !wrong.problem.contains("canary"), "{wrong:?}");
        }
    }
}
