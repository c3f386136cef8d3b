//! What is wrong with the settings, said to the person who wrote them: which key, where it stands, what to do.

use std::path::PathBuf;

use figment::Figment;
use figment::error::{Actual, Kind};

use super::nearest::nearest;
use super::source::{VARIABLE, variable};

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("there is no configuration file {}; create it, or name another with --config", path.display())]
    NoFile { path: PathBuf },
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("{}, line {line}: not TOML: {message}", path.display())]
    Syntax { path: PathBuf, line: usize, message: String },
    /// A key that no section knows.
    #[error("unknown key `{key}` in {origin}; {remedy}")]
    UnknownKey { key: String, origin: String, remedy: String },
    /// A key whose value cannot be used. The value itself is not shown: it may be a secret.
    #[error("`{key}` in {origin} is wrong: {fault}")]
    BadValue { key: String, origin: String, fault: String },
    /// A key that has no default and was not given.
    #[error("`{key}` is missing; add it to the configuration file, or set {}", variable(key))]
    Missing { key: String },
    /// A port that the process cannot do without.
    #[error("`{setting}` is not set: give it an address such as 127.0.0.1:8080")]
    NoAddress { setting: &'static str },
    /// A file that holds a secret cannot be used.
    #[error("secret file {}: {fault}", path.display())]
    SecretFile { path: PathBuf, fault: String },
}

/// The first thing wrong, in our words.
pub(super) fn explain(error: figment::Error, settings: &Figment) -> ConfigError {
    let key = error.path.join(".");
    match &error.kind {
        Kind::UnknownField(name, known) => {
            let key = match key.rsplit('.').next() {
                Some(last) if last == name => key,
                _ if key.is_empty() => name.clone(),
                _ => format!("{key}.{name}"),
            };
            let origin = origin(&key, &error, settings);
            ConfigError::UnknownKey { remedy: remedy(name, known), origin, key }
        }
        Kind::MissingField(name) => {
            let key = if key.is_empty() { name.to_string() } else { format!("{key}.{name}") };
            ConfigError::Missing { key }
        }
        kind => {
            let origin = origin(&key, &error, settings);
            ConfigError::BadValue { fault: fault(kind, &origin), origin, key }
        }
    }
}

fn remedy(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "nothing may stand here".to_owned(),
        None => format!("known here: {}", known.join(", ")),
    }
}

fn origin(key: &str, error: &figment::Error, settings: &Figment) -> String {
    match settings.find_metadata(key).or(error.metadata.as_ref()) {
        Some(metadata) if metadata.name == VARIABLE => format!("variable {}", variable(key)),
        Some(metadata) => match metadata.source.as_ref().and_then(figment::Source::file_path) {
            Some(path) => path.display().to_string(),
            None => metadata.name.to_string(),
        },
        None => "the configuration".to_owned(),
    }
}

fn fault(kind: &Kind, origin: &str) -> String {
    match kind {
        Kind::InvalidType(actual, expected) => {
            let quoting = match actual {
                // `LATCHKEY__X=123` reads as a number, also where a text is wanted.
                Actual::Bool(_) | Actual::Unsigned(_) | Actual::Signed(_) | Actual::Float(_)
                    if expected.contains("string") && origin.starts_with(VARIABLE) =>
                {
                    "; put the value in double quotes to make it a text"
                }
                _ => "",
            };
            format!("expected {expected}, found {}{quoting}", sort(actual))
        }
        Kind::InvalidValue(_, expected) => format!("expected {expected}"),
        Kind::InvalidLength(length, expected) => format!("expected {expected}, found {length}"),
        Kind::UnknownVariant(_, known) => format!("expected one of {}", known.join(", ")),
        Kind::DuplicateField(name) => format!("`{name}` is given twice"),
        Kind::ISizeOutOfRange(_) | Kind::USizeOutOfRange(_) => "the number is out of range".to_owned(),
        // The words of the type that refused the value; such types do not repeat what they refuse.
        Kind::Message(message) => message.clone(),
        Kind::Unsupported(actual) => format!("{} cannot stand here", sort(actual)),
        Kind::UnsupportedKey(_, expected) => format!("its keys must be {expected}"),
        Kind::MissingField(name) => format!("`{name}` is missing"),
        Kind::UnknownField(name, _) => format!("`{name}` is not known"),
    }
}

/// What sort of value it is, without the value.
fn sort(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a number with a fraction",
        Actual::Char(_) | Actual::Str(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map | Actual::Option | Actual::NewtypeStruct => "a section",
        _ => "something else",
    }
}
