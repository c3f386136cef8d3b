//! All rows of the file in one transaction, out and in.

mod statements;

use crate::SqliteStore;
use async_trait::async_trait;
use futures::TryStreamExt as _;
use latchkey_store::{Archive, ArchiveError, ArchivedRow, Batch, Batches, RowGiver, RowTaker, Table};
use sqlx::{Row as _, SqliteConnection};

#[async_trait]
impl Archive for SqliteStore {
    async fn export(&self, take: &mut RowTaker<'_>) -> Result<(), ArchiveError> {
        // With the write-ahead log, a transaction that reads sees the file as it was at its first statement.
        let mut moment = self.pools.readers.begin().await.map_err(ArchiveError::unavailable)?;
        for table in Table::ALL {
            export(&mut moment, table, take).await?;
        }
        Ok(())
    }

    async fn import(&self, rows: &mut RowGiver<'_>) -> Result<u64, ArchiveError> {
        let begun = self.pools.writer.begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = begun.map_err(ArchiveError::unavailable)?;
        unless_used(&mut transaction).await?;
        let mut count = 0;
        for batch in Batches::of(rows) {
            let batch = batch.map_err(ArchiveError::Rows)?;
            import(&mut transaction, &batch).await?;
            count += batch.rows;
        }
        transaction.commit().await.map_err(ArchiveError::unavailable)?;
        Ok(count)
    }
}

async fn export(
    connection: &mut SqliteConnection,
    table: Table,
    take: &mut RowTaker<'_>,
) -> Result<(), ArchiveError> {
    let mut rows = sqlx::query(statements::exporting(table)).fetch(connection);
    while let Some(row) = rows.try_next().await.map_err(ArchiveError::unavailable)? {
        let json = row.try_get("json").map_err(ArchiveError::unavailable)?;
        take(ArchivedRow { table, json }).map_err(ArchiveError::Rows)?;
    }
    Ok(())
}

/// Where readers of the feed are is nothing: a vault that has only been started notes that.
async fn unless_used(connection: &mut SqliteConnection) -> Result<(), ArchiveError> {
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Cursors) {
        let row = sqlx::query(statements::finding(table)).fetch_one(&mut *connection).await;
        let used = row.and_then(|row| row.try_get::<bool, _>("used")).map_err(ArchiveError::unavailable)?;
        if used {
            return Err(ArchiveError::NotEmpty(table.name()));
        }
    }
    sqlx::query("DELETE FROM cursors").execute(connection).await.map_err(ArchiveError::unavailable)?;
    Ok(())
}

async fn import(connection: &mut SqliteConnection, batch: &Batch) -> Result<(), ArchiveError> {
    let statement = sqlx::query(statements::importing(batch.table)).bind(&batch.json);
    statement.execute(connection).await.map_err(ArchiveError::unavailable)?;
    Ok(())
}
