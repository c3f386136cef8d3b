//! The page of all providers, which is made from the catalogue and must say what the catalogue says.

use latchkey_providers::{Catalogue, Provider};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

const HEAD: &str = "# Providers

Made from the catalogue by `UPDATE_GOLDEN=1 cargo test -p latchkey-providers --test providers_page`; not edited by hand.

- *Type* is how somebody connects: `OAUTH2` in a browser, `OAUTH2_CC` with a client of their own, `API_KEY` and `BASIC`
  with what they type. `UNSUPPORTED` is known and cannot be connected yet.
- *Refresh token* is what using one does to it, where the vendor says so: `none`, `grace` or `strict`.
- *Guide* says whether `latchkey provider show ID` tells step by step how to set it up.
";

/// A cell: what would end it early is written so that it does not.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn row(provider: &Provider) -> String {
    let name = match &provider.links.api_docs {
        Some(docs) => format!("[{}]({docs})", cell(&provider.name)),
        None => cell(&provider.name),
    };
    let rotation = provider.behaviour().refresh_token.rotation.map_or("", |class| class.word());
    let told = !provider.guidance.app_setup.is_empty() || !provider.guidance.connect.is_empty();
    format!(
        "| `{}` | {name} | {} | {} | {rotation} | {} |\n",
        provider.id,
        provider.auth_mode().as_str(),
        provider.categories.join(", "),
        if told { "yes" } else { "" },
    )
}

fn page() -> String {
    let mut text = HEAD.to_owned();
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut rows = String::new();
    let catalogue = Catalogue::embedded();
    for provider in catalogue.list() {
        *kinds.entry(provider.auth_mode().as_str()).or_default() += 1;
        rows.push_str(&row(&provider));
    }
    let counts: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} `{kind}`")).collect();
    let _ = writeln!(text, "\n{} providers: {}.\n", catalogue.ids().count(), counts.join(", "));
    text.push_str("| id | name | type | categories | refresh token | guide |\n|---|---|---|---|---|---|\n");
    text + &rows
}

#[test]
fn the_page_of_all_providers_says_what_the_catalogue_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue/PROVIDERS.md");
    let found = page();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &found).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let stale = found.lines().zip(kept.lines().chain(std::iter::repeat(""))).find(|(now, then)| now != then);
    assert!(kept == found, "PROVIDERS.md is stale at {stale:?}; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn the_providers_most_used_say_how_they_are_set_up() {
    let told = |provider: &Provider| {
        !provider.guidance.app_setup.is_empty() || !provider.guidance.connect.is_empty()
    };
    let count = Catalogue::embedded().list().filter(|provider| told(provider)).count();
    assert!(count >= 150, "{count}");
}

#[test]
fn whoever_registers_an_app_is_told_which_redirect_url_to_enter() {
    let asked = |provider: &Provider| {
        !provider.guidance.app_setup.is_empty() && provider.obtain.authorization_endpoint.is_some()
    };
    for provider in Catalogue::embedded().list().filter(|provider| asked(provider)) {
        let steps = provider.guidance.app_setup.join(" ");
        assert!(steps.contains(latchkey_providers::REDIRECT_URL), "{}: {steps}", provider.id);
    }
}
