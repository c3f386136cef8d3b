//! Names, parsed once at the door. A value of one of these types cannot be malformed.

use crate::Timestamp;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use ulid::Ulid;

/// Why a text is not an id; the message says what would be one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` is malformed: expected {expected}")]
pub struct InvalidId {
    pub what: &'static str,
    pub expected: &'static str,
}

macro_rules! text_form {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Ulid);

        impl $name {
            /// From the instant it is made (Unix milliseconds) and 80 random bits.
            #[must_use]
            pub fn from_parts(millis: u64, random: u128) -> Self {
                Self(Ulid::from_parts(millis, random))
            }

            /// From and to the 16 bytes a token can carry.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }

            #[must_use]
            pub fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let invalid = InvalidId { what: $what, expected: concat!("`", $prefix, "` and 26 characters of base 32") };
                let ulid = text.strip_prefix($prefix).ok_or_else(|| invalid.clone())?;
                // One spelling per id: stores compare text, so lower case would be another row.
                if ulid.bytes().any(|byte| byte.is_ascii_lowercase()) {
                    return Err(invalid);
                }
                ulid.parse().map(Self).map_err(|_| invalid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }

        text_form!($name);
    };
}

ulid_id!(
    /// One end user's account at one provider, for as long as it is known here.
    ConnectionId, "con_", "connection id"
);
impl ConnectionId {
    /// When it was made, by the clock of whoever made it.
    #[must_use]
    pub fn made_at(self) -> Timestamp {
        Timestamp(i64::try_from(self.0.timestamp_ms()).unwrap_or(i64::MAX))
    }
}

ulid_id!(
    /// One attempt to get an end user's consent.
    AuthorizationId, "aut_", "authorization id"
);
ulid_id!(
    /// One permission for an end user to connect.
    SessionId, "ses_", "connect session id"
);
ulid_id!(
    /// One API key; the secret half is not part of it.
    ApiKeyId, "key_", "API key id"
);
ulid_id!(
    /// What was tried with a provider, once.
    AuthLogId, "log_", "auth log id"
);
ulid_id!(
    /// One link that lets an operator in.
    LoginLinkId, "lgn_", "login link id"
);
ulid_id!(
    /// One time that nothing is refreshed, after a backup was restored.
    SafeModeId, "sfm_", "safe mode id"
);
ulid_id!(
    /// One place a customer is told at what happens.
    WebhookEndpointId, "whe_", "webhook endpoint id"
);

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err(InvalidId { what: $what, expected: $expected }) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        text_form!($name);
    };
}

name_id!(
    /// The unit of isolation: its keys, integrations and connections are invisible to every other.
    Environment, "environment", "1 to 32 lower-case letters, digits and inner hyphens, beginning with a letter", |text| {
        (1..=32).contains(&text.len())
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    }
);
name_id!(
    /// What a customer calls an integration; unique within its environment.
    IntegrationKey, "integration", "1 to 64 of the characters A-Z a-z 0-9 ~ : . @ _ -", |text| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"~:.@_-".contains(&byte))
    }
);
name_id!(
    /// Whom a connection belongs to, in the customer's own words.
    EndUser, "end user", "1 to 255 characters, none of them a control character", |text| {
        (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control)
    }
);

name_id!(
    /// One piece of news, under the id it has wherever it is told.
    EventId, "event id", "`evt_`, 32 hexadecimal digits and, for a second piece of news in one event, its number", |text| {
        let mut parts = text.splitn(3, '_');
        let (prefix, id, number) = (parts.next(), parts.next().unwrap_or_default(), parts.next());
        let is_number = |text: &str| (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        prefix == Some("evt")
            && id.len() == 32
            && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
            && number.is_none_or(is_number)
    }
);

/// How many credentials a connection has had. A refresh is fenced by the generation it was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Generation(pub u64);

impl Generation {
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_comes_back_from_its_text() {
        let id = ConnectionId::from_parts(1_700_000_000_000, 42);
        assert_eq!(id.to_string().parse::<ConnectionId>().unwrap(), id);
    }

    #[test]
    fn malformed_ids_are_refused_with_what_was_expected() {
        for text in [
            "",
            "con_",
            "con_01",
            "aut_01JD0000000000000000000000",
            "con_01jd0000000000000000000000",
            "con_🙂",
        ] {
            let error = text.parse::<ConnectionId>().unwrap_err().to_string();
            assert!(error.contains("con_"), "{text:?}: {error}");
        }
        for text in ["", "Dev", "1dev", "dev-", "a/b", &"x".repeat(33)] {
            assert!(text.parse::<Environment>().is_err(), "{text:?}");
        }
        let id = "0".repeat(32);
        for text in
            ["", "evt_", "evt_0", &format!("evt_{id}_"), &format!("evt_{id}_x"), &format!("evt_{id}/1")]
        {
            assert!(text.parse::<EventId>().is_err(), "{text:?}");
        }
        assert!(
            format!("evt_{id}").parse::<EventId>().is_ok()
                && format!("evt_{id}_1").parse::<EventId>().is_ok()
        );
        for text in ["", "a/b", "a b", "ü", &"x".repeat(65)] {
            assert!(text.parse::<IntegrationKey>().is_err(), "{text:?}");
        }
    }
}
