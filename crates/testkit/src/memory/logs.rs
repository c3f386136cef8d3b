//! Logs of what was tried.

use super::MemoryStore;
use async_trait::async_trait;
use latchkey_store::{
    AuthLogPage, AuthLogPart, AuthLogQuery, AuthLogRow, AuthLogs, Millis, Position, StoreError,
};
use std::collections::BTreeMap;

#[derive(Clone, Default)]
pub struct Logs {
    rows: BTreeMap<(String, String), Kept>,
    /// The number of the last place that was given out.
    last: u64,
}

#[derive(Clone)]
struct Kept {
    row: AuthLogRow,
    /// Its part's columns are those of the log.
    latest: AuthLogPart,
}

impl Logs {
    fn put(&mut self, log: &AuthLogPart) {
        self.last += 1;
        let position = Position { tx: 0, sequence: self.last };
        let key = (log.environment.clone(), log.id.clone());
        let kept = self.rows.entry(key).or_insert_with(|| Kept {
            row: AuthLogRow {
                id: log.id.clone(),
                environment: log.environment.clone(),
                started_at: log.started_at,
                parts: vec![],
                position,
            },
            latest: log.clone(),
        });
        kept.row.position = position;
        kept.row.started_at = kept.row.started_at.min(log.started_at);
        kept.row.parts.push(log.part.clone());
        if !log.connection.is_empty() {
            kept.latest.connection.clone_from(&log.connection);
        }
        if log.ended_at >= kept.latest.ended_at {
            kept.latest = AuthLogPart { connection: kept.latest.connection.clone(), ..log.clone() };
        }
    }

    fn sweep(&mut self, before: Millis, max: u32) -> u64 {
        let mut old: Vec<_> = self.rows.iter().filter(|(_, kept)| kept.row.started_at < before).collect();
        old.sort_by_key(|(_, kept)| kept.row.started_at);
        let old: Vec<_> = old.into_iter().take(max as usize).map(|(key, _)| key.clone()).collect();
        old.iter().for_each(|key| drop(self.rows.remove(key)));
        old.len() as u64
    }
}

fn asked_for(query: &AuthLogQuery, kept: &Kept) -> bool {
    let Kept { row, latest } = kept;
    let matches = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is);
    row.environment == query.environment
        && matches(&query.connection, &latest.connection)
        && matches(&query.integration, &latest.integration)
        && matches(&query.operation, &latest.operation)
        && matches(&query.outcome, &latest.outcome)
        && query.from.is_none_or(|from| row.started_at >= from)
        && query.until.is_none_or(|until| row.started_at < until)
        && query.after.as_ref().is_none_or(|(at, id)| (row.started_at, &row.id) < (*at, id))
}

#[async_trait]
impl AuthLogs for MemoryStore {
    async fn put(&self, logs: &[AuthLogPart]) -> Result<(), StoreError> {
        let _writing = self.writer.lock().await;
        let mut tables = self.tables();
        logs.iter().for_each(|log| tables.logs.put(log));
        Ok(())
    }

    async fn get(&self, environment: &str, id: &str) -> Result<Option<AuthLogRow>, StoreError> {
        let key = (environment.to_owned(), id.to_owned());
        Ok(self.tables().logs.rows.get(&key).map(|kept| kept.row.clone()))
    }

    async fn list(&self, query: &AuthLogQuery) -> Result<AuthLogPage, StoreError> {
        let tables = self.tables();
        let mut found: Vec<_> = tables
            .logs
            .rows
            .values()
            .filter(|kept| asked_for(query, kept))
            .map(|kept| kept.row.clone())
            .collect();
        found.sort_by(|one, other| (other.started_at, &other.id).cmp(&(one.started_at, &one.id)));
        Ok(AuthLogPage::cut(found, query.max))
    }

    async fn written(&self, after: Position, max: u32) -> Result<Vec<AuthLogRow>, StoreError> {
        let tables = self.tables();
        let mut found: Vec<_> = tables
            .logs
            .rows
            .values()
            .filter(|kept| kept.row.position > after)
            .map(|kept| kept.row.clone())
            .collect();
        found.sort_by_key(|row| row.position);
        found.truncate(max as usize);
        Ok(found)
    }

    async fn end(&self) -> Result<Position, StoreError> {
        let tables = self.tables();
        Ok(tables.logs.rows.values().map(|kept| kept.row.position).max().unwrap_or_default())
    }

    async fn sweep(&self, before: Millis, max: u32) -> Result<u64, StoreError> {
        let _writing = self.writer.lock().await;
        Ok(self.tables().logs.sweep(before, max))
    }

    async fn sweep_oldest(&self, max: u32) -> Result<u64, StoreError> {
        AuthLogs::sweep(self, Millis::MAX, max).await
    }

    async fn count(&self) -> Result<u64, StoreError> {
        Ok(self.tables().logs.rows.len() as u64)
    }
}
