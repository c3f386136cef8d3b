//! Puts values into URLs and headers by their position. Nothing is decoded, parsed twice or tried again another way.

use crate::error::RenderError;
use crate::evaluate::{Scope, named};
use crate::format::entry::{Provider, Texts};
use crate::format::expression::Expression;
use crate::format::host::{self, Trust};
use crate::format::url_template::{Position, Start, UrlPart, UrlTemplate};
use crate::http_request::HttpRequest;
use crate::percent;
use crate::steps::comes_from_an_answer;
use crate::values::Values;
use url::Url;

/// Room for a long enterprise path; longer than any honest value.
const VALUE_MAX: usize = 2048;

impl Provider {
    /// Renders a URL and asserts that it is the one that was written: scheme, host, port, no user information, same path.
    pub(crate) fn url(
        &self,
        place: &'static str,
        template: &UrlTemplate,
        scope: Scope<'_>,
    ) -> Result<Url, RenderError> {
        let (mut text, mut chosen) = match template.start {
            Start::Relative => {
                let base = self.api.base_url.as_ref().ok_or(RenderError::Missing("api.base_url"))?;
                let (text, chosen) = compose(place, base, scope, self.trust)?;
                (text.trim_end_matches('/').to_owned(), chosen)
            }
            _ => (String::new(), false),
        };
        let (rest, chosen_here) = compose(place, template, scope, self.trust)?;
        text.push_str(&rest);
        chosen |= chosen_here;
        let url = parse_as_written(place, &text)?;
        self.accept_host(place, &url, chosen)?;
        let mut references = Vec::new();
        template.open_host().for_each(|expression| expression.references(&mut references));
        if self.api.hosts.is_empty() && references.into_iter().any(|each| comes_from_an_answer(self, each)) {
            // Whoever answers would choose where the secret goes, and the entry bounds it by nothing.
            return Err(RenderError::Host { place });
        }
        Ok(url)
    }

    fn accept_host(&self, place: &'static str, url: &Url, chosen: bool) -> Result<(), RenderError> {
        let host = url.host_str().unwrap_or_default();
        if self.trust == Trust::Loopback && host::is_loopback(host) {
            return Ok(());
        }
        let listed = self.api.hosts.is_empty() || self.api.hosts.iter().any(|pattern| pattern.matches(host));
        if url.scheme() == "https" && host::is_public_host_name(host) && (listed || !chosen) {
            return Ok(());
        }
        Err(RenderError::Host { place })
    }

    /// Adds headers that may read the request they stand in: what signs it, most of all.
    pub(crate) fn with_headers(
        &self,
        place: &'static str,
        mut request: HttpRequest,
        headers: &Texts,
        values: &Values,
    ) -> Result<HttpRequest, RenderError> {
        let mut values = values.clone();
        values.req = request.parts();
        for (name, value) in self.header_texts(place, headers, Scope::of(&values))? {
            request.headers.retain(|(known, _)| *known != name);
            request.headers.push((name, value));
        }
        Ok(request)
    }

    /// Renders headers; one whose value is undefined is left out.
    pub(crate) fn header_texts(
        &self,
        place: &'static str,
        headers: &Texts,
        scope: Scope<'_>,
    ) -> Result<Vec<(String, String)>, RenderError> {
        let mut rendered = Vec::with_capacity(headers.len());
        for (name, template) in headers {
            if let Ok(value) = scope.template(template) {
                rendered.push((name.clone(), header_value(place, name, value)?));
            }
        }
        Ok(rendered)
    }
}

/// Refuses whatever could end a header or begin another (RFC 9110 §5.5): only visible ASCII, spaces and tabs.
pub(crate) fn header_value(place: &'static str, name: &str, value: String) -> Result<String, RenderError> {
    if value.bytes().all(|b| (0x20..0x7f).contains(&b) || b == b'\t') {
        return Ok(value.trim().to_owned());
    }
    let reason = "it has a line break, a control character or a letter outside ASCII";
    Err(RenderError::Refused { place, reference: format!("header {name}"), reason })
}

/// The text of a URL, and whether a value decided whose host it is.
fn compose(
    place: &'static str,
    template: &UrlTemplate,
    scope: Scope<'_>,
    trust: Trust,
) -> Result<(String, bool), RenderError> {
    let mut text = String::new();
    let mut chosen = false;
    for part in &template.parts {
        match part {
            UrlPart::Text(literal) => text.push_str(literal),
            UrlPart::Hole { expression, position } => {
                let value = scope
                    .text(expression)
                    .ok_or_else(|| RenderError::Undefined { place, reference: named(expression) })?;
                chosen |= matches!(position, Position::Origin | Position::Host);
                text.push_str(&inserted(place, expression, *position, value, trust)?);
            }
        }
    }
    Ok((text, chosen))
}

/// A value as it may stand in its position, or why it may not.
fn inserted(
    place: &'static str,
    expression: &Expression,
    position: Position,
    value: String,
    trust: Trust,
) -> Result<String, RenderError> {
    let refused = |reason| RenderError::Refused { place, reference: named(expression), reason };
    if value.len() > VALUE_MAX {
        return Err(refused("it is too long"));
    }
    if value.chars().any(char::is_control) {
        return Err(refused("it has a line break or control character"));
    }
    match position {
        Position::Origin => origin(&value, trust).map_err(refused),
        Position::Host => host_value(value.to_ascii_lowercase(), trust).map_err(refused),
        Position::Label => {
            let label = value.to_ascii_lowercase();
            if host::is_label(&label) {
                Ok(label)
            } else {
                Err(refused("it is not one label of a host name"))
            }
        }
        Position::LabelPart => {
            let part = value.to_ascii_lowercase();
            let fits = part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if fits { Ok(part) } else { Err(refused("it is not part of a host label")) }
        }
        Position::Port => match value.parse::<u16>() {
            Ok(port) if port != 0 => Ok(port.to_string()),
            _ => Err(refused("it is not a port number")),
        },
        Position::Path | Position::Query => Ok(percent::encode(&value)),
    }
}

fn host_value(host: String, trust: Trust) -> Result<String, &'static str> {
    if host::is_public_host_name(&host) || (trust == Trust::Loopback && host::is_loopback(&host)) {
        return Ok(host);
    }
    Err("it is not a public host name")
}

/// A value that is a URL of its own, without its trailing slash.
fn origin(value: &str, trust: Trust) -> Result<String, &'static str> {
    let url = Url::parse(value).map_err(|_| "it is not a whole https URL")?;
    let host = url.host_str().unwrap_or_default();
    let loopback = trust == Trust::Loopback && host::is_loopback(host);
    if url.scheme() != "https" && !(loopback && url.scheme() == "http") {
        return Err("it does not begin with https://");
    }
    if !url.username().is_empty() || url.password().is_some() || value.contains(['@', '\\']) {
        return Err("it has user information");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("it has a query or a fragment");
    }
    if !loopback && !host::is_public_host_name(host) {
        return Err("its host is not a public host name");
    }
    // What was typed must be what a URL parser reads: no address that changes shape on the way.
    if !value.trim_end_matches('/').eq_ignore_ascii_case(url.as_str().trim_end_matches('/')) {
        return Err("it is not written in its plain form");
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}

/// Parses once, and insists that parsing changed nothing.
fn parse_as_written(place: &'static str, text: &str) -> Result<Url, RenderError> {
    let broken = || RenderError::Url { place };
    let (scheme, rest) = text.split_once("://").ok_or_else(broken)?;
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let path = tail.split(['?', '#']).next().unwrap_or_default();
    if path.split('/').any(|segment| matches!(segment, "." | "..")) {
        return Err(RenderError::Refused {
            place,
            reference: "a value in its path".into(),
            reason: "it would be a dot segment",
        });
    }
    let url = Url::parse(text).map_err(|_| broken())?;
    let port = url.port().map_or_else(String::new, |port| format!(":{port}"));
    let written = format!("{}{port}", url.host_str().unwrap_or_default());
    let default_port = if scheme == "https" { ":443" } else { ":80" };
    let as_written = url.scheme() == scheme
        && written == authority.strip_suffix(default_port).unwrap_or(authority)
        && url.username().is_empty()
        && url.password().is_none()
        && (url.path() == path || (path.is_empty() && url.path() == "/"));
    if as_written { Ok(url) } else { Err(broken()) }
}
