//! What every secret of a test looks like, and how to find one in a heap of bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// In every secret the test's provider makes or accepts.
pub const CANARY: &str = "canary_";

/// What is searched for: texts, plain and in the disguises they usually wear.
#[derive(Debug, Clone)]
pub struct Canary {
    needles: Vec<(String, Vec<u8>)>,
}

impl Canary {
    /// [`CANARY`], plain, in hexadecimal digits and in base64 wherever it may begin there.
    #[must_use]
    pub fn new() -> Self {
        let mut canary = Self { needles: Vec::new() };
        canary.also(CANARY, "a canary");
        canary.push("a canary in hexadecimal digits", hex::encode(CANARY));
        for offset in 0..3 {
            canary.push("a canary in base64", base64_at(CANARY, offset));
        }
        canary
    }

    /// Another secret to search for, under a name that may be told.
    pub fn also(&mut self, secret: &str, name: &str) {
        self.push(name, secret.to_owned());
    }

    fn push(&mut self, name: &str, text: String) {
        self.needles.push((name.to_owned(), text.into_bytes()));
    }

    /// What of it is in `bytes`, with where: for the message of a failing test.
    #[must_use]
    pub fn found_in(&self, bytes: &[u8]) -> Vec<String> {
        let found = self.needles.iter().filter_map(|(name, needle)| Some((name, position(bytes, needle)?)));
        found.map(|(name, at)| format!("{name} at byte {at}: {}", around(bytes, at))).collect()
    }
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}

/// The characters of base64 that a text always has when it begins `offset` bytes into a group of three.
fn base64_at(text: &str, offset: usize) -> String {
    let encoded = STANDARD_NO_PAD.encode([vec![0; offset], text.as_bytes().to_vec()].concat());
    // The first and the last may also hold bits of a neighbour.
    let first = (offset * 8).div_ceil(6);
    let last = (offset + text.len()) * 8 / 6;
    encoded[first..last].to_owned()
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = bytes[from..].iter().position(|byte| *byte == first) {
        let at = from + at;
        if bytes[at..].starts_with(needle) {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// What stands before the find. The find itself is a secret, if only a test's.
fn around(bytes: &[u8], at: usize) -> String {
    let before = &bytes[at.saturating_sub(120)..at];
    format!("{:?} …", String::from_utf8_lossy(before))
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    #[test]
    fn a_planted_canary_is_found_in_every_disguise() {
        let secret = "canary_token_with_some_length";
        for padding in ["", "a", "ab", "abc"] {
            let text = format!("{padding}{secret}");
            let disguises = [
                text.clone(),
                hex::encode(&text),
                STANDARD_NO_PAD.encode(&text),
                URL_SAFE_NO_PAD.encode(&text),
            ];
            for disguise in disguises {
                let heap = format!("before {disguise} after");
                assert!(!Canary::new().found_in(heap.as_bytes()).is_empty(), "{disguise}");
            }
        }
    }

    #[test]
    fn another_secret_is_found_by_its_name_and_never_shown() {
        let mut canary = Canary::new();
        canary.also("lk_dev_hush", "the API key");
        let found = canary.found_in(b"key=lk_dev_hush");
        assert!(found[0].starts_with("the API key") && !found[0].contains("hush"), "{found:?}");
    }

    #[test]
    fn a_heap_without_one_has_none() {
        assert!(Canary::new().found_in(b"canary and canaries, can_ary_, 63616e61727").is_empty());
    }
}
