//! `latchkey import nango verify`: both sides say the same of each connection, and what was taken over works.

use super::super::deeds::{fingerprint, here};
use super::Sides;
use super::state::{Row, State, Status};
use crate::output;
use anyhow::bail;
use serde_json::{Value, json};

pub async fn verify(sides: &Sides, state: &mut State) -> anyhow::Result<()> {
    let mut rows = vec![];
    let mut differing = 0;
    for row in state.connections.iter().filter(|row| row.status > Status::Failed) {
        let found = match here(&sides.target, &row.integration, &row.id).await? {
            None => "it is not here any more".to_owned(),
            Some(found) if row.status == Status::Active => tried(sides, &found).await?,
            Some(found) => compared(sides, row, &found).await?,
        };
        differing += usize::from(!found.is_empty());
        let said = if found.is_empty() { "the same".to_owned() } else { found };
        rows.push([row.integration.clone(), row.id.clone(), row.status.word().to_owned(), said]);
    }
    output::line(&output::table(["INTEGRATION", "CONNECTION", "STATUS", "FOUND"], &rows));
    if differing > 0 {
        bail!("{differing} of {} differ", rows.len());
    }
    Ok(())
}

/// What was taken over is tried out with its provider.
async fn tried(sides: &Sides, found: &Value) -> anyhow::Result<String> {
    let id = found["id"].as_str().unwrap_or_default();
    let answer = sides.target.post(&["v1", "connections", &format!("{id}:verify")], &json!({})).await?;
    Ok(match (answer.is_ok(), answer.body["verdict"].as_str()) {
        (true, Some("VERDICT_WORKS" | "VERDICT_NOT_CHECKED")) => String::new(),
        (true, _) => "the provider refuses it".to_owned(),
        (false, _) => answer.why(),
    })
}

/// Tokens are compared by what tells two apart and says nothing about either.
async fn compared(sides: &Sides, row: &Row, found: &Value) -> anyhow::Result<String> {
    let query = [("provider_config_key", row.integration.as_str())];
    let theirs = sides.source.get(&["connections", &row.id], &query).await?;
    if theirs.status == 424 {
        return Ok(
            if row.status == Status::NeedsReauth { "" } else { "dead at the source by now" }.to_owned()
        );
    }
    if !theirs.is_ok() {
        return Ok(format!("the source: {}", theirs.why()));
    }
    let token = theirs.body.pointer("/credentials/access_token").and_then(Value::as_str);
    let ours = found.pointer("/credential/fingerprint").and_then(Value::as_str).unwrap_or_default();
    if token.is_some_and(|token| fingerprint(token) != ours) {
        return Ok("refreshed at the source since; `cutover` fetches it once more".to_owned());
    }
    let nothing = |value: &Value| value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
    let (theirs, ours) = (&theirs.body["metadata"], &found["metadata"]);
    let same = theirs == ours || (nothing(theirs) && nothing(ours));
    Ok(if same { "" } else { "its metadata differs" }.to_owned())
}
