//! One change at a time to an entry as it is written, of the kinds that people make by mistake.

use serde_json::{Map, Value, json};

/// What was changed, and the entry with the change.
pub struct Mutant {
    pub kind: &'static str,
    pub place: String,
    pub entry: Value,
}

/// Every single change of an entry.
pub fn of(entry: &Value) -> Vec<Mutant> {
    let mut found = vec![];
    walk(entry, &mut vec![], &mut |path, value| {
        found.extend(at(path, value).into_iter().map(|(kind, change)| {
            let mut entry = entry.clone();
            apply(&mut entry, path, change);
            Mutant { kind, place: path.join("."), entry }
        }));
    });
    found.extend(of_the_whole(entry));
    found
}

enum Change {
    Replace(Value),
    Drop,
    Rename(String),
}

/// The changes of one value, by where it stands.
fn at(path: &[String], value: &Value) -> Vec<(&'static str, Change)> {
    let mut found = vec![];
    let name = path.last().map(String::as_str).unwrap_or_default();
    let parent = path.len().checked_sub(2).map(|index| path[index].as_str()).unwrap_or_default();
    let within = |name: &str| path[..path.len().saturating_sub(1)].iter().any(|part| part == name);
    let counts = ["obtain", "apply", "api", "probes"].contains(&path[0].as_str());
    let text = value.as_str().filter(|_| counts);
    if let Some(text) = text.filter(|text| text.starts_with("https://")) {
        if let Some(other) = other_domain(text) {
            found.push(("domain of a host", Change::Replace(other.into())));
        }
        if matches!(name, "token_endpoint" | "temporary_credential_endpoint") {
            found.push(("path of the token endpoint", Change::Replace(format!("{text}x").into())));
        }
        if name == "authorization_endpoint" {
            found.push(("path of the authorization endpoint", Change::Replace(format!("{text}x").into())));
        }
    }
    if let ("token_endpoint_auth_method", Some(method)) = (name, text) {
        let other =
            if method == "client_secret_basic" { "client_secret_post" } else { "client_secret_basic" };
        found.push(("client authentication", Change::Replace(other.into())));
    }
    if path[0] == "obtain" && ["params", "query"].contains(&parent) {
        found.push(("parameter left out", Change::Drop));
        found.push(("parameter renamed", Change::Rename(format!("{name}x"))));
        if let Some(text) = value.as_str().filter(|text| !text.contains("${")) {
            found.push(("value of a parameter", Change::Replace(format!("{text}x").into())));
        }
    }
    if let Some(text) = text.filter(|text| within("token_response") && is_pointer(text)) {
        found.push(("pointer into an answer", Change::Replace(format!("{text}x").into())));
    }
    if parent == "headers" && ["apply", "api"].contains(&path[0].as_str()) {
        found.push(("header of the API renamed", Change::Rename(format!("{name}-x"))));
        if let Some(text) = text {
            found.push(("value of an API header", Change::Replace(format!("x{text}").into())));
        }
    }
    if path == ["apply", "query", name] {
        found.push(("query entry of the API renamed", Change::Rename(format!("{name}x"))));
    }
    if path == ["apply", "scheme"] {
        let other = if text == Some("bearer") { "none" } else { "bearer" };
        found.push(("scheme of the API", Change::Replace(other.into())));
    }
    if let (true, "method", Some(method)) = (path[0] == "obtain", name, text) {
        let other = if method == "GET" { "POST" } else { "GET" };
        found.push(("method of a request", Change::Replace(other.into())));
    }
    if let (true, "format", Some(format)) = (path[0] == "obtain", name, text) {
        let other = if format == "json" { "form" } else { "json" };
        found.push(("format of a body", Change::Replace(other.into())));
    }
    found
}

/// Changes of what an entry need not state.
fn of_the_whole(entry: &Value) -> Vec<Mutant> {
    let obtain = &entry["obtain"];
    let mut found = vec![];
    let mut add = |kind, path: &[&str], value: Value| {
        let mut entry = entry.clone();
        let path: Vec<String> = path.iter().map(|part| (*part).to_owned()).collect();
        apply(&mut entry, &path, Change::Replace(value));
        found.push(Mutant { kind, place: path.join("."), entry });
    };
    if obtain["type"] == "oauth2" {
        let other = if obtain["scopes"]["separator"] == "," { " " } else { "," };
        add("scope separator", &["obtain", "scopes", "separator"], other.into());
        if obtain["token_request"]["method"].is_null() {
            add("method of a request", &["obtain", "token_request", "method"], "GET".into());
        }
        if obtain["token_request"]["format"].is_null() {
            add("format of a body", &["obtain", "token_request", "format"], "json".into());
        }
        if obtain["token_response"]["access_token"].is_null() {
            add("pointer into an answer", &["obtain", "token_response", "access_token"], "/tokenx".into());
        }
        if !obtain["code_challenge_methods"].is_null() {
            let without = obtain["code_challenge_methods"] == json!([]);
            let other = if without { json!(["S256"]) } else { json!([]) };
            add("proof key (RFC 7636)", &["obtain", "code_challenge_methods"], other);
        }
    }
    found
}

fn is_pointer(text: &str) -> bool {
    let rest = text.split_once(':').filter(|(number, _)| number.parse::<usize>().is_ok());
    rest.map_or(text, |(_, rest)| rest).starts_with('/')
}

/// The same address under another top-level domain; `None` where a value is the end of the host.
fn other_domain(address: &str) -> Option<String> {
    let (authority, rest) = match address[8..].find(['/', '?']) {
        Some(end) => address.split_at(8 + end),
        None => (address, ""),
    };
    let (before, last) = authority.rsplit_once('.')?;
    if !last.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    Some(format!("{before}.{}{rest}", if last == "com" { "net" } else { "com" }))
}

fn walk(value: &Value, path: &mut Vec<String>, visit: &mut impl FnMut(&[String], &Value)) {
    if !path.is_empty() {
        visit(path, value);
    }
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()
        }
        _ => vec![],
    };
    for (name, child) in children {
        path.push(name);
        walk(child, path, visit);
        path.pop();
    }
}

fn apply(entry: &mut Value, path: &[String], change: Change) {
    let [first @ .., last] = path else { return };
    let mut place = entry;
    for name in first {
        place = match place {
            Value::Array(items) => &mut items[name.parse::<usize>().unwrap()],
            other => {
                if other.is_null() {
                    *other = Value::Object(Map::new());
                }
                other.as_object_mut().unwrap().entry(name.clone()).or_insert(Value::Null)
            }
        };
    }
    if let (Value::Array(items), Change::Replace(value)) = (&mut *place, &change) {
        items[last.parse::<usize>().unwrap()] = value.clone();
        return;
    }
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let Some(fields) = place.as_object_mut() else { return };
    match change {
        Change::Replace(value) => drop(fields.insert(last.clone(), value)),
        Change::Drop => drop(fields.remove(last)),
        Change::Rename(other) => {
            let value = fields.remove(last).unwrap_or_default();
            fields.insert(other, value);
        }
    }
}
