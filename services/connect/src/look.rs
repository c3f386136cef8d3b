//! How the connect pages look and speak in one environment: a customer's name, colours, logo and words. Settings, read once.
//!
//! Invariant: nothing in here reaches a page as markup or as a style sheet; colours and lengths are parsed.

mod logo;
mod origin;

pub use logo::{Logo, LogoError, Logos};
pub use origin::Origin;

use latchkey_domain::Environment;
use latchkey_web_ui::has_text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

/// Languages there are texts in.
pub const LOCALES: [&str; 6] = ["en", "de", "es", "fr", "ja", "ar"];

/// One environment's part of the settings, `[connect.environments.NAME]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Look {
    /// What the product is called, in sentences such as "Acme will be able to …".
    pub app_name: Option<String>,
    /// Whose pages may show the connect pages in a frame.
    pub allowed_origins: Vec<Origin>,
    /// Where a hosted page may send the browser when it is done; compared whole.
    pub return_urls: Vec<Url>,
    /// Where people find help with the product.
    pub support_url: Option<Url>,
    /// The language, where the product decides it; otherwise the browser's.
    pub locale: Option<Locale>,
    pub appearance: Appearance,
    pub logo: Logos,
    pub theme: Theme,
    /// Texts to be said instead, by language and key.
    pub texts: BTreeMap<Locale, BTreeMap<TextKey, String>>,
}

impl Look {
    /// Where a hosted page goes in the end: what is wished for, if it is allowed, or else the only place there is.
    #[must_use]
    pub fn return_url(&self, wished: Option<&str>) -> Option<&Url> {
        let found = self.return_urls.iter().find(|url| Some(url.as_str()) == wished);
        found.or_else(|| self.return_urls.first().filter(|_| self.return_urls.len() == 1))
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Appearance {
    #[default]
    Auto,
    Light,
    Dark,
}

/// One of [`LOCALES`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Locale(String);

impl TryFrom<String> for Locale {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if LOCALES.contains(&text.as_str()) {
            return Ok(Self(text));
        }
        Err(format!("expected one of {}", LOCALES.join(", ")))
    }
}

impl From<Locale> for String {
    fn from(locale: Locale) -> Self {
        locale.0
    }
}

/// Which text: one that the pages have, or `scope:NAME` for what a scope lets the product do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct TextKey(String);

impl TryFrom<String> for TextKey {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.strip_prefix("scope:").is_some_and(|scope| !scope.is_empty()) || has_text(&text) {
            return Ok(Self(text));
        }
        Err(format!(
            "`{text}` is none of the connect pages' texts: their keys are in crates/web-ui/web/connect/locales/en.json, and \
             `scope:NAME` says what a scope is for"
        ))
    }
}

impl From<TextKey> for String {
    fn from(key: TextKey) -> Self {
        key.0
    }
}

/// What `web/kit/theme.ts` calls a theme. Lengths are in px.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Theme {
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub light: Colours,
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub dark: Colours,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_family: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_size: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_control: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub radius_card: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub control_height: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub density: Option<Density>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    Default,
    Compact,
}

pub type Colours = BTreeMap<ColourName, Colour>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourName {
    Primary,
    Surface,
    SurfaceRaised,
    Text,
    TextMuted,
    Border,
    Focus,
    Danger,
    Warning,
    Success,
    Backdrop,
}

/// `#rgb` or `#rrggbb`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(String);

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let digits = text.strip_prefix('#').unwrap_or_default();
        if matches!(digits.len(), 3 | 6) && digits.chars().all(|sign| sign.is_ascii_hexdigit()) {
            return Ok(Self(text));
        }
        Err("expected a colour such as #1f5fe0".to_owned())
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.0
    }
}

/// The looks of all environments. An environment without settings has the plain one.
#[derive(Debug, Clone)]
pub struct Looks {
    by_environment: BTreeMap<Environment, Look>,
    logos: BTreeMap<(Environment, bool), Logo>,
    plain: Look,
}

impl Looks {
    /// `on_this_machine` says that browsers reach the server over a loopback address: a trial, in which every page of
    /// this machine may embed what has no settings of its own.
    ///
    /// # Errors
    /// Where a logo's file cannot be read or is no picture.
    pub fn open(
        by_environment: &BTreeMap<Environment, Look>,
        on_this_machine: bool,
    ) -> Result<Self, LogoError> {
        let allowed_origins = if on_this_machine { Origin::of_this_machine() } else { vec![] };
        let mut logos = BTreeMap::new();
        for (environment, look) in by_environment {
            for (dark, path) in [(false, &look.logo.light), (true, &look.logo.dark)] {
                if let Some(path) = path {
                    logos.insert((environment.clone(), dark), Logo::read(path)?);
                }
            }
        }
        let plain = Look { allowed_origins, ..Look::default() };
        Ok(Self { by_environment: by_environment.clone(), logos, plain })
    }

    #[must_use]
    pub fn of(&self, environment: &Environment) -> &Look {
        self.by_environment.get(environment).unwrap_or(&self.plain)
    }

    /// Every origin that some environment allows.
    pub fn origins(&self) -> impl Iterator<Item = &Origin> {
        let looks = self.by_environment.values().chain([&self.plain]);
        looks.flat_map(|look| look.allowed_origins.iter())
    }

    /// The dark one is also the light one where there is only one, and the other way round.
    #[must_use]
    pub fn logo(&self, environment: &Environment, dark: bool) -> Option<&Logo> {
        let of = |dark| self.logos.get(&(environment.clone(), dark));
        of(dark).or_else(|| of(!dark))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Look, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_look_says_which_field_is_wrong() {
        for (text, said) in [
            (r##"{"theme": {"light": {"primary": "red"}}}"##, "#1f5fe0"),
            (r##"{"theme": {"light": {"primry": "#fff"}}}"##, "primry"),
            (r#"{"texts": {"tlh": {}}}"#, "one of en"),
            (r#"{"texts": {"en": {"choose_titel": "Tool"}}}"#, "choose_titel"),
            (r#"{"texts": {"en": {"scope:": "Tool"}}}"#, "scope:NAME"),
            (r#"{"allowed_origins": ["https://app.example.com/path"]}"#, "origin"),
            (r#"{"colour": "blue"}"#, "colour"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        assert!(read(r##"{"theme": {"dark": {"primary": "#7da6ff"}, "radius_card": 4}}"##).is_ok());
        let texts = r#"{"choose_title": "Tool", "setup_title": "Broken", "scope:contacts.read": "Read your contacts"}"#;
        assert!(read(&format!(r#"{{"texts": {{"en": {texts}}}}}"#)).is_ok());
    }

    #[test]
    fn pages_of_this_machine_may_embed_a_trial_and_nothing_else() {
        let environment: Environment = "dev".parse().unwrap();
        let framed =
            |here| Looks::open(&BTreeMap::new(), here).unwrap().of(&environment).allowed_origins.len();
        assert!(framed(true) > 0);
        assert_eq!(framed(false), 0);
    }
}
