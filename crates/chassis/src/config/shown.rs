//! What is set, for people to look at. A value may hold a password, as the address of a database does: it is left out.

use super::source::{VARIABLE, variable};
use super::{ConfigError, settings};
use figment::value::{Dict, Value};
use figment::{Figment, Profile, Provider as _};
use std::path::Path;

/// One key that is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// `database.url`
    pub key: String,
    pub value: String,
    /// A file's path, or a variable's name.
    pub origin: String,
}

/// What stands in place of a password.
const HIDDEN: &str = "•••";

/// What a settings file sets, and what the process's variables set over it.
///
/// # Errors
/// Where the file cannot be read, or is not TOML.
pub fn shown(file: Option<&Path>) -> Result<Vec<Shown>, ConfigError> {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    shown_from(file, variables)
}

pub(super) fn shown_from(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<Vec<Shown>, ConfigError> {
    let settings = settings(file, variables)?;
    let merged = settings.data().unwrap_or_default().remove(&Profile::Default).unwrap_or_default();
    let mut all = vec![];
    flatten("", &merged, &mut all);
    Ok(all
        .into_iter()
        .map(|(key, value)| Shown { value: text(&key, value), origin: origin(&key, &settings), key })
        .collect())
}

fn flatten<'a>(at: &str, section: &'a Dict, all: &mut Vec<(String, &'a Value)>) {
    for (name, value) in section {
        let key = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match value {
            Value::Dict(_, inner) => flatten(&key, inner, all),
            other => all.push((key, other)),
        }
    }
}

fn text(key: &str, value: &Value) -> String {
    match value {
        Value::String(_, text) => hide(key, text),
        Value::Char(_, one) => one.to_string(),
        Value::Bool(_, truth) => truth.to_string(),
        Value::Num(_, number) => number
            .to_i128()
            .map_or_else(|| number.to_f64().unwrap_or_default().to_string(), |n| n.to_string()),
        Value::Array(_, items) => {
            let items: Vec<String> = items.iter().map(|item| text(key, item)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Dict(_, inner) => {
            let mut all = vec![];
            flatten("", inner, &mut all);
            let all: Vec<String> =
                all.iter().map(|(name, value)| format!("{name} = {}", text(name, value))).collect();
            format!("{{{}}}", all.join(", "))
        }
        Value::Empty(..) => String::new(),
    }
}

/// Without what may be a secret: the whole value under a key that speaks of one, and in addresses the password and every
/// parameter.
fn hide(key: &str, text: &str) -> String {
    let name = key.rsplit('.').next().unwrap_or(key);
    let is_path = name.ends_with("_file") || text.starts_with('/');
    if !is_path && ["password", "secret", "token"].iter().any(|word| name.contains(word)) {
        return HIDDEN.to_owned();
    }
    let each = text.split(',').map(|one| {
        let Some((scheme, rest)) = one.split_once("://") else { return one.to_owned() };
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let authority = match authority.rsplit_once('@') {
            Some((user, host)) => match user.split_once(':') {
                Some((user, _)) => format!("{user}:{HIDDEN}@{host}"),
                None => authority.to_owned(),
            },
            None => authority.to_owned(),
        };
        let path = match path.split_once('?') {
            Some((path, query)) if query.contains("password") => format!("{path}?{HIDDEN}"),
            _ => path.to_owned(),
        };
        format!("{scheme}://{authority}{path}")
    });
    each.collect::<Vec<_>>().join(",")
}

fn origin(key: &str, settings: &Figment) -> String {
    match settings.find_metadata(key) {
        Some(metadata) if metadata.name == VARIABLE => variable(key),
        Some(metadata) => match metadata.source.as_ref().and_then(figment::Source::file_path) {
            Some(path) => path.display().to_string(),
            None => metadata.name.to_string(),
        },
        None => String::new(),
    }
}
