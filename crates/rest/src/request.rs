//! A request message from a path, a query and a body. What names no field, or a field's type refuses, is told by name.

use crate::binding::Binding;
use latchkey_wire::Fault;
use prost_reflect::{DeserializeOptions, DynamicMessage, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// What holds whatever JSON its writer likes.
const DOCUMENTS: [&str; 3] = ["google.protobuf.Struct", "google.protobuf.Value", "google.protobuf.ListValue"];

const DEPTH_MAX: usize = 20;

/// # Errors
/// `FIELD_INVALID` with the field.
pub fn message(
    binding: &Binding,
    in_path: Vec<(&str, String)>,
    query: &str,
    body: &[u8],
) -> Result<DynamicMessage, Fault> {
    let input = binding.method.input();
    let mut document = if binding.has_body { read_body(body)? } else { Map::new() };
    if binding.has_body {
        if let Some((name, _)) = form_urlencoded::parse(query.as_bytes()).next() {
            return Err(unknown(&name, "This call takes its fields in the body, none in the query."));
        }
    } else {
        for (name, text) in form_urlencoded::parse(query.as_bytes()) {
            put(&mut document, &input, &name, text.into_owned())?;
        }
    }
    for (name, text) in in_path {
        replace(&mut document, name, Value::String(text));
    }
    typed(input, document)
}

fn read_body(body: &[u8]) -> Result<Map<String, Value>, Fault> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Map::new());
    }
    let said = |_| Fault::field_invalid("body", "The body must be one JSON object.");
    serde_json::from_slice(body).map_err(said)
}

/// Fits the document to the message's type.
pub fn typed(input: MessageDescriptor, mut document: Map<String, Value>) -> Result<DynamicMessage, Fault> {
    write_masks(&input, &mut document);
    // One field at a time first, so that the one that is wrong can be named.
    for (name, value) in &document {
        let Some(described) = field(&input, name) else { return Err(unknown(name, &known(&input))) };
        if depth(value) > DEPTH_MAX {
            let message = format!("`{name}` is nested deeper than {DEPTH_MAX} levels.");
            return Err(Fault::field_invalid(name, message));
        }
        if holds_null(&described, value) {
            return Err(Fault::field_invalid(name, format!("Leave `{name}` out rather than make it null.")));
        }
        let alone = Map::from_iter([(name.clone(), value.clone())]);
        if deserialized(input.clone(), alone).is_none() {
            let message = format!(
                "`{name}` is not of its type: the description at /v1/openapi.json says what it takes."
            );
            return Err(Fault::field_invalid(name, message));
        }
    }
    deserialized(input, document)
        .ok_or_else(|| Fault::field_invalid("body", "The fields do not fit together."))
}

/// A mask's JSON form has the fields in lower camel case. Here it may have them as they are called everywhere else, too.
fn write_masks(input: &MessageDescriptor, document: &mut Map<String, Value>) {
    for (name, value) in document {
        let is_mask = field(input, name).is_some_and(|field| {
            matches!(field.kind(), Kind::Message(message) if message.full_name() == "google.protobuf.FieldMask")
        });
        if let (true, Value::String(text)) = (is_mask, value) {
            *text = camel_case(text);
        }
    }
}

fn camel_case(text: &str) -> String {
    let mut words = text.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |camel, word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        camel + &first.into_iter().chain(letters).collect::<String>()
    })
}

/// How many levels a value has. Each is several in a message, of which only so many are read.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or_default(),
        Value::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or_default(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The JSON mapping would read null as "not set", which is seldom what whoever wrote it meant. Inside a document that is the
/// caller's own it is a value like any other.
fn holds_null(described: &FieldDescriptor, value: &Value) -> bool {
    match (described.kind(), value) {
        (_, Value::Null) => true,
        (Kind::Message(message), _) if DOCUMENTS.contains(&message.full_name()) => false,
        (_, Value::Array(items)) => items.iter().any(|item| holds_null(described, item)),
        (Kind::Message(message), Value::Object(fields)) if !described.is_map() => {
            fields.iter().any(|(name, value)| match field(&message, name) {
                Some(inner) => holds_null(&inner, value),
                None => value.is_null(),
            })
        }
        (_, Value::Object(fields)) => fields.values().any(Value::is_null),
        (_, Value::Bool(_) | Value::Number(_) | Value::String(_)) => false,
    }
}

fn deserialized(input: MessageDescriptor, document: Map<String, Value>) -> Option<DynamicMessage> {
    let options = DeserializeOptions::new().deny_unknown_fields(true);
    DynamicMessage::deserialize_with_options(input, Value::Object(document), &options).ok()
}

/// A query entry: given again, it adds to a list, and is refused elsewhere.
fn put(
    document: &mut Map<String, Value>,
    input: &MessageDescriptor,
    name: &str,
    text: String,
) -> Result<(), Fault> {
    let field = field(input, name).filter(in_query).ok_or_else(|| unknown(name, &known(input)))?;
    let value = scalar(&field, text);
    if field.is_list() {
        let list = document.entry(field.name()).or_insert_with(|| Value::Array(vec![]));
        list.as_array_mut().into_iter().for_each(|list| list.push(value.clone()));
        return Ok(());
    }
    match document.insert(field.name().to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(Fault::field_invalid(name, format!("Give `{name}` once."))),
    }
}

/// The JSON form of what a query writes as text. Numbers, enums, times and durations are read from text as they are.
fn scalar(field: &FieldDescriptor, text: String) -> Value {
    match (field.kind(), text.as_str()) {
        (Kind::Bool, "true" | "1") => Value::Bool(true),
        (Kind::Bool, "false" | "0") => Value::Bool(false),
        _ => Value::String(text),
    }
}

/// What the path names wins over what the body says under the same name.
fn replace(document: &mut Map<String, Value>, name: &str, value: Value) {
    match name.split_once('.') {
        // Anything but a text is of the wrong type, and said to be.
        None if document.get(name).is_some_and(|there| !there.is_string()) => {}
        None => drop(document.insert(name.to_owned(), value)),
        Some((outer, inner)) => {
            let entry = document.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            // Anything but an object is of the wrong type, and said to be.
            if let Value::Object(nested) = entry {
                replace(nested, inner, value);
            }
        }
    }
}

fn field(input: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    input.get_field_by_name(name).or_else(|| input.get_field_by_json_name(name))
}

/// Whether a query can hold it: what is more than one text is for the body.
pub fn in_query(field: &FieldDescriptor) -> bool {
    const TEXTS: [&str; 3] =
        ["google.protobuf.Timestamp", "google.protobuf.Duration", "google.protobuf.FieldMask"];
    match field.kind() {
        Kind::Message(message) => !field.is_map() && TEXTS.contains(&message.full_name()),
        _ => true,
    }
}

fn known(input: &MessageDescriptor) -> String {
    let names: Vec<String> = input.fields().map(|field| format!("`{}`", field.name())).collect();
    if names.is_empty() {
        "This call takes none.".to_owned()
    } else {
        format!("There are {}.", names.join(", "))
    }
}

/// The name is the caller's, and may be anything: it is told short.
fn unknown(name: &str, what: &str) -> Fault {
    let name: String = name.chars().filter(|it| !it.is_control()).take(64).collect();
    Fault::field_invalid(&name, format!("There is no field `{name}`. {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binding::bindings;
    use prost_reflect::DescriptorPool;

    fn binding(method: &str) -> Binding {
        let pool = DescriptorPool::decode(latchkey_wire::DESCRIPTORS).unwrap();
        bindings(&pool).into_iter().find(|binding| binding.method.name() == method).unwrap()
    }

    fn read(method: &str, path: Vec<(&str, String)>, query: &str, body: &str) -> Result<Value, String> {
        let binding = binding(method);
        let message = message(&binding, path, query, body.as_bytes());
        let message = message.map_err(|fault| fault.metadata["field"].clone())?;
        Ok(serde_json::to_value(&message).unwrap())
    }

    #[test]
    fn a_query_becomes_typed_fields() {
        let read =
            read("ListConnections", vec![], "page_size=7&state=CONNECTION_STATE_ACTIVE&endUser=a%20b", "");
        let expected =
            serde_json::json!({"pageSize": 7, "state": "CONNECTION_STATE_ACTIVE", "endUser": "a b"});
        assert_eq!(read.unwrap(), expected);
        let token = vec![("connection_id", "con_1".to_owned())];
        let read = super::tests::read("GetAccessToken", token, "min_remaining=60s&force_refresh=true", "");
        let expected =
            serde_json::json!({"connectionId": "con_1", "minRemaining": "60s", "forceRefresh": true});
        assert_eq!(read.unwrap(), expected);
    }

    #[test]
    fn the_path_wins_over_the_body() {
        let body = r#"{"integration": {"key": "other", "provider": "github"}}"#;
        let read = read("PutIntegration", vec![("integration.key", "mine".to_owned())], "", body);
        assert_eq!(read.unwrap()["integration"], serde_json::json!({"key": "mine", "provider": "github"}));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let list = |query| read("ListConnections", vec![], query, "").unwrap_err();
        assert_eq!(list("pagesize=1"), "pagesize");
        assert_eq!(list("page_size=many"), "page_size");
        assert_eq!(list("page_size=-1"), "page_size");
        assert_eq!(list("state=HAPPY"), "state");
        assert_eq!(list("page_token=a&page_token=b"), "page_token");
        let create = |query, body| read("CreateConnectSession", vec![], query, body).unwrap_err();
        assert_eq!(create("", "[]"), "body");
        assert_eq!(create("", "{\"end_user\": 1}"), "end_user");
        assert_eq!(create("", "{\"integrations\": [null]}"), "integrations");
        assert_eq!(create("", "{\"enduser\": \"a\"}"), "enduser");
        assert_eq!(create("", "{\"lifetime\": \"soon\"}"), "lifetime");
        assert_eq!(create("end_user=a", "{}"), "end_user");
        let wrong =
            read("PutIntegration", vec![("integration.key", "mine".to_owned())], "", "{\"integration\": 1}");
        assert_eq!(wrong.unwrap_err(), "integration");
    }

    #[test]
    fn a_document_may_hold_null_and_nothing_else_may() {
        let path = || vec![("connection_id", "con_1".to_owned())];
        let update = |body| read("UpdateConnection", path(), "", body);
        let body = r#"{"metadata": {"plan": null, "list": [null]}, "tags": {"team": "crm"}}"#;
        let expected = serde_json::json!({
            "connectionId": "con_1", "tags": {"team": "crm"}, "metadata": {"plan": null, "list": [null]},
        });
        assert_eq!(update(body).unwrap(), expected);
        assert_eq!(update(r#"{"metadata": null}"#).unwrap_err(), "metadata");
        assert_eq!(update(r#"{"tags": {"team": null}}"#).unwrap_err(), "tags");
        let deep =
            format!("{}{}", r#"{"a":"#.repeat(DEPTH_MAX + 1), "1}".to_owned() + &"}".repeat(DEPTH_MAX));
        assert_eq!(update(&format!(r#"{{"metadata": {deep}}}"#)).unwrap_err(), "metadata");
    }

    #[test]
    fn a_mask_is_written_in_either_case() {
        let path = || vec![("connection_id", "con_1".to_owned())];
        for mask in ["display_name,tags", "displayName,tags"] {
            let read =
                read("UpdateConnection", path(), "", &format!(r#"{{"update_mask": "{mask}"}}"#)).unwrap();
            assert_eq!(read["updateMask"], "displayName,tags");
        }
    }
}
