//! How much of anything a caller may ask to have kept. Pure.
//!
//! Whatever is kept is loaded again with every read of its stream, so nobody may make one stream slow.

use crate::error::Error;
use latchkey_domain::IntegrationKey;
use latchkey_domain::integration::Settings;

const OFFERED_MAX: usize = 50;
const NAME_CHARS_MAX: usize = 100;
const CLIENT_ID_CHARS_MAX: usize = 1024;
const SCOPES_MAX: usize = 200;
const SCOPE_CHARS_MAX: usize = 512;
const FIELDS_MAX: usize = 64;
const FIELD_CHARS_MAX: usize = 4096;

/// # Errors
/// [`Error::Field`] where a session would offer more than anyone can choose from.
pub fn offered(integrations: &[IntegrationKey]) -> Result<(), Error> {
    held(integrations.len() <= OFFERED_MAX, "integrations", || {
        format!(
            "A session offers at most {OFFERED_MAX} integrations. Name those the end user is to choose from."
        )
    })
}

/// # Errors
/// [`Error::Field`] where nobody could tell the key by the name.
pub fn key_name(name: &str) -> Result<(), Error> {
    held(!name.is_empty() && is_line(name, NAME_CHARS_MAX), "name", || {
        format!("Give the key a name of 1 to {NAME_CHARS_MAX} characters, none of them a control character.")
    })
}

/// # Errors
/// [`Error::Field`] where nobody could tell who it is by the name.
pub fn operator(name: &str) -> Result<(), Error> {
    held(!name.trim().is_empty() && is_line(name, NAME_CHARS_MAX), "operator", || {
        format!("Say who it is in 1 to {NAME_CHARS_MAX} characters, none of them a control character.")
    })
}

/// # Errors
/// [`Error::Field`] with the first setting that is too long, or holds control characters.
pub fn settings(settings: &Settings) -> Result<(), Error> {
    held(is_line(&settings.display_name, NAME_CHARS_MAX), "integration.display_name", || {
        format!("The name may have {NAME_CHARS_MAX} characters, none of them a control character.")
    })?;
    held(is_line(&settings.client_id, CLIENT_ID_CHARS_MAX), "integration.client_id", || {
        format!("The client id may have {CLIENT_ID_CHARS_MAX} characters, none of them a control character.")
    })?;
    let scopes = &settings.scopes;
    let sound = |scope: &String| !scope.is_empty() && is_line(scope, SCOPE_CHARS_MAX);
    held(scopes.len() <= SCOPES_MAX && scopes.iter().all(sound), "integration.scopes", || {
        format!(
            "At most {SCOPES_MAX} scopes of 1 to {SCOPE_CHARS_MAX} characters, none of them a control character."
        )
    })?;
    let fields = &settings.fields;
    let sound = |(name, value): (&String, &String)| {
        is_line(name, NAME_CHARS_MAX) && value.chars().count() <= FIELD_CHARS_MAX
    };
    held(fields.len() <= FIELDS_MAX && fields.iter().all(sound), "integration.fields", || {
        format!("At most {FIELDS_MAX} fields, with values of at most {FIELD_CHARS_MAX} characters.")
    })
}

fn is_line(text: &str, chars_max: usize) -> bool {
    text.chars().count() <= chars_max && !text.chars().any(char::is_control)
}

fn held(holds: bool, field: &'static str, message: impl FnOnce() -> String) -> Result<(), Error> {
    if holds { Ok(()) } else { Err(Error::Field { field, message: message() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Settings)) -> Option<&'static str> {
        let mut wish = Settings {
            provider: "demo".into(),
            display_name: "x".repeat(NAME_CHARS_MAX),
            client_id: "x".repeat(CLIENT_ID_CHARS_MAX),
            scopes: vec!["x".repeat(SCOPE_CHARS_MAX); SCOPES_MAX],
            fields: (0..FIELDS_MAX).map(|n| (format!("field{n}"), "é".repeat(FIELD_CHARS_MAX))).collect(),
        };
        change(&mut wish);
        match settings(&wish) {
            Ok(()) => None,
            Err(Error::Field { field, .. }) => Some(field),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn settings_may_be_as_long_as_the_limits_and_no_longer() {
        assert_eq!(refused(|_| {}), None);
        assert_eq!(refused(|wish| wish.display_name.push('x')), Some("integration.display_name"));
        assert_eq!(refused(|wish| wish.display_name = "a\nb".into()), Some("integration.display_name"));
        assert_eq!(refused(|wish| wish.client_id.push('x')), Some("integration.client_id"));
        assert_eq!(refused(|wish| wish.scopes.push("x".into())), Some("integration.scopes"));
        assert_eq!(refused(|wish| wish.scopes = vec![String::new()]), Some("integration.scopes"));
        assert_eq!(refused(|wish| wish.scopes[0].push('x')), Some("integration.scopes"));
        assert_eq!(
            refused(|wish| drop(wish.fields.insert("more".into(), String::new()))),
            Some("integration.fields")
        );
        assert_eq!(
            refused(|wish| drop(wish.fields.insert("field0".into(), "é".repeat(FIELD_CHARS_MAX + 1)))),
            Some("integration.fields")
        );
    }

    #[test]
    fn a_session_offers_what_a_person_can_choose_from() {
        let offer = |count: usize| offered(&vec!["demo".parse().unwrap(); count]).is_ok();
        assert!(offer(OFFERED_MAX) && !offer(OFFERED_MAX + 1));
    }

    #[test]
    fn a_key_has_a_name_of_one_line() {
        assert!(key_name("ci").is_ok() && key_name(&"x".repeat(NAME_CHARS_MAX)).is_ok());
        for name in ["", "a\u{7}", &"x".repeat(NAME_CHARS_MAX + 1)] {
            assert!(key_name(name).is_err(), "{name:?}");
        }
    }
}
