use crate::look::{Appearance, Locale, Look, TextKey, Theme};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// What a page's program begins with, as a block of JSON in the page, which no browser runs.
#[derive(Debug, Clone, Serialize)]
pub struct Boot {
    /// What the page is: `open`, `hosted`, `frame`, `compat`, `window`, `done` or `problem`.
    mode: &'static str,
    theme: Theme,
    appearance: Appearance,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    support_url: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    texts: BTreeMap<Locale, BTreeMap<TextKey, String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    allowed_origins: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    return_urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_light: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_dark: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form_token: Option<String>,
    /// Why there is nothing else to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<&'static str>,
}

impl Boot {
    #[must_use]
    pub fn of(look: &Look, mode: &'static str) -> Self {
        Self {
            mode,
            theme: look.theme.clone(),
            appearance: look.appearance,
            locale: look.locale.clone(),
            app_name: look.app_name.clone(),
            support_url: look.support_url.as_ref().map(ToString::to_string),
            texts: look.texts.clone(),
            allowed_origins: look.allowed_origins.iter().map(|origin| origin.as_str().to_owned()).collect(),
            return_urls: look.return_urls.iter().map(ToString::to_string).collect(),
            logo_light: None,
            logo_dark: None,
            session: None,
            form_token: None,
            problem: None,
        }
    }

    /// Where the program is that runs before the first paint. One that derives a theme's colours is loaded where there is a
    /// theme; the plain one's are in the style sheet.
    #[must_use]
    pub fn first_program(&self) -> String {
        let name =
            if self.theme == Theme::default() { "connect/first.js" } else { "connect/first-themed.js" };
        latchkey_web_ui::url(name)
    }

    #[must_use]
    pub fn with_logos(self, logo_light: Option<String>, logo_dark: Option<String>) -> Self {
        Self { logo_light, logo_dark, ..self }
    }

    /// For a page that whoever embeds it may have for any environment.
    #[must_use]
    pub fn allowing(self, allowed_origins: Vec<String>) -> Self {
        Self { allowed_origins, ..self }
    }

    #[must_use]
    pub fn with_problem(self, problem: &'static str) -> Self {
        Self { problem: Some(problem), ..self }
    }

    /// For a page whose browser holds a session.
    #[must_use]
    pub fn with_session(self, session: String, form_token: String) -> Self {
        Self { session: Some(session), form_token: Some(form_token), ..self }
    }
}

/// As it stands in the page. Nothing in it can end the block.
impl fmt::Display for Boot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        for sign in text.chars() {
            match sign {
                '<' | '>' | '&' => write!(f, "\\u{:04x}", u32::from(sign))?,
                sign => write!(f, "{sign}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_the_settings_ends_the_block_they_stand_in() {
        let look = Look { app_name: Some("</script><script>alert(1)".to_owned()), ..Look::default() };
        let text = Boot::of(&look, "hosted").to_string();
        assert!(!text.contains('<'), "{text}");
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["app_name"], "</script><script>alert(1)");
    }

    #[test]
    fn only_a_theme_has_the_arithmetic_of_colours_loaded() {
        let themed = Look { theme: Theme { font_size: Some(18), ..Theme::default() }, ..Look::default() };
        assert!(Boot::of(&themed, "hosted").first_program().ends_with("/first-themed.js"));
        assert!(Boot::of(&Look::default(), "hosted").first_program().ends_with("/first.js"));
    }
}
