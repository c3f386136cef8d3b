//! `latchkey import jsonl cutover`: from the first refresh here on, what had a connection before may hold a dead token, and its
//! refreshes end ours.

use super::Of;
use super::line::{Line, Wrong};
use super::report::FAILED;
use super::run::{Became, each};
use crate::cli::door::Door;
use crate::cli::import::deeds::{Refreshed, deed, fingerprint, here, refreshed, text};
use crate::output;
use anyhow::bail;
use serde_json::Value;

const DISABLED: &str = "CONNECTION_STATE_DISABLED";
const NEEDS_REAUTH: &str = "CONNECTION_STATE_NEEDS_REAUTH";
const NOT_YET: &str = "not taken over yet";

#[derive(clap::Args)]
pub struct Cutover {
    #[command(flatten)]
    of: Of,
    /// Switch off again what was not refreshed here yet
    #[arg(long)]
    undo: bool,
}

impl Cutover {
    pub async fn run(self, door: &Door) -> anyhow::Result<()> {
        let report = each(door, &self.of, async |line| {
            let found = here(door, &line.integration, &line.external_id).await?;
            let Some(found) = found else {
                let wrong = Wrong::new("", "it is not here: `latchkey import jsonl run` imports it");
                return Ok(Became::nothing(FAILED).because(wrong));
            };
            if self.undo { self.undone(door, line, &found).await } else { self.one(door, line, &found).await }
        })
        .await?;
        if !self.of.yes {
            output::note("Nothing was done: add --yes.");
        }
        match report.count(FAILED) + report.count(NOT_YET) {
            0 => Ok(()),
            open => bail!("{open} of {} are not done yet; `cutover` goes on with them", report.done()),
        }
    }

    async fn one(&self, door: &Door, line: &Line, found: &Value) -> anyhow::Result<Became> {
        let off = text(found, "/state") == DISABLED;
        if text(found, "/state") == NEEDS_REAUTH {
            return Ok(Became::at("to be connected again by its end user", found));
        }
        if line.disabled && off {
            return Ok(Became::at("switched off, as it was", found));
        }
        if !off && !is_as_it_came(line, found) {
            return Ok(Became::at("taken over", found));
        }
        if !self.of.yes {
            return Ok(Became::at("to be taken over", found));
        }
        let id = text(found, "/id");
        if off && let Err(reason) = deed(door, id, "enable").await? {
            return Ok(Became::at(NOT_YET, found).because(Wrong::new("", reason)));
        }
        Ok(match refreshed(door, id).await? {
            Refreshed::Active(note) if note.is_empty() => Became::at("taken over", found),
            Refreshed::Active(note) => Became::at("taken over", found).because(Wrong::new("", note)),
            Refreshed::NeedsReauth(reason) => {
                Became::at("to be connected again by its end user", found).because(Wrong::new("", reason))
            }
            Refreshed::NotYet(reason) => Became::at(NOT_YET, found).because(Wrong::new("", reason)),
        })
    }

    async fn undone(&self, door: &Door, line: &Line, found: &Value) -> anyhow::Result<Became> {
        let state = text(found, "/state");
        if matches!(state, DISABLED | NEEDS_REAUTH) {
            return Ok(Became::at("not in use", found));
        }
        if !is_as_it_came(line, found) {
            return Ok(Became::at("refreshed here already, so it stays", found));
        }
        if !self.of.yes {
            return Ok(Became::at("to be switched off", found));
        }
        Ok(match deed(door, text(found, "/id"), "disable").await? {
            Ok(_) => Became::at("switched off", found),
            Err(reason) => Became::at(FAILED, found).because(Wrong::new("", reason)),
        })
    }
}

/// Whether it has the credential of the file still. One that is no token cannot be told, and is never refreshed either.
fn is_as_it_came(line: &Line, found: &Value) -> bool {
    let ours = text(found, "/credential/fingerprint");
    let first = found.pointer("/credential/generation").and_then(Value::as_u64) == Some(1);
    match line.access_token() {
        "" => first || ours.is_empty(),
        token => fingerprint(token) == ours,
    }
}
