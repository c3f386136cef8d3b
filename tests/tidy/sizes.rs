//! What has grown large. A report, never a failure: `cargo test --test tidy sizes -- --nocapture`.

use crate::repository;
use std::collections::BTreeMap;

#[test]
fn sizes_are_reported() {
    let sources = repository::rust();
    let mut crates: BTreeMap<String, usize> = BTreeMap::new();
    for source in &sources {
        let folder = source.path.split('/').take(2).collect::<Vec<_>>().join("/");
        *crates.entry(folder).or_default() += source.lines;
    }
    let mut large: Vec<_> = sources.iter().filter(|source| source.lines > 300).collect();
    large.sort_by_key(|source| std::cmp::Reverse(source.lines));
    for source in large {
        let word = if source.lines > 500 { "to justify" } else { "to review" };
        println!("{:>6} lines, {word}: {}", source.lines, source.path);
    }
    for (folder, lines) in crates.iter().filter(|(_, lines)| **lines > 4000) {
        println!("{lines:>6} lines in {folder}: why so many?");
    }
    assert!(!sources.is_empty(), "no Rust file was found");
}
