use super::{parse_optional, reply::struct_to_pb, text_or_empty};
use crate::{Fault, pb::vault as pb};
use latchkey_domain::connection::About;
use prost_types::value::Kind;
use prost_types::{Struct, Value as PbValue};
use serde_json::{Map, Number, Value};

/// The largest whole number every JSON reader takes for itself (RFC 8259 §6).
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// A JSON object from the well-known type; empty where it is absent.
///
/// # Errors
/// [`Fault::field_invalid`] where it holds a number that JSON cannot write.
pub fn document_from_pb(field: &str, document: Option<Struct>) -> Result<Map<String, Value>, Fault> {
    let unwritable = || Fault::field_invalid(field, format!("`{field}` holds a number that is none."));
    document.map_or_else(|| Some(Map::new()), object).ok_or_else(unwritable)
}

fn object(document: Struct) -> Option<Map<String, Value>> {
    document.fields.into_iter().map(|(name, value)| Some((name, json(value)?))).collect()
}

fn json(value: PbValue) -> Option<Value> {
    Some(match value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(flag)) => Value::Bool(flag),
        Some(Kind::NumberValue(number)) => Value::Number(self::number(number)?),
        Some(Kind::StringValue(text)) => Value::String(text),
        Some(Kind::StructValue(document)) => Value::Object(object(document)?),
        Some(Kind::ListValue(list)) => {
            Value::Array(list.values.into_iter().map(json).collect::<Option<_>>()?)
        }
    })
}

/// A whole number without a fraction, as it was written.
fn number(number: f64) -> Option<Number> {
    if number.fract() == 0.0 && number.abs() < WHOLE_MAX {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and within the range")]
        return Some((number as i64).into());
    }
    Number::from_f64(number)
}

impl From<About> for pb::About {
    fn from(about: About) -> Self {
        Self {
            external_id: text_or_empty(about.external_id),
            display_name: about.display_name,
            tags: about.tags,
            metadata: struct_to_pb(Value::Object(about.metadata)),
            config: struct_to_pb(Value::Object(about.config)),
            webhook_url: about.webhook_url,
        }
    }
}

/// Fails with [`Fault::field_invalid`] and the field that is malformed, by the name it has in every message it comes in.
impl TryFrom<pb::About> for About {
    type Error = Fault;

    fn try_from(about: pb::About) -> Result<Self, Fault> {
        Ok(Self {
            external_id: parse_optional("external_id", &about.external_id)?,
            display_name: about.display_name,
            tags: about.tags,
            metadata: document_from_pb("metadata", about.metadata)?,
            config: document_from_pb("config", about.config)?,
            webhook_url: about.webhook_url,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was() {
        let document = serde_json::json!({
            "none": null, "yes": true, "whole": 42, "negative": -7, "part": 1.5, "text": "t",
            "list": [1, "two", [null]], "inner": {"deep": {"er": false}},
        });
        let read = document_from_pb("metadata", struct_to_pb(document.clone())).unwrap();
        assert_eq!(Value::Object(read), document);
        assert!(document_from_pb("metadata", None).unwrap().is_empty());
    }

    #[test]
    fn a_number_that_is_none_is_refused_by_the_name_of_its_field() {
        use std::collections::BTreeMap;
        for number in [f64::NAN, f64::INFINITY] {
            let value = PbValue { kind: Some(Kind::NumberValue(number)) };
            let document = Struct { fields: BTreeMap::from([("x".to_owned(), value)]) };
            let fault = document_from_pb("metadata", Some(document)).unwrap_err();
            assert_eq!(fault.metadata["field"], "metadata");
        }
    }
}
