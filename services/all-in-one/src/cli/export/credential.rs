//! What this server keeps of a credential, as whoever brings one has it.

use latchkey_providers::{TOKEN_SECRET, server};
use serde_json::{Map, Value};

/// Of what `ExportCredential` gave. What follows from the rest, such as a server that was discovered, is found again by whoever
/// imports it.
pub fn credential(given: &Value) -> Value {
    let text = |name: &str| given[name].as_str().filter(|text| !text.is_empty());
    let mode = text("auth_mode").unwrap_or_default();
    let mut fields = given["fields"].as_object().cloned().unwrap_or_default();
    let mut credential = Map::new();
    let mut put =
        |name: &str, value: Option<Value>| credential.extend(value.map(|value| (name.to_owned(), value)));
    let is_token = matches!(mode, "OAUTH2" | "OAUTH1" | "OAUTH2_CC" | "TWO_STEP" | "APP");
    if is_token {
        put("access_token", text("access_token").map(Value::from));
        put("expire_time", text("expire_time").map(Value::from));
        put("obtain_time", text("obtain_time").map(Value::from));
        let scopes = given["granted_scopes"].as_array().filter(|scopes| !scopes.is_empty());
        put("granted_scopes", scopes.map(|scopes| scopes.clone().into()));
    }
    if mode == "OAUTH1" {
        put("token_secret", fields.remove(TOKEN_SECRET));
    }
    if mode == "OAUTH2" {
        // Where an access token is renewed with itself, it stands in both places.
        let refresh_token = text("refresh_token").filter(|token| Some(*token) != text("access_token"));
        put("refresh_token", refresh_token.map(Value::from));
        for name in [server::CLIENT_ID, server::CLIENT_SECRET] {
            put(name, fields.remove(&format!("{}{name}", server::PREFIX)));
        }
    }
    fields.retain(|name, _| !name.contains('.'));
    if !fields.is_empty() {
        put("fields", Some(fields.into()));
    }
    Value::Object(credential)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_grant_comes_with_the_client_it_belongs_to() {
        let given = json!({
            "auth_mode": "OAUTH2", "access_token": "t", "refresh_token": "r", "expire_time": "2026-01-31T12:00:00Z",
            "obtain_time": "2026-01-31T11:00:00Z",
            "granted_scopes": ["read"], "generation": 3,
            "fields": {"subdomain": "acme", "oauth.client_id": "c", "oauth.client_secret": "s", "oauth.issuer": "https://as"},
        });
        assert_eq!(
            credential(&given),
            json!({
                "access_token": "t", "refresh_token": "r", "expire_time": "2026-01-31T12:00:00Z",
                "obtain_time": "2026-01-31T11:00:00Z", "granted_scopes": ["read"],
                "client_id": "c", "client_secret": "s", "fields": {"subdomain": "acme"},
            })
        );
    }

    #[test]
    fn each_kind_is_as_it_is_brought() {
        let of = |mode: &str, more: Value| {
            let mut given = json!({"auth_mode": mode, "access_token": "t", "refresh_token": "t"});
            given["fields"] = more;
            credential(&given)
        };
        assert_eq!(of("OAUTH2", json!({})), json!({"access_token": "t"}), "renewed with itself");
        assert_eq!(
            of("OAUTH1", json!({"token_secret": "s"})),
            json!({"access_token": "t", "token_secret": "s"})
        );
        assert_eq!(of("API_KEY", json!({"api_key": "k"})), json!({"fields": {"api_key": "k"}}));
        assert_eq!(of("OAUTH2_CC", json!({"id": "i"})), json!({"access_token": "t", "fields": {"id": "i"}}));
    }
}
