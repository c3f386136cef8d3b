//! Where a request that was sent is another than the one on the vendor's page.

use crate::{
    authorization,
    engine::Sent,
    transcript::{ClientAuth, Expected, Kept, Transcript},
};
use latchkey_providers::{Body, HttpRequest};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use url::Url;

/// Headers that say nothing about the provider: what kind of answer is understood, and who speaks.
const GENERAL: [&str; 3] = ["accept", "content-type", "user-agent"];

/// Every difference, each with the request's name.
pub fn differences(transcript: &Transcript, sent: &Sent) -> Vec<String> {
    let expected = &transcript.requests;
    let named = [
        ("register", &expected.register),
        ("temporary", &expected.temporary),
        ("authorize", &expected.authorize),
        ("token", &expected.token),
        ("refresh", &expected.refresh),
        ("api", &expected.api),
        ("verify", &expected.verify),
        ("revoke", &expected.revoke),
    ];
    let mut found = vec![];
    for (name, expected) in named {
        let Some(expected) = expected else { continue };
        let why = sent.failed.as_deref().unwrap_or("the engine makes no such request");
        match sent.requests.get(name) {
            Some(Ok(request)) => found.extend(of_request(name, expected, request)),
            Some(Err(why)) => found.push(format!("{name}: not sent: {why}")),
            None => found.push(format!("{name}: not sent: {why}")),
        }
    }
    if !expected.steps.is_empty() {
        let (wanted, made) = (expected.steps.len(), sent.obtained.len());
        if wanted != made {
            let why = sent.failed.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            found.push(format!("steps: {wanted} on the page, {made} sent{why}"));
        }
        for (index, (expected, request)) in expected.steps.iter().zip(&sent.obtained).enumerate() {
            found.extend(of_request(&format!("steps[{index}]"), expected, request));
        }
    }
    match (&transcript.kept, &sent.failed) {
        (Some(_), Some(why)) => found.push(format!("kept: nothing: {why}")),
        (Some(page), None) => found.extend(of_answers(page, &sent.kept)),
        (None, _) => {}
    }
    found
}

/// What is on the page and was not read in the answers. More may be kept.
fn of_answers(page: &Kept, kept: &Kept) -> Vec<String> {
    let value = |texts: &Option<Vec<String>>| texts.as_ref().map(|texts| Value::from(texts.clone()));
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let mut pairs = vec![
        ("expires_in", page.expires_in.clone(), kept.expires_in.clone()),
        ("refresh_token", text(&page.refresh_token), text(&kept.refresh_token)),
        ("scopes", value(&page.scopes), value(&kept.scopes)),
    ];
    for (name, wanted) in &page.fields {
        let found = kept.fields.get(name).map(|text| Value::from(text.as_str()));
        pairs.push((name, Some(wanted.as_str().into()), found));
    }
    let other = |(name, wanted, found): (&str, Option<Value>, Option<Value>)| match (wanted, found) {
        (Some(wanted), Some(found)) if fits(&wanted, &found) => None,
        (Some(wanted), Some(found)) => Some(format!("kept.{name}: {wanted} on the page, {found} read")),
        (Some(_), None) => Some(format!("kept.{name}: not read")),
        (None, _) => None,
    };
    pairs.into_iter().filter_map(other).collect()
}

fn of_request(name: &str, expected: &Expected, sent: &HttpRequest) -> Vec<String> {
    let mut found = vec![];
    if expected.method.as_ref().is_some_and(|method| !method.eq_ignore_ascii_case(&sent.method)) {
        let method = expected.method.as_deref().unwrap_or_default();
        found.push(format!("method: {method} on the page, {} sent", sent.method));
    }
    let mut wanted = Parameters::of_page(expected);
    found.extend(address(expected, &sent.url, &mut wanted));
    let parameters_sent = Parameters::sent(sent);
    found.extend(client(expected, sent, &parameters_sent));
    found.extend(parameters(expected, &wanted, &parameters_sent));
    found.extend(headers(expected, sent, name == "api"));
    found.into_iter().map(|difference| format!("{name}: {difference}")).collect()
}

/// How the client proves itself, where the page leaves that open.
fn client(expected: &Expected, sent: &HttpRequest, parameters: &Parameters) -> Option<String> {
    let in_header =
        sent.headers.iter().any(|(name, value)| name == "authorization" && value.starts_with("Basic "));
    let in_body = parameters.elsewhere("client_secret").is_some_and(|place| place != "query");
    let way = match (in_header, in_body) {
        (true, false) => ClientAuth::ClientSecretBasic,
        (false, true) => ClientAuth::ClientSecretPost,
        (false, false) => ClientAuth::None,
        (true, true) => return Some("client: proves itself twice (RFC 6749 §2.3)".into()),
    };
    let is_wrong = !expected.client.is_empty() && !expected.client.contains(&way);
    is_wrong.then(|| format!("client: {:?} on the page, {way:?} sent", expected.client))
}

/// The address without its query. What the page's own has of one joins `wanted`.
fn address(expected: &Expected, sent: &Url, wanted: &mut Parameters) -> Vec<String> {
    let mut found = vec![];
    let bare = |url: &Url| {
        let mut url = url.clone();
        url.set_query(None);
        url
    };
    if let Some(text) = &expected.url {
        match Url::parse(text) {
            Ok(url) => {
                for (name, value) in url.query_pairs() {
                    wanted.0.entry(("query", name.into_owned())).or_insert(Value::from(value.as_ref()));
                }
                if !fits(&Value::from(bare(&url).as_str()), &Value::from(bare(sent).as_str())) {
                    found.push(format!("url: {} on the page, {} sent", bare(&url), bare(sent)));
                }
            }
            Err(error) => found.push(format!("url: {text} is no address: {error}")),
        }
    }
    if let Some(text) = &expected.base {
        match Url::parse(text) {
            Ok(base) if begins(&base, sent) || begins(sent, &base) => {}
            Ok(base) => found.push(format!("base: {base} on the page, {} sent", bare(sent))),
            Err(error) => found.push(format!("base: {text} is no address: {error}")),
        }
    }
    found
}

/// Whether one address is the other's beginning, by whole segments.
fn begins(long: &Url, short: &Url) -> bool {
    let segments = |url: &Url| -> Vec<String> {
        url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    long.origin() == short.origin() && segments(long).starts_with(&segments(short))
}

/// Values by place and name.
struct Parameters(BTreeMap<(&'static str, String), Value>);

impl Parameters {
    fn of_page(expected: &Expected) -> Self {
        let places = [("query", &expected.query), ("form", &expected.form), ("json", &expected.json)];
        let all = places.into_iter().flat_map(|(place, parameters)| {
            parameters.iter().map(move |(name, value)| ((place, name.clone()), value.clone()))
        });
        Self(all.collect())
    }

    fn sent(request: &HttpRequest) -> Self {
        let mut found = Self(BTreeMap::new());
        for (name, value) in request.url.query_pairs().into_owned() {
            found.add("query", name, value.into());
        }
        match &request.body {
            Body::None => {}
            Body::Form(pairs) => {
                pairs.iter().for_each(|(name, value)| found.add("form", name.clone(), value.clone().into()));
            }
            Body::Json(Value::Object(fields)) => {
                fields.iter().for_each(|(name, value)| found.add("json", name.clone(), value.clone()));
            }
            Body::Json(other) => found.add("json", String::new(), other.clone()),
            Body::Text { content_type, text } if content_type.contains("form-urlencoded") => {
                for (name, value) in url::form_urlencoded::parse(text.as_bytes()).into_owned() {
                    found.add("form", name, value.into());
                }
            }
            Body::Text { text, .. } => found.add("text", String::new(), text.clone().into()),
        }
        found
    }

    /// One that is given twice is a list.
    fn add(&mut self, place: &'static str, name: String, value: Value) {
        match self.0.entry((place, name)) {
            std::collections::btree_map::Entry::Vacant(entry) => drop(entry.insert(value)),
            std::collections::btree_map::Entry::Occupied(mut entry) => {
                let before = entry.get_mut().take();
                entry.insert(Value::Array(vec![before, value]));
            }
        }
    }

    fn elsewhere(&self, name: &str) -> Option<&'static str> {
        self.0.keys().find(|(_, other)| other == name).map(|(place, _)| *place)
    }
}

fn parameters(expected: &Expected, wanted: &Parameters, sent: &Parameters) -> Vec<String> {
    let mut found = vec![];
    let in_token = expected.jwt.as_ref().map(|jwt| jwt.place.as_str());
    for ((place, name), value) in &wanted.0 {
        match sent.0.get(&(*place, name.clone())) {
            Some(given) if fits(value, given) => {}
            Some(given) => found.push(format!("{place}.{name}: {value} on the page, {given} sent")),
            None if expected.may.contains(name) => {}
            None => match sent.elsewhere(name) {
                Some(other) => found.push(format!("{place}.{name}: sent in {other}")),
                None => found.push(format!("{place}.{name}: not sent")),
            },
        }
    }
    for (place, name) in sent.0.keys() {
        let known = wanted.0.contains_key(&(*place, name.clone())) || wanted.elsewhere(name).is_some();
        let is_client =
            !expected.client.is_empty() && ["client_id", "client_secret"].contains(&name.as_str());
        if !known && !is_client && !expected.may.contains(name) && in_token != Some(name) {
            found.push(format!("{place}.{name}: sent, and not on the page"));
        }
    }
    found
}

fn headers(expected: &Expected, sent: &HttpRequest, is_api: bool) -> Vec<String> {
    let mut found = vec![];
    let mut given: BTreeMap<&str, &str> =
        sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let content_type = sent.body.content_type();
    if !content_type.is_empty() {
        given.entry("content-type").or_insert(content_type);
    }
    for (name, value) in &expected.headers {
        match given.get(name.as_str()) {
            Some(given) if fits(&value.as_str().into(), &(*given).into()) => {}
            // Which kind of content follows, and who speaks, is said by the transport, or by whoever calls the API.
            None if name == "user-agent" || (is_api && name == "content-type") => {}
            Some(given) => found.push(format!("header {name}: `{value}` on the page, `{given}` sent")),
            None if expected.may.contains(name) => {}
            None => found.push(format!("header {name}: not sent")),
        }
    }
    let explained = authorization::differences(expected, sent, &mut found);
    let explained: BTreeSet<&str> = explained.iter().map(String::as_str).collect();
    for name in given.keys() {
        let known = expected.headers.contains_key(*name) || expected.may.contains(*name);
        if !known && !explained.contains(name) && !GENERAL.contains(name) {
            found.push(format!("header {name}: sent, and not on the page"));
        }
    }
    found
}

/// Whether a value is the page's, in which `*` stands for anything. Numbers and texts are the same outside JSON documents.
pub fn fits(page: &Value, sent: &Value) -> bool {
    match (page, sent) {
        (Value::String(pattern), _) if pattern == "*" => true,
        (Value::String(pattern), Value::String(text)) => matches(pattern, text),
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => *text == format!("{page}"),
        (Value::Object(page), Value::Object(sent)) => {
            page.len() == sent.len()
                && page.iter().all(|(name, value)| sent.get(name).is_some_and(|given| fits(value, given)))
        }
        (Value::Array(page), Value::Array(sent)) => {
            page.len() == sent.len() && page.iter().zip(sent).all(|(page, sent)| fits(page, sent))
        }
        _ => page == sent,
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}
