//! `latchkey import nango plan`.

use super::Sides;
use super::state::{Integration, Row, State, Status};
use crate::output;
use anyhow::{Context as _, bail};
use serde_json::Value;

const PAGE: usize = 100;
/// More pages than anybody has: a source that never ends is none.
const PAGES_MAX: usize = 100_000;

pub async fn plan(sides: &Sides, state: &mut State, map: Vec<(String, String)>) -> anyhow::Result<()> {
    let listed = sides.source.get(&["integrations"], &[]).await?;
    if !listed.is_ok() {
        bail!("the source does not list its integrations: {}", listed.why());
    }
    let listed = listed.body["data"].as_array().cloned().unwrap_or_default();
    mapped_well(sides, &listed, &map).await?;
    for integration in &listed {
        let text = |name: &str| integration[name].as_str().unwrap_or_default().to_owned();
        let (key, provider) = (text("unique_key"), text("provider"));
        let mapped = map.iter().find(|(theirs, _)| *theirs == provider).map(|(_, ours)| ours.clone());
        let before = state.integrations.get(&key).map(|before| before.ours.clone());
        let ours = mapped.or(before).unwrap_or_else(|| provider.clone());
        let entry = sides.target.get(&["providers", &ours], &[]).await?;
        let mode = entry.body["data"]["auth_mode"].as_str().unwrap_or_default();
        let present = sides.target.get(&["integrations", &key], &[]).await?.is_ok();
        let (known, mode) = (entry.is_ok(), mode.to_owned());
        state.integrations.insert(key, Integration { provider, ours, known, present, mode });
    }
    connections(sides, state).await?;
    state.write()?;
    show(state);
    Ok(())
}

/// What is mapped is there, on both sides: a mistyped name would leave connections behind.
async fn mapped_well(sides: &Sides, listed: &[Value], map: &[(String, String)]) -> anyhow::Result<()> {
    for (theirs, ours) in map {
        if !listed.iter().any(|integration| integration["provider"] == **theirs) {
            bail!("--map {theirs}={ours}: no integration at the source is of the provider `{theirs}`");
        }
        if !sides.target.get(&["providers", ours], &[]).await?.is_ok() {
            bail!(
                "--map {theirs}={ours}: `{ours}` is not in the catalogue here, see `latchkey provider list`"
            );
        }
    }
    Ok(())
}

async fn connections(sides: &Sides, state: &mut State) -> anyhow::Result<()> {
    for page in 0..PAGES_MAX {
        let (limit, number) = (PAGE.to_string(), page.to_string());
        let answer = sides.source.get(&["connections"], &[("limit", &limit), ("page", &number)]).await?;
        if !answer.is_ok() {
            bail!("the source does not list its connections: {}", answer.why());
        }
        let found = answer.body["connections"].as_array().context("the source's list is none")?;
        for connection in found {
            let text = |name: &str| connection[name].as_str().unwrap_or_default().to_owned();
            add(state, text("provider_config_key"), text("connection_id"));
        }
        output::note(&format!("Seen {} connections.", state.connections.len()));
        if found.len() < PAGE {
            return Ok(());
        }
    }
    bail!("the source's list has no end")
}

/// What was seen before keeps its place.
fn add(state: &mut State, integration: String, id: String) {
    if id.is_empty() || state.connections.iter().any(|row| row.integration == integration && row.id == id) {
        return;
    }
    let status = Status::Planned;
    state.connections.push(Row { integration, id, status, reason: String::new(), generation: 0 });
}

fn show(state: &State) {
    let rows: Vec<_> = state
        .integrations
        .iter()
        .map(|(key, integration)| {
            let todo = match (integration.known, integration.present) {
                (false, _) => format!(
                    "not in the catalogue here: --map {}=OURS, or an entry of its own (providers.path)",
                    integration.provider
                ),
                (true, true) => "is here".to_owned(),
                (true, false) => "is created by `run`".to_owned(),
            };
            [key.clone(), integration.ours.clone(), todo, state.summary(key)]
        })
        .collect();
    output::line(&output::table(["INTEGRATION", "PROVIDER", "HERE", "CONNECTIONS"], &rows));
    output::note("Nothing was changed. `latchkey import nango run --yes` imports them, switched off.");
}

/// Which rows a step is about.
pub fn wanted(state: &State, integrations: &[String], fits: impl Fn(Status) -> bool) -> Vec<usize> {
    let chosen = |row: &Row| integrations.is_empty() || integrations.contains(&row.integration);
    let rows = state.connections.iter().enumerate();
    rows.filter(|(_, row)| chosen(row) && fits(row.status)).map(|(index, _)| index).collect()
}

/// A field of an answer that is an object with something in it.
pub fn object(body: &Value, name: &str) -> Option<Value> {
    body.get(name).filter(|value| value.as_object().is_some_and(|object| !object.is_empty())).cloned()
}
