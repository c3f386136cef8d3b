//! Page tokens of lists of connections: a place, and a digest of what was asked for, so that a token is not taken for another
//! question than it was the answer to.

use latchkey_domain::Digest;
use latchkey_wire::pb::connection as pb;
use latchkey_wire::{Fault, Kind, Reason};

const DIGITS: usize = 16;

/// What is asked for, but for which page of it and how large.
pub struct Question(String);

impl Question {
    pub fn of(asked: &pb::ListConnectionsRequest) -> Self {
        let asked = pb::ListConnectionsRequest { page_size: 0, page_token: String::new(), ..asked.clone() };
        let mut digits = Digest::of(format!("{asked:?}").as_bytes()).to_string();
        digits.truncate(DIGITS);
        Self(digits)
    }

    /// The token of the page behind a place; empty where there is none.
    pub fn token(&self, place: Option<String>) -> String {
        place.map_or_else(String::new, |place| format!("{}.{place}", self.0))
    }

    /// # Errors
    /// `PAGE_TOKEN_INVALID` where the token was not given out for this question.
    pub fn place(&self, token: &str) -> Result<Option<String>, Fault> {
        if token.is_empty() {
            return Ok(None);
        }
        match token.split_once('.') {
            Some((digits, place)) if digits == self.0 && !place.chars().any(char::is_control) => {
                Ok(Some(place.to_owned()))
            }
            _ => Err(invalid()),
        }
    }
}

/// A token that was not given out for what is asked.
pub fn invalid() -> Fault {
    Fault::new(
        Kind::Invalid,
        Reason::PageTokenInvalid,
        "The page token was not given out for this list. Begin without one, or ask as it was asked before.",
    )
    .with("field", "page_token")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_good_for_its_own_question_whatever_the_page_size() {
        let asked = pb::ListConnectionsRequest { end_user: "ana".into(), ..Default::default() };
        let token = Question::of(&asked).token(Some("con_1".into()));
        let next = pb::ListConnectionsRequest { page_size: 9, page_token: token.clone(), ..asked.clone() };
        assert_eq!(Question::of(&next).place(&token).unwrap().as_deref(), Some("con_1"));
        for other in [
            pb::ListConnectionsRequest { end_user: "bob".into(), ..asked.clone() },
            pb::ListConnectionsRequest { order_by: "end_time".into(), ..asked.clone() },
            pb::ListConnectionsRequest { tags: vec!["a=b".into()], ..asked.clone() },
        ] {
            let refused = Question::of(&other).place(&token).unwrap_err();
            assert_eq!(refused.reason, Reason::PageTokenInvalid, "{other:?}");
        }
        for malformed in ["con_1", ".", "x.y"] {
            assert!(Question::of(&asked).place(malformed).is_err(), "{malformed}");
        }
        assert_eq!(Question::of(&asked).place("").unwrap(), None);
    }
}
