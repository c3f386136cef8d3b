//! Writes a tree as an XML document, as the format maps the two: a key is an element, `@name` an attribute, `#text` the text
//! beside attributes, a list the same element several times.
//!
//! Invariant: whatever a value holds, it comes out as text; no value becomes an element.

use crate::error::RenderError;
use crate::evaluate::plain;
use serde_json::{Map, Value};

/// A whole document.
///
/// # Errors
/// [`RenderError::Unsupported`] where the tree has not exactly one root, or a name that no element can have.
pub(crate) fn document(root: &Map<String, Value>) -> Result<String, RenderError> {
    let mut written = String::from(r#"<?xml version="1.0" encoding="UTF-8"?>"#);
    match root.iter().next() {
        Some((name, value)) if root.len() == 1 && !value.is_array() => element(&mut written, name, value)?,
        _ => return Err(RenderError::Unsupported("an XML body without exactly one root")),
    }
    Ok(written)
}

fn element(written: &mut String, name: &str, value: &Value) -> Result<(), RenderError> {
    if let Value::Array(items) = value {
        return items.iter().try_for_each(|item| element(written, name, item));
    }
    checked(name)?;
    written.push('<');
    written.push_str(name);
    let nothing = Map::new();
    let fields = value.as_object().unwrap_or(&nothing);
    for (field, value) in fields {
        if let Some(attribute) = field.strip_prefix('@') {
            checked(attribute)?;
            written.push_str(&format!(" {attribute}=\"{}\"", escaped(&plain(value).unwrap_or_default())));
        }
    }
    written.push('>');
    match fields.get("#text").unwrap_or(value) {
        Value::Object(_) => {
            for (field, value) in fields.iter().filter(|(field, _)| !field.starts_with('@')) {
                element(written, field, value)?;
            }
        }
        text => written.push_str(&escaped(&plain(text).unwrap_or_default())),
    }
    written.push_str(&format!("</{name}>"));
    Ok(())
}

fn checked(name: &str) -> Result<(), RenderError> {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let goes_on = name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b));
    if begins && goes_on { Ok(()) } else { Err(RenderError::Unsupported("an XML name of this form")) }
}

/// XML 1.0 §2.4; control characters that no document may hold (§2.2) are left out.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&apos;"),
            '\n' | '\r' | '\t' => written.push_str(&format!("&#{};", u32::from(c))),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(tree: Value) -> Result<String, RenderError> {
        document(tree.as_object().unwrap())
    }

    #[test]
    fn keys_are_elements_and_lists_repeat_them() {
        let tree = json!({"a": {"@id": "1", "b": ["x", true], "c": {"@n": 2, "#text": "t"}, "d": ""}});
        let expected = r#"<a id="1"><b>x</b><b>true</b><c n="2">t</c><d></d></a>"#;
        assert!(written(tree).unwrap().ends_with(expected));
    }

    #[test]
    fn no_value_becomes_an_element() {
        let written = written(json!({"a": {"@b": "\"/><x y='", "c": "</c><evil/>&\u{0}"}})).unwrap();
        assert!(
            !written.contains("evil/>") && !written.contains("<x") && !written.contains('\u{0}'),
            "{written}"
        );
    }

    #[test]
    fn a_tree_that_is_no_document_is_refused() {
        for tree in
            [json!({}), json!({"a": 1, "b": 2}), json!({"a": [1, 2]}), json!({"a b": 1}), json!({"1": 1})]
        {
            assert!(written(tree.clone()).is_err(), "{tree}");
        }
    }
}
