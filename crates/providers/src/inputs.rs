//! Checks what people typed, at the door: afterwards every value has its plain form and fits its place.

use crate::error::InputError;
use crate::format::entry::{Ask, Input, InputFormat, Provider};
use crate::format::expression::{Space, Term};
use crate::format::host::{self, Trust};
use crate::format::url_template::{Position, UrlPart};
use crate::format::urls::urls;
use std::collections::BTreeMap;
use url::Url;

/// Longer than any key or name; a certificate chain is the longest thing people paste.
const TEXT_MAX: usize = 16 * 1024;
const LINE_MAX: usize = 4 * 1024;

impl Provider {
    /// What the end user typed, checked: affixes stripped, defaults filled in, empty optional values left out.
    pub fn check_inputs(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, InputError> {
        self.check(given, |ask| ask != Ask::Integration)
    }

    /// What the developer typed for the integration, checked likewise.
    pub fn check_integration_inputs(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, InputError> {
        self.check(given, |ask| ask == Ask::Integration)
    }

    /// Checks a value that is known before anybody types it: of a field an end user would be asked for, and no secret.
    ///
    /// # Errors
    /// [`InputError`] with the field, and what would be right.
    pub fn check_known_input(&self, name: &str, value: &str) -> Result<(), InputError> {
        let wrong = |message: &str| InputError { field: name.to_owned(), message: message.into() };
        let input = self.inputs.iter().find(|input| input.name == name && input.ask != Ask::Integration);
        let input = input.ok_or_else(|| wrong("is nothing an end user of this provider is asked for"))?;
        if input.secret {
            return Err(wrong("is a secret, which only its owner types"));
        }
        self.check_value(input, &self.plain_form(input, value))
    }

    fn check(
        &self,
        given: &BTreeMap<String, String>,
        asked: impl Fn(Ask) -> bool,
    ) -> Result<BTreeMap<String, String>, InputError> {
        let inputs: Vec<&Input> = self.inputs.iter().filter(|input| asked(input.ask)).collect();
        if let Some(unknown) = given.keys().find(|name| !inputs.iter().any(|input| input.name == **name)) {
            return Err(InputError {
                field: unknown.clone(),
                message: "is not a field of this provider".into(),
            });
        }
        let mut checked = BTreeMap::new();
        for input in inputs {
            let needed = input.when.as_ref().is_none_or(|when| checked.get(&when.input) == Some(&when.is));
            let typed = given.get(&input.name).map(String::as_str).unwrap_or_default();
            let plain = self.plain_form(input, typed);
            let value = if plain.is_empty() { input.default.clone().unwrap_or_default() } else { plain };
            if value.is_empty() {
                if input.required && needed {
                    return Err(refused(input, "is missing"));
                }
                continue;
            }
            self.check_value(input, &value)?;
            checked.insert(input.name.clone(), value);
        }
        Ok(checked)
    }

    /// The value without what people paste along with it. Hosts are case-insensitive (RFC 4343) and come out in lower case.
    fn plain_form(&self, input: &Input, typed: &str) -> String {
        let trimmed = if input.secret { typed.trim_matches(['\r', '\n', ' ']) } else { typed.trim() };
        let mut value = trimmed.to_owned();
        if self.in_host(input) || input.format == Some(InputFormat::Hostname) {
            value.make_ascii_lowercase();
        }
        let before = input.before.as_deref().filter(|before| !before.is_empty());
        if let Some(rest) = before.and_then(|before| value.strip_prefix(before)) {
            // Pasted from the address bar.
            value = rest.strip_suffix('/').unwrap_or(rest).to_owned();
        }
        let after = input.after.as_deref().filter(|after| !after.is_empty());
        // A whole host is completed, since its first label is all that people may type; a label is stripped.
        let whole = input.format == Some(InputFormat::Hostname);
        match after {
            Some(after) if !whole => value.truncate(value.strip_suffix(after).unwrap_or(&value).len()),
            Some(after) if !value.is_empty() && !value.contains('.') => value.push_str(after),
            _ => {}
        }
        value
    }

    fn check_value(&self, input: &Input, value: &str) -> Result<(), InputError> {
        let many_lines = input.format == Some(InputFormat::Pem);
        if value.len() > if many_lines { TEXT_MAX } else { LINE_MAX } {
            return Err(refused(input, "is too long"));
        }
        if value.chars().any(|c| c.is_control() && !(many_lines && matches!(c, '\n' | '\r' | '\t'))) {
            return Err(refused(input, "has a line break or another control character in it"));
        }
        if !input.one_of.is_empty() && !input.one_of.iter().any(|choice| choice == value) {
            return Err(refused(input, &format!("must be one of {}", input.one_of.join(", "))));
        }
        if let Some(fix) = input.format.and_then(|format| objection(format, value, self.trust)) {
            return Err(refused(input, fix));
        }
        let positions = self.positions(input);
        // The shape of a secret changes when its vendor likes; only where it goes into a URL is it held to a pattern.
        let held = !input.secret || !positions.is_empty();
        if held && !input.has_shape(value) {
            return Err(refused(input, "does not look as it should"));
        }
        for position in positions {
            if let Some(fix) = misplaced(position, value, self.trust) {
                return Err(refused(input, fix));
            }
        }
        Ok(())
    }

    fn in_host(&self, input: &Input) -> bool {
        self.positions(input)
            .iter()
            .any(|position| matches!(position, Position::Host | Position::Label | Position::LabelPart))
    }

    /// Where in URLs the value stands as it is, not passed through a function.
    fn positions(&self, input: &Input) -> Vec<Position> {
        let space = if input.ask == Ask::Integration { Space::App } else { Space::Conn };
        let is_input = |term: &Term| matches!(term, Term::Reference(reference) if reference.space == space && reference.path[0] == input.name);
        let position = |part: &UrlPart| match part {
            UrlPart::Hole { expression, position } if expression.terms.iter().any(is_input) => {
                Some(*position)
            }
            _ => None,
        };
        urls(self).into_iter().flat_map(|(_, url)| &url.parts).filter_map(position).collect()
    }
}

fn refused(input: &Input, message: &str) -> InputError {
    InputError { field: input.name.clone(), message: message.to_owned() }
}

fn misplaced(position: Position, value: &str, trust: Trust) -> Option<&'static str> {
    let fits = match position {
        Position::Host => {
            host::is_public_host_name(value) || (trust == Trust::Loopback && host::is_loopback(value))
        }
        Position::Label => host::is_label(value),
        Position::LabelPart => {
            value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        }
        Position::Port => value.parse::<u16>().is_ok_and(|port| port != 0),
        Position::Origin => return objection(InputFormat::Uri, value, trust),
        Position::Path => !matches!(value, "." | ".."),
        Position::Query => true,
    };
    (!fits).then_some("must be letters, digits and hyphens, as in the address")
}

/// Why a value is not in its format.
fn objection(format: InputFormat, value: &str, trust: Trust) -> Option<&'static str> {
    let loopback = |host: &str| trust == Trust::Loopback && host::is_loopback(host);
    match format {
        InputFormat::Hostname => (!host::is_public_host_name(value) && !loopback(value))
            .then_some("must be a host name such as example.com, without https:// and without a path"),
        InputFormat::Uri => {
            let url = Url::parse(value).ok();
            let fits = url.is_some_and(|url| {
                let host = url.host_str().unwrap_or_default();
                let plain =
                    url.username().is_empty() && url.password().is_none() && !value.contains(['@', '\\']);
                plain
                    && url.fragment().is_none()
                    && ((url.scheme() == "https" && host::is_public_host_name(host)) || loopback(host))
            });
            (!fits).then_some("must be a whole address that begins with https://")
        }
        InputFormat::Uuid => {
            let groups: Vec<usize> = value.split('-').map(str::len).collect();
            let hex = value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
            (!hex || groups != [8, 4, 4, 4, 12])
                .then_some("must be a UUID such as 123e4567-e89b-12d3-a456-426614174000")
        }
        InputFormat::Email => {
            let halves = value.split_once('@');
            let fits = halves.is_some_and(|(local, domain)| {
                !local.is_empty() && !domain.contains('@') && host::is_host_name(&domain.to_ascii_lowercase())
            });
            (!fits || value.contains(char::is_whitespace)).then_some("must be an e-mail address")
        }
        InputFormat::Pem => {
            let text = value.trim();
            let fits =
                text.starts_with("-----BEGIN ") && text.ends_with("-----") && text.contains("-----END ");
            (!fits).then_some("must be PEM text, from -----BEGIN to the last dashes")
        }
    }
}
