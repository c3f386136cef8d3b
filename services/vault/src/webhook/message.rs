//! What a message says. Pure, and always the same for one event, so that each attempt sends the same.

use crate::facts::rfc3339;
use latchkey_domain::Timestamp;
use latchkey_domain::webhook_delivery::Message;
use latchkey_domain::webhook_endpoint::Format;
use serde_json::{Value, json};

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
        "endUser": {"endUserId": connection["end_user"]["id"], "tags": {}},
    });
    if !success {
        let word = |name: &str| data["failure"][name].as_str().unwrap_or_default().to_owned();
        document["error"] = json!({
            "type": "refresh_token_external_error",
            "description": format!("{} {}", word("reason"), word("cause")).trim(),
        });
    }
    Some(document)
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
    fn the_compatible_body_is_the_contracts() {
        let created = said(Format::Compat, "connection.created").unwrap();
        let expected = json!({
            "from": "nango", "type": "auth", "connectionId": "con_1", "providerConfigKey": "crm",
            "authMode": "OAUTH2", "provider": "demo", "environment": "prod", "operation": "creation",
            "success": true, "endUser": {"endUserId": "ana", "tags": {}},
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
