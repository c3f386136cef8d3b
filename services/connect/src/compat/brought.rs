//! Credentials that are brought, by the names the contract has for what they hold.

use super::body::Fields;
use super::providers::is_credential;
use super::{Refusal, spelling};
use latchkey_domain::Timestamp;
use latchkey_domain::integration::Settings;
use latchkey_oauth::otherwise_learnt;
use latchkey_providers::{AuthMode, Provider};
use latchkey_wire::convert::{rfc3339_to_pb, timestamp_from_pb, timestamp_to_pb};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// A life told in another unit than seconds gives an age that no token has.
const AGE_MAX: Duration = Duration::from_secs(366 * 24 * 3600);

/// The integration a credential is for.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub settings: &'a Settings,
    pub provider: &'a Provider,
}

/// A credential in our words, and what of the settings is no part of it.
pub fn brought(
    at: Place<'_>,
    given: Map<String, Value>,
    config: Map<String, Value>,
    now: Timestamp,
) -> Result<(Value, Map<String, Value>), Refusal> {
    let provider = at.provider;
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
    // A setting comes by our name for it, or the contract's.
    let (fields, config): (Map<_, _>, Map<_, _>) = config
        .into_iter()
        .map(|(name, value)| (spelling::ours(name, is_field), value))
        .partition(|(name, value)| is_field(name) && value.as_str().is_some_and(|text| !text.is_empty()));
    if mode == AuthMode::Installation
        && let Some(id) = given.optional_text("app_id")
        && at.settings.fields.get("app_id") != Some(&id)
    {
        return Err(Refusal::body(&["credentials", "app_id"], "That is not the integration's app."));
    }
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
        .flat_map(|input| [input.name.clone(), spelling::camel(&input.name)])
        .chain((mode == AuthMode::Installation).then(|| "installation_id".to_owned()))
        .filter_map(|name| Some((name.clone(), given.optional_text(&name).filter(|text| !text.is_empty())?)))
        .collect();
    fields.extend(spelling::named(provider, rest).into_iter().map(|(name, value)| (name, value.into())));
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
}
