//! The public keys that whoever checks something trusts.

use anyhow::{Context as _, anyhow, bail};
use latchkey_signing::statement::{PUBLIC_KEY_PREFIX, key_id};
use std::fs;

#[derive(clap::Args)]
pub struct PublicKeys {
    /// A public key (lkpk_…), or a file of them, one a line, as `latchkey audit keys` prints them
    #[arg(long = "key", value_name = "KEY|FILE", required = true)]
    keys: Vec<String>,
}

impl PublicKeys {
    /// # Errors
    /// Where one is neither a key nor a file of keys.
    pub fn read(&self) -> anyhow::Result<Vec<String>> {
        read(&self.keys)
    }
}

/// Keys, and those in files.
///
/// # Errors
/// Where one is neither a key nor a file of keys.
pub fn read(given: &[String]) -> anyhow::Result<Vec<String>> {
    let mut keys = vec![];
    for given in given {
        if given.starts_with(PUBLIC_KEY_PREFIX) {
            keys.push(checked(given)?);
            continue;
        }
        let text = fs::read_to_string(given).with_context(|| {
            format!("--key: {given} is no public key ({PUBLIC_KEY_PREFIX}…), and no file")
        })?;
        let words = text.lines().filter_map(|line| {
            line.split_ascii_whitespace().find(|word| word.starts_with(PUBLIC_KEY_PREFIX))
        });
        let before = keys.len();
        for word in words {
            keys.push(checked(word)?);
        }
        if keys.len() == before {
            bail!("--key: {given} holds no public key ({PUBLIC_KEY_PREFIX}…)");
        }
    }
    Ok(keys)
}

fn checked(key: &str) -> anyhow::Result<String> {
    match key_id(key) {
        Ok(_) => Ok(key.to_owned()),
        Err(_) => {
            Err(anyhow!("--key: {key} is no public key: what follows {PUBLIC_KEY_PREFIX} is not base64"))
        }
    }
}
