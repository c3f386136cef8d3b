//! What the database does for a claim or a list, however much is stored: no table is read from end to end, and the rows
//! that are looked at are as many as are asked for, and a few.
//!
//! The plans of claims are those of prepared statements, which are made without knowing the arguments; those of lists are
//! made for their arguments: what the adapter gets.

#[path = "../../src/lists/statements.rs"]
mod statements;

use crate::scratch::Scratch;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row};

const ROWS: u32 = 40_000;
const LANES: u32 = 200;

const FIRST: &str = include_str!("../../src/claims/first.sql");
const WALK: &str = include_str!("../../src/claims/lanes.sql");
const CLAIM: &str = include_str!("../../src/claims/claim.sql");
const ENDING: &str = include_str!("../../src/vitals/ending.sql");

/// Nine tenths of what is due is in one lane, and half of all is due; a tenth of that is held.
async fn filled() -> (Scratch, PgConnection) {
    let scratch = Scratch::create().await;
    drop(scratch.open().await);
    let mut raw = scratch.raw().await;
    let fill = format!(
        "INSERT INTO streams (category, id, version, snapshot_format, snapshot, environment, parent, subject, status,
                              label, due_at, claimed_until, wanted, ends_at, external_id)
         SELECT 'connection', 'con_' || lpad(n::TEXT, 9, '0'), 1, 1, repeat('x', 200), 'dev',
                CASE WHEN n % 10 > 0 THEN 'large' ELSE 'lane' || n / 10 % {LANES} END, 'user-' || n, 'active', '',
                CASE WHEN n % 2 = 0 THEN n ELSE 1000000000 + n END,
                CASE WHEN n % 20 = 2 THEN 900000000 END, n % 1000 = 4, n, 'external-' || n
         FROM generate_series(1, {ROWS}) AS n"
    );
    sqlx::query(AssertSqlSafe(fill)).execute(&mut raw).await.unwrap();
    let tag = "INSERT INTO stream_tags (category, environment, name, value, id)
               SELECT category, environment, 'team', 'team-' || right(id, 1), id FROM streams";
    sqlx::query(tag).execute(&mut raw).await.unwrap();
    (scratch, raw)
}

/// A statement, with the types of its parameters where they do not show from it.
struct Asked<'a> {
    sql: &'a str,
    arguments: &'a str,
    types: &'a str,
    plan: &'a str,
}

/// What a prepared statement does with these arguments: the names of its scans, and the rows they looked at.
async fn explained(
    raw: &mut PgConnection,
    Asked { sql, arguments, types, plan }: &Asked<'_>,
) -> (Vec<String>, u64) {
    sqlx::query(AssertSqlSafe(format!("SET plan_cache_mode = {plan}"))).execute(&mut *raw).await.unwrap();
    let prepare = format!("PREPARE examined {types} AS {sql}");
    sqlx::query(AssertSqlSafe(prepare)).execute(&mut *raw).await.unwrap();
    sqlx::query("BEGIN").execute(&mut *raw).await.unwrap();
    let explain = format!("EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE examined ({arguments})");
    let plan: Value =
        sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *raw).await.unwrap().try_get(0).unwrap();
    sqlx::query("ROLLBACK").execute(&mut *raw).await.unwrap();
    sqlx::query("DEALLOCATE examined").execute(&mut *raw).await.unwrap();
    let mut scans = vec![];
    let mut rows = 0.0;
    visit(&plan[0]["Plan"], &mut scans, &mut rows);
    assert!(!scans.is_empty(), "the plan shows what is read: {plan}");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
    (scans, rows as u64)
}

/// Rows are told as an average of a node's loops.
fn visit(node: &Value, scans: &mut Vec<String>, rows: &mut f64) {
    if node["Relation Name"] == "streams" && node["Node Type"] != "ModifyTable" {
        let of = |name: &str| node[name].as_f64().unwrap_or_default();
        *rows += (of("Actual Rows") + of("Rows Removed by Filter") + of("Rows Removed by Index Recheck"))
            * of("Actual Loops");
        let index = node["Index Name"].as_str().unwrap_or("no index");
        scans.push(format!("{} by {index}", node["Node Type"].as_str().unwrap_or_default()));
    }
    for child in node["Plans"].as_array().into_iter().flatten() {
        visit(child, scans, rows);
    }
}

async fn looks_at_no_more_than(most: u64, sql: &str, arguments: &str) {
    let asked = Asked { sql, arguments, types: "", plan: "force_generic_plan" };
    answers_from_no_more_than(most, &asked).await;
}

async fn answers_from_no_more_than(most: u64, asked: &Asked<'_>) {
    let (_scratch, mut raw) = filled().await;
    // As a new table is, of which the planner knows nothing; and as autovacuum leaves it.
    for learn in ["SELECT 1", "ANALYZE streams"] {
        sqlx::query(learn).execute(&mut raw).await.unwrap();
        let (scans, rows) = explained(&mut raw, asked).await;
        assert!(!scans.iter().any(|scan| scan.starts_with("Seq")), "after {learn} it reads by {scans:?}");
        assert!(rows <= most, "after {learn} it looks at {rows} rows, by {scans:?}");
    }
}

#[tokio::test]
async fn whether_anything_is_due_is_seen_in_as_many_rows_as_could_be_claimed() {
    looks_at_no_more_than(51, FIRST, "'connection', FALSE, 500000000, 51").await;
}

#[tokio::test]
async fn what_is_wanted_is_found_without_passing_what_is_due() {
    looks_at_no_more_than(40, FIRST, "'connection', TRUE, 500000000, 51").await;
}

#[tokio::test]
async fn lanes_are_walked_one_row_each() {
    // The large lane too; and the probe behind the last finds none, which the average over all probes tells as one.
    let all = u64::from(LANES) + 2;
    looks_at_no_more_than(all, WALK, "'connection', FALSE, 500000000, '', '', '{}', '{}', 1000").await;
}

#[tokio::test]
async fn lanes_are_walked_no_further_than_there_are_turns() {
    let walk = "'connection', FALSE, 500000000, 'dev', 'lane100', '{dev}', '{lane101}', 10";
    looks_at_no_more_than(12, WALK, walk).await;
}

#[tokio::test]
async fn a_claim_looks_at_the_rows_it_claims() {
    let lanes = "'{dev,dev,dev,dev}', '{large,lane1,lane2,lane3}'";
    let claim = format!("'connection', FALSE, 500000000, 600000000, {lanes}, 25, 90");
    // Once to find each, once to claim it, and once to tell how it was before.
    looks_at_no_more_than(3 * 100, CLAIM, &claim).await;
}

/// A page of 50 from somewhere in the middle.
async fn lists_fifty(sql: &str, key: &str, more: &str) {
    let (parent, status, subject, external_id) = match key {
        "parent" => ("'lane7'", "NULL", "NULL", "NULL"),
        "status" => ("NULL", "'active'", "NULL", "NULL"),
        "subject" => ("NULL", "NULL", "'user-20001'", "NULL"),
        "external id" => ("NULL", "NULL", "NULL", "'external-20001'"),
        _ => ("NULL", "NULL", "NULL", "NULL"),
    };
    let arguments = format!("'connection', 'dev', {parent}, {status}, {subject}, {external_id}, 51, {more}");
    let more = match key {
        "tag" => ", TEXT, TEXT",
        "ends" => ", BIGINT, BIGINT, BIGINT",
        _ => "",
    };
    let types = format!("(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, BIGINT, TEXT{more})");
    let asked = Asked { sql, arguments: &arguments, types: &types, plan: "force_custom_plan" };
    answers_from_no_more_than(51, &asked).await;
}

#[tokio::test]
async fn a_list_looks_at_the_rows_of_its_page_in_either_direction() {
    for statements in [
        ("all", statements::ALL),
        ("parent", statements::OF_PARENT),
        ("status", statements::OF_STATUS),
        ("subject", statements::OF_SUBJECT),
        ("external id", statements::OF_EXTERNAL_ID),
    ] {
        let (key, [forward, backward]) = statements;
        lists_fifty(forward, key, "'con_000010000'").await;
        lists_fifty(backward, key, "'con_000030000'").await;
    }
}

#[tokio::test]
async fn a_list_by_tag_looks_at_the_rows_of_its_page() {
    let [forward, backward] = statements::OF_TAG;
    lists_fifty(forward, "tag", "'con_000010000', 'team', 'team-3'").await;
    lists_fifty(backward, "tag", "'con_000030000', 'team', 'team-3'").await;
}

#[tokio::test]
async fn a_list_of_what_ends_looks_at_the_rows_of_its_page() {
    lists_fifty(statements::ENDING, "ends", "'con_000010000', 5000, 1000000, 10000").await;
}

#[tokio::test]
async fn a_list_of_what_falls_due_looks_at_the_rows_of_its_page() {
    lists_fifty(statements::DUE, "ends", "'con_000010000', 5000, 1000000, 10000").await;
}

#[tokio::test]
async fn what_ends_soon_is_counted_from_what_ends_soon() {
    let arguments = "'connection', 'dev', 100, 200, 300, 400, 501";
    let types = "(TEXT, TEXT, BIGINT, BIGINT, BIGINT, BIGINT, BIGINT)";
    let asked = Asked { sql: ENDING, arguments, types, plan: "force_custom_plan" };
    answers_from_no_more_than(500, &asked).await;
}
