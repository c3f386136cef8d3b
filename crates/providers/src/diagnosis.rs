//! Everything that is wrong with a provider file at once, for whoever writes it: line, field, and what would mend it.

use crate::catalogue::distance;
use crate::format::host::Trust;
use crate::format::lint;
use crate::format::read::{self, EntryError};
use serde_json::Value;

/// More than this at once helps nobody.
const PROBLEMS_MAX: usize = 20;
/// How many names are listed where none is near.
const LISTED_MAX: usize = 12;

/// One thing that is wrong with a provider file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub file: String,
    /// Counted from 1. The field itself, or the nearest one above it that was found.
    pub line: Option<usize>,
    /// Dotted path inside the entry; `.` is the entry itself.
    pub field: String,
    pub fix: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}: {}", self.field, self.fix)
    }
}

impl Problem {
    /// What was found in a file, with the line it stands in.
    pub(crate) fn new(error: EntryError, text: &str) -> Self {
        let line = line_of(text, &error.field);
        Self { file: error.source_name, line, field: error.field, fix: error.fix }
    }
}

/// A merged entry, looked at to the end. `text` is the file it was written in.
pub(crate) fn problems(name: &str, text: &str, merged: &Value, trust: Trust) -> Vec<Problem> {
    let mut rest = merged.clone();
    let mut found: Vec<Problem> = Vec::new();
    while found.len() < PROBLEMS_MAX {
        match read::decode(name, &rest, trust) {
            Ok(provider) => {
                let lints = lint::findings(&rest, &provider).into_iter().map(|finding| EntryError {
                    source_name: name.to_owned(),
                    field: finding.field,
                    fix: finding.fix,
                });
                found.extend(lints.map(|error| Problem::new(error, text)));
                break;
            }
            Err(error) => {
                let (field, gone) = culprit(&error);
                let follows = error.fix.starts_with("missing field") && !found.is_empty();
                if !follows {
                    let fix = plainly(&error.fix);
                    found.push(Problem::new(EntryError { field: field.clone(), fix, ..error }, text));
                }
                // Without what is wrong, the rest may be read; a field that is missing stays missing.
                if !remove(&mut rest, &gone) {
                    break;
                }
            }
        }
    }
    found.truncate(PROBLEMS_MAX);
    found
}

/// The field to name, and the one whose removal lets the reading go on.
fn culprit(error: &EntryError) -> (String, String) {
    let path = error.field.trim_start_matches('.').to_owned();
    let Some(unknown) = quoted(&error.fix, "unknown field `") else { return (path.clone(), path) };
    // The path of an unknown field is that of its parent, or already its own.
    let last = path.rsplit('.').next().unwrap_or_default();
    let own = match path.as_str() {
        "" => unknown.to_owned(),
        _ if last == unknown => path,
        _ => format!("{path}.{unknown}"),
    };
    (own.clone(), own)
}

fn quoted<'a>(message: &'a str, opening: &str) -> Option<&'a str> {
    message.split_once(opening)?.1.split('`').next()
}

/// The decoder's message with the nearest name first, and the others only where they are few.
fn plainly(message: &str) -> String {
    let Some((head, listed)) = message.split_once(", expected ") else { return message.to_owned() };
    let allowed: Vec<&str> = listed.split('`').skip(1).step_by(2).collect();
    let typed = quoted(head, "`").unwrap_or_default();
    let near = allowed.iter().map(|name| (distance(typed, name), *name)).min();
    match near {
        Some((distance, name)) if distance <= 2.max(name.len() / 3) => {
            format!("{head}; did you mean `{name}`?")
        }
        _ if allowed.is_empty() => message.to_owned(),
        _ => {
            let more = if allowed.len() > LISTED_MAX { ", …" } else { "" };
            format!("{head}; allowed: {}{more}", allowed[..allowed.len().min(LISTED_MAX)].join(", "))
        }
    }
}

/// `a.b[0].c` as keys and indices.
fn segments(field: &str) -> Vec<String> {
    field.replace('[', ".[").split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn remove(entry: &mut Value, field: &str) -> bool {
    let mut parts = segments(field);
    let Some(last) = parts.pop() else { return false };
    let index = |part: &str| part.strip_prefix('[')?.strip_suffix(']')?.parse::<usize>().ok();
    let parent = parts.iter().try_fold(entry, |value, part| match index(part) {
        Some(at) => value.get_mut(at),
        None => value.get_mut(part.as_str()),
    });
    match (parent, index(&last)) {
        (Some(Value::Array(items)), Some(at)) if at < items.len() => {
            items.remove(at);
            true
        }
        (Some(Value::Object(fields)), None) => fields.remove(&last).is_some(),
        _ => false,
    }
}

/// The line a dotted field stands in: each of its names is looked for behind the one before it. YAML keeps no places
/// once it is read, so this may name the line of a parent, and never a line that does not hold one of the names.
fn line_of(text: &str, field: &str) -> Option<usize> {
    let mut at = 0;
    let mut found = None;
    for part in segments(field) {
        let rest = &text[at..];
        let next = match part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) {
            Some(index) => nth_item(rest, index.parse().ok()?),
            None => key(rest, &part).or_else(|| named(rest, &part)),
        };
        let Some(next) = next else { break };
        at += next;
        found = Some(text[..at].matches('\n').count() + 1);
    }
    found
}

/// Behind the key of that name.
fn key(text: &str, name: &str) -> Option<usize> {
    text.match_indices(name).find_map(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|c| " \n{,\"'-".contains(c));
        let behind = text[at + name.len()..].trim_start_matches(['"', '\'']).trim_start_matches(' ');
        (before && behind.starts_with(':')).then_some(at + name.len())
    })
}

/// Behind `name: NAME`, as inputs are called by the lint.
fn named(text: &str, name: &str) -> Option<usize> {
    let wanted = format!("name: {name}");
    text.find(&wanted).map(|at| at + wanted.len())
}

fn nth_item(text: &str, index: usize) -> Option<usize> {
    let items = text
        .match_indices("- ")
        .filter(|(at, _)| text[..*at].rsplit('\n').next().is_some_and(|line| line.chars().all(|c| c == ' ')));
    items.map(|(at, _)| at + 1).nth(index)
}
