//! Whether an exported chain is whole, checked without a server.

use crate::cli::public_keys;
use crate::output;
use anyhow::{Context as _, bail};
use latchkey_vault::audit::{Root, Verdict, Verifier};
use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};

#[derive(clap::Args)]
pub struct Verify {
    /// What `latchkey audit export` printed; - for standard input
    file: PathBuf,
    /// A public key (lkpk_…), or a file of them, one a line, as `latchkey audit keys` prints them. Without it, nobody checks who
    /// signed
    #[arg(long = "key", value_name = "KEY|FILE")]
    keys: Vec<String>,
    /// A root that was kept, or an earlier export: the chain must still be the one it knows, and no shorter
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
}

impl Verify {
    pub fn run(self) -> anyhow::Result<()> {
        let keys = public_keys::read(&self.keys)?;
        let known = self.root.as_deref().map(|path| last_root(path, &keys)).transpose()?;
        let (is_signed, is_compared) = (!keys.is_empty(), known.is_some());
        let mut verifier = Verifier::new(keys, known);
        for line in lines(&self.file)? {
            verifier.line(&line.with_context(|| unreadable(&self.file))?);
        }
        let verdict = verifier.finish();
        for problem in &verdict.problems {
            output::note(&problem.to_string());
        }
        match verdict.problems.len() {
            0 => output::line(if is_signed { "valid" } else { "consistent" }),
            1 => bail!("the chain is not whole: 1 problem"),
            many => bail!("the chain is not whole: {many} problems"),
        }
        output::note(&said(&verdict));
        if !is_signed {
            output::note("Who signed it was not checked: give --key.");
        }
        if !is_compared {
            output::note(
                "That nothing was cut off at the end, or written anew, is seen against a root kept earlier: --root.",
            );
        }
        Ok(())
    }
}

fn said(verdict: &Verdict) -> String {
    let Verdict { records, roots, expired, signed_at, environment, .. } = verdict;
    let unknown = || "unknown".to_owned();
    let (environment, signed_at) =
        (environment.clone().unwrap_or_else(unknown), signed_at.clone().unwrap_or_else(unknown));
    let expired = match expired {
        0 => String::new(),
        some => format!(" Of {some} reads only the digest is left: they are older than reads are kept."),
    };
    format!(
        "{records} records of {environment}, under {roots} signed roots, the last of {signed_at}.{expired}"
    )
}

/// The last root in a file: a root by itself, or an export.
fn last_root(path: &Path, keys: &[String]) -> anyhow::Result<Root> {
    let mut found = None;
    for line in lines(path)? {
        let line = line.with_context(|| unreadable(path))?;
        let Ok(value) = serde_json::from_str(&line) else { continue };
        if let Some(root) = Root::parse(&value) {
            found = Some((root, value));
        }
    }
    let (root, value) = found.with_context(|| format!("--root: {} holds no root", path.display()))?;
    if !keys.is_empty() {
        latchkey_signing::statement::check(&value, keys)
            .with_context(|| format!("--root: the root in {} is not to be believed", path.display()))?;
    }
    Ok(root)
}

fn lines(path: &Path) -> anyhow::Result<Box<dyn Iterator<Item = std::io::Result<String>>>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(stdin().lock().lines()));
    }
    let file = File::open(path).with_context(|| unreadable(path))?;
    Ok(Box::new(BufReader::new(file).lines()))
}

fn unreadable(path: &Path) -> String {
    format!("{} cannot be read", path.display())
}
