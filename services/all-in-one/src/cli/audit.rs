//! `latchkey audit`: who was given what, and what that can be shown with.

mod export;
mod verify;

use super::server::answer;
use super::{Server, show};
use crate::output;
use clap::Subcommand;
use latchkey_wire::pb::admin as pb;
use latchkey_wire::pb::admin::audit_service_client::AuditServiceClient;
use serde_json::{Value, json};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey audit holders con_01JD…
  latchkey audit holders con_01JD… --generation 4 --json
  latchkey audit keys > keys.txt                               # kept by whoever checks
  latchkey audit root > root.json                              # now and then, and kept elsewhere
  latchkey audit export --environment prod > audit.jsonl
  latchkey audit verify audit.jsonl --key keys.txt --root root.json     # needs no server")]
pub struct Arguments {
    #[command(flatten)]
    server: Server,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Show who was given a connection's credential, which generation, how often and when last
    Holders(HoldersOf),
    /// Print all that was recorded in the environment and who was given what, chained and signed, as JSON Lines
    Export(export::Of),
    /// Print a signed root: how far the chain is now. Kept elsewhere, it shows later that nothing before it was changed
    Root(export::Of),
    /// Check an export, without a server: whether a record was changed, is missing or was reordered
    Verify(verify::Verify),
    /// Print the public keys of the environment that receipts and roots are checked with, one a line: the key, its id, since when it
    /// signs and until when it did
    Keys,
}

#[derive(clap::Args)]
struct HoldersOf {
    /// con_ and 26 characters
    connection: String,
    /// Only of this generation
    #[arg(long)]
    generation: Option<u64>,
    /// For programs
    #[arg(long)]
    json: bool,
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Holders(of) => holders(&self.server, of).await,
            Command::Export(of) => of.export(&self.server).await,
            Command::Root(of) => of.root(&self.server).await,
            Command::Verify(verify) => verify.run(),
            Command::Keys => keys(&self.server).await,
        }
    }
}

async fn keys(server: &Server) -> anyhow::Result<()> {
    let mut audit = AuditServiceClient::new(server.connect().await?);
    let found = answer(audit.list_signing_keys(pb::ListSigningKeysRequest {})).await?;
    for (place, key) in found.signing_keys.iter().enumerate() {
        let since = show::rfc3339(key.create_time.as_ref()).unwrap_or_default();
        // Until the next one was made, it signed.
        let next =
            found.signing_keys.get(place + 1).and_then(|next| show::rfc3339(next.create_time.as_ref()));
        let until = next.unwrap_or_else(|| "signs".to_owned());
        output::line(&format!("{} {} {since} {until}", key.public_key, key.id));
    }
    Ok(())
}

async fn holders(server: &Server, of: HoldersOf) -> anyhow::Result<()> {
    let mut audit = AuditServiceClient::new(server.connect().await?);
    let request =
        pb::WhoHoldsRequest { connection_id: of.connection, generation: of.generation.unwrap_or_default() };
    let found = answer(audit.who_holds(request)).await?;
    if of.json {
        output::line(&object(&found).to_string());
        return Ok(());
    }
    if found.holders.is_empty() {
        output::note("Nobody was given it, as far as it was accounted for.");
    } else {
        let rows: Vec<_> = found.holders.iter().map(|holder| row(holder, found.present_generation)).collect();
        output::line(&output::table(["READER", "NAME", "GENERATION", "WAY", "TIMES", "LAST"], &rows));
    }
    output::note(how_sure(found.accounting()));
    Ok(())
}

fn row(holder: &pb::Holder, present: u64) -> [String; 6] {
    let now = if holder.generation == present { " (present)" } else { "" };
    [
        holder.reader.clone(),
        holder.reader_name.clone(),
        format!("{}{now}", holder.generation),
        holder.way.clone(),
        holder.count.to_string(),
        show::from_now(holder.last_time.as_ref()),
    ]
}

/// What is not shown may have been all the same.
fn how_sure(accounting: pb::ReadAccounting) -> &'static str {
    match accounting {
        pb::ReadAccounting::Off => {
            "Reads are not accounted for now (vault.reads.accounting = \"off\"): others may hold it."
        }
        pb::ReadAccounting::Sampled => {
            "A sample of reads is accounted for (vault.reads.accounting = \"sampled\"): others may hold it."
        }
        pb::ReadAccounting::Full => {
            "Every read is accounted for within a second; a vault that crashed may have lost that second."
        }
        pb::ReadAccounting::Strict => "Every read is accounted for before anything is given.",
        pb::ReadAccounting::Unspecified => "The server does not say how reads are accounted for.",
    }
}

fn accounting_word(found: &pb::WhoHoldsResponse) -> &'static str {
    let name = found.accounting().as_str_name();
    name.strip_prefix("READ_ACCOUNTING_").unwrap_or(name)
}

fn object(found: &pb::WhoHoldsResponse) -> Value {
    json!({
        "present_generation": found.present_generation,
        "accounting": accounting_word(found),
        "holders": found.holders.iter().map(|holder| json!({
            "reader": holder.reader,
            "reader_name": holder.reader_name,
            "generation": holder.generation,
            "way": holder.way,
            "count": holder.count,
            "first_time": show::rfc3339(holder.first_time.as_ref()),
            "last_time": show::rfc3339(holder.last_time.as_ref()),
        })).collect::<Vec<_>>(),
    })
}
