//! `latchkey receipt`: what there is to show for a deletion.

use super::Server;
use super::public_keys::PublicKeys;
use super::server::answer;
use crate::output;
use anyhow::{Context as _, bail};
use clap::Subcommand;
use latchkey_signing::statement;
use latchkey_wire::pb::connection as pb;
use latchkey_wire::pb::connection::connection_service_client::ConnectionServiceClient;
use serde_json::Value;
use std::io::Read as _;
use std::path::PathBuf;

/// What a receipt says it is.
const TYPE: &str = "latchkey.deletion_receipt.v1";

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey receipt get con_01J… > receipt.json
  latchkey audit keys > keys.txt                               # once, and kept by whoever checks
  latchkey receipt verify receipt.json --key keys.txt          # needs no server")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the receipt of a deleted connection: signed, and as things stand now
    Get {
        /// The connection, con_…
        connection: String,
    },
    /// Check a receipt's signature, without a server
    Verify(Verify),
}

#[derive(clap::Args)]
struct Verify {
    /// The receipt; - for standard input
    file: PathBuf,
    #[command(flatten)]
    keys: PublicKeys,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Get { connection } => get(&self.server, connection).await,
            Command::Verify(verify) => verify.run(),
        }
    }
}

async fn get(server: &Server, connection_id: String) -> anyhow::Result<()> {
    let mut connections = ConnectionServiceClient::new(server.connect().await?);
    let request = pb::GetDeletionReceiptRequest { connection_id };
    let text = answer(connections.get_deletion_receipt(request)).await?.receipt;
    let receipt: Value = serde_json::from_str(&text).context("the server's receipt is not JSON")?;
    output::line(&format!("{receipt:#}"));
    if receipt["revocation"]["result"] == "PENDING" {
        output::note(
            "The provider has not answered yet. Get the receipt again later for one that says what came of it.",
        );
    }
    Ok(())
}

impl Verify {
    fn run(self) -> anyhow::Result<()> {
        let mut text = String::new();
        if self.file.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
        } else {
            text = std::fs::read_to_string(&self.file)
                .with_context(|| format!("{} cannot be read", self.file.display()))?;
        }
        let receipt: Value = serde_json::from_str(&text).context("this is no receipt: it is not JSON")?;
        statement::check(&receipt, &self.keys.read()?).context("the receipt is not to be believed")?;
        if receipt["type"] != TYPE {
            bail!(
                "the signature fits, but this is no receipt of a deletion: its type is {}",
                receipt["type"]
            );
        }
        output::line("valid");
        output::note(&said(&receipt));
        Ok(())
    }
}

/// What a valid receipt says, in words.
fn said(receipt: &Value) -> String {
    let text = |pointer: &str| receipt.pointer(pointer).and_then(Value::as_str);
    let or_unknown = |pointer: &str| text(pointer).unwrap_or("unknown").to_owned();
    let backups = match text("/backups/may_hold_until") {
        Some(until) => format!("Backups may hold the ciphertext until {until}."),
        None => "Until the provider has answered, the credential is kept, sealed, for asking it.".to_owned(),
    };
    format!(
        "{} of {} was deleted at {}, and its key {} was destroyed. The grant at the provider: {}. {backups}",
        or_unknown("/connection"),
        or_unknown("/environment"),
        or_unknown("/deleted_at"),
        or_unknown("/destroyed_key/id"),
        or_unknown("/revocation/result"),
    )
}
