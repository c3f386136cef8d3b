//! How much of anything a caller may ask to have kept. Pure.
//!
//! Whatever is kept is loaded again with every read of its stream, so nobody may make one stream slow.

mod presets;

pub use presets::presets;

use crate::error::Error;
use crate::webhook::address;
use latchkey_domain::IntegrationKey;
use latchkey_domain::connection::About;
use latchkey_domain::integration::Settings;
use latchkey_wire::Fault;

const OFFERED_MAX: usize = 50;
const PROVIDER_CHARS_MAX: usize = 64;
const NAME_CHARS_MAX: usize = 100;
const CLIENT_ID_CHARS_MAX: usize = 1024;
const SCOPES_MAX: usize = 200;
const SCOPE_CHARS_MAX: usize = 512;
const FIELDS_MAX: usize = 64;
const FIELD_CHARS_MAX: usize = 4096;
const TAGS_MAX: usize = 20;
const TAG_NAME_CHARS_MAX: usize = 64;
const TAG_VALUE_CHARS_MAX: usize = 255;
const DOCUMENT_BYTES_MAX: usize = 16 * 1024;

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
    held(are_scopes(&settings.scopes), "integration.scopes", || {
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

/// # Errors
/// [`Error::Field`] with the first field of what is said of a connection that is malformed or too large.
pub fn about(about: &About, allow_http: bool) -> Result<(), Error> {
    held(is_line(&about.display_name, NAME_CHARS_MAX), "display_name", || {
        format!("The name may have {NAME_CHARS_MAX} characters, none of them a control character.")
    })?;
    let sound = |(name, value): (&String, &String)| {
        is_tag_name(name) && !value.is_empty() && is_line(value, TAG_VALUE_CHARS_MAX)
    };
    held(about.tags.len() <= TAGS_MAX && about.tags.iter().all(sound), "tags", || {
        format!(
            "At most {TAGS_MAX} tags, with names of 1 to {TAG_NAME_CHARS_MAX} lower-case letters, digits and . _ - /, beginning \
             with a letter, and values of 1 to {TAG_VALUE_CHARS_MAX} characters, none of them a control character."
        )
    })?;
    for (field, document) in [("metadata", &about.metadata), ("config", &about.config)] {
        let size = serde_json::to_vec(document).map_or(usize::MAX, |text| text.len());
        held(size <= DOCUMENT_BYTES_MAX, field, || {
            format!("At most {DOCUMENT_BYTES_MAX} bytes as JSON, and this has {size}.")
        })?;
    }
    let refused = |message: &str| Error::Field { field: "webhook_url", message: message.to_owned() };
    match about.webhook_url.as_str() {
        "" => Ok(()),
        url => address(url, allow_http).map_err(refused),
    }
}

/// # Errors
/// A fault that names the field where this is no provider's id.
pub fn provider(id: &str) -> Result<(), Fault> {
    let sound = (1..=PROVIDER_CHARS_MAX).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    let message = "A provider's id has 1 to 64 letters, digits and - _ . characters.";
    sound.then_some(()).ok_or_else(|| Fault::field_invalid("provider", message))
}

fn is_tag_name(name: &str) -> bool {
    name.len() <= TAG_NAME_CHARS_MAX
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-/".contains(&byte))
}

fn are_scopes(scopes: &[String]) -> bool {
    let sound = |scope: &String| !scope.is_empty() && is_line(scope, SCOPE_CHARS_MAX);
    scopes.len() <= SCOPES_MAX && scopes.iter().all(sound)
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
    use latchkey_domain::integration::OtherAccount;

    fn refused(change: impl FnOnce(&mut Settings)) -> Option<&'static str> {
        let mut wish = Settings {
            provider: "demo".into(),
            display_name: "x".repeat(NAME_CHARS_MAX),
            client_id: "x".repeat(CLIENT_ID_CHARS_MAX),
            scopes: vec!["x".repeat(SCOPE_CHARS_MAX); SCOPES_MAX],
            fields: (0..FIELDS_MAX).map(|n| (format!("field{n}"), "é".repeat(FIELD_CHARS_MAX))).collect(),
            other_account: OtherAccount::default(),
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

    fn refused_about(change: impl FnOnce(&mut About)) -> Option<&'static str> {
        let mut said = About {
            display_name: "é".repeat(NAME_CHARS_MAX),
            tags: (0..TAGS_MAX).map(|n| (format!("t{n}"), "é".repeat(TAG_VALUE_CHARS_MAX))).collect(),
            metadata: [("k".to_owned(), "x".repeat(DOCUMENT_BYTES_MAX - 8).into())].into_iter().collect(),
            ..About::default()
        };
        change(&mut said);
        match about(&said, false) {
            Ok(()) => None,
            Err(Error::Field { field, .. }) => Some(field),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_said_of_a_connection_may_be_as_long_as_the_limits_and_no_longer() {
        assert_eq!(refused_about(|_| {}), None);
        assert_eq!(refused_about(|said| said.display_name.push('x')), Some("display_name"));
        assert_eq!(refused_about(|said| said.display_name = "a\u{7}".into()), Some("display_name"));
        assert_eq!(refused_about(|said| drop(said.tags.insert("more".into(), "x".into()))), Some("tags"));
        for name in ["", "Team", "1st", "a b", "a=b", &"x".repeat(TAG_NAME_CHARS_MAX + 1)] {
            let tags = [(name.to_owned(), "x".to_owned())];
            assert_eq!(refused_about(|said| said.tags = tags.into()), Some("tags"), "{name:?}");
        }
        for value in ["", "a\nb", &"x".repeat(TAG_VALUE_CHARS_MAX + 1)] {
            let tags = [("team".to_owned(), value.to_owned())];
            assert_eq!(refused_about(|said| said.tags = tags.into()), Some("tags"), "{value:?}");
        }
        let longest = format!("https://a/{}", "x".repeat(2038));
        assert_eq!(refused_about(|said| said.webhook_url = longest.clone()), None);
        for wrong in ["x", "http://example.com", "https://u@a/", "https://a/#b", &format!("{longest}x")] {
            assert_eq!(refused_about(|said| said.webhook_url = wrong.into()), Some("webhook_url"), "{wrong}");
        }
        assert_eq!(refused_about(|said| drop(said.metadata.insert("l".into(), 1.into()))), Some("metadata"));
        let large = || [("k".to_owned(), "x".repeat(DOCUMENT_BYTES_MAX).into())].into_iter().collect();
        assert_eq!(refused_about(|said| said.config = large()), Some("config"));
    }
}
