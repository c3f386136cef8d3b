//! Words that must be in no file: the paths of somebody's machine, and the hosts that packages come from. Both are true
//! on one machine only, and a file that names them works there only.

use crate::{none, repository};
use regex::Regex;

/// Written in two halves, so that this file does not break its own rule.
const HOSTS: &[(&str, &str)] = &[
    ("registry.", "npmjs.org"),
    ("files.", "pythonhosted.org"),
    ("pypi", ".org"),
    ("index.", "crates.io"),
    ("static.", "crates.io"),
    ("proxy.", "golang.org"),
    ("repo.maven", ".apache.org"),
    ("repo1.", "maven.org"),
    ("deb.", "debian.org"),
];

/// Folders of a developer's machine, where a path begins.
const FOLDERS: &[(&str, &str)] = &[("work", "/"), ("root", "/"), ("Users", "/"), ("tmp", "/bg/")];

fn places(files: &[(String, String)]) -> Vec<String> {
    let folders: Vec<String> = FOLDERS.iter().map(|(a, b)| format!("{a}{b}")).collect();
    let hosts: Vec<String> = HOSTS.iter().map(|(a, b)| regex::escape(&format!("{a}{b}"))).collect();
    let word =
        Regex::new(&format!(r#"(?:^|[\s"'`(=:,])/(?:{})|{}"#, folders.join("|"), hosts.join("|"))).unwrap();
    let mut violations = Vec::new();
    // Cargo writes its own lock file.
    for (path, text) in files.iter().filter(|(path, _)| path != "Cargo.lock") {
        let lines = text.lines().enumerate().filter(|(_, line)| word.is_match(line));
        violations.extend(lines.take(3).map(|(at, line)| format!("{path}:{}: {:.80}", at + 1, line.trim())));
    }
    violations
}

#[test]
fn no_file_knows_a_machine_or_where_packages_come_from() {
    none("a path or a host that is true on one machine only", places(&repository::texts()));
}

#[test]
fn a_path_of_a_machine_and_a_registry_are_found() {
    let found = |text: String| places(&[("a.md".to_owned(), text)]).len();
    assert_eq!(found(format!("cd /{}{}main", FOLDERS[0].0, FOLDERS[0].1)), 1);
    assert_eq!(found(format!("\"resolved\": \"https://{}{}/a.tgz\"", HOSTS[0].0, HOSTS[0].1)), 1);
    assert_eq!(found("the tests' work/ folder, https://example.com/work/item, ./root/".to_owned()), 0);
}
