//! The entries as they are written, read without the engine: which hosts each can ever speak to.

use serde_yaml_ng::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ADDRESSES: [&str; 8] = [
    "authorization_endpoint",
    "token_endpoint",
    "base_url",
    "url",
    "endpoint",
    "registration_endpoint",
    "introspection_endpoint",
    "temporary_credential_endpoint",
];

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue/providers")
}

/// Every file with its id and text.
pub fn files() -> Vec<(String, String)> {
    let mut found: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect();
    found.sort();
    found
}

pub fn documents() -> BTreeMap<String, Value> {
    files().into_iter().map(|(id, text)| (id, serde_yaml_ng::from_str(&text).unwrap())).collect()
}

/// The hosts an entry's addresses can have.
#[derive(Debug, Default)]
pub struct Hosts {
    pub fixed: BTreeSet<String>,
    /// How many labels stand before a fixed suffix, and the suffix.
    pub suffixed: BTreeSet<(usize, String)>,
    /// Patterns of `api.hosts`; they count where a value is the end of the host.
    pub listed: Vec<String>,
    /// A value is the end of the host.
    pub ends_in_a_value: bool,
}

impl Hosts {
    pub fn of(id: &str, documents: &BTreeMap<String, Value>) -> Self {
        let mut hosts = Self::default();
        let own = &documents[id];
        let base = own.get("extends").and_then(Value::as_str).map(|base| &documents[base]);
        for document in base.into_iter().chain([own]) {
            hosts.collect(document, "");
            // A list of an entry's own takes the place of its base's, and `null` takes it away.
            if let Some(listed) = document.get("api").and_then(|api| api.get("hosts")) {
                let listed = listed.as_sequence().into_iter().flatten();
                hosts.listed = listed.map(|host| host.as_str().unwrap().to_owned()).collect();
            }
        }
        hosts
    }

    fn collect(&mut self, value: &Value, name: &str) {
        match value {
            Value::String(text) if ADDRESSES.contains(&name) => self.address(text),
            Value::Mapping(fields) => {
                for (inner, value) in fields {
                    self.collect(value, inner.as_str().unwrap_or_default());
                }
            }
            Value::Sequence(items) => items.iter().for_each(|item| self.collect(item, name)),
            _ => {}
        }
    }

    fn address(&mut self, text: &str) {
        if text.starts_with('/') {
            return;
        }
        let authority = authority(text);
        let authority = authority.split(':').next().unwrap();
        let labels: Vec<&str> = authority.split('.').collect();
        match labels.iter().rposition(|label| label.contains(HOLE)) {
            None => {
                self.fixed.insert(authority.to_owned());
            }
            Some(last) if last + 1 < labels.len() => {
                self.suffixed.insert((last + 1, format!(".{}", labels[last + 1..].join("."))));
            }
            Some(_) => self.ends_in_a_value = true,
        }
    }

    /// Whether nothing but the form's own check of a host bounds the host.
    pub fn is_open(&self) -> bool {
        self.ends_in_a_value && self.listed.is_empty()
    }

    pub fn allow(&self, host: &str) -> bool {
        let suffixed = |(labels, suffix): &(usize, String)| {
            host.strip_suffix(suffix.as_str()).is_some_and(|head| head.split('.').count() == *labels)
        };
        let listed = |pattern: &String| match pattern.strip_prefix('*') {
            Some(suffix) => host.ends_with(suffix),
            None => host == pattern,
        };
        self.fixed.contains(host)
            || self.suffixed.iter().any(suffixed)
            || (self.ends_in_a_value && self.listed.iter().any(listed))
            || (self.is_open() && is_public(host))
    }
}

/// Stands for a value in an authority.
const HOLE: char = '\u{1}';

/// The authority of an address, with one sign for each value.
fn authority(text: &str) -> String {
    let rest = text.strip_prefix("https://").unwrap_or(text);
    let mut found = String::new();
    let mut inside = false;
    for c in rest.chars() {
        match c {
            '$' if !inside => {}
            '{' if !inside => (inside, found) = (true, found + "\u{1}"),
            '}' if inside => inside = false,
            _ if inside => {}
            '/' | '?' | '#' => break,
            _ => found.push(c),
        }
    }
    found
}

/// A name that anybody could own, by its shape.
fn is_public(host: &str) -> bool {
    host.contains('.')
        && ![".internal", ".localhost", ".local", ".test", ".onion"].iter().any(|end| host.ends_with(end))
        && !host.rsplit('.').next().unwrap().bytes().all(|b| b.is_ascii_digit())
        && !host.starts_with('[')
}
