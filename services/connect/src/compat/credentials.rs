//! Credentials under the contract's names.

use super::text;
use serde_json::{Map, Value, json};

/// Whether a caller asked for what renews a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshTokens {
    Given,
    LeftOut,
}

/// What `GetCredential` gave, as the contract writes that kind of credential. `raw` is put together from what is kept: the
/// provider's answer itself is not.
pub fn of(credential: &Value, refresh_tokens: RefreshTokens) -> Value {
    let mode = text(credential, "/auth_mode");
    let mut shown = match mode {
        "NONE" => return json!({}),
        "OAUTH2" | "APP" => json!({ "access_token": text(credential, "/access_token") }),
        "OAUTH1" => json!({
            "oauth_token": text(credential, "/signer/parameters/token"),
            "oauth_token_secret": text(credential, "/signer/parameters/token_secret"),
        }),
        "API_KEY" => json!({ "apiKey": api_key(credential) }),
        "BASIC" => json!({
            "username": text(credential, "/fields/username"),
            "password": text(credential, "/fields/password"),
        }),
        "TBA" => json!({
            "token_id": text(credential, "/signer/parameters/token"),
            "token_secret": text(credential, "/signer/parameters/token_secret"),
            "config_override": {},
        }),
        _ => own_fields(credential),
    };
    shown["type"] = mode.into();
    if !matches!(mode, "API_KEY" | "BASIC" | "TBA") {
        let expires_at = text(credential, "/expire_time");
        if !expires_at.is_empty() {
            shown["expires_at"] = expires_at.into();
        }
        shown["raw"] = raw(credential, &shown);
    }
    let refresh_token = text(credential, "/refresh_token");
    if !refresh_token.is_empty() && mode == "OAUTH2" {
        shown["refresh_token"] = refresh_token.into();
        shown["raw"]["refresh_token"] = refresh_token.into();
    }
    if refresh_tokens == RefreshTokens::LeftOut {
        leave_out_refresh_tokens(&mut shown);
    }
    shown
}

/// A token, and what it was obtained with by the provider's own names.
fn own_fields(credential: &Value) -> Value {
    let mut fields = credential["fields"].as_object().cloned().unwrap_or_default();
    let token = text(credential, "/access_token");
    if !token.is_empty() {
        fields.insert("token".to_owned(), token.into());
    }
    Value::Object(fields)
}

/// The key, whatever the provider calls it.
fn api_key(credential: &Value) -> Value {
    let Some(fields) = credential["fields"].as_object() else { return Value::Null };
    let named = ["api_key", "apiKey", "token", "access_token"].iter().find_map(|name| fields.get(*name));
    named.or_else(|| fields.values().next()).cloned().unwrap_or_default()
}

fn raw(credential: &Value, shown: &Value) -> Value {
    let mut raw = Map::new();
    for name in ["access_token", "token", "oauth_token", "oauth_token_secret", "expires_at"] {
        raw.extend(shown.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let scopes = credential["granted_scopes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let scopes = scopes.collect::<Vec<_>>().join(" ");
    if !scopes.is_empty() {
        raw.insert("scope".to_owned(), scopes.into());
    }
    Value::Object(raw)
}

/// At any depth, however it is spelled.
fn leave_out_refresh_tokens(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| {
                let letters = name.chars().filter(char::is_ascii_alphanumeric);
                letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>() != "refreshtoken"
            });
            fields.values_mut().for_each(leave_out_refresh_tokens);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_refresh_tokens),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_token_is_given_only_to_who_asks_for_it() {
        let credential = json!({
            "auth_mode": "OAUTH2", "access_token": "a", "refresh_token": "canary", "expire_time": "2026-01-01T00:00:00Z",
            "granted_scopes": ["x", "y"],
        });
        let given = of(&credential, RefreshTokens::Given);
        assert_eq!(
            (&given["refresh_token"], &given["raw"]["refresh_token"]),
            (&json!("canary"), &json!("canary"))
        );
        let left_out = of(&credential, RefreshTokens::LeftOut);
        assert!(!left_out.to_string().contains("canary"));
        assert_eq!(left_out["raw"]["scope"], "x y");
    }

    #[test]
    fn a_refresh_token_a_user_typed_is_left_out_too() {
        let typed =
            json!({ "auth_mode": "TWO_STEP", "access_token": "t", "fields": { "Refresh-Token": "canary" } });
        let shown = of(&typed, RefreshTokens::LeftOut);
        assert_eq!((shown["token"].as_str(), shown.to_string().contains("canary")), (Some("t"), false));
    }

    #[test]
    fn each_kind_has_the_names_clients_look_for() {
        let keys = |credential: Value| {
            let shown = of(&credential, RefreshTokens::LeftOut);
            shown.as_object().map(|fields| fields.keys().cloned().collect::<Vec<_>>().join(",")).unwrap()
        };
        let sorted = |mode: &str| {
            let mut keys: Vec<_> = keys(json!({ "auth_mode": mode, "fields": { "api_key": "k" } }))
                .split(',')
                .map(str::to_owned)
                .collect();
            keys.sort();
            keys.join(",")
        };
        assert_eq!(sorted("OAUTH2"), "access_token,raw,type");
        assert_eq!(sorted("OAUTH1"), "oauth_token,oauth_token_secret,raw,type");
        assert_eq!(sorted("API_KEY"), "apiKey,type");
        assert_eq!(sorted("BASIC"), "password,type,username");
        assert_eq!(sorted("NONE"), "");
    }
}
