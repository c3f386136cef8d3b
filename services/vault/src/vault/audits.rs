//! An environment's chain, for whoever wants to check it elsewhere.

use super::Vault;
use crate::audit::{
    Entry, Source, Statement, end_of, event_record, hex, link, read_record, unreadable_record,
};
use crate::error::Error;
use latchkey_domain::Environment;
use latchkey_store::{Position, Segment, StoreError};
use latchkey_wire::{Fault, Kind, Reason};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How many segments are looked at for one page, and after how many records it is full.
const SEGMENTS_MAX: u32 = 100;
const RECORDS_ENOUGH: u64 = 500;

/// Some lines of an export.
#[derive(Debug)]
pub struct Exported {
    pub lines: Vec<String>,
    /// The record behind which to go on; `None` behind the last root.
    pub next: Option<u64>,
}

impl Vault {
    /// A part of an environment's chain, as lines: each record as it is in the database now, with what was chained of it, and
    /// the roots that were signed. It ends with a root that is signed now.
    ///
    /// # Errors
    /// The store's; the key service's, where the last root cannot be signed.
    pub async fn export_audit(&self, environment: &Environment, after: u64) -> Result<Exported, Error> {
        let chains = self.ledger.store().chains();
        let segments = chains.segments(environment.as_str(), after, SEGMENTS_MAX).await?;
        let mut lines = vec![];
        for segment in &segments {
            lines.extend(self.lines_of(segment).await?);
            if segment.last.saturating_sub(after) >= RECORDS_ENOUGH {
                return Ok(Exported { lines, next: Some(segment.last) });
            }
        }
        let (last, link) = match segments.last() {
            Some(segment) if segments.len() == SEGMENTS_MAX as usize => {
                return Ok(Exported { lines, next: Some(segment.last) });
            }
            Some(segment) => (segment.last, segment.link.clone()),
            None => {
                let (last, link) = self.chain_end(environment.as_str()).await?;
                (last, link.to_vec())
            }
        };
        if last < after {
            return Err(Error::Fault(beyond_the_end()));
        }
        // The chain may have gone on since it was looked at.
        if segments.is_empty() && last > after {
            return Ok(Exported { lines, next: Some(after) });
        }
        lines.push(self.signed_root(environment, last, &link).await?.to_string());
        Ok(Exported { lines, next: None })
    }

    /// A signed statement of how far an environment's chain is now. Whoever keeps it elsewhere can tell later that what came
    /// before it was cut off or rewritten.
    ///
    /// # Errors
    /// The store's; the key service's, where it cannot be signed.
    pub async fn audit_root(&self, environment: &Environment) -> Result<Value, Error> {
        let (records, link) = self.chain_end(environment.as_str()).await?;
        self.signed_root(environment, records, &link).await
    }

    pub(crate) async fn signed_root(
        &self,
        environment: &Environment,
        records: u64,
        link: &[u8],
    ) -> Result<Value, Error> {
        let statement = Statement {
            deployment: self.keyring.deployment(),
            environment,
            records,
            link,
            reads_kept_days: self.reads_kept_days,
            now: self.ledger.now(),
        };
        self.sign_statement(environment, statement.members()).await
    }

    /// The number of the last record of a chain, and its link.
    pub(crate) async fn chain_end(&self, environment: &str) -> Result<(u64, [u8; 32]), StoreError> {
        end_of(self.ledger.store().chains().end(environment).await?)
    }

    async fn lines_of(&self, segment: &Segment) -> Result<Vec<String>, Error> {
        let corrupt = |what| StoreError::Corrupt {
            table: "audit_segments",
            key: format!("{}/{}", segment.environment, segment.first),
            what,
        };
        let source = Source::from_word(&segment.source).ok_or_else(|| corrupt("source"))?;
        let entries = Entry::decode_all(&segment.entries).ok_or_else(|| corrupt("entries"))?;
        let mut previous = segment.previous.as_slice().try_into().map_err(|_| corrupt("previous"))?;
        let mut there = self.records_at(source, &entries).await?;
        let mut lines = vec![];
        for (number, entry) in (segment.first..).zip(&entries) {
            previous = link(&previous, number, source, entry);
            let line = json!({
                "number": number,
                "source": source.word(),
                "position": entry.position.to_string(),
                "at": entry.at,
                "digest": hex(&entry.digest),
                "link": hex(&previous),
                "record": there.remove(&entry.position),
            });
            lines.push(line.to_string());
        }
        lines.extend(segment.root.clone());
        Ok(lines)
    }

    /// What is at the places of these entries now, as it would be chained. What cannot be read is told as that, in its place: a
    /// record that somebody damaged must not keep the others from being shown.
    async fn records_at(
        &self,
        source: Source,
        entries: &[Entry],
    ) -> Result<BTreeMap<Position, Value>, StoreError> {
        let places: Vec<Position> = entries.iter().map(|entry| entry.position).collect();
        match self.read_at(source, &places).await {
            Err(StoreError::Corrupt { .. }) => {}
            read => return read,
        }
        let mut found = BTreeMap::new();
        for place in places {
            match self.read_at(source, &[place]).await {
                Ok(read) => found.extend(read),
                Err(StoreError::Corrupt { table, key, what }) => {
                    found.insert(place, unreadable_record(table, &key, what));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    async fn read_at(
        &self,
        source: Source,
        places: &[Position],
    ) -> Result<BTreeMap<Position, Value>, StoreError> {
        let chains = self.ledger.store().chains();
        Ok(match source {
            Source::Event => {
                let found = chains.events_at(places).await?;
                found.iter().map(|recorded| (recorded.position, event_record(recorded))).collect()
            }
            Source::Read => {
                let found = chains.reads_at(places).await?;
                found.iter().map(|(position, read)| (*position, read_record(read))).collect()
            }
        })
    }
}

fn beyond_the_end() -> Fault {
    let message = "The page token is of another environment's export. Begin without one.";
    Fault::new(Kind::Invalid, Reason::PageTokenInvalid, message).with("field", "page_token")
}
