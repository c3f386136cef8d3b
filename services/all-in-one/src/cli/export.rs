//! `latchkey export`: an environment's connections, as `latchkey import jsonl` reads them.
//!
//! Invariants: nothing is written that is not encrypted; each credential's export is recorded before it is given; a file has its
//! name once it is whole, and one that is not does not open to its end.

mod credential;
mod file;

use super::door::{Door, Here};
use super::import::jsonl::line::{BEGIN, END, FORMAT};
use crate::output;
use anyhow::{Context as _, bail, ensure};
use credential::credential;
use file::Target;
use latchkey_envelope::age::{Encrypted, Recipient};
use serde_json::{Map, Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

const PAGE: &str = "100";
/// Stands before the id here, where a connection has no external one. An id of the form con_… is nobody's own.
const FORMERLY: &str = "formerly/";

#[derive(clap::Args)]
#[command(after_help = "\
The file is in the format of age (age-encryption.org/v1), and opens with its private key and nothing else; it is compressed by nobody
and kept by nobody but you. In it are JSON Lines, one connection on each, as `latchkey import jsonl --help` has them; the last line
counts them. A connection without an external id gets formerly/con_…, with its id here, as its external id.

The API key needs the scopes connections:read and credentials:read. Each connection's history says that its credential was exported,
and with which key. Two servers that refresh one token end each other's: switch connections off here before they are used there.

  age-keygen -o key.txt                                                    # keep it where the file will be opened, and not here
  latchkey export --recipient age1… --to connections.jsonl.age
  age --decrypt -i key.txt connections.jsonl.age | latchkey import jsonl run - --url https://other.example.com --yes")]
pub struct Arguments {
    #[command(flatten)]
    here: Here,
    /// Whoever is to open it: a public key of age, age1…; give it several times
    #[arg(long, value_name = "AGE1…", required_unless_present = "recipients_file")]
    recipient: Vec<Recipient>,
    /// A file with such keys, one on a line; what comes after # is not read
    #[arg(long, value_name = "FILE")]
    recipients_file: Option<PathBuf>,
    /// A file that is not there yet, or - for standard output
    #[arg(long, value_name = "FILE")]
    to: String,
    /// Only of this integration
    #[arg(long, value_name = "KEY")]
    integration: Option<String>,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        let recipients = self.recipients()?;
        let door = self.here.door()?;
        let mut target = Target::create(&self.to)?;
        let mut lines = Encrypted::begin(target.writer(), &recipients).context("nothing can be encrypted")?;
        let told = export(&door, self.integration.as_deref(), &mut lines).await;
        let Exported { written, failed } = told?;
        lines.finish().context("the end cannot be written")?;
        target.keep()?;
        output::note(&format!("{written} connections were exported. Each one's history says so."));
        match failed {
            0 => Ok(()),
            _ => bail!("{failed} could not be exported, and are not in it"),
        }
    }

    fn recipients(&self) -> anyhow::Result<Vec<Recipient>> {
        let mut recipients = self.recipient.clone();
        if let Some(path) = &self.recipients_file {
            recipients.extend(read(path)?);
        }
        ensure!(!recipients.is_empty(), "nobody is named who could open it");
        Ok(recipients)
    }
}

fn read(path: &Path) -> anyhow::Result<Vec<Recipient>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty())
        .map(|(at, line)| line.parse().with_context(|| format!("line {} of {}", at + 1, path.display())))
        .collect()
}

#[derive(Default)]
struct Exported {
    written: usize,
    failed: usize,
}

async fn export(door: &Door, only: Option<&str>, to: &mut impl Write) -> anyhow::Result<Exported> {
    let mut exported = Exported::default();
    put(to, &json!({ BEGIN: FORMAT }))?;
    let mut page_token = String::new();
    loop {
        let mut query = vec![("page_size", PAGE), ("page_token", &page_token)];
        query.extend(only.map(|key| ("integration", key)));
        let page = door.get(&["v1", "connections"], &query).await?;
        ensure!(page.is_ok(), "this server does not list its connections: {}", page.why());
        for connection in page.body["connections"].as_array().into_iter().flatten() {
            match line(door, connection).await? {
                Ok(None) => {}
                Ok(Some(line)) => {
                    put(to, &line)?;
                    exported.written += 1;
                }
                Err(why) => {
                    output::note(&format!("{}: {why}", connection["id"].as_str().unwrap_or_default()));
                    exported.failed += 1;
                }
            }
        }
        page_token = page.body["next_page_token"].as_str().unwrap_or_default().to_owned();
        if page_token.is_empty() {
            put(to, &json!({ END: exported.written }))?;
            return Ok(exported);
        }
        output::note(&format!("{} so far", exported.written));
    }
}

/// What there is of a connection; nothing of one that is deleted; or why it cannot be had.
async fn line(door: &Door, connection: &Value) -> anyhow::Result<Result<Option<Value>, String>> {
    let text = |name: &str| connection[name].as_str().unwrap_or_default();
    let mut line = said(connection);
    match text("state") {
        "CONNECTION_STATE_DELETED" => return Ok(Ok(None)),
        "CONNECTION_STATE_NEEDS_REAUTH" => {
            line["needs_reauth"] = true.into();
            return Ok(Ok(Some(line)));
        }
        "CONNECTION_STATE_DISABLED" => line["disabled"] = true.into(),
        _ => {}
    }
    let given = door.post(&["v1", "connections", &format!("{}:export", text("id"))], &json!({})).await?;
    match (given.status, given.reason()) {
        (200, _) => line["credential"] = credential(&given.body),
        // It broke, or was deleted, since it was listed; or it is switched off and broken.
        (_, "REAUTH_REQUIRED" | "CONNECTION_DISABLED") => line["needs_reauth"] = true.into(),
        (_, "CONNECTION_DELETED" | "CONNECTION_UNKNOWN") => return Ok(Ok(None)),
        (401 | 403 | 429 | 503, _) => bail!("this server: {}", given.why()),
        _ => return Ok(Err(given.why())),
    }
    Ok(Ok(Some(line)))
}

/// What is said of a connection, by the names it is made with.
fn said(connection: &Value) -> Value {
    let mut line = Map::new();
    let names = [
        "integration",
        "external_id",
        "end_user",
        "display_name",
        "tags",
        "metadata",
        "config",
        "webhook_url",
    ];
    for name in names {
        let value = &connection[name];
        let empty = value.is_null() || value == "" || value.as_object().is_some_and(Map::is_empty);
        if !empty {
            line.insert(name.to_owned(), value.clone());
        }
    }
    if !line.contains_key("external_id") {
        let id = connection["id"].as_str().unwrap_or_default();
        line.insert("external_id".to_owned(), format!("{FORMERLY}{id}").into());
    }
    Value::Object(line)
}

fn put(to: &mut impl Write, line: &Value) -> anyhow::Result<()> {
    writeln!(to, "{line}").context("the file cannot be written")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_connection_without_an_external_id_is_known_by_its_id() {
        let said = said(
            &json!({"id": "con_1", "integration": "crm", "end_user": "u", "display_name": "", "tags": {}}),
        );
        assert_eq!(said, json!({"integration": "crm", "end_user": "u", "external_id": "formerly/con_1"}));
    }
}
