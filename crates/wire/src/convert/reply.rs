//! What a backend is given. The secrets leave for it here, and nowhere else on its side of the house.

use super::exposed;
use crate::pb::vault as pb;
use latchkey_secret::{Handout, Renewal, SecretText};
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Timestamp, Value};
use std::collections::BTreeMap;

/// A hand-out as replies carry it. The access token is empty where there is none.
pub struct HandoutReply {
    pub access_token: String,
    pub headers: BTreeMap<String, String>,
    pub query: BTreeMap<String, String>,
    pub body: BTreeMap<String, String>,
    pub signer: Option<pb::Signer>,
    pub fields: BTreeMap<String, String>,
}

#[must_use]
pub fn handout_to_pb(handout: Handout) -> HandoutReply {
    HandoutReply {
        access_token: handout.access_token.map(|token| token.expose().to_owned()).unwrap_or_default(),
        headers: exposed(&handout.headers),
        query: exposed(&handout.query),
        body: exposed(&handout.body),
        signer: handout.signer.as_ref().map(Into::into),
        fields: exposed(&handout.fields),
    }
}

/// The refresh token of a renewal; empty where it has none.
#[must_use]
pub fn refresh_token_to_pb(renewal: &Renewal) -> String {
    renewal.refresh_token.as_ref().map(|token| token.expose().to_owned()).unwrap_or_default()
}

/// What a renewal is made with beside the refresh token.
#[must_use]
pub fn renewal_fields_to_pb(renewal: &Renewal) -> BTreeMap<String, String> {
    exposed(&renewal.fields)
}

/// A secret made for the caller: a session token, an API key.
#[must_use]
pub fn secret_to_pb(secret: &SecretText) -> String {
    secret.expose().to_owned()
}

/// A JSON object as the well-known type; `None` for anything else.
#[must_use]
pub fn struct_to_pb(json: serde_json::Value) -> Option<Struct> {
    match json {
        serde_json::Value::Object(fields) => Some(Struct {
            fields: fields.into_iter().map(|(name, value)| (name, value_to_pb(value))).collect(),
        }),
        _ => None,
    }
}

fn value_to_pb(json: serde_json::Value) -> Value {
    let kind = match json {
        serde_json::Value::Null => Kind::NullValue(0),
        serde_json::Value::Bool(value) => Kind::BoolValue(value),
        serde_json::Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or_default()),
        serde_json::Value::String(text) => Kind::StringValue(text),
        serde_json::Value::Array(values) => {
            Kind::ListValue(ListValue { values: values.into_iter().map(value_to_pb).collect() })
        }
        object @ serde_json::Value::Object(_) => Kind::StructValue(struct_to_pb(object).unwrap_or_default()),
    };
    Value { kind: Some(kind) }
}

/// A time in RFC 3339; `None` where the text is none.
#[must_use]
pub fn rfc3339_to_pb(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_secret::{AccessToken, RefreshToken, Signer};

    fn secrets(name: &str, value: &str) -> BTreeMap<String, SecretText> {
        BTreeMap::from([(name.to_owned(), SecretText::new(value.to_owned()))])
    }

    #[test]
    fn a_handout_leaves_whole() {
        let handout = Handout {
            base_url: None,
            access_token: Some(AccessToken::new("canary_token".to_owned())),
            headers: secrets("authorization", "Bearer canary_token"),
            query: secrets("key", "canary_query"),
            body: secrets("api_key", "canary_body"),
            signer: Some(Signer { scheme: "oauth1".into(), parameters: secrets("token", "canary_signer") }),
            fields: secrets("subdomain", "acme"),
        };
        let one = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
        let reply = handout_to_pb(handout);
        assert_eq!(reply.access_token, "canary_token");
        assert_eq!(reply.headers, one("authorization", "Bearer canary_token"));
        assert_eq!((reply.query, reply.body), (one("key", "canary_query"), one("api_key", "canary_body")));
        let signer = reply.signer.unwrap();
        assert_eq!((signer.scheme.as_str(), signer.parameters), ("oauth1", one("token", "canary_signer")));
        assert_eq!(reply.fields, one("subdomain", "acme"));
        assert_eq!(handout_to_pb(Handout::default()).access_token, "");
    }

    #[test]
    fn what_is_renewed_otherwise_has_no_refresh_token_to_show() {
        let token = RefreshToken::new("canary_refresh".to_owned());
        let renewal = Renewal { refresh_token: Some(token), fields: BTreeMap::new() };
        assert_eq!(refresh_token_to_pb(&renewal), "canary_refresh");
        let typed = Renewal { refresh_token: None, fields: secrets("password", "canary_password") };
        assert_eq!(refresh_token_to_pb(&typed), "");
    }

    #[test]
    fn every_kind_of_json_has_its_kind_of_value() {
        let json = serde_json::json!({
            "none": null, "yes": true, "number": 1.5, "text": "t", "list": [1, "two"], "inner": {"deep": false},
        });
        let fields = struct_to_pb(json).unwrap().fields;
        let kind = |name: &str| fields[name].kind.clone().unwrap();
        assert_eq!(kind("none"), Kind::NullValue(0));
        assert_eq!(kind("yes"), Kind::BoolValue(true));
        assert_eq!(kind("number"), Kind::NumberValue(1.5));
        assert_eq!(kind("text"), Kind::StringValue("t".to_owned()));
        let Kind::ListValue(list) = kind("list") else { panic!("{:?}", kind("list")) };
        let kinds: Vec<_> = list.values.into_iter().map(|value| value.kind.unwrap()).collect();
        assert_eq!(kinds, [Kind::NumberValue(1.0), Kind::StringValue("two".to_owned())]);
        let Kind::StructValue(inner) = kind("inner") else { panic!("{:?}", kind("inner")) };
        assert_eq!(inner.fields["deep"].kind, Some(Kind::BoolValue(false)));
    }

    #[test]
    fn only_an_object_is_a_struct() {
        for json in [serde_json::json!(null), serde_json::json!([1]), serde_json::json!("text")] {
            assert_eq!(struct_to_pb(json.clone()), None, "{json}");
        }
    }

    #[test]
    fn a_time_is_read_with_its_fraction_and_its_zone() {
        let read = |text| rfc3339_to_pb(text).map(|time| (time.seconds, time.nanos));
        assert_eq!(read("1970-01-01T00:00:01.120Z"), Some((1, 120_000_000)));
        assert_eq!(read("1970-01-01T01:00:00+01:00"), Some((0, 0)));
        for malformed in ["", "yesterday", "1970-13-01T00:00:00Z"] {
            assert_eq!(read(malformed), None, "{malformed:?}");
        }
    }
}
