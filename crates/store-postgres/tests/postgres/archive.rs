//! All rows out of one database and into another, of this kind or the other.

use crate::scratch::Scratch;
use latchkey_store::conformance::archiving;
use latchkey_store_postgres::PostgresStore;
use latchkey_store_sqlite::SqliteStore;

async fn two() -> ([Scratch; 2], PostgresStore, PostgresStore) {
    let scratches = [Scratch::create().await, Scratch::create().await];
    let (from, to) = (scratches[0].open().await, scratches[1].open().await);
    (scratches, from, to)
}

#[tokio::test]
async fn what_is_archived_comes_back() {
    let (_scratches, from, to) = two().await;
    archiving::what_is_archived_comes_back(&from, &to).await;
}

#[tokio::test]
async fn chains_are_archived_with_what_they_are_of() {
    let (_scratches, from, to) = two().await;
    archiving::chains_are_archived_with_what_they_are_of(&from, &to).await;
}

#[tokio::test]
async fn what_is_archived_comes_back_in_a_database_of_the_other_kind() {
    let (_scratches, one, other) = two().await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| SqliteStore::open(folder.path().join(name));
    let (from, to) = (file("from.db").await.unwrap(), file("to.db").await.unwrap());
    archiving::chains_are_archived_with_what_they_are_of(&one, &to).await;
    archiving::chains_are_archived_with_what_they_are_of(&from, &other).await;
}

#[tokio::test]
async fn only_an_empty_database_takes_an_archive() {
    let (_scratches, from, to) = two().await;
    archiving::only_an_empty_database_takes_an_archive(&from, &to).await;
}

#[tokio::test]
async fn an_archive_that_breaks_off_leaves_nothing() {
    let (_scratches, from, to) = two().await;
    archiving::an_archive_that_breaks_off_leaves_nothing(&from, &to).await;
}
