//! Connections made of credentials that are brought. What is there under the same id takes the new credential.

use super::body::Fields;
use super::connections::{whole, whole_of};
use super::providers::is_credential;
use super::sessions::decorations;
use super::{Door, Refusal, auth, text};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use latchkey_domain::Timestamp;
use latchkey_domain::api_key::Scope;
use latchkey_oauth::otherwise_learnt;
use latchkey_providers::{AuthMode, Provider};
use latchkey_wire::convert::{rfc3339_to_pb, timestamp_from_pb, timestamp_to_pb};
use latchkey_wire::{Fault, Reason};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// An addition of ours to the contract, for imports: the connection is not to be used, or not usable, yet. Its credential is
/// then not tried out.
const BEGIN: &str = "latchkey-begin";

/// A life told in another unit than seconds gives an age that no token has.
const AGE_MAX: Duration = Duration::from_secs(366 * 24 * 3600);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Begin {
    InUse,
    Disabled,
    NeedsReauth,
}

impl Begin {
    fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        match headers.get(BEGIN).map(|value| value.as_bytes()) {
            None | Some(b"") => Ok(Self::InUse),
            Some(b"disabled") => Ok(Self::Disabled),
            Some(b"needs-reauth") => Ok(Self::NeedsReauth),
            Some(_) => {
                let message = "The header Latchkey-Begin may be disabled or needs-reauth.";
                Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_headers", message))
            }
        }
    }

    /// Beside the credential, as the native calls have it.
    fn says(self, wish: &mut Value) {
        match self {
            Self::InUse => {}
            Self::Disabled => (wish["disabled"], wish["checking"]) = (true.into(), "CHECKING_NONE".into()),
            Self::NeedsReauth => wish["needs_reauth"] = true.into(),
        }
    }
}

pub async fn create(
    State(door): State<Door>,
    headers: HeaderMap,
    mut body: Fields,
) -> Result<Response, Refusal> {
    let environment = door.allowed(&headers, Scope::ConnectionsWrite).await?;
    let begin = Begin::of(&headers)?;
    let webhook_url = body.optional_text("webhook_url_override");
    let replaces_tags = body.get("tags").is_object();
    let (end_user, tags) = decorations(&mut body)?;
    let (key, id) = (body.text("provider_config_key"), body.optional_text("connection_id"));
    let metadata = body.object("metadata");
    let config = body.object("connection_config").unwrap_or_default();
    let credentials = body.object("credentials");
    body.done()?;
    let provider = door.provider_of(&environment, &key).await?;
    let (credential, config) = match credentials {
        Some(credentials) if begin != Begin::NeedsReauth => {
            let (credential, config) =
                brought(&provider, credentials, config, Timestamp(door.flows.clock.now()))?;
            (Some(credential), config)
        }
        None if begin != Begin::NeedsReauth => {
            return Err(Refusal::body(&["credentials"], "`credentials` is missing."));
        }
        _ => (None, config),
    };
    let present = match &id {
        Some(id) => door.connection(&headers, id, &key).await?,
        None => None,
    };
    let wish =
        Wish { key, id, end_user, tags, replaces_tags, metadata, config, webhook_url, credential, begin };
    let made = match present {
        Some(present) => door.bring_again(&headers, &present, wish).await?,
        None => door.bring(&headers, wish).await?,
    };
    let shown = if begin == Begin::InUse { whole_of(&door, &headers, &made).await? } else { whole(&made) };
    Ok((StatusCode::CREATED, Json(shown)).into_response())
}

/// What is wanted of a connection, in our words.
struct Wish {
    key: String,
    id: Option<String>,
    end_user: Option<String>,
    tags: Map<String, Value>,
    replaces_tags: bool,
    metadata: Option<Map<String, Value>>,
    config: Map<String, Value>,
    webhook_url: Option<String>,
    credential: Option<Value>,
    begin: Begin,
}

impl Door {
    async fn bring(&self, headers: &HeaderMap, wish: Wish) -> Result<Value, Refusal> {
        let end_user = wish.end_user.or_else(|| wish.id.clone()).ok_or_else(|| {
            let message =
                "Say whose connection it is: `end_user.id`, the tag `end_user_id`, or `connection_id`.";
            Refusal::body(&["end_user"], message)
        })?;
        let mut asked = json!({
            "integration": wish.key,
            "end_user": end_user,
            "tags": wish.tags,
            "config": wish.config,
        });
        let more = [
            ("external_id", wish.id.map(Value::from)),
            ("metadata", wish.metadata.map(Value::from)),
            ("webhook_url", wish.webhook_url.map(Value::from)),
            ("credential", wish.credential),
        ];
        for (name, value) in more {
            if let Some(value) = value {
                asked[name] = value;
            }
        }
        wish.begin.says(&mut asked);
        let mut made = self.call("CreateConnection", headers, asked).await.map_err(refused)?;
        Ok(made["connection"].take())
    }

    /// What is there takes the new credential, and of what is said of it what is said now.
    async fn bring_again(&self, headers: &HeaderMap, present: &Value, wish: Wish) -> Result<Value, Refusal> {
        let connection = text(present, "/id");
        if let Some(credential) = wish.credential {
            let mut asked = json!({ "connection_id": connection, "credential": credential });
            if wish.begin != Begin::InUse {
                asked["checking"] = "CHECKING_NONE".into();
            }
            self.call("PutCredential", headers, asked).await.map_err(refused)?;
        }
        let mut tags = wish.tags;
        if !wish.replaces_tags && !tags.is_empty() {
            let before = present["tags"].as_object().cloned().unwrap_or_default();
            for (name, value) in before {
                tags.entry(name).or_insert(value);
            }
        }
        let said = [("tags", Some(tags)), ("metadata", wish.metadata), ("config", Some(wish.config))];
        let mut asked = Map::from_iter([("connection_id".to_owned(), connection.into())]);
        for (name, value) in said {
            let value = value.filter(|value| !value.is_empty());
            asked.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        if let Some(url) = wish.webhook_url {
            // It may be cleared, too, and so it has to be named.
            let named: Vec<_> = asked.keys().filter(|name| *name != "connection_id").cloned().collect();
            asked.insert(
                "update_mask".to_owned(),
                [named, vec!["webhook_url".to_owned()]].concat().join(",").into(),
            );
            asked.insert("webhook_url".to_owned(), url.into());
        }
        if asked.len() > 1 {
            self.call("UpdateConnection", headers, Value::Object(asked)).await?;
        }
        let mut read = self.call("GetConnection", headers, json!({ "connection_id": connection })).await?;
        Ok(read["connection"].take())
    }
}

/// Why a credential is not kept.
fn refused(fault: Fault) -> Refusal {
    if fault.reason == Reason::CredentialsRejected {
        return Refusal::new(StatusCode::BAD_REQUEST, "connection_test_failed", fault.message);
    }
    let mut fault = fault;
    if let Some(field) = fault.metadata.get_mut("field") {
        // A field is named here as it was sent.
        *field = field.replacen("credential.fields.", "credentials.", 1).replacen(
            "credential.",
            "credentials.",
            1,
        );
    }
    fault.into()
}

/// A credential in our words, and what of the settings is no part of it.
fn brought(
    provider: &Provider,
    given: Map<String, Value>,
    config: Map<String, Value>,
    now: Timestamp,
) -> Result<(Value, Map<String, Value>), Refusal> {
    let mode = provider.auth_mode();
    let mut given = Fields::new("invalid_body", given);
    let kind = given.text("type");
    if kind != mode.as_str() {
        let message = format!("This integration's credentials are of the type {}.", mode.as_str());
        return Err(Refusal::body(&["credentials", "type"], message));
    }
    let learnt = otherwise_learnt(provider);
    let is_field =
        |name: &str| provider.connection_inputs().any(|input| input.name == name) || learnt.contains(name);
    let mut config = config;
    config.extend(given.object("connection_config").unwrap_or_default());
    let (fields, config): (Map<_, _>, Map<_, _>) = config
        .into_iter()
        .partition(|(name, value)| is_field(name) && value.as_str().is_some_and(|text| !text.is_empty()));
    let mut credential = tokens(mode, provider, &mut given, fields, now)?;
    if let Some(own) = given.object("config_override") {
        let mut own = Fields::new("invalid_body", own);
        for name in ["client_id", "client_secret"] {
            if let Some(text) = own.optional_text(name).filter(|text| !text.is_empty()) {
                credential[name] = text.into();
            }
        }
        own.done_within("config_override").map_err(|refusal| refusal.within("credentials"))?;
    }
    given.done_within("credentials")?;
    Ok((credential, config))
}

fn tokens(
    mode: AuthMode,
    provider: &Provider,
    given: &mut Fields,
    mut fields: Map<String, Value>,
    now: Timestamp,
) -> Result<Value, Refusal> {
    let mut credential = issued(mode, given);
    // The provider's answer as it was: what is to be kept of it is kept under names of its own.
    let raw = given.object("raw").unwrap_or_default();
    if let Some(at) = obtained(credential["expire_time"].as_str(), raw.get("expires_in"), now) {
        credential["obtain_time"] = at.into();
    }
    if mode == AuthMode::ApiKey
        && let Some(key) = given.optional_text("apiKey")
    {
        let input = provider.connection_inputs().find(|input| is_credential(mode, input));
        let name = input.map_or("api_key", |input| input.name.as_str());
        fields.insert(name.to_owned(), key.into());
    }
    let rest: BTreeMap<String, String> = provider
        .connection_inputs()
        .flat_map(|input| [input.name.clone(), camel(&input.name)])
        .chain(["app_id", "installation_id"].map(str::to_owned))
        .filter_map(|name| Some((name.clone(), given.optional_text(&name).filter(|text| !text.is_empty())?)))
        .collect();
    fields.extend(auth::named(provider, rest).into_iter().map(|(name, value)| (name, value.into())));
    credential["fields"] = Value::Object(fields);
    Ok(credential)
}

/// What a provider issued, by our names.
fn issued(mode: AuthMode, given: &mut Fields) -> Value {
    let mut credential = json!({});
    let mut take = |given: &mut Fields, theirs: &str, ours: &str| {
        if let Some(text) = given.optional_text(theirs).filter(|text| !text.is_empty()) {
            credential[ours] = text.into();
        }
    };
    match mode {
        AuthMode::OAuth2Code => {
            take(given, "access_token", "access_token");
            take(given, "refresh_token", "refresh_token");
            take(given, "expires_at", "expire_time");
        }
        AuthMode::OAuth2ClientCredentials | AuthMode::Exchange | AuthMode::Installation => {
            take(given, "token", "access_token");
            take(given, "access_token", "access_token");
            take(given, "expires_at", "expire_time");
        }
        AuthMode::OAuth1 => {
            take(given, "oauth_token", "access_token");
            take(given, "oauth_token_secret", "token_secret");
        }
        _ => {}
    }
    credential
}

/// When the provider gave a token, as far as the source knows: it wrote down when the token runs out, and how long that was from
/// the answer it came in. `None` where the two say nothing that can have been.
fn obtained(expire_time: Option<&str>, expires_in: Option<&Value>, now: Timestamp) -> Option<String> {
    let lives = expires_in.and_then(|life| life.as_u64().or_else(|| life.as_str()?.parse().ok()))?;
    let end = timestamp_from_pb("expires_at", rfc3339_to_pb(expire_time?)).ok()??;
    let (life, now) = (Duration::from_secs(lives), now.0);
    if life.is_zero() || life > AGE_MAX {
        return None;
    }
    let at = end.minus(life);
    (at.0 <= now).then(|| timestamp_to_pb(at).to_string())
}

/// `api_key` as `apiKey`.
fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |mut camel, part| {
        let mut letters = part.chars();
        camel.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
        camel
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_a_token_was_obtained_follows_from_its_end_and_its_life() {
        let now = Timestamp(1_769_860_800_000); // 2026-01-31T12:00:00Z
        let of = |end: &str, life: Value| obtained(Some(end), Some(&life), now);
        let at = Some("2026-01-31T11:30:00Z".to_owned());
        assert_eq!(of("2026-01-31T12:30:00Z", json!(3600)), at);
        assert_eq!(of("2026-01-31T12:30:00.000Z", json!("3600")), at);
        for (end, life) in [
            ("2026-01-31T14:00:00Z", json!(3600)),
            ("2026-01-31T12:30:00Z", json!(0)),
            ("2026-01-31T12:30:00Z", json!(-5)),
            ("2026-01-31T12:30:00Z", json!(i64::MAX)),
            ("2026-01-31T12:30:00Z", json!(3_600_000_000_i64)),
            ("2026-01-31T12:30:00Z", json!("soon")),
            ("soon", json!(3600)),
        ] {
            assert_eq!(of(end, life.clone()), None, "{end} {life}");
        }
        assert_eq!(obtained(None, Some(&json!(3600)), now), None);
    }

    #[test]
    fn a_field_is_known_by_either_spelling() {
        assert_eq!((camel("api_key"), camel("username")), ("apiKey".into(), "username".into()));
    }
}
