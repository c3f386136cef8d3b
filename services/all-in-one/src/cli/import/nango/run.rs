//! `latchkey import nango run`.

use super::super::deeds::here;
use super::Sides;
use super::plan::{object, wanted};
use super::state::{State, Status};
use crate::output;
use anyhow::bail;
use serde_json::{Value, json};

/// What both sides call the kind of a provider that asks for nothing.
const NO_CREDENTIAL: &str = "NONE";

pub async fn run(sides: &Sides, state: &mut State, only: &[String], yes: bool) -> anyhow::Result<()> {
    let rows = wanted(state, only, |status| matches!(status, Status::Planned | Status::Failed));
    if state.connections.is_empty() {
        bail!("there is no plan yet: `latchkey import nango plan`");
    }
    if !yes {
        output::note(&format!(
            "{} connections would be imported, switched off. Nothing was done: add --yes.",
            rows.len()
        ));
        return Ok(());
    }
    integrations(sides, state, only).await?;
    for (done, index) in rows.iter().enumerate() {
        import(sides, state, *index).await?;
        state.write()?;
        if (done + 1) % 50 == 0 || done + 1 == rows.len() {
            output::note(&format!("{} of {}", done + 1, rows.len()));
        }
    }
    let failed = wanted(state, only, |status| status == Status::Failed);
    for index in &failed {
        let row = &state.connections[*index];
        output::note(&format!("{} of {}: {}", row.id, row.integration, row.reason));
    }
    for key in state.integrations.keys() {
        output::line(&format!("{key}: {}", state.summary(key)));
    }
    if failed.is_empty() {
        Ok(())
    } else {
        bail!("{} could not be imported; `run` tries them again", failed.len())
    }
}

/// The apps come with their secrets, so that what is taken over can be refreshed.
async fn integrations(sides: &Sides, state: &mut State, only: &[String]) -> anyhow::Result<()> {
    let keys: Vec<_> = state.integrations.keys().cloned().collect();
    for key in keys {
        let integration = state.integrations[&key].clone();
        let chosen = only.is_empty() || only.contains(&key);
        if !chosen || !integration.known || integration.present {
            continue;
        }
        let read = sides.source.get(&["integrations", &key], &[("include", "credentials")]).await?;
        if !read.is_ok() {
            output::note(&format!("{key}: the source does not give its app: {}", read.why()));
            continue;
        }
        let data = &read.body["data"];
        let mut wish = json!({ "provider": integration.ours, "unique_key": key });
        if let Some(name) = data["display_name"].as_str() {
            wish["display_name"] = name.into();
        }
        if let Some(Value::Object(mut credentials)) = object(data, "credentials") {
            credentials.retain(|_, value| !value.is_null());
            wish["credentials"] = Value::Object(credentials);
        }
        let made = sides.target.post(&["integrations"], &wish).await?;
        if made.is_ok() {
            state.integrations.entry(key).and_modify(|integration| integration.present = true);
            state.write()?;
        } else {
            output::note(&format!("{key}: it cannot be created here: {}", made.why()));
        }
    }
    Ok(())
}

/// Brings one connection as it is at the source now.
pub async fn import(sides: &Sides, state: &mut State, index: usize) -> anyhow::Result<()> {
    let row = &state.connections[index];
    let integration = state.integrations.get(&row.integration);
    let (status, reason) = match integration {
        Some(integration) if !integration.known => {
            let theirs = &integration.provider;
            let fix =
                format!("its provider `{theirs}` is not in the catalogue here: `plan --map {theirs}=OURS`");
            (Status::Failed, fix)
        }
        Some(integration) if integration.present => {
            let nothing = (integration.mode == NO_CREDENTIAL).then(|| json!({ "type": NO_CREDENTIAL }));
            brought(sides, &row.integration, &row.id, nothing).await?
        }
        _ => (Status::Failed, "its integration is not here".into()),
    };
    let generation = match status {
        Status::Paused => {
            here(&sides.target, &row.integration, &row.id).await?.map_or(0, |found| generation_of(&found))
        }
        _ => 0,
    };
    let row = &mut state.connections[index];
    (row.status, row.reason, row.generation) = (status, reason, generation);
    Ok(())
}

/// `nothing` stands for the credential where there is none to be had.
async fn brought(
    sides: &Sides,
    integration: &str,
    id: &str,
    nothing: Option<Value>,
) -> anyhow::Result<(Status, String)> {
    let query = [("provider_config_key", integration), ("refresh_token", "true")];
    let read = sides.source.get(&["connections", id], &query).await?;
    // The source has found out that the provider refuses it: what it says of the connection comes beside the error.
    let dead = read.status == 424;
    let connection = match (dead, read.is_ok()) {
        (true, _) => &read.body["error"]["payload"]["connection"],
        (false, true) => &read.body,
        (false, false) => return Ok((Status::Failed, format!("the source: {}", read.why()))),
    };
    let mut wish = json!({ "provider_config_key": integration, "connection_id": id });
    for name in ["metadata", "connection_config", "tags", "credentials"] {
        if let Some(value) = object(connection, name).filter(|_| name != "credentials" || !dead) {
            wish[name] = value;
        }
    }
    if let Some(nothing) = nothing.filter(|_| !dead) {
        wish["credentials"] = nothing;
    }
    if let Some(url) = connection["webhook_url_override"].as_str().filter(|url| !url.is_empty()) {
        wish["webhook_url_override"] = url.into();
    }
    if let Some(end_user) = object(connection, "end_user").filter(|user| user["id"].is_string()) {
        let mut told = json!({ "id": end_user["id"] });
        for name in ["email", "display_name"] {
            if end_user[name].as_str().is_some_and(|text| !text.is_empty()) {
                told[name] = end_user[name].clone();
            }
        }
        // Those that are no texts are kept nowhere here.
        let texts = |tags: &Value| tags.as_object().is_some_and(|tags| tags.values().all(Value::is_string));
        if texts(&end_user["tags"]) {
            told["tags"] = end_user["tags"].clone();
        }
        wish["end_user"] = told;
    }
    let (begin, status) =
        if dead { ("needs-reauth", Status::NeedsReauth) } else { ("disabled", Status::Paused) };
    let made = sides.target.bring(&wish, begin).await?;
    Ok(if made.is_ok() { (status, String::new()) } else { (Status::Failed, made.why()) })
}

pub fn generation_of(connection: &Value) -> u64 {
    connection.pointer("/credential/generation").and_then(Value::as_u64).unwrap_or_default()
}
