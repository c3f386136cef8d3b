//! Reads answers as an entry says: conditions, and values to keep.

use crate::evaluate::{Scope, plain};
use crate::format::response::{Capture, Condition, Kind, Pointer};
use crate::values::Values;
use serde_json::Value;

/// An answer to look at; `json` is absent when the body is none.
#[derive(Clone, Copy)]
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a str,
    pub json: Option<&'a Value>,
}

impl Condition {
    /// Whether everything stated holds. Where no status is stated, it must be a success (2xx).
    #[must_use]
    pub fn holds(&self, answer: Answer<'_>) -> bool {
        let success = (200..300).contains(&answer.status);
        let status = if self.status.is_empty() { success } else { self.status.contains(&answer.status) };
        status && self.content_holds(answer)
    }

    /// As [`Self::holds`], whatever the status.
    #[must_use]
    pub fn content_holds(&self, answer: Answer<'_>) -> bool {
        let value = self.pointer.as_ref().and_then(|pointer| pointer.find(answer.json?));
        let text = || value.and_then(plain).unwrap_or_default();
        self.equals.as_ref().is_none_or(|expected| value == Some(expected))
            && self.not_equals.as_ref().is_none_or(|expected| value != Some(expected))
            && self.contains.as_ref().is_none_or(|part| text().contains(part))
            && self.not_contains.as_ref().is_none_or(|part| !text().contains(part))
            && self.is.is_none_or(|kind| value.is_some_and(|value| kind.is_of(value)))
            && self.body_contains.as_ref().is_none_or(|part| answer.body.contains(part))
            && self.body_not_contains.as_ref().is_none_or(|part| !answer.body.contains(part))
    }
}

impl Kind {
    fn is_of(self, value: &Value) -> bool {
        match self {
            Self::Array => value.is_array(),
            Self::Object => value.is_object(),
            Self::String => value.is_string(),
            Self::Number => value.is_number(),
            Self::Boolean => value.is_boolean(),
        }
    }
}

impl Pointer {
    /// The value in the answer; null counts as absent. The number of the answer is for whoever has several.
    #[must_use]
    pub fn find<'a>(&self, answer: &'a Value) -> Option<&'a Value> {
        answer.pointer(&self.path).filter(|value| !value.is_null())
    }

    /// The value as text, if it is a text, a number or a truth value.
    #[must_use]
    pub fn text(&self, answer: &Value) -> Option<String> {
        self.find(answer).and_then(plain)
    }
}

/// The answers to several requests, in their order. A pointer without a number means the first; where there is one answer
/// alone, every number means it.
#[derive(Clone, Copy)]
pub struct Answers<'a>(pub &'a [Value]);

impl<'a> Answers<'a> {
    /// The answer with this number.
    #[must_use]
    pub fn number(self, number: usize) -> Option<&'a Value> {
        match self.0 {
            [only] => Some(only),
            several => several.get(number),
        }
    }

    /// The value a pointer means.
    #[must_use]
    pub fn find(self, pointer: &Pointer) -> Option<&'a Value> {
        pointer.find(self.number(pointer.answer.unwrap_or_default())?)
    }

    /// The value of a capture, and the number of the answer it is read from.
    #[must_use]
    pub fn read(self, capture: &Capture, values: &Values) -> Option<(String, usize)> {
        let at = |pointer: &Pointer| {
            Some((self.find(pointer).and_then(plain)?, pointer.answer.unwrap_or_default()))
        };
        match capture {
            Capture::Pointer(pointer) => at(pointer),
            Capture::First(pointers) => pointers.iter().find_map(at),
            Capture::Template(template) => {
                let text = Scope { values, answer: self.number(0) }.template(template).ok()?;
                Some((text, 0))
            }
        }
        .filter(|(text, _)| !text.is_empty())
    }
}

impl Capture {
    /// The value in the answer, if it is there.
    #[must_use]
    pub fn read(&self, answer: &Value, values: &Values) -> Option<String> {
        match self {
            Self::Pointer(pointer) => pointer.text(answer),
            Self::First(pointers) => pointers.iter().find_map(|pointer| pointer.text(answer)),
            Self::Template(template) => Scope { values, answer: Some(answer) }.template(template).ok(),
        }
        .filter(|text| !text.is_empty())
    }
}
