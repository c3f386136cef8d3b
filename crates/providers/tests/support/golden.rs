//! Lists that people review: a change of one is a change somebody meant.

use std::collections::BTreeSet;
use std::path::Path;

/// Compares with a file that people review. `UPDATE_GOLDEN=1` writes it anew.
pub fn golden(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (before, now) = (lines(&kept), lines(found));
    let added: Vec<_> = now.difference(&before).collect();
    let gone: Vec<_> = before.difference(&now).collect();
    assert!(
        kept == found,
        "tests/golden/{name}: new {added:?}, gone {gone:?}; UPDATE_GOLDEN=1 writes it anew"
    );
}
