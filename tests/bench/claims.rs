//! How fast what is due is claimed, in a table of a million streams against a fresh one of ten thousand: claims per
//! second and pages looked at per claim, each as a ratio. Work in proportion to what is due leaves both near one.
//!
//! It prints and asserts nothing about time. PostgreSQL only: it is what large installations run on.

#![allow(clippy::print_stdout, reason = "the report is what it is for")]

use anyhow::{Context as _, bail};
use latchkey_store::{ClaimQuery, Store as _};
use latchkey_store_postgres::{PostgresOptions, PostgresStore};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, PgConnection, Row as _};
use std::time::{Duration, Instant};

const SMALL: u64 = 10_000;
const ROWS: u64 = 1_000_000;

/// Of all streams. Nine tenths of what is due is in one lane.
const DUE_SHARE: u64 = 4;
const LANES: u64 = 100;

/// Claims of one call, and calls that are measured.
const BATCH: u32 = 50;
const CALLS: u32 = 40;

const NOW: i64 = 1_000_000_000;

struct Measured {
    rows: u64,
    claims_per_second: f64,
    pages_per_claim: f64,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let rows = rows_from(std::env::args().skip(1))?;
    let url = std::env::var("LATCHKEY_TEST_POSTGRES_URL").context(
        "no PostgreSQL: run it as tests/with-servers cargo bench -p latchkey-tests --bench claims",
    )?;
    let server: PgConnectOptions = url.parse()?;
    let small = measured(&server, SMALL).await?;
    let large = measured(&server, rows).await?;
    println!("\n     streams   claims/s   ratio   pages/claim   ratio");
    for line in [&small, &large] {
        println!(
            "{:>12}{:>11.0}{:>8.2}{:>14.1}{:>8.2}",
            line.rows,
            line.claims_per_second,
            line.claims_per_second / small.claims_per_second,
            line.pages_per_claim,
            line.pages_per_claim / small.pages_per_claim,
        );
    }
    Ok(())
}

/// `--rows 10000000`; what `cargo bench` passes besides is left alone.
fn rows_from(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<u64> {
    while let Some(argument) = arguments.next() {
        if argument != "--rows" {
            continue;
        }
        let Some(rows) = arguments.next() else { bail!("`--rows` needs a number: --rows 10000000") };
        return rows.parse().with_context(|| format!("`--rows` needs a number, not `{rows}`"));
    }
    Ok(ROWS)
}

async fn measured(server: &PgConnectOptions, rows: u64) -> anyhow::Result<Measured> {
    let name = format!("bench_{}", uuid::Uuid::new_v4().simple());
    let mut admin = server.connect().await?;
    sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name} TEMPLATE template0")))
        .execute(&mut admin)
        .await?;
    let measured = in_database(server.clone().database(&name), rows).await;
    sqlx::query(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).execute(&mut admin).await?;
    measured
}

async fn in_database(database: PgConnectOptions, rows: u64) -> anyhow::Result<Measured> {
    let options = PostgresOptions { statement_max: Duration::from_secs(60), ..PostgresOptions::default() };
    let store = PostgresStore::connect(database.to_url_lossy().as_str(), options).await?;
    let mut raw = database.connect().await?;
    let begun = Instant::now();
    fill(&mut raw, rows).await?;
    println!("{rows} streams, filled in {:.1?}", begun.elapsed());
    // So that neither the first plans nor the first pages count.
    claim(&store, 2).await?;
    let before = pages(&mut raw).await?;
    let begun = Instant::now();
    let claimed = claim(&store, CALLS).await?;
    let took = begun.elapsed();
    let looked_at = pages(&mut raw).await? - before;
    Ok(Measured {
        rows,
        claims_per_second: claimed / took.as_secs_f64(),
        pages_per_claim: looked_at / claimed,
    })
}

async fn fill(raw: &mut PgConnection, rows: u64) -> anyhow::Result<()> {
    let insert = format!(
        "INSERT INTO streams (category, id, version, snapshot_format, snapshot, environment, parent, subject, status,
                              label, due_at)
         SELECT 'connection', 'con_' || lpad(n::TEXT, 12, '0'), 1, 1, repeat('x', 400), 'bench',
                CASE WHEN n % 10 > 0 THEN 'large' ELSE 'lane' || n / 10 % {LANES} END, 'user-' || n, 'active', '',
                CASE WHEN n % {DUE_SHARE} = 0 THEN n ELSE {NOW} + n END
         FROM generate_series(1, {rows}) AS n"
    );
    sqlx::query(AssertSqlSafe(insert)).execute(&mut *raw).await?;
    sqlx::query("VACUUM ANALYZE streams").execute(&mut *raw).await?;
    Ok(())
}

async fn claim(store: &PostgresStore, calls: u32) -> anyhow::Result<f64> {
    let mut query = ClaimQuery {
        category: "connection".to_owned(),
        now: NOW,
        until: NOW * 2,
        max: BATCH,
        wanted_only: false,
        after: None,
        except: vec![],
    };
    let mut claimed = 0;
    for _ in 0..calls {
        let claims = store.claim_due(&query).await?;
        anyhow::ensure!(claims.len() == BATCH as usize, "there is less due than is claimed: use more rows");
        claimed += BATCH;
        query.after = claims.last().map(|claim| claim.lane.clone());
    }
    Ok(f64::from(claimed))
}

/// A session that rests tells the server's statistics what it did after ten seconds at the latest.
const TOLD_AFTER: Duration = Duration::from_secs(12);

/// Pages of the table and its indexes that were asked for, in memory or not.
async fn pages(raw: &mut PgConnection) -> anyhow::Result<f64> {
    tokio::time::sleep(TOLD_AFTER).await;
    let row = sqlx::query(
        "SELECT (heap_blks_read + heap_blks_hit + idx_blks_read + idx_blks_hit)::FLOAT8 AS pages
         FROM pg_statio_user_tables WHERE relname = 'streams'",
    )
    .fetch_one(&mut *raw)
    .await?;
    Ok(row.try_get("pages")?)
}
