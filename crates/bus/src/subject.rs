//! Any text as one token of a NATS subject, and back.
//!
//! Dots, spaces and wildcards mean something in a subject, so every byte outside `[A-Za-z0-9_-]` is written `=XX`. The
//! empty text is `_`; the text `_` itself is therefore written `=5F`.

use std::fmt::Write;

/// `text` as one subject token. [`subject_text`] is its inverse.
pub fn subject_token(text: &str) -> String {
    match text {
        "" => return "_".to_owned(),
        "_" => return "=5F".to_owned(),
        _ => {}
    }
    let mut token = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            token.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(token, "={byte:02X}");
        }
    }
    token
}

/// The text that [`subject_token`] made a token of.
///
/// # Errors
/// Where no text has this token.
pub fn subject_text(token: &str) -> Result<String, InvalidToken> {
    match token {
        "" => return Err(InvalidToken),
        "_" => return Ok(String::new()),
        _ => {}
    }
    let mut bytes = Vec::with_capacity(token.len());
    let mut rest = token.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'=' => 16 * nibble(rest.next())? + nibble(rest.next())?,
            byte => byte,
        });
    }
    let text = String::from_utf8(bytes).map_err(|_| InvalidToken)?;
    // One text, one token: `=41` is not how `A` is written.
    if subject_token(&text) == token { Ok(text) } else { Err(InvalidToken) }
}

/// The token was not written by [`subject_token`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a subject token: letters, digits, `_`, `-` and `=XX` for any other byte")]
pub struct InvalidToken;

fn nibble(digit: Option<u8>) -> Result<u8, InvalidToken> {
    match digit {
        Some(digit @ b'0'..=b'9') => Ok(digit - b'0'),
        Some(digit @ b'A'..=b'F') => Ok(digit - b'A' + 10),
        _ => Err(InvalidToken),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_need_no_help_stay_as_they_are() {
        assert_eq!(subject_token("demo-oauth_2"), "demo-oauth_2");
    }

    #[test]
    fn whatever_means_something_in_a_subject_is_written_as_bytes() {
        assert_eq!(subject_token("a.b *>"), "a=2Eb=20=2A=3E");
        assert_eq!(subject_token("é"), "=C3=A9");
        assert_eq!(subject_token("="), "=3D");
    }

    #[test]
    fn every_text_comes_back() {
        for text in ["", "_", "__", "a.b", "=", "=2E", "é ü 漢", "\u{0}\n", "demo-oauth"] {
            let token = subject_token(text);
            assert!(!token.is_empty() && !token.contains(['.', ' ', '*', '>']), "{token}");
            assert_eq!(subject_text(&token).as_deref(), Ok(text));
        }
    }

    #[test]
    fn a_token_nobody_wrote_is_refused() {
        for token in ["", "=", "=4", "=4g", "=41", "=c3=a9", "a.b", "=FF"] {
            assert_eq!(subject_text(token), Err(InvalidToken), "{token}");
        }
    }
}
