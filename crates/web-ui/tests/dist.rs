//! `dist` is what its sources say. Whether building them again gives the same files, which needs Node, is asked by
//! `tests/browser/run`; here their digests are compared.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(part: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("dist/manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(manifest[part].clone()).unwrap()
}

/// The digest of every file below a folder, by its path in there.
fn digests(folder: &str, wanted: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().unwrap() != "node_modules" {
                    walk(&path, found);
                }
            } else {
                found.push(path);
            }
        }
    }
    let base = root().join(folder);
    let mut found = Vec::new();
    walk(&base, &mut found);
    let named = found.into_iter().map(|path| {
        let name = path.strip_prefix(&base).unwrap().to_str().unwrap().to_owned();
        (name, hex::encode(Sha256::digest(fs::read(&path).unwrap())))
    });
    named.filter(|(name, _)| wanted(name)).collect()
}

#[test]
fn dist_was_built_from_these_sources() {
    let stale = "crates/web-ui/dist is not what crates/web-ui/web says: run `just ui`";
    assert_eq!(manifest("sources"), digests("web", |_| true), "{stale}");
}

#[test]
fn nobody_wrote_in_dist_by_hand() {
    let edited = "a file of crates/web-ui/dist was changed there: change crates/web-ui/web and run `just ui`";
    assert_eq!(manifest("outputs"), digests("dist", |name| name != "manifest.json"), "{edited}");
}
