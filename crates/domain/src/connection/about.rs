//! What people say of a connection: how they find it again and what they keep with it. It belongs to the present state and
//! is in no event: an event names the fields that were changed, never their values.

use crate::Digest;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use crate::{ConnectionId, InvalidId};

/// A customer's own id for a connection; unique within an integration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ExternalId(String);

const EXTERNAL_ID_CHARS_MAX: usize = 255;

impl ExternalId {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let sound = (1..=EXTERNAL_ID_CHARS_MAX).contains(&text.chars().count())
            && !text.chars().any(char::is_control)
            // One text must not name two connections.
            && text.parse::<ConnectionId>().is_err();
        if sound {
            return Ok(Self(text.to_owned()));
        }
        let expected =
            "1 to 255 characters, none of them a control character, and not the form of our own ids";
        Err(InvalidId { what: "external id", expected })
    }
}

impl TryFrom<String> for ExternalId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

impl From<ExternalId> for String {
    fn from(id: ExternalId) -> Self {
        id.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<ExternalId>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// The customer's, for its own use.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// The customer's settings for its integration with the provider.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub config: Map<String, Value>,
    /// Where its news goes in the place of the compatible endpoints' addresses; empty where it goes to those.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub webhook_url: String,
}

/// One field of [`About`], by the name it has wherever it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    ExternalId,
    DisplayName,
    Tags,
    Metadata,
    Config,
    WebhookUrl,
}

impl Field {
    pub const ALL: [Self; 6] =
        [Self::ExternalId, Self::DisplayName, Self::Tags, Self::Metadata, Self::Config, Self::WebhookUrl];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ExternalId => "external_id",
            Self::DisplayName => "display_name",
            Self::Tags => "tags",
            Self::Metadata => "metadata",
            Self::Config => "config",
            Self::WebhookUrl => "webhook_url",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl About {
    /// Tells two states of it apart, and nothing else. 16 hexadecimal digits.
    #[must_use]
    pub fn etag(&self) -> String {
        // A map of texts and JSON values always has a JSON form.
        let text = serde_json::to_string(self).unwrap_or_default();
        let mut digits = Digest::of(text.as_bytes()).to_string();
        digits.truncate(16);
        digits
    }

    /// With these fields as they are in `other`.
    #[must_use]
    pub fn with(mut self, fields: &[Field], other: Self) -> Self {
        let takes = |field| fields.contains(&field);
        if takes(Field::Tags) {
            self.tags = other.tags;
        }
        if takes(Field::Metadata) {
            self.metadata = other.metadata;
        }
        if takes(Field::Config) {
            self.config = other.config;
        }
        if takes(Field::WebhookUrl) {
            self.webhook_url = other.webhook_url;
        }
        if takes(Field::ExternalId) {
            self.external_id = other.external_id;
        }
        if takes(Field::DisplayName) {
            self.display_name = other.display_name;
        }
        self
    }

    /// The fields that differ.
    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<Field> {
        let differs = |field: &Field| match field {
            Field::ExternalId => self.external_id != other.external_id,
            Field::DisplayName => self.display_name != other.display_name,
            Field::Tags => self.tags != other.tags,
            Field::Metadata => self.metadata != other.metadata,
            Field::Config => self.config != other.config,
            Field::WebhookUrl => self.webhook_url != other.webhook_url,
        };
        Field::ALL.into_iter().filter(differs).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About {
        About {
            external_id: Some("user-42".parse().unwrap()),
            display_name: "Acme".into(),
            tags: BTreeMap::from([("team".into(), "crm".into())]),
            metadata: Map::from_iter([("plan".into(), Value::Null)]),
            config: Map::from_iter([("region".into(), 1.into())]),
            webhook_url: "https://example.com/hooks".into(),
        }
    }

    #[test]
    fn whatever_changes_changes_the_etag_and_is_named() {
        let before = About::default();
        for field in Field::ALL {
            let after = before.clone().with(&[field], about());
            assert_eq!(before.changed(&after), [field]);
            assert_ne!(before.etag(), after.etag(), "{field:?}");
        }
        assert_eq!(before.with(&Field::ALL, about()), about());
        assert_eq!(about().changed(&about()), []);
    }

    #[test]
    fn it_comes_back_from_its_text_with_the_same_etag() {
        let text = serde_json::to_string(&about()).unwrap();
        let read: About = serde_json::from_str(&text).unwrap();
        assert_eq!((read.etag(), read), (about().etag(), about()));
        assert_eq!(serde_json::to_string(&About::default()).unwrap(), "{}");
    }

    #[test]
    fn an_external_id_is_nobody_elses_kind_of_id() {
        for text in ["", "a\nb", &"x".repeat(256), "con_01JD0000000000000000000000"] {
            assert!(text.parse::<ExternalId>().is_err(), "{text:?}");
        }
        for text in ["user/42", "a b", "con_1", &"é".repeat(255)] {
            assert_eq!(text.parse::<ExternalId>().unwrap().as_str(), text);
        }
    }
}
