//! What a message says. Pure, and always the same for one event, so that each attempt sends the same.

use crate::facts::rfc3339;
use latchkey_domain::Timestamp;
use latchkey_domain::webhook_delivery::Message;
use latchkey_domain::webhook_endpoint::Format;
use serde_json::{Map, Value, json};

/// The type of a message its owner asked for, to see one arrive.
pub const TEST: &str = "test.ping";

/// `connection.failed`, of the fact `dev.latchkey.connection.failed.v1`.
#[must_use]
pub fn event_type(kind: &str) -> &str {
    let rest = kind.strip_prefix("dev.latchkey.").unwrap_or(kind);
    rest.rsplit_once(".v").map_or(rest, |(name, _)| name)
}

/// The body of a message; `None` where this format has no word for it.
#[must_use]
pub fn body(format: Format, message: &Message, data: &Value) -> Option<Vec<u8>> {
    let document = match format {
        Format::Standard => standard(&message.event_type, message.at, data),
        Format::Compat => compat(message, data)?,
    };
    Some(document.to_string().into_bytes())
}

fn standard(event_type: &str, at: Timestamp, data: &Value) -> Value {
    json!({"type": event_type, "timestamp": rfc3339(at), "data": data})
}

/// As receivers written for the compatible REST API know it. They take every failure they are told of for a connection that
/// is broken, so only that is told.
fn compat(message: &Message, data: &Value) -> Option<Value> {
    let connection = &data["connection"];
    let (operation, success) = match message.event_type.as_str() {
        "connection.created" => ("creation", true),
        "connection.reauthorized" => ("override", true),
        "connection.failed" => ("refresh", false),
        TEST => ("unknown", true),
        _ => return None,
    };
    let mut document = json!({
        "from": "nango",
        "type": "auth",
        // As the compatible API names it: by its customer's own id, where it has one.
        "connectionId": connection["external_id"].as_str().or(connection["id"].as_str()),
        "providerConfigKey": connection["integration"],
        "authMode": connection["auth_mode"],
        "provider": connection["provider"],
        "environment": message.environment.as_str(),
        "operation": operation,
        "success": success,
    });
    describe(&mut document, connection);
    if !success {
        let word = |name: &str| data["failure"][name].as_str().unwrap_or_default().to_owned();
        document["error"] = json!({
            "type": "refresh_token_external_error",
            "description": format!("{} {}", word("reason"), word("cause")).trim(),
        });
    }
    Some(document)
}

/// Whose connection it is, as the compatible API tells it: it keeps what it is told of an end user among the connection's tags, and
/// makes up an id for whoever has none.
fn describe(document: &mut Value, connection: &Value) {
    const OWN: &str = "end_user.";
    const UNNAMED: &str = "unnamed-";
    let id = connection["end_user"]["id"].as_str().unwrap_or_default();
    let all = connection["tags"].as_object().cloned().unwrap_or_default();
    let (own, mut tags): (Map<_, _>, Map<_, _>) =
        all.into_iter().partition(|(name, _)| name.starts_with(OWN));
    if !id.starts_with(UNNAMED) {
        let own = own.into_iter().map(|(name, tag)| (name.replacen(OWN, "", 1), tag));
        let mut end_user = json!({"endUserId": id, "tags": own.collect::<Map<_, _>>()});
        for (theirs, ours) in [("endUserEmail", "end_user_email"), ("organizationId", "organization_id")] {
            if let Some(tag) = tags.get(ours) {
                end_user[theirs] = tag.clone();
            }
        }
        document["endUser"] = end_user;
        tags.entry("end_user_id").or_insert_with(|| id.into());
    }
    document["tags"] = tags.into();
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::WebhookEndpointId;
    use latchkey_domain::webhook_delivery::Source;

    fn message(event_type: &str) -> Message {
        Message {
            event: format!("evt_{:032x}", 1).parse().unwrap(),
            endpoint: WebhookEndpointId::from_parts(1, 1),
            environment: "prod".parse().unwrap(),
            event_type: event_type.into(),
            source: Source::Test,
            own_address: false,
            at: Timestamp(1_000),
        }
    }

    fn said(format: Format, event_type: &str) -> Option<Value> {
        let data = json!({
            "connection": {
                "id": "con_1", "integration": "crm", "provider": "demo", "auth_mode": "OAUTH2",
                "end_user": {"id": "ana"},
            },
            "failure": {"reason": "REAUTH_REQUIRED", "cause": "GRANT_REVOKED"},
        });
        body(format, &message(event_type), &data).map(|body| serde_json::from_slice(&body).unwrap())
    }

    #[test]
    fn a_types_name_is_that_of_the_fact_without_its_frame() {
        assert_eq!(event_type("dev.latchkey.connection.failed.v1"), "connection.failed");
        assert_eq!(event_type("dev.latchkey.webhook_endpoint.disabled.v1"), "webhook_endpoint.disabled");
    }

    #[test]
    fn the_standard_body_has_type_timestamp_and_data() {
        let body = said(Format::Standard, "connection.failed").unwrap();
        assert_eq!(body["type"], "connection.failed");
        assert_eq!(body["timestamp"], "1970-01-01T00:00:01Z");
        assert_eq!(body["data"]["connection"]["id"], "con_1");
        assert_eq!(body.as_object().unwrap().len(), 3);
    }

    #[test]
    fn the_compatible_body_says_of_an_end_user_what_was_said() {
        let of = |end_user: &str, tags: Value| {
            let data = json!({"connection": {"id": "con_1", "end_user": {"id": end_user}, "tags": tags}});
            let body = body(Format::Compat, &message("connection.created"), &data).unwrap();
            serde_json::from_slice::<Value>(&body).unwrap()
        };
        let said = json!({
            "plan": "pro", "end_user_email": "a@b.c", "organization_id": "acme", "end_user.seat": "7",
        });
        let told = of("ana", said);
        let end_user = json!({
            "endUserId": "ana", "endUserEmail": "a@b.c", "organizationId": "acme", "tags": {"seat": "7"},
        });
        let tags = json!({
            "plan": "pro", "end_user_email": "a@b.c", "organization_id": "acme", "end_user_id": "ana",
        });
        assert_eq!((&told["endUser"], &told["tags"]), (&end_user, &tags));
        let nobody = of("unnamed-1", json!({"plan": "pro"}));
        assert_eq!((nobody.get("endUser"), &nobody["tags"]), (None, &json!({"plan": "pro"})));
        assert_eq!(of("ana", Value::Null)["endUser"]["endUserId"], "ana", "one that was deleted");
    }

    #[test]
    fn the_compatible_body_is_the_contracts() {
        let created = said(Format::Compat, "connection.created").unwrap();
        let expected = json!({
            "from": "nango", "type": "auth", "connectionId": "con_1", "providerConfigKey": "crm",
            "authMode": "OAUTH2", "provider": "demo", "environment": "prod", "operation": "creation",
            "success": true, "endUser": {"endUserId": "ana", "tags": {}}, "tags": {"end_user_id": "ana"},
        });
        assert_eq!(created, expected);
        let data = json!({"connection": {"id": "con_1", "external_id": "user-42"}});
        let named = body(Format::Compat, &message("connection.created"), &data).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&named).unwrap()["connectionId"], "user-42");
        assert_eq!(said(Format::Compat, "connection.reauthorized").unwrap()["operation"], "override");
        let failed = said(Format::Compat, "connection.failed").unwrap();
        assert_eq!((&failed["operation"], &failed["success"]), (&json!("refresh"), &json!(false)));
        assert_eq!(failed["error"]["description"], "REAUTH_REQUIRED GRANT_REVOKED");
        for unknown in ["connection.degraded", "connection.deleted", "integration.paused"] {
            assert_eq!(said(Format::Compat, unknown), None, "{unknown}");
        }
    }
}
