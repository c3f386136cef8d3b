//! How keys stand, as a table and for programs.

use crate::cli::show;
use crate::output;
use latchkey_domain::signing_key::PublicKey;
use latchkey_vault::{EnvironmentKeyState, VaultService};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub async fn show(service: &VaultService, json: bool) -> anyhow::Result<()> {
    let mut states = vec![];
    for state in service.keyring().key_states().await? {
        let signing = service.vault().known_public_keys(&state.environment).await?;
        states.push((state, signing));
    }
    if json {
        let objects = states.iter().map(|(state, signing)| {
            let mut object = object(state);
            object["signing_keys"] = lifetimes(signing).map(signing_object).collect();
            object
        });
        output::line(&objects.collect::<Value>().to_string());
        return Ok(());
    }
    output::line(&output::table(
        ["ENVIRONMENT", "KEY", "AGE", "UNDER OLDER KEYS", "WRAPPED AS SET", "BY"],
        &states.iter().map(|(state, _)| row(state)).collect::<Vec<_>>(),
    ));
    let signing: Vec<_> = states
        .iter()
        .flat_map(|(state, signing)| {
            lifetimes(signing).map(move |lifetime| signing_row(&state.environment.to_string(), lifetime))
        })
        .collect();
    if !signing.is_empty() {
        output::line(&output::table(["ENVIRONMENT", "SIGNING KEY", "SIGNS SINCE", "UNTIL"], &signing));
    }
    Ok(())
}

fn row(state: &EnvironmentKeyState) -> [String; 6] {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let age =
        state.made_at.map(|made_at| now.saturating_sub(u128::from(made_at.unsigned_abs())) / 86_400_000);
    let left: u64 = state.older.iter().map(|older| older.data_keys).sum();
    [
        state.environment.to_string(),
        state.version.to_string(),
        age.map_or_else(|| "unknown".to_owned(), |days| format!("{days} d")),
        match state.idle().map(|version| version.to_string()).collect::<Vec<_>>() {
            idle if idle.is_empty() => left.to_string(),
            idle => format!("{left}; `latchkey keys rewrap` destroys {}", idle.join(", ")),
        },
        if state.is_wrapped_as_wanted { "yes" } else { "no: run `latchkey keys rewrap`" }.to_owned(),
        state.wrapped_by.join(" "),
    ]
}

/// A key that signs or did, and when the next one took its place.
type Lifetime<'a> = (&'a PublicKey, Option<String>);

fn lifetimes(keys: &[PublicKey]) -> impl Iterator<Item = Lifetime<'_>> {
    keys.iter().enumerate().map(|(place, key)| {
        let until = keys.get(place + 1).map(|next| show::moment(next.made_at.0));
        (key, until)
    })
}

fn signing_row(environment: &str, (key, until): Lifetime<'_>) -> [String; 4] {
    [
        environment.to_owned(),
        key.id.clone(),
        show::moment(key.made_at.0),
        until.unwrap_or_else(|| "signs".to_owned()),
    ]
}

fn signing_object((key, until): Lifetime<'_>) -> Value {
    json!({
        "id": key.id,
        "public_key": key.key,
        "signs_since": show::moment(key.made_at.0),
        "until": until,
    })
}

pub fn object(state: &EnvironmentKeyState) -> Value {
    let older: Vec<Value> = state
        .older
        .iter()
        .map(|older| json!({"version": older.version, "data_keys": older.data_keys}))
        .collect();
    json!({
        "environment": state.environment.to_string(),
        "version": state.version,
        "made_at_ms": state.made_at,
        "wrapped_by": state.wrapped_by,
        "wrapped_as_set": state.is_wrapped_as_wanted,
        "older": older,
    })
}
