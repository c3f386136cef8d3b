//! JSON in one form only: the JSON Canonicalization Scheme (RFC 8785), for documents whose numbers are integers.

use serde_json::Value;

/// Members sorted by the UTF-16 code units of their names, no white space, and strings escaped as little as may be (RFC 8785
/// §3.2). Numbers that are no integers are written as the shortest decimal that reads the same, which for very large and very
/// small ones is not what the RFC asks for.
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write(value, &mut text);
    text
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(&Value::String(name.clone()), text);
                text.push(':');
                write(value, text);
            }
            text.push('}');
        }
        Value::Array(values) => {
            text.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write(value, text);
            }
            text.push(']');
        }
        // Escapes no more than quotation marks, backslashes and control characters, and those as RFC 8785 does.
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            text.push_str(&value.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_members_and_white_space_do_not_matter() {
        let one: Value = serde_json::from_str(r#"{"b": [1, {"z": null, "a": true}], "a": ""}"#).unwrap();
        assert_eq!(canonical(&one), r#"{"a":"","b":[1,{"a":true,"z":null}]}"#);
    }

    /// RFC 8785 §3.2.3, without its numbers.
    #[test]
    fn members_are_sorted_as_the_rfc_sorts_them() {
        let value = json!({
            "\u{20ac}": "Euro Sign",
            "\r": "Carriage Return",
            "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One",
            "\u{1f600}": "Emoji: Grinning Face",
            "\u{80}": "Control",
            "\u{f6}": "Latin Small Letter O With Diaeresis",
        });
        let text = canonical(&value);
        let order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"];
        let places: Vec<_> = order.iter().map(|word| text.find(word).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    /// RFC 8785 §3.2.2.2.
    #[test]
    fn strings_are_escaped_as_little_as_may_be() {
        let value = json!("\u{20ac}$\u{f}\nA'B\"\\\"/");
        assert_eq!(canonical(&value), "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\\\\"/\"");
    }
}
