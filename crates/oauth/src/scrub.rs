//! Cuts secrets out of what a provider says back. Providers echo what they refuse; nobody downstream may see it.

use crate::forms;
use std::collections::BTreeSet;
use zeroize::Zeroizing;

const REDACTED: &str = "[redacted]";
/// Enough to explain, too little to smuggle a page.
const DESCRIPTION_MAX: usize = 300;
/// RFC 6749 §5.2 codes are short words.
const CODE_MAX: usize = 64;
/// Read no further into what a provider says: an honest explanation is over by then.
const TEXT_MAX: usize = 4096;
/// Providers echo tokens shortened, so that many characters in common are taken for the secret itself.
const WINDOW: usize = 12;
/// A secret shorter than this cannot be cut out without guessing: a text that holds it is dropped whole.
const CUTTABLE_MIN: usize = 4;

/// The secrets of one request, in every form in which an answer might repeat them.
#[derive(Default)]
pub(crate) struct Secrets(Vec<Zeroizing<String>>);

impl Secrets {
    pub(crate) fn add(&mut self, secret: &str) {
        for form in forms::of(secret) {
            if !form.is_empty() {
                self.0.push(form.into());
            }
        }
    }

    /// An explanation fit to be stored and shown: no secret, no control character, at most 300 characters.
    pub(crate) fn description(&self, text: &str) -> Option<String> {
        let cut = self.cut(text)?;
        Some(cut.trim().chars().take(DESCRIPTION_MAX).collect::<String>()).filter(|text| !text.is_empty())
    }

    /// An error code. One that holds a secret, or is not a word, is no code.
    pub(crate) fn code(&self, text: &str) -> Option<String> {
        let plain = text.len() <= CODE_MAX && text.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        (plain && !text.is_empty() && self.cut(text)? == text).then(|| text.to_owned())
    }

    fn cut(&self, text: &str) -> Option<String> {
        // Control characters go first: a secret broken by a line end is whole again and found.
        let text: Vec<char> = text.chars().filter(|c| !c.is_control()).take(TEXT_MAX).collect();
        let mut hidden = vec![false; text.len()];
        for secret in &self.0 {
            let secret: Zeroizing<Vec<char>> = secret.chars().collect::<Vec<_>>().into();
            let found = mark(&text, &secret, &mut hidden);
            if found && secret.len() < CUTTABLE_MIN {
                return None;
            }
        }
        Some(redact(&text, &hidden))
    }
}

/// Marks every place of `text` that shares [`WINDOW`] characters (or all, if shorter) with `secret`.
fn mark(text: &[char], secret: &[char], hidden: &mut [bool]) -> bool {
    let width = secret.len().min(WINDOW);
    let parts: BTreeSet<&[char]> = secret.windows(width.max(1)).collect();
    let mut found = false;
    for (start, part) in text.windows(width.max(1)).enumerate() {
        if parts.contains(part) {
            found = true;
            hidden[start..start + part.len()].fill(true);
        }
    }
    found
}

fn redact(text: &[char], hidden: &[bool]) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut inside = false;
    for (&character, &secret) in text.iter().zip(hidden) {
        match (secret, inside) {
            (true, false) => kept.push_str(REDACTED),
            (true, true) => {}
            (false, _) => kept.push(character),
        }
        inside = secret;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knowing(secrets: &[&str]) -> Secrets {
        let mut known = Secrets::default();
        secrets.iter().for_each(|secret| known.add(secret));
        known
    }

    #[test]
    fn a_repeated_secret_is_cut_out() {
        let secrets = knowing(&["canary_refresh_1", "pass"]);
        assert_eq!(
            secrets.description("token canary_refresh_1 with pass is bad").unwrap(),
            "token [redacted] with [redacted] is bad"
        );
    }

    #[test]
    fn a_shortened_secret_is_cut_out() {
        let secrets = knowing(&["1//0gcanaryLongRefreshTokenValue"]);
        let text = secrets.description("token 1//0gcanaryLon... unknown").unwrap();
        assert_eq!(text, "token [redacted]... unknown");
    }

    #[test]
    fn a_secret_in_another_form_is_cut_out() {
        let secrets = knowing(&["canary/+secret=="]);
        for form in ["canary%2F%2Bsecret%3D%3D", "canary%2f%2bsecret%3d%3d", "Y2FuYXJ5Lytz"] {
            let text = secrets.description(&format!("saw {form} here")).unwrap();
            assert!(!text.contains(form) && text.contains(REDACTED), "{text}");
        }
    }

    #[test]
    fn a_secret_broken_by_control_characters_is_still_found() {
        let secrets = knowing(&["canary_refresh_1"]);
        assert_eq!(secrets.description("a canary_\r\nrefresh_1 b").unwrap(), "a [redacted] b");
    }

    #[test]
    fn a_text_holding_a_tiny_secret_is_dropped_whole() {
        assert_eq!(knowing(&["ab"]).description("grab"), None);
        assert_eq!(knowing(&["ab"]).description("none").unwrap(), "none");
    }

    #[test]
    fn a_secret_at_the_cut_is_redacted_before_the_cut() {
        let text = format!("{}canary_refresh_1", "x".repeat(DESCRIPTION_MAX - 8));
        let shown = knowing(&["canary_refresh_1"]).description(&text).unwrap();
        assert!(!shown.contains("canary"), "{shown}");
        assert_eq!(shown.chars().count(), DESCRIPTION_MAX);
    }

    #[test]
    fn a_code_is_a_short_word_without_secrets() {
        let secrets = knowing(&["canary_refresh_1"]);
        assert_eq!(secrets.code("invalid_grant").as_deref(), Some("invalid_grant"));
        for text in ["", "canary_refresh_1", "a\nb", &"x".repeat(CODE_MAX + 1)] {
            assert_eq!(secrets.code(text), None);
        }
    }
}
