//! `latchkey import jsonl run`.

use super::Of;
use super::check::{Integration, ask};
use super::input::{Input, Numbered, Seen};
use super::line::{Line, Read, Wrong};
use super::report::{FAILED, Report, Row};
use crate::cli::door::{Answer, Door};
use crate::cli::import::deeds::{fingerprint, here, text};
use crate::output;
use anyhow::{Context as _, bail};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// How many lines are under way at once.
const AT_ONCE: usize = 8;

#[derive(clap::Args)]
pub struct Run {
    #[command(flatten)]
    of: Of,
    /// They begin in use, and each is tried out with its provider first. What had them must not refresh them any more
    #[arg(long, conflicts_with = "replace")]
    in_use: bool,
    /// What is here and still switched off takes the credential that is in the file now
    #[arg(long)]
    replace: bool,
}

/// A line that may be carried out, or what is wrong with it.
pub type Checked = (usize, Result<Box<Line>, (Option<Box<Line>>, Wrong)>);

impl Run {
    pub async fn run(self, door: &Door) -> anyhow::Result<()> {
        let report = each(door, &self.of, async |line| self.one(door, line).await).await?;
        let (failed, done) = (report.count(FAILED), report.done());
        if !self.of.yes {
            output::note("Nothing was done: add --yes.");
        } else if !self.in_use {
            output::note(
                "They are switched off here. `latchkey import jsonl cutover` takes them over, once nothing else refreshes them.",
            );
        }
        match failed {
            0 => Ok(()),
            _ => bail!(
                "{failed} of {done} cannot be imported: correct them and run it again, what is here is not imported twice"
            ),
        }
    }

    async fn one(&self, door: &Door, line: &Line) -> anyhow::Result<Became> {
        match here(door, &line.integration, &line.external_id).await? {
            Some(found) if self.replace => self.replaced(door, line, &found).await,
            Some(found) => Ok(Became::at("here already", &found)),
            None if self.of.yes => self.made(door, line).await,
            None => Ok(Became::nothing("to be imported")),
        }
    }

    async fn made(&self, door: &Door, line: &Line) -> anyhow::Result<Became> {
        let mut body = Value::Object(line.body.clone());
        body["request_id"] = request_id(line, "").into();
        if !line.needs_reauth {
            body["disabled"] = (!self.in_use || line.disabled).into();
            body["checking"] = if self.in_use { "CHECKING_VERIFY" } else { "CHECKING_NONE" }.into();
        }
        let path = ["v1", "connections"];
        let mut answer = door.post(&path, &body).await?;
        if answer.reason() == "CONNECTION_DELETED" {
            // It was imported before, and deleted since.
            body["request_id"] = "".into();
            answer = door.post(&path, &body).await?;
        }
        if answer.is_ok() {
            return Ok(Became::at("imported", &answer.body["connection"]));
        }
        // Somebody else came first.
        if answer.reason() == "ALREADY_EXISTS"
            && let Some(found) = here(door, &line.integration, &line.external_id).await?
        {
            return Ok(Became::at("here already", &found));
        }
        Became::refused(&answer)
    }

    async fn replaced(&self, door: &Door, line: &Line, found: &Value) -> anyhow::Result<Became> {
        let same = !line.access_token().is_empty()
            && fingerprint(line.access_token()) == text(found, "/credential/fingerprint");
        // One that is in use is refreshed here, so the file's is the older one.
        if text(found, "/state") != "CONNECTION_STATE_DISABLED" || line.needs_reauth || same {
            return Ok(Became::at("here already", found));
        }
        if !self.of.yes {
            return Ok(Became::at("to be replaced", found));
        }
        let generation = found.pointer("/credential/generation").and_then(Value::as_u64).unwrap_or_default();
        let body = json!({
            "credential": line.body.get("credential"),
            "checking": "CHECKING_NONE",
            "request_id": request_id(line, &generation.to_string()),
        });
        let path = format!("{}:credential", text(found, "/id"));
        let answer = door.put(&["v1", "connections", &path], &body).await?;
        if answer.is_ok() { Ok(Became::at("replaced", found)) } else { Became::refused(&answer) }
    }
}

/// What became of a connection.
pub struct Became {
    pub word: &'static str,
    pub connection: String,
    pub wrong: Option<Wrong>,
}

impl Became {
    pub fn nothing(word: &'static str) -> Self {
        Self { word, connection: String::new(), wrong: None }
    }

    pub fn at(word: &'static str, connection: &Value) -> Self {
        Self { word, connection: text(connection, "/id").to_owned(), wrong: None }
    }

    pub fn because(self, wrong: Wrong) -> Self {
        Self { wrong: Some(wrong), ..self }
    }

    /// # Errors
    /// Where nothing that is asked next would be answered otherwise.
    fn refused(answer: &Answer) -> anyhow::Result<Self> {
        if matches!(answer.status, 401 | 403 | 429 | 503) {
            bail!("this server: {}", answer.why());
        }
        let wrong = Wrong::new(text(&answer.body, "/metadata/field"), answer.why());
        Ok(Self::nothing(FAILED).because(wrong))
    }
}

/// Has `deed` done for each line that is wanted and not wrong, some at once, and tells what became of all in their order.
pub async fn each(
    door: &Door,
    of: &Of,
    deed: impl AsyncFn(&Line) -> anyhow::Result<Became>,
) -> anyhow::Result<Report> {
    let input = Input::open(&of.file)?;
    let contents = input.contents()?;
    let mut known = BTreeMap::new();
    for key in contents.integrations.keys().filter(|key| of.wants(key)) {
        known.insert(key.clone(), ask(door, key).await?);
    }
    let mut report = Report::new(of.json, contents.lines);
    let checked = checked(input.lines()?, of, &known);
    let deed = &deed;
    let rows = stream::iter(checked).map(|checked| async move {
        let (number, line) = checked?;
        let (line, became) = match line {
            Err((line, wrong)) => (line, Became::nothing(FAILED).because(wrong)),
            Ok(line) => {
                let became = deed(&line).await;
                let stopped =
                    || format!("it stopped at line {number}; run it again, and it goes on from there");
                (Some(line), became.with_context(stopped)?)
            }
        };
        let named = |name: fn(&Line) -> &String| line.as_deref().map(name).cloned().unwrap_or_default();
        anyhow::Ok(Row {
            number,
            integration: named(|line| &line.integration),
            external_id: named(|line| &line.external_id),
            became: became.word,
            connection: became.connection,
            wrong: became.wrong,
        })
    });
    let mut rows = std::pin::pin!(rows.buffered(AT_ONCE));
    while let Some(row) = rows.try_next().await? {
        report.add(&row);
    }
    if !of.json {
        output::line(&report.summary());
    }
    Ok(report)
}

fn checked(
    lines: impl Iterator<Item = anyhow::Result<Numbered>>,
    of: &Of,
    known: &BTreeMap<String, Integration>,
) -> impl Iterator<Item = anyhow::Result<Checked>> {
    let mut seen = Seen::default();
    lines.filter_map(move |read| {
        let (number, read) = match read {
            Ok(read) => read,
            Err(error) => return Some(Err(error)),
        };
        let line = match read {
            Ok(Read::Connection(line)) if of.wants(&line.integration) => line,
            Ok(Read::Connection(_) | Read::Begin | Read::End(_)) => return None,
            Err(wrong) => return Some(Ok((number, Err((None, wrong))))),
        };
        let taken = known.get(&line.integration).map_or(Ok(()), |integration| integration.takes(&line));
        Some(Ok((
            number,
            match seen.once(&line).and(taken) {
                Ok(()) => Ok(line),
                Err(wrong) => Err((Some(line), wrong)),
            },
        )))
    })
}

/// The same each time, so that what came but was not heard of makes nothing twice.
fn request_id(line: &Line, more: &str) -> String {
    let identity = json!([line.integration, line.external_id, more]).to_string();
    let digest = Sha256::digest(identity.as_bytes());
    format!("jsonl-{}", digest[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}
