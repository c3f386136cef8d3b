//! No provider is named in code: what is special about one is data in its catalogue file.
//!
//! Three traces are looked for, in what runs in production: a string that is a provider's id, an identifier made with
//! one (`github_quirk`, `GithubToken`), and a string that holds the host of a provider's URL. Some ids are also plain
//! words, which code may use without meaning the provider; for those the host alone gives it away.

use crate::{none, repository, source::Source};
use regex::Regex;
use std::collections::BTreeSet;

/// Ids that are English, or words of our own trade. A word is added here only when code needs it in its plain meaning.
const PLAIN_WORDS: &[&str] = &[
    "aws",
    "aws-sigv4",
    "box",
    "clever",
    "close",
    "copper",
    "cursor",
    "digits",
    "drift",
    "drip",
    "envoy",
    "float",
    "fly",
    "folk",
    "front",
    "ghost",
    "gusto",
    "harvest",
    "heap",
    "height",
    "help",
    "hex",
    "instance",
    "jira",
    "keeper",
    "lever",
    "linear",
    "local",
    "loom",
    "make",
    "medium",
    "mercury",
    "monday",
    "notion",
    "open",
    "pass",
    "ping",
    "pipe",
    "plain",
    "ramp",
    "reach",
    "remote",
    "render",
    "resend",
    "ring",
    "sage",
    "segment",
    "sentry",
    "shortcut",
    "signal",
    "slack",
    "snap",
    "snowflake",
    "square",
    "stripe",
    "tally",
    "teamwork",
    "threads",
    "unauthenticated",
    "unified",
    "wave",
    "workable",
    "zero",
    "zoom",
];

struct Names {
    ids: BTreeSet<String>,
    hosts: BTreeSet<String>,
}

/// What the catalogue files say: the id is the file's name, the hosts are those of the URLs that contain no blank to fill in.
fn names(files: &[(String, String)]) -> Names {
    let url = Regex::new(r"https://([a-z0-9-]+(?:\.[a-z0-9-]+)+)").unwrap();
    let mut names = Names { ids: BTreeSet::new(), hosts: BTreeSet::new() };
    for (path, text) in files {
        let Some(id) = path
            .strip_prefix("crates/providers/catalogue/providers/")
            .and_then(|it| it.strip_suffix(".yaml"))
        else {
            continue;
        };
        // The demo provider is ours.
        if id.starts_with("demo") {
            continue;
        }
        if !PLAIN_WORDS.contains(&id) {
            names.ids.insert(id.to_owned());
        }
        let lines = text.lines().filter(|line| line.contains("endpoint") || line.contains("url"));
        names.hosts.extend(
            lines.flat_map(|line| {
                url.captures_iter(line).map(|found| found[1].to_owned()).collect::<Vec<_>>()
            }),
        );
    }
    names
}

fn providers_named(sources: &[Source], names: &Names) -> Vec<String> {
    let mut violations = Vec::new();
    for source in sources {
        for (place, text) in source.strings() {
            if names.ids.contains(&text.to_lowercase()) {
                violations.push(format!("{place}: {text:?} is a provider"));
            }
            violations
                .extend(hosts_in(&text, names).map(|host| format!("{place}: {host} is a provider's host")));
        }
        for (place, word) in source.words() {
            violations
                .extend(ids_in(&word, names).map(|id| format!("{place}: {word} names the provider {id}")));
        }
    }
    violations
}

fn hosts_in<'a>(text: &'a str, names: &'a Names) -> impl Iterator<Item = &'a str> {
    let is_host = |sign: char| sign.is_ascii_alphanumeric() || sign == '.' || sign == '-';
    let words = text.split(move |sign| !is_host(sign));
    words.filter_map(|word| names.hosts.get(&word.to_lowercase())).map(String::as_str)
}

/// `exchange_github_code` and `ExchangeGithubCode` hold the words exchange, github, code; an id of two words is two.
fn ids_in<'a>(identifier: &str, names: &'a Names) -> impl Iterator<Item = &'a str> {
    let mut words = vec![String::new()];
    for sign in identifier.chars() {
        let last = words.last().map_or("", String::as_str);
        if sign == '_' || sign.is_uppercase() && last.ends_with(char::is_lowercase) {
            words.push(String::new());
        }
        words.last_mut().unwrap().extend(sign.to_lowercase().filter(|sign| *sign != '_'));
    }
    // Whole words only: `digit` is not `git`.
    (0..words.len()).flat_map(move |from| {
        let runs = (from..words.len()).map(|to| words[from..=to].join("-")).collect::<Vec<_>>();
        runs.into_iter().filter_map(|run| names.ids.get(&run).map(String::as_str))
    })
}

#[test]
fn no_provider_is_named_in_code() {
    let names = names(&repository::texts());
    assert!(!names.ids.is_empty() && !names.hosts.is_empty(), "the catalogue's files were not found");
    none(
        "what is special about a provider is data in its file",
        providers_named(&repository::production(), &names),
    );
}

#[test]
fn a_provider_named_in_code_is_found() {
    let file =
        |id: &str, text: &str| (format!("crates/providers/catalogue/providers/{id}.yaml"), text.to_owned());
    let names = names(&[
        file(
            "github",
            "links:\n  api_docs: https://docs.example/\n  token_endpoint: https://github.test/login",
        ),
        file("linear", "token_endpoint: https://api.linear.test/token"),
        file("big-corp", "base_url: https://${connection.subdomain}.big.test"),
        file("demo-oauth", "token_endpoint: http://127.0.0.1/token"),
    ]);
    let code = |code| providers_named(&[Source::parse("crates/a/src/lib.rs", code)], &names).len();
    assert_eq!(code(r#"fn f() { if id == "github" {} }"#), 1);
    assert_eq!(code("fn github_quirk() {}"), 1);
    assert_eq!(code("struct BigCorpToken;"), 1);
    assert_eq!(code("fn githubber() {}"), 0);
    assert_eq!(code(r#"const URL: &str = "https://api.linear.test/v2";"#), 1);
    assert_eq!(
        code(r#"fn linear(backoff: &str) { say("linear", "demo-oauth", "https://docs.example/") }"#),
        0
    );
    assert_eq!(code("// github is special\nfn f() {}"), 0);
}
