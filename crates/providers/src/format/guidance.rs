//! What people are told: how a developer registers the app, and how an end user finds the key.
//!
//! Invariant: plain sentences. No markup, no secret, no template, and no address but a page of the vendor's own.

use super::vendor;
use serde::Deserialize;

/// Stands for the exact redirect URL of this installation; whoever shows the guidance puts it in.
pub const REDIRECT_URL: &str = "{redirect_url}";

const STEPS_MAX: usize = 8;
const STEP_MAX: usize = 240;
const WORDS_MAX: usize = 20;
/// A word of this many letters and digits is a secret somebody pasted, and no example.
const TELLING: usize = 28;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Guidance {
    /// For developers, in order: where to register the app, and what to enter there.
    pub app_setup: Vec<String>,
    /// For end users, in order: where to find what is asked for.
    pub connect: Vec<String>,
    /// What goes wrong often.
    pub notes: Vec<String>,
}

impl Guidance {
    /// What is wrong with it, as field and fix. `domains` are the registrable domains of the vendor.
    #[must_use]
    pub fn objections(&self, domains: &[String]) -> Vec<(String, String)> {
        let lists = [("app_setup", &self.app_setup), ("connect", &self.connect), ("notes", &self.notes)];
        let mut found = Vec::new();
        for (name, steps) in lists {
            if steps.len() > STEPS_MAX {
                found.push((format!("guidance.{name}"), format!("must have {STEPS_MAX} steps at most")));
            }
            for (index, step) in steps.iter().enumerate() {
                let fix = objection(step, domains);
                found.extend(fix.map(|fix| (format!("guidance.{name}[{index}]"), fix)));
            }
        }
        found
    }
}

/// Why a text is not plain guidance; `None` if it is.
#[must_use]
pub fn objection(text: &str, domains: &[String]) -> Option<String> {
    if text.trim() != text || text.is_empty() || text.chars().count() > STEP_MAX {
        return Some(format!("must have 1 to {STEP_MAX} characters and no space around them"));
    }
    if !text.ends_with('.') || text.contains('!') || text.chars().any(char::is_control) {
        return Some("must be plain sentences that end with a full stop".to_owned());
    }
    if text.replace(REDIRECT_URL, "").contains(['{', '}', '$', '<', '>']) {
        return Some(format!("must have no markup and no template but {REDIRECT_URL}"));
    }
    if text.split(". ").any(|sentence| sentence.split_whitespace().count() > WORDS_MAX) {
        return Some(format!("a sentence must have {WORDS_MAX} words at most"));
    }
    for word in text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', ';', ':', ')'])) {
        if word.contains("://") && !vendor::is_page_of(word, domains) {
            return Some(format!("`{word}` is not an https page of the vendor's"));
        }
        if !word.contains("://") && looks_like_a_secret(word) {
            return Some(
                "a word in it looks like a secret: describe what a key looks like instead".to_owned(),
            );
        }
    }
    None
}

fn looks_like_a_secret(word: &str) -> bool {
    let has = |kind: fn(&char) -> bool| word.chars().any(|c| kind(&c));
    word.len() >= TELLING
        && has(char::is_ascii_digit)
        && has(char::is_ascii_alphabetic)
        && !word.contains(['.', '/'])
}
