//! The files of the repository.

use crate::source::Source;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Every file that is in git or could be added to it, relative to the root, with its text. Files that are not text are
/// left out.
pub fn texts() -> Vec<(String, String)> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git lists the files");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    let paths = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    paths
        .lines()
        // A file deleted and not yet committed is still listed.
        .filter_map(|path| Some((path.to_owned(), fs::read_to_string(root().join(path)).ok()?)))
        .collect()
}

/// Every Rust file, parsed.
pub fn rust() -> Vec<Source> {
    texts()
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| Source::parse(&path, &text))
        .collect()
}

/// What runs in production: the Rust files of crates and services, without `testkit`, build scripts and tests.
pub fn production() -> Vec<Source> {
    let sources = rust();
    let test_modules: Vec<String> = sources.iter().flat_map(Source::test_modules).collect();
    sources
        .into_iter()
        .filter(|source| source.path.contains("/src/"))
        .filter(|source| source.path.starts_with("crates/") || source.path.starts_with("services/"))
        .filter(|source| !source.path.starts_with("crates/testkit/"))
        .filter(|source| !test_modules.iter().any(|module| source.is_within(module)))
        .map(Source::without_tests)
        .collect()
}
