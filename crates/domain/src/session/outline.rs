//! What a session says beforehand of the connection it is to lead to: of whichever it will be, and of that to one integration.

use crate::IntegrationKey;
use crate::connection::About;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What is settled for each integration of a session, where anything is.
pub type Presets = BTreeMap<IntegrationKey, Preset>;

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outline {
    // As it was written before there was anything else.
    #[serde(flatten)]
    pub about: About,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub presets: Presets,
}

/// What is settled for one integration of a session: the provider is asked otherwise, or the end user is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Preset {
    /// Asked for in the place of the integration's scopes; empty leaves those.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Parameters of the authorization request (RFC 6749 §4.1.1) beside the catalogue entry's, or in their place; an empty
    /// value leaves the entry's out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub authorization_params: BTreeMap<String, String>,
    /// What the end user would have typed, by the catalogue's input name. Nothing secret.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<String, String>,
    /// Put into the connection's own config.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub config: Map<String, Value>,
    /// The customer's own page of help for the end user; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub docs_url: String,
}

impl Outline {
    /// What is said of a connection to this integration.
    #[must_use]
    pub fn about_one_of(&self, integration: &IntegrationKey) -> About {
        let mut about = self.about.clone();
        if let Some(preset) = self.presets.get(integration) {
            about.config.extend(preset.config.clone());
        }
        about
    }
}

impl From<About> for Outline {
    fn from(about: About) -> Self {
        Self { about, presets: Presets::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_kept_before_there_were_presets_is_read() {
        let about = About { display_name: "Acme".into(), ..About::default() };
        let text = serde_json::to_string(&about).unwrap();
        assert_eq!(serde_json::from_str::<Outline>(&text).unwrap(), Outline::from(about.clone()));
        assert_eq!(serde_json::to_string(&Outline::from(about)).unwrap(), text);
    }

    #[test]
    fn the_config_of_one_integration_is_put_over_that_of_all() {
        let config = |text: &str| Map::from_iter([("region".to_owned(), Value::from(text))]);
        let (github, slack): (IntegrationKey, IntegrationKey) =
            ("github".parse().unwrap(), "slack".parse().unwrap());
        let preset = Preset { config: config("eu"), ..Preset::default() };
        let outline = Outline {
            about: About { config: config("us"), ..About::default() },
            presets: Presets::from([(github.clone(), preset)]),
        };
        let read: Outline = serde_json::from_str(&serde_json::to_string(&outline).unwrap()).unwrap();
        assert_eq!(read, outline);
        assert_eq!(read.about_one_of(&github).config, config("eu"));
        assert_eq!(read.about_one_of(&slack).config, config("us"));
    }
}
