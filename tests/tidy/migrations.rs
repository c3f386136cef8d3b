//! Both databases go through the same migrations, and a migration that was merged never changes.
//!
//! To add one: write `migrations/postgres/TIME_verb_object.sql` and `migrations/sqlite/` the same, each opening with a
//! comment that says why, then `(cd migrations && sha256sum */*.sql >HASHES)` and look that only lines were added.

use crate::{none, repository};
use regex::Regex;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// `postgres/20260901120000_create_events.sql`, and its text.
fn migrations(files: &[(String, String)]) -> BTreeMap<&str, &str> {
    let named =
        files.iter().filter_map(|(path, text)| Some((path.strip_prefix("migrations/")?, text.as_str())));
    named.filter(|(name, _)| name.ends_with(".sql")).collect()
}

fn missing_on_one_side(files: &[(String, String)]) -> Vec<String> {
    let migrations = migrations(files);
    let of = |database: &str| -> BTreeSet<&str> {
        migrations.keys().filter_map(|name| name.strip_prefix(database)?.strip_prefix('/')).collect()
    };
    let (postgres, sqlite) = (of("postgres"), of("sqlite"));
    let only = |here: &BTreeSet<&str>, there: &BTreeSet<&str>, name: &str| -> Vec<String> {
        here.difference(there).map(|migration| format!("only in migrations/{name}: {migration}")).collect()
    };
    [only(&postgres, &sqlite, "postgres"), only(&sqlite, &postgres, "sqlite")].concat()
}

fn badly_named(files: &[(String, String)]) -> Vec<String> {
    let good = Regex::new(r"^(postgres|sqlite)/\d{14}(_[a-z0-9]+){2,}\.sql$").unwrap();
    let migrations = migrations(files).into_iter();
    migrations
        .filter(|(name, text)| !good.is_match(name) || !text.starts_with("--"))
        .map(|(name, _)| name.into())
        .collect()
}

fn changed(files: &[(String, String)]) -> Vec<String> {
    let hashes =
        files.iter().find(|(path, _)| path == "migrations/HASHES").map_or("", |(_, text)| text.as_str());
    let recorded: BTreeMap<&str, &str> =
        hashes.lines().filter_map(|line| line.split_once("  ")).map(|(hash, name)| (name, hash)).collect();
    let migrations = migrations(files);
    let mut violations: Vec<String> = recorded
        .keys()
        .filter(|name| !migrations.contains_key(*name))
        .map(|name| format!("{name} was merged and is gone"))
        .collect();
    for (name, text) in migrations {
        match recorded.get(name) {
            None => violations
                .push(format!("{name} is not in migrations/HASHES; tests/tidy/migrations.rs says how")),
            Some(hash) if *hash != hex::encode(Sha256::digest(text)) => {
                violations.push(format!("{name} was merged and has changed: write a new migration instead"));
            }
            Some(_) => {}
        }
    }
    violations
}

#[test]
fn both_databases_have_the_same_migrations() {
    let files = repository::texts();
    assert!(!migrations(&files).is_empty(), "no migration was found");
    none("migrations/postgres and migrations/sqlite differ", missing_on_one_side(&files));
}

#[test]
fn a_migration_says_when_what_and_why() {
    none("not TIME_verb_object.sql opening with a comment", badly_named(&repository::texts()));
}

#[test]
fn a_merged_migration_never_changes() {
    none("migrations/HASHES", changed(&repository::texts()));
}

#[test]
fn a_lonely_or_badly_named_migration_is_found() {
    let file = |name: &str| (format!("migrations/{name}"), "-- Why.\n".to_owned());
    let files = [file("postgres/20260901120000_create_events.sql"), file("sqlite/1_events.sql")];
    assert_eq!(missing_on_one_side(&files).len(), 2);
    assert_eq!(badly_named(&files), ["sqlite/1_events.sql"]);
    let silent =
        [("migrations/sqlite/20260901120000_create_events.sql".to_owned(), "CREATE TABLE a ()".to_owned())];
    assert_eq!(badly_named(&silent).len(), 1);
}

#[test]
fn a_changed_a_removed_and_an_unrecorded_migration_are_found() {
    let file = |name: &str, text: &str| (format!("migrations/{name}"), text.to_owned());
    let hash = |text: &str| hex::encode(Sha256::digest(text));
    let hashes =
        format!("{}  sqlite/a.sql\n{}  sqlite/b.sql\n{}  sqlite/c.sql\n", hash("a"), hash("b"), hash("c"));
    let files = [
        file("HASHES", &hashes),
        file("sqlite/a.sql", "a"),
        file("sqlite/b.sql", "B"),
        file("sqlite/d.sql", "d"),
    ];
    let found = changed(&files);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(found[0].starts_with("sqlite/c.sql was merged and is gone"));
    assert!(found[1].starts_with("sqlite/b.sql was merged and has changed"));
    assert!(found[2].starts_with("sqlite/d.sql is not in"));
}
