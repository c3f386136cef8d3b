//! Where settings come from, and how to name such a place to an operator.

use std::path::PathBuf;

use figment::value::{Dict, Map, Value};
use figment::{Metadata, Profile, Provider};

/// What every variable of ours begins with, and what separates the parts of its name.
const PREFIX: &str = "LATCHKEY__";
const SEPARATOR: &str = "__";
/// Marks, in the metadata, that a value came from a variable.
pub(super) const VARIABLE: &str = "variable";

/// The variable that sets a key: `LATCHKEY__LISTEN__HTTP` for `listen.http`.
pub(super) fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.to_uppercase().replace('.', SEPARATOR))
}

/// The content of a configuration file, already parsed.
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) content: Dict,
}

impl Provider for File {
    fn metadata(&self) -> Metadata {
        Metadata::from("file", self.path.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.content.clone()))
    }
}

/// The variables of the environment that are meant for us, by key.
pub(super) struct Variables(Vec<(String, String)>);

impl Variables {
    pub(super) fn ours(all: impl IntoIterator<Item = (String, String)>) -> Self {
        let keyed = all.into_iter().filter_map(|(name, value)| {
            let key = name.strip_prefix(PREFIX)?.to_lowercase().replace(SEPARATOR, ".");
            (!key.is_empty()).then_some((key, value))
        });
        let mut keyed: Vec<_> = keyed.collect();
        // The environment has no order; two runs shall complain about the same key.
        keyed.sort();
        Self(keyed)
    }
}

impl Provider for Variables {
    fn metadata(&self) -> Metadata {
        Metadata::named(VARIABLE)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let mut settings = Dict::new();
        for (key, text) in &self.0 {
            let value: Value = match text.parse() {
                Ok(value) => value,
                Err(never) => match never {},
            };
            put(&mut settings, key, value);
        }
        Ok(Profile::Default.collect(settings))
    }
}

/// Puts a value at a dotted key. Where the key goes through something that is not a section, the later one wins.
fn put(section: &mut Dict, key: &str, value: Value) {
    let Some((name, rest)) = key.split_once('.') else {
        section.insert(key.to_owned(), value);
        return;
    };
    let inner = section.entry(name.to_owned()).or_insert_with(|| Dict::new().into());
    if !matches!(inner, Value::Dict(..)) {
        *inner = Dict::new().into();
    }
    if let Value::Dict(_, inner) = inner {
        put(inner, rest, value);
    }
}
