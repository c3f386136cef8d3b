//! A database in memory, which keeps every rule of the port and asks neither the clock nor a file for anything: what a
//! simulation needs to run ten thousand histories, each the same whenever it is run again.
//!
//! Invariant: one writer at a time, and what it writes is seen whole or not at all.

mod chains;
mod lists;
mod logs;
mod queue;
mod reads;
mod statuses;
#[cfg(test)]
mod tests;
mod vitals;

use async_trait::async_trait;
use latchkey_store::{
    Append, AppendError, AuthLogs, Card, CardQuery, Chains, Claim, ClaimQuery, Deadline, Fence, KeyChange,
    KeyReplacement, Millis, NewEvent, Overdue, OwnedKey, Page, Position, Reads, Recorded, Snapshot, Statuses,
    Store, StoreError, Stored, Stream, Tally, Version, Vitals, WrappedKey, claim_in_turns, head as key_head,
};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Clones are the same database.
#[derive(Clone, Default)]
pub struct MemoryStore {
    /// Held by a writer until it commits, as a file is.
    writer: Arc<tokio::sync::Mutex<()>>,
    tables: Arc<Mutex<Tables>>,
    /// How often a backup took its place.
    epoch: Arc<AtomicU64>,
}

/// The database as it was.
pub struct Backup(Tables);

#[derive(Clone, Default)]
struct Tables {
    streams: BTreeMap<Stream, Row>,
    events: Vec<Recorded>,
    keys: BTreeMap<String, WrappedKey>,
    cursors: BTreeMap<String, Position>,
    logs: logs::Logs,
    taken: reads::Taken,
    segments: chains::Segments,
    changes: Vec<statuses::Kept>,
}

#[derive(Clone)]
struct Row {
    version: Version,
    snapshot: Snapshot,
    card: Card,
    fence: u64,
    claimed_until: Option<Millis>,
    wanted: bool,
    tags: BTreeMap<String, String>,
}

impl Row {
    /// When it can be claimed; `None` where it is never due.
    fn free_at(&self) -> Option<Millis> {
        let due_at = self.card.due_at?;
        Some(due_at.max(self.claimed_until.unwrap_or(due_at)))
    }
}

/// A claim as it is held: for looking whether two are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub fence: Fence,
    /// `None` where it was given back or fulfilled.
    pub until: Option<Millis>,
    /// When it can be claimed next; `None` where it is never due.
    pub free_at: Option<Millis>,
}

impl MemoryStore {
    /// Who holds a stream; `None` where there is no such stream.
    #[must_use]
    pub fn held(&self, stream: &Stream) -> Option<Held> {
        let tables = self.tables();
        let row = tables.streams.get(stream)?;
        Some(Held { fence: Fence(row.fence), until: row.claimed_until, free_at: row.free_at() })
    }

    /// Every event of a stream, without waiting.
    #[must_use]
    pub fn events_of(&self, stream: &Stream) -> Vec<Recorded> {
        self.tables().events.iter().filter(|recorded| &recorded.stream == stream).cloned().collect()
    }

    #[must_use]
    pub fn backup(&self) -> Backup {
        Backup(self.tables().clone())
    }

    /// Forgets what was written since a backup, as a failover to a server that lags behind does.
    pub fn restore(&self, backup: Backup) {
        *self.tables() = backup.0;
        self.epoch.fetch_add(1, Ordering::Relaxed);
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes a claimed stream, if the claim still is the one under this fence. Says whether it is held.
    async fn with_claim(&self, stream: &Stream, fence: Fence, change: impl FnOnce(&mut Row)) -> bool {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let Some(row) = tables.streams.get_mut(stream) else { return false };
        let held = row.fence == fence.0 && row.claimed_until.is_some();
        if held {
            change(row);
        }
        held
    }
}

impl Tables {
    fn append(&mut self, append: Append) -> Result<Version, AppendError> {
        let left = append.left_status().map(|(left, at)| (left.to_owned(), at));
        let Append { stream, expected, events, snapshot, card, key, tags, releases, status_was: _ } = append;
        let old = self.streams.get(&stream);
        let stands = old.map_or(Version(0), |row| row.version);
        let claimed = old.is_some_and(|row| row.claimed_until.is_some());
        let exchanges = key.is_exchange();
        if stands != expected || (old.is_none() && events.is_empty()) || (exchanges && claimed) {
            return Err(AppendError::Conflict(stream));
        }
        if self.is_taken(&stream, &card) {
            return Err(AppendError::Taken(stream));
        }
        let version = Version(expected.0 + events.len() as u64);
        let (fence, claimed_until, wanted) =
            old.map_or((0, None, false), |row| (row.fence, row.claimed_until, row.wanted));
        let due_at = old.filter(|_| exchanges).map_or(card.due_at, |row| row.card.due_at);
        let card = Card { due_at, ..card };
        let tags = tags.or_else(|| old.map(|row| row.tags.clone())).unwrap_or_default();
        let fulfilled = releases.is_some_and(|releases| releases.0 == fence);
        let row = Row {
            version,
            snapshot,
            fence,
            claimed_until: claimed_until.filter(|_| !fulfilled),
            wanted: wanted && (exchanges || version == expected),
            tags,
            card: card.clone(),
        };
        if let Some((left, at)) = left {
            self.changes.push(statuses::Kept {
                category: stream.category.clone(),
                card: card.clone(),
                at,
                left,
            });
        }
        for (number, event) in (expected.0 + 1..).zip(events) {
            self.record(&stream, Version(number), &card.environment, event);
        }
        match key {
            KeyChange::Keep => {}
            KeyChange::Put(key) | KeyChange::Exchange(key) => drop(self.keys.insert(stream.to_string(), key)),
            KeyChange::Destroy => drop(self.keys.remove(&stream.to_string())),
        }
        self.streams.insert(stream, row);
        Ok(version)
    }

    /// Whether another stream has the external id that this one is to have.
    fn is_taken(&self, stream: &Stream, card: &Card) -> bool {
        card.external_id.is_some()
            && self.streams.iter().any(|(other, row)| {
                other != stream
                    && other.category == stream.category
                    && row.card.environment == card.environment
                    && row.card.parent == card.parent
                    && row.card.external_id == card.external_id
            })
    }

    fn record(&mut self, stream: &Stream, version: Version, environment: &str, event: NewEvent) {
        let position = Position { tx: 0, sequence: self.events.len() as u64 + 1 };
        let (stream, environment) = (stream.clone(), environment.to_owned());
        self.events.push(Recorded { position, stream, version, environment, event });
    }
}

impl MemoryStore {
    fn headed(&self, head: &[u8]) -> Vec<OwnedKey> {
        let tables = self.tables();
        let headed = tables.keys.iter().filter(|(_, key)| key.wrapped.starts_with(head));
        headed.map(|(owner, key)| OwnedKey { owner: owner.clone(), key: key.clone() }).collect()
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn load(&self, stream: &Stream) -> Result<Option<Stored>, StoreError> {
        let tables = self.tables();
        let key = tables.keys.get(&stream.to_string()).cloned();
        let row = tables.streams.get(stream);
        Ok(row.map(|row| Stored { version: row.version, snapshot: row.snapshot.clone(), key }))
    }

    async fn append(&self, append: Append) -> Result<Version, AppendError> {
        let _writing = self.writer.lock().await;
        self.tables().append(append)
    }

    async fn history(&self, stream: &Stream, after: Version, max: u32) -> Result<Vec<Recorded>, StoreError> {
        let tables = self.tables();
        let of_it = tables.events.iter().filter(|event| &event.stream == stream && event.version > after);
        Ok(of_it.take(max as usize).cloned().collect())
    }

    async fn feed(&self, after: Position, max: u32) -> Result<Vec<Recorded>, StoreError> {
        let tables = self.tables();
        let news = tables.events.iter().filter(|event| event.position > after);
        Ok(news.take(max as usize).cloned().collect())
    }

    async fn feed_end(&self) -> Result<Position, StoreError> {
        Ok(self.tables().events.last().map_or(Position::START, |last| last.position))
    }

    async fn claim_due(&self, query: &ClaimQuery) -> Result<Vec<Claim>, StoreError> {
        claim_in_turns(self, query).await
    }

    async fn renew(&self, stream: &Stream, fence: Fence, until: Millis) -> Result<bool, StoreError> {
        Ok(self.with_claim(stream, fence, |row| row.claimed_until = Some(until)).await)
    }

    async fn release(&self, stream: &Stream, fence: Fence) -> Result<(), StoreError> {
        self.with_claim(stream, fence, |row| row.claimed_until = None).await;
        Ok(())
    }

    async fn hasten(&self, stream: &Stream, seen: Version, due: Millis) -> Result<(), StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let Some(row) = tables.streams.get_mut(stream).filter(|row| row.version == seen) else {
            return Ok(());
        };
        if let Some(due_at) = row.card.due_at {
            row.card.due_at = Some(due_at.min(due));
            row.wanted = true;
        }
        Ok(())
    }

    async fn forget(&self, stream: &Stream, fence: Fence) -> Result<bool, StoreError> {
        let held = self.with_claim(stream, fence, |_| {}).await;
        if held {
            let mut tables = self.tables();
            tables.streams.remove(stream);
            tables.keys.remove(&stream.to_string());
        }
        Ok(held)
    }

    async fn list(&self, query: &CardQuery) -> Result<Page, StoreError> {
        Ok(self.tables().list(query))
    }

    async fn tally(&self, category: &str, environment: Option<&str>) -> Result<Vec<Tally>, StoreError> {
        let mut counts: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for (stream, Row { card, .. }) in &self.tables().streams {
            if stream.category == category
                && environment.is_none_or(|environment| environment == card.environment)
            {
                let of = (card.environment.clone(), card.parent.clone(), card.status.clone());
                *counts.entry(of).or_default() += 1;
            }
        }
        let tally = |((environment, parent, status), count)| Tally { environment, parent, status, count };
        Ok(counts.into_iter().map(tally).collect())
    }

    async fn count_within(
        &self,
        category: &str,
        environment: &str,
        deadline: Deadline,
        within: Range<Millis>,
    ) -> Result<u64, StoreError> {
        let tables = self.tables();
        let counted = tables.streams.iter().filter(|(stream, Row { card, .. })| {
            stream.category == category
                && card.environment == environment
                && card.at(deadline).is_some_and(|at| within.contains(&at))
        });
        Ok(counted.count() as u64)
    }

    async fn overdue(
        &self,
        category: &str,
        environment: &str,
        parent: Option<&str>,
        now: Millis,
        max: u32,
    ) -> Result<Overdue, StoreError> {
        let tables = self.tables();
        let of = |card: &Card| card.environment == environment && parent.is_none_or(|it| it == card.parent);
        let wanted =
            tables.streams.iter().filter(|(stream, row)| stream.category == category && of(&row.card));
        let mut due: Vec<_> = wanted.filter_map(|(_, row)| row.card.due_at).filter(|at| *at <= now).collect();
        due.sort_unstable();
        due.truncate(max as usize);
        Ok(Overdue { count: due.len() as u64, since: due.first().copied() })
    }

    async fn count_due(&self, category: &str, now: Millis) -> Result<u64, StoreError> {
        let tables = self.tables();
        let due = tables.streams.iter().filter(|(stream, row)| {
            stream.category == category && row.free_at().is_some_and(|free_at| free_at <= now)
        });
        Ok(due.count() as u64)
    }

    async fn cursor(&self, reader: &str) -> Result<Position, StoreError> {
        Ok(self.tables().cursors.get(reader).copied().unwrap_or_default())
    }

    async fn advance_cursor(&self, reader: &str, from: Position, to: Position) -> Result<bool, StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let at = tables.cursors.entry(reader.to_owned()).or_default();
        let moves = *at == from && to > from;
        if moves {
            *at = to;
        }
        Ok(moves)
    }

    async fn rewind_cursor(&self, reader: &str, to: Position) -> Result<(), StoreError> {
        let _writing = self.writer.lock().await;
        if let Some(at) = self.tables().cursors.get_mut(reader) {
            *at = to.min(*at);
        }
        Ok(())
    }

    async fn key(&self, owner: &str) -> Result<Option<WrappedKey>, StoreError> {
        Ok(self.tables().keys.get(owner).cloned())
    }

    async fn put_key_if_absent(&self, owner: &str, key: &WrappedKey) -> Result<WrappedKey, StoreError> {
        let _writing = self.writer.lock().await;
        Ok(self.tables().keys.entry(owner.to_owned()).or_insert_with(|| key.clone()).clone())
    }

    async fn keys_headed(
        &self,
        head: &[u8],
        after: Option<&OwnedKey>,
        max: u32,
    ) -> Result<Vec<OwnedKey>, StoreError> {
        let mut found: Vec<OwnedKey> = self.headed(head);
        let place = |owned: &OwnedKey| (key_head(&owned.key.wrapped).to_vec(), owned.owner.clone());
        found.sort_by_cached_key(place);
        let after = after.map(place);
        Ok(found
            .into_iter()
            .filter(|owned| after.as_ref().is_none_or(|after| place(owned) > *after))
            .take(max as usize)
            .collect())
    }

    async fn count_keys_headed(&self, head: &[u8]) -> Result<u64, StoreError> {
        Ok(self.headed(head).len() as u64)
    }

    async fn replace_keys(&self, replacements: &[KeyReplacement]) -> Result<u64, StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let mut replaced = 0;
        for KeyReplacement { owner, former, key } in replacements {
            if let Some(stored) = tables.keys.get_mut(owner).filter(|stored| stored.wrapped == *former) {
                *stored = key.clone();
                replaced += 1;
            }
        }
        Ok(replaced)
    }

    async fn remove_key(&self, owned: &OwnedKey) -> Result<bool, StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        let is_this = tables.keys.get(&owned.owner).is_some_and(|stored| *stored == owned.key);
        if is_this {
            tables.keys.remove(&owned.owner);
        }
        Ok(is_this)
    }

    async fn epoch(&self) -> Result<String, StoreError> {
        Ok(self.epoch.load(Ordering::Relaxed).to_string())
    }

    fn auth_logs(&self) -> &dyn AuthLogs {
        self
    }

    fn reads(&self) -> &dyn Reads {
        self
    }

    fn chains(&self) -> &dyn Chains {
        self
    }

    fn statuses(&self) -> &dyn Statuses {
        self
    }

    fn vitals(&self) -> &dyn Vitals {
        self
    }

    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
