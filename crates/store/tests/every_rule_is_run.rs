//! A rule that is not in the list is run by nobody.

use std::{fs, path::Path};

#[test]
fn every_rule_that_is_written_is_in_the_list() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance");
    let list = fs::read_to_string(folder.join("mod.rs")).unwrap();
    let mut rules = 0;
    for topic in [
        "appending",
        "chaining",
        "claiming",
        "following",
        "keeping",
        "listing",
        "logging",
        "queueing",
        "reading",
    ] {
        let source = fs::read_to_string(folder.join(format!("{topic}.rs"))).unwrap();
        for line in source.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
            let rule = line.split('(').next().unwrap();
            assert!(list.contains(&format!("{topic}::{rule},")), "{topic}::{rule} is not in the list");
            rules += 1;
        }
    }
    assert!(rules > 20, "the rules are found: {rules}");
}
