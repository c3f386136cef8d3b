//! The file, which is read twice: once to see that it is whole, and once to import it. Standard input is kept for that.

use super::line::{Line, Read, Wrong};
use anyhow::{Context as _, bail, ensure};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read as _};
use std::sync::Arc;

/// More than any connection needs.
const LINE_BYTES_MAX: u64 = 1024 * 1024;
/// What is kept of standard input. A longer file is read from disk.
const KEPT_BYTES_MAX: u64 = 1024 * 1024 * 1024;

pub struct Input {
    name: String,
    kept: Option<Arc<[u8]>>,
}

/// What a file holds, before anybody is asked about it.
#[derive(Default)]
pub struct Contents {
    /// How many connections of each integration.
    pub integrations: BTreeMap<String, usize>,
    pub lines: usize,
}

/// A line that is not blank, by its number.
pub type Numbered = (usize, Result<Read, Wrong>);

impl Input {
    /// # Errors
    /// Where it cannot be read.
    pub fn open(name: &str) -> anyhow::Result<Self> {
        if name != "-" {
            return Ok(Self { name: name.to_owned(), kept: None });
        }
        let mut kept = vec![];
        std::io::stdin()
            .take(KEPT_BYTES_MAX + 1)
            .read_to_end(&mut kept)
            .context("standard input cannot be read")?;
        ensure!(
            kept.len() as u64 <= KEPT_BYTES_MAX,
            "standard input is more than 1 GiB: name a file instead"
        );
        Ok(Self { name: "standard input".to_owned(), kept: Some(kept.into()) })
    }

    /// # Errors
    /// Where it cannot be read, or a line is longer than any connection.
    pub fn lines(&self) -> anyhow::Result<impl Iterator<Item = anyhow::Result<Numbered>>> {
        let mut reader: Box<dyn BufRead + Send> = match &self.kept {
            Some(kept) => Box::new(Cursor::new(Arc::clone(kept))),
            None => {
                let file = File::open(&self.name).with_context(|| format!("{} cannot be read", self.name))?;
                Box::new(BufReader::new(file))
            }
        };
        let name = self.name.clone();
        let mut number = 0;
        Ok(std::iter::from_fn(move || {
            loop {
                number += 1;
                match next(&mut reader, number) {
                    Ok(Some(text)) if text.trim().is_empty() => {}
                    Ok(Some(text)) => return Some(Ok((number, Read::parse(text.trim_end())))),
                    Ok(None) => return None,
                    Err(error) => return Some(Err(error.context(format!("{name} cannot be imported")))),
                }
            }
        }))
    }

    /// Reads it through.
    ///
    /// # Errors
    /// Where it is cut short, or not what it says it is: then nothing of it is to be imported.
    pub fn contents(&self) -> anyhow::Result<Contents> {
        let mut contents = Contents::default();
        let (mut export, mut ended) = (false, false);
        for line in self.lines()? {
            let (number, read) = line?;
            ensure!(
                !ended,
                "line {number} of {} comes after its last one: it is two files, or was changed",
                self.name
            );
            match read {
                Ok(Read::Begin) if contents.lines == 0 && !export => export = true,
                Ok(Read::Begin) => {
                    bail!("line {number} of {} begins another export: import each by itself", self.name)
                }
                Ok(Read::End(count)) => {
                    ensure!(
                        count == contents.lines as u64,
                        "{} says that it holds {count} connections, and holds {}: it was changed or cut",
                        self.name,
                        contents.lines
                    );
                    ended = true;
                }
                Ok(Read::Connection(line)) => contents.add(&line.integration),
                Err(_) => contents.lines += 1,
            }
        }
        ensure!(
            ended || !export,
            "{} is cut short: an export ends with a line that counts its connections, and there is none after {} of them. \
             Nothing was imported; export again",
            self.name,
            contents.lines
        );
        Ok(contents)
    }
}

impl Contents {
    fn add(&mut self, integration: &str) {
        self.lines += 1;
        *self.integrations.entry(integration.to_owned()).or_default() += 1;
    }
}

/// Which connections came before, so that one that comes twice is told.
#[derive(Default)]
pub struct Seen(BTreeSet<(String, String)>);

impl Seen {
    /// # Errors
    /// Where it came before.
    pub fn once(&mut self, line: &Line) -> Result<(), Wrong> {
        let new = self.0.insert((line.integration.clone(), line.external_id.clone()));
        let problem =
            "is the same as in an earlier line of this integration: each connection has one of its own";
        if new { Ok(()) } else { Err(Wrong::new("external_id", problem)) }
    }
}

fn next(reader: &mut impl BufRead, number: usize) -> anyhow::Result<Option<String>> {
    let mut bytes = vec![];
    reader
        .take(LINE_BYTES_MAX + 1)
        .read_until(b'\n', &mut bytes)
        .with_context(|| format!("line {number}"))?;
    if number == 1 && (bytes.starts_with(b"age-encryption.org/") || bytes.starts_with(b"-----BEGIN AGE")) {
        bail!("it is encrypted: `age --decrypt -i KEY FILE | latchkey import jsonl run -`");
    }
    ensure!(bytes.len() as u64 <= LINE_BYTES_MAX, "line {number} is longer than 1 MiB");
    let text = String::from_utf8(bytes);
    // The error's own words would hold the line.
    let Ok(text) = text else { bail!("line {number} is not UTF-8") };
    Ok((!text.is_empty()).then_some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"{"integration": "crm", "external_id": "a", "end_user": "u", "credential": {"access_token": "canary"}}"#;

    fn contents(lines: &[&str]) -> anyhow::Result<Contents> {
        Input { name: "it".to_owned(), kept: Some(lines.join("\n").into_bytes().into()) }.contents()
    }

    fn refused(lines: &[&str]) -> String {
        let said = format!("{:#}", contents(lines).err().unwrap());
        assert!(!said.contains("canary"), "{said}");
        said
    }

    #[test]
    fn an_export_that_was_cut_is_refused_whole() {
        let begin = r#"{"latchkey_export": 1}"#;
        assert_eq!(contents(&[begin, ONE, r#"{"end": 1}"#]).unwrap().lines, 1);
        assert!(refused(&[begin]).contains("cut short"));
        assert!(refused(&[begin, ONE]).contains("cut short"));
        assert!(
            refused(&[begin, ONE, r#"{"end": 2}"#]).contains("says that it holds 2 connections, and holds 1")
        );
        assert!(refused(&[begin, ONE, r#"{"end": 1}"#, ONE]).contains("after its last one"));
        assert!(refused(&[begin, ONE, begin, r#"{"end": 1}"#]).contains("begins another export"));
    }

    #[test]
    fn lines_of_anybody_need_neither_and_may_be_wrong_one_by_one() {
        let read = contents(&[ONE, "", "nonsense canary", ONE]).unwrap();
        assert_eq!((read.lines, read.integrations["crm"]), (3, 2));
    }

    #[test]
    fn what_is_no_text_and_what_is_encrypted_is_told() {
        assert!(refused(&["age-encryption.org/v1"]).contains("age --decrypt"));
        let long = format!("\"{}\"", "x".repeat(1024 * 1024));
        assert!(refused(&[ONE, &long]).contains("line 2 is longer than 1 MiB"));
    }
}
