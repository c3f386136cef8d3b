//! Whether a message is what it says it is, checked as a receiver should.

use crate::output;
use anyhow::{Context as _, bail};
use latchkey_signing::webhook::Message;
use std::io::Read as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// How far a message's time may be from ours. Receivers refuse what is older, so that nobody can send it again.
const TOLERANCE_SECONDS: u64 = 300;

#[derive(clap::Args)]
pub struct Verify {
    /// A file with the secret (whsec_…) or the public key (whpk_…)
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The header webhook-id
    #[arg(long)]
    id: String,
    /// The header webhook-timestamp
    #[arg(long)]
    timestamp: i64,
    /// The header webhook-signature
    #[arg(long)]
    signature: String,
    /// A file with the body, byte for byte; without it, standard input
    #[arg(long, value_name = "FILE")]
    body_file: Option<PathBuf>,
    /// Do not mind how old it is
    #[arg(long)]
    any_age: bool,
}

impl Verify {
    pub fn run(self) -> anyhow::Result<()> {
        let key = std::fs::read_to_string(&self.key_file)
            .with_context(|| format!("{} cannot be read", self.key_file.display()))?;
        let body = self.body()?;
        let message = Message { id: &self.id, timestamp: self.timestamp, body: &body };
        if !message.is_signed(&self.signature, key.trim()).context("the key cannot be used")? {
            bail!("no signature fits: the key, the headers or the body is not what was signed");
        }
        if !self.any_age {
            check_age(self.timestamp)?;
        }
        output::line("valid");
        Ok(())
    }

    fn body(&self) -> anyhow::Result<Vec<u8>> {
        if let Some(path) = &self.body_file {
            return std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()));
        }
        let mut body = Vec::new();
        std::io::stdin().read_to_end(&mut body).context("standard input cannot be read")?;
        Ok(body)
    }
}

fn check_age(timestamp: i64) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let apart = i64::try_from(now).unwrap_or(i64::MAX).abs_diff(timestamp);
    if apart > TOLERANCE_SECONDS {
        bail!("the signature fits, but the message is {apart} s away from now: --any-age does not mind");
    }
    Ok(())
}
