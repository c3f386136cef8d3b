//! From text to a checked [`Provider`]: parse, merge what it extends, decode, lint.

use super::entry::Provider;
use super::host::Trust;
use super::lint;
use serde_json::Value;

/// Why an entry was refused: where it stands, which field, and what would mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{source_name}: {field}: {fix}")]
pub struct EntryError {
    /// The file, or what else the text came from.
    pub source_name: String,
    /// Dotted path inside the entry; `.` is the entry itself.
    pub field: String,
    pub fix: String,
}

/// YAML or JSON to a plain document; nothing is believed yet.
pub fn parse(source_name: &str, text: &str) -> Result<Value, EntryError> {
    if text.trim_start().starts_with('{')
        && let Ok(value) = serde_json::from_str(text)
    {
        return Ok(value);
    }
    serde_yaml_ng::from_str(text).map_err(|error| EntryError {
        source_name: source_name.to_owned(),
        field: ".".into(),
        fix: format!("is not valid YAML: {error}"),
    })
}

/// The id an entry says it has, if it says one.
#[must_use]
pub fn id_of(entry: &Value) -> Option<&str> {
    entry.get("id").and_then(Value::as_str)
}

/// Merges an entry over the one it `extends`: objects are merged key by key, `null` deletes, everything else replaces.
/// One level: what is extended must not extend anything itself.
pub fn extend<'a>(
    source_name: &str,
    entry: Value,
    find: impl Fn(&str) -> Option<&'a Value>,
) -> Result<Value, EntryError> {
    let Some(base_id) = entry.get("extends").and_then(Value::as_str) else { return Ok(entry) };
    let refused =
        |fix: String| EntryError { source_name: source_name.to_owned(), field: "extends".into(), fix };
    let base = find(base_id).ok_or_else(|| refused(format!("there is no entry `{base_id}` to extend")))?;
    if base.get("extends").is_some_and(|of_base| !of_base.is_null()) {
        return Err(refused(format!("`{base_id}` extends another entry itself; name that one instead")));
    }
    let mut merged = base.clone();
    merge(&mut merged, entry);
    Ok(merged)
}

fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                if value.is_null() {
                    base.remove(&name);
                } else if let Some(existing) = base.get_mut(&name) {
                    merge(existing, value);
                } else {
                    base.insert(name, value);
                }
            }
        }
        (base, over) => *base = over,
    }
}

/// Decodes and lints a merged entry.
pub fn check(source_name: &str, entry: &Value, trust: Trust) -> Result<Provider, EntryError> {
    let provider = decode(source_name, entry, trust)?;
    match lint::findings(entry, &provider).into_iter().next() {
        None => Ok(provider),
        Some(finding) => {
            Err(EntryError { source_name: source_name.to_owned(), field: finding.field, fix: finding.fix })
        }
    }
}

/// Decodes an entry that was checked when it was embedded, straight from its text.
#[allow(dead_code, reason = "the build script shares this file and embeds nothing it could decode")]
pub fn embedded(source_name: &str, text: &str) -> Result<Provider, EntryError> {
    serde_json::from_str(text).map_err(|error| EntryError {
        source_name: source_name.to_owned(),
        field: ".".into(),
        fix: error.to_string(),
    })
}

/// Decodes an entry, and says where what is wrong with it stands.
pub fn decode(source_name: &str, entry: &Value, trust: Trust) -> Result<Provider, EntryError> {
    let mut provider: Provider = serde_path_to_error::deserialize(entry).map_err(|error| EntryError {
        source_name: source_name.to_owned(),
        field: error.path().to_string(),
        fix: error.inner().to_string(),
    })?;
    provider.trust = trust;
    Ok(provider)
}
