//! URL templates: each hole knows what part of the URL it stands in, which decides what its value may be and how it is written.
//!
//! Invariant: whatever is inserted, scheme, number of host labels, port, number of path segments and the literal text around
//! the holes come out as they were written.

use super::expression::{Expression, Reference};
use super::template::{Part, Template};
use serde::Deserialize;

/// A URL with holes: absolute, beginning with a value that is itself a URL, or (beginning with `/`) relative to `api.base_url`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct UrlTemplate {
    pub parts: Vec<UrlPart>,
    pub start: Start,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UrlPart {
    Text(String),
    Hole { expression: Expression, position: Position },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    Https,
    /// Plain `http`, for which only a loopback host will do.
    Http,
    /// A value: the user's own address, or one the provider answered with.
    Value,
    /// `/`: continues `api.base_url`.
    Relative,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Begins the URL: an `https` URL of its own, without user information, query or fragment.
    Origin,
    /// The end of the host, so that the value decides whose it is: a full host name.
    Host,
    /// One whole label before a literal suffix.
    Label,
    /// Part of one label.
    LabelPart,
    Port,
    /// Inside a path segment: percent-encoded, so that it stays one.
    Path,
    /// In the query or after it: percent-encoded.
    Query,
}

#[derive(Clone, Copy, PartialEq)]
enum Place {
    Beginning,
    AfterOrigin,
    Authority,
    Path,
    Query,
}

impl UrlTemplate {
    pub fn parse(text: &str) -> Result<Self, String> {
        let template = Template::parse(text).map_err(|error| error.to_string())?;
        let start = start_of(&template, text)?;
        let mut place = if start == Start::Relative { Place::Path } else { Place::Beginning };
        // The last literal character of the authority; none at its beginning.
        let mut before: Option<char> = None;
        let mut parts = Vec::with_capacity(template.parts.len());
        for (index, part) in template.parts.iter().enumerate() {
            match part {
                Part::Text(literal) => {
                    (place, before) =
                        after_text(place, before, literal).map_err(|what| format!("{what} in `{text}`"))?;
                    parts.push(UrlPart::Text(literal.clone()));
                }
                Part::Hole(expression) => {
                    let next = match template.parts.get(index + 1) {
                        Some(Part::Text(next)) => next.chars().next(),
                        Some(Part::Hole(_))
                            if matches!(place, Place::Beginning | Place::AfterOrigin | Place::Authority) =>
                        {
                            return Err(format!("two values side by side in the host of `{text}`"));
                        }
                        _ => None,
                    };
                    let position =
                        position(place, before, next).map_err(|what| format!("{what} in `{text}`"))?;
                    if position == Position::Origin {
                        place = Place::AfterOrigin;
                    }
                    before = Some('x');
                    parts.push(UrlPart::Hole { expression: expression.clone(), position });
                }
            }
        }
        Ok(Self { parts, start })
    }

    /// The expressions that decide whose host the URL has: with any of them, the host is not fixed by the entry.
    pub fn open_host(&self) -> impl Iterator<Item = &Expression> {
        self.holes(|position| matches!(position, Position::Origin | Position::Host))
    }

    /// Everything that reaches the authority, fixed suffix or not.
    pub fn host_holes(&self) -> impl Iterator<Item = &Expression> {
        self.holes(|position| !matches!(position, Position::Path | Position::Query))
    }

    fn holes(&self, wanted: impl Fn(Position) -> bool) -> impl Iterator<Item = &Expression> {
        self.parts.iter().filter_map(move |part| match part {
            UrlPart::Hole { expression, position } if wanted(*position) => Some(expression),
            _ => None,
        })
    }

    #[must_use]
    pub fn references(&self) -> Vec<&Reference> {
        let mut found = Vec::new();
        for part in &self.parts {
            if let UrlPart::Hole { expression, .. } = part {
                expression.references(&mut found);
            }
        }
        found
    }

    /// The path, when no value reaches it: the entry says it, so it is known to everybody. Empty where there is none.
    #[must_use]
    pub fn fixed_path(&self) -> Option<&str> {
        if self.holes(|position| matches!(position, Position::Path | Position::Query)).next().is_some() {
            return None;
        }
        // What stands behind the last value of the authority, or all of it behind its beginning.
        let UrlPart::Text(last) = self.parts.last()? else { return Some("") };
        let behind = last.split_once("://").map_or(last.as_str(), |(_, behind)| behind);
        Some(behind.find('/').map_or("", |at| &behind[at..]))
    }

    /// The host, when no value reaches it.
    #[must_use]
    pub fn literal_host(&self) -> Option<&str> {
        let UrlPart::Text(first) = self.parts.first()? else { return None };
        let authority = first.split_once("://")?.1;
        match authority.find(['/', '?', '#']) {
            Some(end) => Some(&authority[..end]),
            None if self.parts.len() == 1 => Some(authority),
            None => None,
        }
    }
}

impl TryFrom<String> for UrlTemplate {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text)
    }
}

fn start_of(template: &Template, text: &str) -> Result<Start, String> {
    match template.parts.first() {
        Some(Part::Text(first)) if first.starts_with("https://") => Ok(Start::Https),
        Some(Part::Text(first)) if first.starts_with("http://") => Ok(Start::Http),
        Some(Part::Text(first)) if first.starts_with('/') && !first.starts_with("//") => Ok(Start::Relative),
        Some(Part::Hole(_)) => Ok(Start::Value),
        _ => Err(format!("`{text}` begins neither with https://, nor with a value, nor with a single /")),
    }
}

fn after_text(place: Place, before: Option<char>, literal: &str) -> Result<(Place, Option<char>), String> {
    if literal.chars().any(|c| c == '\\' || c.is_control() || c.is_whitespace() || !c.is_ascii()) {
        return Err("a character that does not belong in a URL".into());
    }
    let rest = match place {
        Place::Beginning => literal.split_once("://").map_or(literal, |(_, rest)| rest),
        _ => literal,
    };
    let (tail, before) = match place {
        Place::Beginning | Place::Authority => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let authority = &rest[..end];
            if authority.contains('@') {
                return Err("user information".into());
            }
            let before = authority.chars().last().or(if place == Place::Authority { before } else { None });
            if end == rest.len() {
                return Ok((Place::Authority, before));
            }
            (&rest[end..], before)
        }
        Place::AfterOrigin if !rest.starts_with(['/', '?']) => {
            return Err("text glued to a value that is a whole URL (a / must follow it)".into());
        }
        _ => (rest, before),
    };
    let path = tail.split(['?', '#']).next().unwrap_or_default();
    if place != Place::Query && path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err("a dot segment".into());
    }
    let in_query = place == Place::Query || tail.contains(['?', '#']);
    Ok((if in_query { Place::Query } else { Place::Path }, before))
}

fn position(place: Place, before: Option<char>, next: Option<char>) -> Result<Position, String> {
    match place {
        Place::Beginning => Ok(Position::Origin),
        Place::AfterOrigin => Err("a value glued to a value that is a whole URL".into()),
        Place::Path => Ok(Position::Path),
        Place::Query => Ok(Position::Query),
        Place::Authority => {
            let begins = matches!(before, None | Some('.'));
            let ends = matches!(next, None | Some('/' | '?' | '#' | ':'));
            match (begins, ends) {
                _ if before == Some(':') => Ok(Position::Port),
                (true, true) => Ok(Position::Host),
                (false, true) => {
                    Err("the end of the host is part of a label (a literal suffix must follow the value)"
                        .into())
                }
                (true, false) if next == Some('.') => Ok(Position::Label),
                (_, false) => Ok(Position::LabelPart),
            }
        }
    }
}
