//! Which endpoints there may be. Pure.

use crate::error::Error;
use latchkey_domain::webhook_endpoint::Settings;
use url::{Host, Url};

const URL_CHARS_MAX: usize = 2048;
const DESCRIPTION_CHARS_MAX: usize = 200;
const TYPES_MAX: usize = 50;
const TYPE_CHARS_MAX: usize = 64;

/// # Errors
/// [`Error::Field`] with what is wrong first.
pub fn check(settings: &Settings, allow_http: bool) -> Result<(), Error> {
    address(&settings.url, allow_http).map_err(|message| field("url", message))?;
    let description = &settings.description;
    if description.chars().count() > DESCRIPTION_CHARS_MAX || description.chars().any(char::is_control) {
        let message = format!(
            "The description may have {DESCRIPTION_CHARS_MAX} characters, none of them a control character."
        );
        return Err(field("description", message));
    }
    event_types(&settings.event_types)
}

/// # Errors
/// [`Error::Field`] where there are too many, or one is none.
pub fn event_types(types: &[String]) -> Result<(), Error> {
    if types.len() > TYPES_MAX || !types.iter().all(|text| is_event_type(text)) {
        let message = format!(
            "Name at most {TYPES_MAX} types such as `connection.failed`, or `connection.*` for all that begin so."
        );
        return Err(field("event_types", message));
    }
    Ok(())
}

fn field(field: &'static str, message: impl Into<String>) -> Error {
    Error::Field { field, message: message.into() }
}

/// # Errors
/// What is wrong with an address that news is to be sent to, and never the address.
pub fn address(text: &str, allow_http: bool) -> Result<(), &'static str> {
    let url = Url::parse(text).map_err(|_| "Give an address such as https://example.com/hooks.")?;
    if text.chars().count() > URL_CHARS_MAX {
        return Err("The address may have 2048 characters.");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("The address may hold no user name and no password: signatures say who calls.");
    }
    if url.fragment().is_some() {
        return Err("The address may hold no fragment: it is never sent.");
    }
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if loopback || allow_http => Ok(()),
        "http" => Err("Use https: what happens to end users would cross the network in the clear."),
        _ => Err("Give an address that begins with https://."),
    }
}

fn is_event_type(text: &str) -> bool {
    let name = text.strip_suffix(".*").unwrap_or(text);
    let is_part =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    text.len() <= TYPE_CHARS_MAX && name.split('.').all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::webhook_endpoint::Format;

    fn refused(change: impl FnOnce(&mut Settings)) -> Option<&'static str> {
        let mut settings = Settings {
            url: "https://example.com/hooks?for=latchkey".into(),
            event_types: vec!["connection.*".into(), "webhook_endpoint.disabled".into()],
            description: "é".repeat(DESCRIPTION_CHARS_MAX),
            format: Format::Standard,
        };
        change(&mut settings);
        match check(&settings, false) {
            Ok(()) => None,
            Err(Error::Field { field, .. }) => Some(field),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_address_is_told_over_https_or_on_this_machine() {
        for fine in ["https://example.com", "http://localhost:3000/", "http://127.0.0.1:1", "http://[::1]/x"]
        {
            assert_eq!(refused(|settings| settings.url = fine.into()), None, "{fine}");
        }
        let long = format!("https://example.com/{}", "x".repeat(URL_CHARS_MAX));
        let wrong = ["", "x", "http://example.com", "ftp://a", "https://u:p@a/", "https://a/#b", &long];
        for wrong in wrong {
            assert_eq!(refused(|settings| settings.url = wrong.into()), Some("url"), "{wrong}");
        }
        assert!(address("http://hooks.svc/", true).is_ok());
    }

    #[test]
    fn what_is_kept_of_an_endpoint_has_limits() {
        assert_eq!(refused(|_| {}), None);
        assert_eq!(refused(|settings| settings.description.push('x')), Some("description"));
        assert_eq!(refused(|settings| settings.description = "a\nb".into()), Some("description"));
        for wrong in ["", "*", "Connection.failed", "connection.", ".failed", "connection.f*", "a b"] {
            assert_eq!(
                refused(|settings| settings.event_types.push(wrong.into())),
                Some("event_types"),
                "{wrong}"
            );
        }
        let many = vec!["connection.failed".to_owned(); TYPES_MAX + 1];
        assert_eq!(refused(|settings| settings.event_types = many), Some("event_types"));
    }
}
