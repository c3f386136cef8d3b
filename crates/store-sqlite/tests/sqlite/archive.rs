//! All rows out of one file and into another.

use latchkey_store::conformance::archiving;
use latchkey_store_sqlite::SqliteStore;

async fn two() -> (tempfile::TempDir, SqliteStore, SqliteStore) {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| SqliteStore::open(folder.path().join(name));
    let (from, to) = (open("from.db").await.unwrap(), open("to.db").await.unwrap());
    (folder, from, to)
}

#[tokio::test]
async fn what_is_archived_comes_back() {
    let (_folder, from, to) = two().await;
    archiving::what_is_archived_comes_back(&from, &to).await;
}

#[tokio::test]
async fn chains_are_archived_with_what_they_are_of() {
    let (_folder, from, to) = two().await;
    archiving::chains_are_archived_with_what_they_are_of(&from, &to).await;
}

#[tokio::test]
async fn only_an_empty_database_takes_an_archive() {
    let (_folder, from, to) = two().await;
    archiving::only_an_empty_database_takes_an_archive(&from, &to).await;
}

#[tokio::test]
async fn an_archive_that_breaks_off_leaves_nothing() {
    let (_folder, from, to) = two().await;
    archiving::an_archive_that_breaks_off_leaves_nothing(&from, &to).await;
}
