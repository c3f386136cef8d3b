//! What an entry's templates may refer to, and what they do refer to.

use super::entry::{Ask, Provider};
use super::expression::{Reference, Space};
use super::template::Template;
use serde_json::Value;
use std::collections::BTreeSet;

/// Parts of an entry whose texts are templates.
const TEMPLATED: [&str; 4] = ["obtain", "apply", "api", "probes"];
/// A regular expression in there may look like a template and is none.
const NOT_TEMPLATED: &str = "rate_limit";

/// Everything that an entry gives a value to.
pub struct Declared {
    app: BTreeSet<String>,
    conn: BTreeSet<String>,
    token: BTreeSet<String>,
    companions: BTreeSet<String>,
    assertions: BTreeSet<String>,
    /// Values of `conn` that come from answers and not from a person.
    captured: BTreeSet<String>,
}

impl Declared {
    #[must_use]
    pub fn by(raw: &Value, provider: &Provider) -> Self {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
        let mut declared = Self {
            app: owned(&["client_id", "client_secret", "scopes", "user_agent"]),
            conn: BTreeSet::new(),
            token: owned(&["access_token", "refresh_token"]),
            companions: provider.obtain.companions.keys().cloned().collect(),
            assertions: provider.obtain.assertions.keys().cloned().collect(),
            captured: BTreeSet::new(),
        };
        if provider.obtain.token_response.cookies {
            declared.token.insert("cookie".to_owned());
        }
        if provider.obtain.client_assertion.is_some() {
            declared.assertions.insert("client".to_owned());
        }
        for companion in provider.obtain.companions.values() {
            declared.assertions.extend(companion.assertions.keys().cloned());
        }
        for input in &provider.inputs {
            let space = if input.ask == Ask::Integration { &mut declared.app } else { &mut declared.conn };
            space.insert(input.name.clone());
        }
        declared.app.extend(provider.obtain.scopes.second_list.iter().map(|list| list.param.clone()));
        collect_keys(raw, &["set", "set_on_outcome"], &mut declared.captured);
        collect_keys(raw, &["set_secret"], &mut declared.token);
        declared.conn.extend(declared.captured.iter().cloned());
        declared
    }

    /// Whether the value comes from an answer alone, so that nobody's typing was checked.
    #[must_use]
    pub fn is_captured(&self, reference: &Reference, provider: &Provider) -> bool {
        reference.space == Space::Conn
            && self.captured.contains(&reference.path[0])
            && !provider.inputs.iter().any(|input| input.name == reference.path[0])
    }

    /// Why a reference can never have a value; `None` if it may.
    #[must_use]
    pub fn objection(&self, reference: &Reference) -> Option<String> {
        let first = reference.path[0].as_str();
        let depth = reference.path.len();
        let known = match reference.space {
            Space::App => depth == 1 && self.app.contains(first),
            Space::Conn => depth == 1 && self.conn.contains(first),
            Space::Token => depth == 1 && self.token.contains(first),
            Space::Companion => depth == 2 && self.companions.contains(first),
            Space::Assertion => depth == 1 && self.assertions.contains(first),
            Space::Flow => depth == 1 && matches!(first, "code" | "state" | "redirect_uri" | "code_verifier"),
            Space::Step => depth >= 2 && first.bytes().all(|b| b.is_ascii_digit()),
            Space::Req => {
                depth == 1
                    && matches!(
                        first,
                        "method"
                            | "host"
                            | "path"
                            | "path_and_query"
                            | "sorted_params"
                            | "body"
                            | "content_type"
                    )
            }
        };
        let hint = match reference.space {
            Space::App => "declare an input with `ask: integration`",
            Space::Conn => "declare an input with `ask: connection`, or capture it with `set`",
            Space::Token => "use access_token or refresh_token, or capture it with `set_secret`",
            _ => "nothing in the entry gives it a value",
        };
        (!known).then(|| format!("`{reference}` is never defined: {hint}"))
    }
}

fn collect_keys(value: &Value, names: &[&str], found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                if let (true, Value::Object(set)) = (names.contains(&name.as_str()), inner) {
                    found.extend(set.keys().cloned());
                }
                collect_keys(inner, names, found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_keys(item, names, found)),
        _ => {}
    }
}

/// Every template of an entry with its dotted field.
#[must_use]
pub fn templates(raw: &Value) -> Vec<(String, Template)> {
    let mut found = Vec::new();
    for part in TEMPLATED {
        if let Some(value) = raw.get(part) {
            walk(part, value, &mut found);
        }
    }
    found
}

fn walk(field: &str, value: &Value, found: &mut Vec<(String, Template)>) {
    match value {
        Value::String(text) if text.contains("${") => {
            // Where a text did not parse, decoding has refused the entry already.
            found.extend(
                Template::parse_bytes_allowed(text).ok().map(|template| (field.to_owned(), template)),
            );
        }
        Value::Object(fields) => {
            for (name, inner) in fields.iter().filter(|(name, _)| *name != NOT_TEMPLATED) {
                walk(&format!("{field}.{name}"), inner, found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(&format!("{field}[{index}]"), item, found);
            }
        }
        _ => {}
    }
}
