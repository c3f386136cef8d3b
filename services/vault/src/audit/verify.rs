//! Checks an exported chain, line by line, knowing nothing but the public keys. Pure: it reads no file and asks nobody.

use super::record::{BEGINNING, Entry, Source, digest, hex, link};
use super::root::{ROOT, Root};
use latchkey_signing::statement::check;
use latchkey_store::Position;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;

/// How many problems are told of one export.
const PROBLEMS_MAX: usize = 1000;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// One record's line in an export.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    number: u64,
    source: String,
    position: String,
    at: i64,
    digest: String,
    link: String,
    record: Value,
}

/// What is wrong with an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    Unreadable {
        line: u64,
    },
    /// Its content is not what was chained.
    Changed {
        number: u64,
        name: String,
    },
    /// It was chained, and is not there any more.
    Missing {
        number: u64,
        name: String,
    },
    /// Where record `expected` should be, there is another one.
    OutOfOrder {
        expected: u64,
        found: u64,
    },
    /// It does not follow the record before it: one of the two was exchanged, or what is said of it was.
    Unlinked {
        number: u64,
    },
    /// A signed root is another chain's.
    RootDiffers {
        records: u64,
    },
    RootNotBelieved {
        records: u64,
        why: String,
    },
    /// There is no root behind the last record.
    NoRootAtTheEnd {
        records: u64,
    },
    /// It ends before a root that was given.
    ShorterThan {
        records: u64,
        known: u64,
    },
    /// Up to a root that was given, it is another chain.
    Rewritten {
        known: u64,
    },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { line } => write!(f, "line {line} is no line of an export"),
            Self::Changed { number, name } => write!(f, "record {number} was changed: {name}"),
            Self::Missing { number, name } => write!(f, "record {number} is missing: {name}"),
            Self::OutOfOrder { expected, found } => {
                write!(
                    f,
                    "record {found} stands where record {expected} should be: records were left out or reordered"
                )
            }
            Self::Unlinked { number } => {
                write!(f, "record {number} does not follow what is before it: the chain was changed here")
            }
            Self::RootDiffers { records } => {
                write!(
                    f,
                    "the signed root after record {records} is of another chain: something before it was changed"
                )
            }
            Self::RootNotBelieved { records, why } => {
                write!(f, "the root after record {records} is not to be believed: {why}")
            }
            Self::NoRootAtTheEnd { records } => {
                write!(f, "no signed root stands behind the last record, {records}: the export was cut off")
            }
            Self::ShorterThan { records, known } => {
                write!(
                    f,
                    "it ends at record {records}, and a root that was given knows {known}: records were cut off"
                )
            }
            Self::Rewritten { known } => {
                write!(
                    f,
                    "up to record {known} it is not the chain of the root that was given: history was rewritten"
                )
            }
        }
    }
}

/// What an export turned out to be.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub problems: Vec<Problem>,
    pub records: u64,
    pub roots: u64,
    /// Reads whose content is not kept any more, as their age says.
    pub expired: u64,
    /// When the last root was signed, and for which environment.
    pub signed_at: Option<String>,
    pub environment: Option<String>,
}

/// Takes the lines of an export one by one.
pub struct Verifier {
    /// Without keys, no signature is checked.
    keys: Vec<String>,
    /// A root that was kept from an earlier export.
    known: Option<Root>,
    verdict: Verdict,
    lines: u64,
    link: [u8; 32],
    root_is_last: bool,
    /// Reads without content: their number and when they were.
    without_content: Vec<(u64, i64, String)>,
    kept_days: Option<u64>,
    exported_at_ms: i64,
}

impl Verifier {
    /// With the public keys that are believed, and a root from before, where there is one.
    #[must_use]
    pub fn new(keys: Vec<String>, known: Option<Root>) -> Self {
        Self {
            keys,
            known,
            verdict: Verdict::default(),
            lines: 0,
            link: BEGINNING,
            root_is_last: false,
            without_content: vec![],
            kept_days: None,
            exported_at_ms: 0,
        }
    }

    pub fn line(&mut self, text: &str) {
        self.lines += 1;
        if text.trim().is_empty() {
            return;
        }
        match serde_json::from_str::<Value>(text) {
            Ok(value) if value.get("type").is_some_and(|is| is == ROOT) => self.root(&value),
            Ok(value) => match serde_json::from_value::<Line>(value) {
                Ok(line) => self.record(&line),
                Err(_) => self.found(Problem::Unreadable { line: self.lines }),
            },
            Err(_) => self.found(Problem::Unreadable { line: self.lines }),
        }
    }

    /// What it all comes to.
    #[must_use]
    pub fn finish(mut self) -> Verdict {
        let records = self.verdict.records;
        if !self.root_is_last {
            self.found(Problem::NoRootAtTheEnd { records });
        }
        if let Some(known) = self.known.as_ref().map(|known| known.records).filter(|known| *known > records) {
            self.found(Problem::ShorterThan { records, known });
        }
        let kept_days = i64::try_from(self.kept_days.unwrap_or(u64::MAX)).unwrap_or(i64::MAX);
        let horizon = self.exported_at_ms.saturating_sub(kept_days.saturating_mul(DAY_MS));
        for (number, at, name) in std::mem::take(&mut self.without_content) {
            if at < horizon {
                self.verdict.expired += 1;
            } else {
                self.found(Problem::Missing { number, name });
            }
        }
        self.verdict
    }

    fn record(&mut self, line: &Line) {
        let expected = self.verdict.records + 1;
        self.root_is_last = false;
        let Some((source, entry, said)) = parsed(line) else {
            return self.found(Problem::Unreadable { line: self.lines });
        };
        if line.number != expected {
            self.found(Problem::OutOfOrder { expected, found: line.number });
        } else if link(&self.link, line.number, source, &entry) != said {
            self.found(Problem::Unlinked { number: line.number });
        }
        let name = name(source, &line.record, &line.position);
        match (&line.record, source) {
            (Value::Null, Source::Event) => self.found(Problem::Missing { number: line.number, name }),
            (Value::Null, Source::Read) => self.without_content.push((line.number, line.at, name)),
            (record, _) if digest(record) != entry.digest => {
                self.found(Problem::Changed { number: line.number, name });
            }
            _ => {}
        }
        // Goes on from what the line says, so that one mistake is told once.
        (self.verdict.records, self.link) = (line.number, said);
        self.compare_with_known();
    }

    fn root(&mut self, value: &Value) {
        let Some(root) = Root::parse(value) else {
            return self.found(Problem::Unreadable { line: self.lines });
        };
        let records = root.records;
        if !self.keys.is_empty()
            && let Err(why) = check(value, &self.keys)
        {
            self.found(Problem::RootNotBelieved { records, why: why.to_string() });
        }
        if records != self.verdict.records || root.link != hex(&self.link) {
            self.found(Problem::RootDiffers { records });
        }
        let known = self.verdict.environment.get_or_insert_with(|| root.environment.clone());
        if *known != root.environment {
            self.found(Problem::RootDiffers { records });
        }
        self.root_is_last = true;
        self.verdict.roots += 1;
        self.kept_days = Some(self.kept_days.unwrap_or(u64::MAX).min(root.reads_kept_days));
        self.exported_at_ms = root.signed_at_ms;
        self.verdict.signed_at = Some(root.signed_at);
        self.compare_with_known();
    }

    fn compare_with_known(&mut self) {
        let Some(known) = self.known.as_ref().filter(|known| known.records == self.verdict.records) else {
            return;
        };
        let (differs, known) = (known.link != hex(&self.link), known.records);
        let problem = Problem::Rewritten { known };
        if differs && !self.verdict.problems.contains(&problem) {
            self.found(problem);
        }
    }

    fn found(&mut self, problem: Problem) {
        if self.verdict.problems.len() < PROBLEMS_MAX {
            self.verdict.problems.push(problem);
        }
    }
}

fn parsed(line: &Line) -> Option<(Source, Entry, [u8; 32])> {
    let position: Position = line.position.parse().ok()?;
    let entry = Entry { position, at: line.at, digest: unhex(&line.digest)? };
    Some((Source::from_word(&line.source)?, entry, unhex(&line.link)?))
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    text.parse::<latchkey_domain::Digest>().ok().map(|digest| *digest.as_bytes())
}

/// What people know a record by.
fn name(source: Source, record: &Value, position: &str) -> String {
    let text = |member: &str| record.get(member).and_then(Value::as_str).unwrap_or("unknown").to_owned();
    if let Some(unreadable) = record.get("unreadable") {
        let text = |member: &str| unreadable.get(member).and_then(Value::as_str).unwrap_or("unknown");
        return format!("{} of {} cannot be read: {}", text("key"), text("table"), text("what"));
    }
    match (record, source) {
        (Value::Null, source) if position == Position::START.to_string() => {
            format!("a backup was made without the {}", source.word())
        }
        (Value::Null, source) => format!("the {} at {position} in the database", source.word()),
        (_, Source::Event) => format!("event {} {} of {}", text("id"), text("event"), text("stream")),
        (_, Source::Read) => format!("read of {} by {}", text("connection"), text("reader")),
    }
}

#[cfg(test)]
mod tests;
