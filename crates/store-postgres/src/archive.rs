//! All rows of the database in one transaction, out and in.

mod statements;

use crate::PostgresStore;
use crate::begin::begin;
use async_trait::async_trait;
use futures::TryStreamExt as _;
use latchkey_store::{Archive, ArchiveError, ArchivedRow, Batch, Batches, RowGiver, RowTaker, Table};
use sqlx::{PgConnection, PgPool, PgTransaction, Row as _};

#[async_trait]
impl Archive for PostgresStore {
    async fn export(&self, take: &mut RowTaker<'_>) -> Result<(), ArchiveError> {
        let mut moment = unhurried(&self.pool.get()).await?;
        // All its statements see what the first one saw.
        run(&mut moment, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?;
        for table in Table::ALL {
            export(&mut moment, table, take).await?;
        }
        Ok(())
    }

    async fn import(&self, rows: &mut RowGiver<'_>) -> Result<u64, ArchiveError> {
        let mut transaction = unhurried(&self.pool.get()).await?;
        // A vault that runs on the empty database waits, or begins before this and the database is not empty.
        run(&mut transaction, "LOCK TABLE streams, events, data_keys IN EXCLUSIVE MODE").await?;
        unless_used(&mut transaction).await?;
        let mut count = 0;
        for batch in Batches::of(rows) {
            let batch = batch.map_err(ArchiveError::Rows)?;
            import(&mut transaction, &batch).await?;
            count += batch.rows;
        }
        for number_on in statements::NUMBER_ON {
            run(&mut transaction, number_on).await?;
        }
        transaction.commit().await.map_err(ArchiveError::unavailable)?;
        Ok(count)
    }
}

/// A transaction that may take as long as there are rows.
async fn unhurried(pool: &PgPool) -> Result<PgTransaction<'static>, ArchiveError> {
    let mut transaction = begin(pool).await.map_err(ArchiveError::unavailable)?;
    run(&mut transaction, "SET LOCAL statement_timeout = 0").await?;
    run(&mut transaction, "SET LOCAL idle_in_transaction_session_timeout = 0").await?;
    Ok(transaction)
}

async fn run(connection: &mut PgConnection, statement: &'static str) -> Result<(), ArchiveError> {
    sqlx::query(statement).execute(connection).await.map_err(ArchiveError::unavailable)?;
    Ok(())
}

async fn export(
    connection: &mut PgConnection,
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
async fn unless_used(connection: &mut PgConnection) -> Result<(), ArchiveError> {
    for table in Table::ALL.into_iter().filter(|table| *table != Table::Cursors) {
        let row = sqlx::query(statements::finding(table)).fetch_one(&mut *connection).await;
        let used = row.and_then(|row| row.try_get::<bool, _>("used")).map_err(ArchiveError::unavailable)?;
        if used {
            return Err(ArchiveError::NotEmpty(table.name()));
        }
    }
    run(connection, "DELETE FROM cursors").await
}

async fn import(connection: &mut PgConnection, batch: &Batch) -> Result<(), ArchiveError> {
    let statement = sqlx::query(statements::importing(batch.table)).bind(&batch.json);
    statement.execute(connection).await.map_err(ArchiveError::unavailable)?;
    Ok(())
}
