//! `latchkey import nango cutover`: from the first refresh here on, the source's tokens may be dead, and its refreshes end ours.

use super::super::deeds::{Refreshed, deed, here, refreshed};
use super::Sides;
use super::plan::wanted;
use super::run::{generation_of, import};
use super::state::{State, Status};
use crate::output;
use anyhow::{Context as _, bail};

pub async fn cutover(sides: &Sides, state: &mut State, integration: &str, yes: bool) -> anyhow::Result<()> {
    let only = [integration.to_owned()];
    let rows = wanted(state, &only, |status| matches!(status, Status::Paused | Status::Enabled));
    if !yes {
        output::note(&format!(
            "{} connections of {integration} would be taken over: from then on they are refreshed here, and must not be at the \
             source. Nothing was done: add --yes.",
            rows.len()
        ));
        return Ok(());
    }
    for (done, index) in rows.iter().enumerate() {
        take_over(sides, state, *index).await?;
        state.write()?;
        let row = &state.connections[*index];
        output::note(&format!(
            "{} of {}: {} {} {}",
            done + 1,
            rows.len(),
            row.id,
            row.status.word(),
            row.reason
        ));
    }
    output::line(&format!("{integration}: {}", state.summary(integration)));
    let open =
        wanted(state, &only, |status| matches!(status, Status::Paused | Status::Enabled | Status::Failed));
    if !open.is_empty() {
        bail!("{} are not taken over yet; `cutover` goes on with them", open.len());
    }
    output::note(
        "Now delete this integration at the source, or block it there: a refresh there ends the tokens here.",
    );
    Ok(())
}

async fn take_over(sides: &Sides, state: &mut State, index: usize) -> anyhow::Result<()> {
    if state.connections[index].status == Status::Paused {
        // The source went on refreshing since it was imported.
        import(sides, state, index).await?;
        if state.connections[index].status != Status::Paused {
            return Ok(());
        }
        state.write()?;
    }
    let (integration, key) =
        (state.connections[index].integration.clone(), state.connections[index].id.clone());
    let found = here(&sides.target, &integration, &key)
        .await?
        .context("an imported connection is not here any more")?;
    let id = found["id"].as_str().unwrap_or_default();
    let enabled = deed(&sides.target, id, "enable").await?;
    if let Err(reason) = enabled {
        state.connections[index].reason = reason;
        return Ok(());
    }
    state.connections[index].status = Status::Enabled;
    state.write()?;
    let (status, reason) = match refreshed(&sides.target, id).await? {
        Refreshed::Active(note) => (Status::Active, note),
        Refreshed::NeedsReauth(reason) => (Status::NeedsReauth, reason),
        Refreshed::NotYet(reason) => (Status::Enabled, reason),
    };
    (state.connections[index].status, state.connections[index].reason) = (status, reason);
    Ok(())
}

/// What is switched on and was not refreshed here yet is switched off again.
pub async fn undo(sides: &Sides, state: &mut State, integration: &str, yes: bool) -> anyhow::Result<()> {
    let only = [integration.to_owned()];
    let rows = wanted(state, &only, |status| status == Status::Enabled);
    let gone = wanted(state, &only, |status| status == Status::Active).len();
    if !yes {
        output::note(&format!("{} would be switched off again. Nothing was done: add --yes.", rows.len()));
        return Ok(());
    }
    for index in rows {
        let row = &state.connections[index];
        let Some(found) = here(&sides.target, &row.integration, &row.id).await? else { continue };
        if generation_of(&found) != row.generation {
            state.connections[index].status = Status::Active;
            continue;
        }
        if let Err(reason) = deed(&sides.target, found["id"].as_str().unwrap_or_default(), "disable").await? {
            state.connections[index].reason = reason;
            continue;
        }
        (state.connections[index].status, state.connections[index].reason) = (Status::Paused, String::new());
        state.write()?;
    }
    state.write()?;
    output::line(&format!("{integration}: {}", state.summary(integration)));
    if gone > 0 {
        output::note(&format!(
            "{gone} were refreshed here already: the source's tokens may be dead, so they stay."
        ));
    }
    Ok(())
}
