//! `latchkey connection refresh|verify|delete` of several: batch by batch, with what came of each.

use super::super::server::{Way, answer};
use super::{Connections, Several};
use crate::output;
use anyhow::bail;
use latchkey_wire::batch::BATCH_MAX;
use latchkey_wire::pb::connect as setup;
use latchkey_wire::pb::connect::connection_setup_service_client::ConnectionSetupServiceClient;
use latchkey_wire::pb::connection as pb;
use serde_json::{Value, json};

/// What came of one.
struct Outcome {
    connection: String,
    /// `done` in the words of what was asked, or why not.
    word: String,
    failed: bool,
    message: String,
}

pub async fn refresh(connections: &Connections, several: Several) -> anyhow::Result<()> {
    each(several, async |connection_ids| {
        let asked = pb::BatchRefreshConnectionsRequest { connection_ids };
        let answered = answer(connections.clone().batch_refresh_connections(asked)).await?;
        Ok(outcomes(answered.results, "refreshed"))
    })
    .await
}

pub async fn delete(
    connections: &Connections,
    several: Several,
    revoke_at_provider: Option<bool>,
    revoke_account: bool,
) -> anyhow::Result<()> {
    each(several, async |connection_ids| {
        let asked = pb::BatchDeleteConnectionsRequest { connection_ids, revoke_at_provider, revoke_account };
        let answered = answer(connections.clone().batch_delete_connections(asked)).await?;
        Ok(outcomes(answered.results, "deleted"))
    })
    .await
}

pub async fn verify(way: Way, several: Several) -> anyhow::Result<()> {
    each(several, async |connection_ids| {
        let asked = setup::BatchVerifyConnectionsRequest { connection_ids };
        let mut client = ConnectionSetupServiceClient::new(way.clone());
        let results = answer(client.batch_verify_connections(asked)).await?.results;
        Ok(results.into_iter().map(verified).collect())
    })
    .await
}

fn verified(result: setup::BatchVerifyResult) -> Outcome {
    let (connection, message) = (result.connection_id, result.message);
    let Some(verified) = result.verified else {
        return Outcome { connection, word: result.reason, failed: true, message };
    };
    let word = match verified.verdict() {
        setup::Verdict::Works => "works",
        setup::Verdict::Refused => "refused",
        setup::Verdict::NotChecked | setup::Verdict::Unspecified => "not checked",
    };
    let failed = verified.verdict() == setup::Verdict::Refused;
    Outcome { connection, word: word.to_owned(), failed, message }
}

fn outcomes(results: Vec<pb::BatchResult>, done: &str) -> Vec<Outcome> {
    let outcome = |result: pb::BatchResult| {
        let failed = !result.reason.is_empty();
        let word = if failed { result.reason } else { done.to_owned() };
        Outcome { connection: result.connection_id, word, failed, message: result.message }
    };
    results.into_iter().map(outcome).collect()
}

/// Ends with an error where any of them failed; the others are done all the same.
async fn each(
    several: Several,
    call: impl AsyncFn(Vec<String>) -> anyhow::Result<Vec<Outcome>>,
) -> anyhow::Result<()> {
    let (all, mut told) = (several.connections.len(), Vec::new());
    for ids in several.connections.chunks(BATCH_MAX) {
        told.extend(call(ids.to_vec()).await?);
        if all > BATCH_MAX {
            output::note(&format!("{} of {all}", told.len()));
        }
    }
    if several.json {
        output::line(&told.iter().map(object).collect::<Value>().to_string());
    } else {
        let row = |it: &Outcome| [it.connection.clone(), it.word.clone(), it.message.clone()];
        let rows: Vec<_> = told.iter().map(row).collect();
        output::line(&output::table(["CONNECTION", "RESULT", "WHY"], &rows));
    }
    match told.iter().filter(|it| it.failed).count() {
        0 => {
            output::note(&format!("All {all} were done."));
            Ok(())
        }
        failed => bail!("{failed} of {all} failed; the others were done"),
    }
}

fn object(outcome: &Outcome) -> Value {
    let Outcome { connection, word, failed, message } = outcome;
    json!({"connection": connection, "result": word, "failed": failed, "message": message})
}
