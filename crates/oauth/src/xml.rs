//! Reads an XML answer as a tree: an element is a key, its attributes `@name`, its text `#text` where it has either beside it,
//! and several of one name are a list.
//!
//! Invariant: no document type is read, so that no entity is expanded and nothing outside the answer is looked at.

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use serde_json::{Map, Value};

/// Deeper than any answer in use, and shallow enough for any stack.
const DEPTH_MAX: usize = 64;

const VERSION: XmlVersion = XmlVersion::Implicit1_0;

/// `None` where it is no well-formed document, or one with a document type.
pub(crate) fn tree(body: &[u8]) -> Option<Value> {
    let mut reader = Reader::from_reader(body);
    let mut open: Vec<Element> = vec![Element::default()];
    let mut scratch = Vec::new();
    loop {
        match reader.read_event_into(&mut scratch).ok()? {
            Event::Start(start) if open.len() <= DEPTH_MAX => open.push(Element::begun(&start)?),
            Event::Empty(start) => {
                let element = Element::begun(&start)?;
                open.last_mut()?.take(element);
            }
            Event::End(_) => {
                let element = open.pop()?;
                open.last_mut()?.take(element);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text.xml_content(VERSION)),
            Event::CData(text) => open.last_mut()?.text.push_str(&text.xml_content(VERSION)),
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().ok()?.map(String::from);
                let character = character
                    .or_else(|| quick_xml::escape::resolve_xml_entity(&reference).map(str::to_owned));
                open.last_mut()?.text.push_str(&character?);
            }
            Event::Start(_) | Event::DocType(_) => return None,
            Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
        scratch.clear();
    }
    // One root, and nothing left open.
    let root = open.pop().filter(|root| open.is_empty() && root.fields.len() == 1)?;
    Some(Value::Object(root.fields))
}

#[derive(Default)]
struct Element {
    name: String,
    fields: Map<String, Value>,
    text: String,
}

impl Element {
    fn begun(start: &BytesStart<'_>) -> Option<Self> {
        // A prefix says whose name it is, which no entry asks (Namespaces in XML §5).
        let name = start.local_name().into_inner().to_owned();
        let mut fields = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let key = attribute.key.into_inner();
            let value = attribute.normalized_value(VERSION).ok()?;
            fields.insert(format!("@{key}"), Value::String(value.into_owned()));
        }
        Some(Self { name, fields, text: String::new() })
    }

    fn take(&mut self, child: Self) {
        let (name, value) = child.finished();
        match self.fields.get_mut(&name) {
            None => {
                self.fields.insert(name, value);
            }
            Some(Value::Array(several)) => several.push(value),
            Some(first) => {
                let before = first.take();
                *first = Value::Array(vec![before, value]);
            }
        }
    }

    fn finished(self) -> (String, Value) {
        let Self { name, mut fields, text } = self;
        let text = text.trim();
        if fields.is_empty() {
            return (name, Value::String(text.to_owned()));
        }
        if !text.is_empty() {
            fields.insert("#text".into(), Value::String(text.to_owned()));
        }
        (name, Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_attributes_texts_and_lists_have_their_places() {
        let body = br#"<?xml version="1.0"?><ns:a ns:id="1&amp;2"><b>x &lt; &#x41;</b><b/><c n="2">t</c><![CDATA[]]></ns:a>"#;
        let expected = json!({"a": {"@ns:id": "1&2", "b": ["x < A", ""], "c": {"@n": "2", "#text": "t"}}});
        assert_eq!(tree(body), Some(expected));
    }

    #[test]
    fn what_is_not_one_whole_plain_document_is_refused() {
        let deep = "<a>".repeat(100) + &"</a>".repeat(100);
        for body in [
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "text",
            "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>",
            "<a>&undefined;</a>",
            &deep,
        ] {
            assert_eq!(tree(body.as_bytes()), None, "{body}");
        }
    }
}
