//! Which words of code may stand where.

use crate::{
    none, repository,
    source::{Source, begins, contents, group, word},
};
use proc_macro2::{Delimiter, TokenTree};
use regex::Regex;

/// Where a secret may be seen in the clear: where it is made, sealed, sent to a provider or sent to its owner, and where a
/// key that was presented is compared with the digest of the one given out.
const MAY_EXPOSE: &[&str] = &[
    "crates/secret/",
    "crates/oauth/",
    "crates/envelope/",
    "crates/wire/",
    "services/proxy/src/inject.rs",
    "services/refresher/src/journal/cipher.rs",
    "services/proxy/src/sign.rs",
    "services/vault/src/audit/keys.rs",
    "services/vault/src/signing.rs",
    "services/vault/src/token.rs",
    "services/vault/src/webhook/keys.rs",
    "services/connect/src/webhooks/request.rs",
    "crates/issuers/src/jwt.rs",
];

fn sql_outside_the_adapters(sources: &[Source]) -> Vec<String> {
    // Upper case anywhere, as SQL is written here; lower case where the text begins with a whole clause.
    let sql = Regex::new(
        r"(?x)
        \b( SELECT\s[\s\S]+\sFROM | INSERT\s+INTO | UPDATE\s+\w+\s+SET | DELETE\s+FROM
          | (CREATE|ALTER|DROP|TRUNCATE)\s+(UNIQUE\s+)?(TABLE|INDEX|SCHEMA|DATABASE) )\b
        | ^\s*( select\s[\s\S]+\sfrom\s+\w+\s+(where|order|limit) | insert\s+into\s+\w+\s*\( | update\s+\w+\s+set\s+\w+\s*=
          | delete\s+from\s+\w+\s+where | create\s+(table|index)\s )",
    )
    .unwrap();
    let outside = sources.iter().filter(|source| !source.path.starts_with("crates/store-"));
    let strings = outside.flat_map(Source::strings);
    strings
        .filter(|(_, text)| sql.is_match(text))
        .map(|(place, text)| format!("{place}: {text:.60}"))
        .collect()
}

fn generated_types_outside_the_doors(sources: &[Source]) -> Vec<String> {
    let is_door = |path: &str| {
        // A command of the CLI stands on the other side of the same door, where the customers are.
        if path.starts_with("services/all-in-one/src/cli/") {
            return true;
        }
        let Some((service, rest)) = path.strip_prefix("services/").and_then(|path| path.split_once("/src/"))
        else {
            return path.starts_with("crates/wire/");
        };
        !service.contains('/') && rest.starts_with("grpc")
    };
    let outside = sources.iter().filter(|source| !is_door(&source.path));
    outside.flat_map(|source| source.places(names_generated_types)).collect()
}

/// `latchkey_wire::pb`, also within braces.
fn names_generated_types(tokens: &[TokenTree]) -> bool {
    if !begins(tokens, &["latchkey_wire", ":", ":"]) {
        return false;
    }
    let listed = group(tokens.get(3), Delimiter::Brace).map(contents).unwrap_or_default();
    let is_pb = |token: &TokenTree| word(token).as_deref() == Some("pb");
    tokens.get(3).is_some_and(is_pb) || listed.iter().any(is_pb)
}

fn secrets_exposed_elsewhere(sources: &[Source]) -> Vec<String> {
    let elsewhere =
        sources.iter().filter(|source| !MAY_EXPOSE.iter().any(|path| source.path.starts_with(path)));
    elsewhere.flat_map(|source| source.places(is_exposure)).collect()
}

/// `secret.expose()`, or `AccessToken::expose` passed as a function.
fn is_exposure(tokens: &[TokenTree]) -> bool {
    let called = begins(tokens, &[".", "expose"]) && group(tokens.get(2), Delimiter::Parenthesis).is_some();
    called || begins(tokens, &[":", "expose"])
}

fn features_asked_for_elsewhere(sources: &[Source]) -> Vec<String> {
    let elsewhere = sources
        .iter()
        .filter(|source| !source.path.ends_with("/src/lib.rs") && !source.path.ends_with("/src/parts.rs"));
    elsewhere.flat_map(|source| source.places(asks_for_a_feature)).collect()
}

/// `cfg(feature = …)`, `cfg(any(feature = …))`, `cfg_attr(feature = …, …)`, `cfg!(feature = …)`.
fn asks_for_a_feature(tokens: &[TokenTree]) -> bool {
    fn names_a_feature(tokens: &[TokenTree]) -> bool {
        tokens.iter().any(|token| match token {
            TokenTree::Group(inner) => names_a_feature(&contents(inner)),
            token => word(token).as_deref() == Some("feature"),
        })
    }
    let condition = match begins(tokens, &["cfg"]) || begins(tokens, &["cfg_attr"]) {
        true => tokens.get(1..).unwrap_or_default(),
        false => return false,
    };
    let condition = if begins(condition, &["!"]) { &condition[1..] } else { condition };
    group(condition.first(), Delimiter::Parenthesis)
        .is_some_and(|condition| names_a_feature(&contents(condition)))
}

fn unfinished(sources: &[Source]) -> Vec<String> {
    let is_unfinished = |tokens: &[TokenTree]| {
        ["todo", "unimplemented", "dbg"].iter().any(|name| begins(tokens, &[name, "!"]))
    };
    sources.iter().flat_map(|source| source.places(is_unfinished)).collect()
}

#[test]
fn only_the_store_adapters_speak_sql() {
    none("SQL outside crates/store-*", sql_outside_the_adapters(&repository::production()));
}

#[test]
fn generated_types_stay_at_the_doors() {
    let rule = "latchkey_wire::pb outside crates/wire, services/*/src/grpc* and the CLI";
    none(rule, generated_types_outside_the_doors(&repository::production()));
}

#[test]
fn a_secret_is_seen_in_the_clear_only_where_it_is_used() {
    none(
        "expose() outside the places in tests/tidy/code.rs",
        secrets_exposed_elsewhere(&repository::production()),
    );
}

#[test]
fn features_decide_only_what_is_linked() {
    none("cfg(feature) outside lib.rs and parts.rs", features_asked_for_elsewhere(&repository::production()));
}

#[test]
fn nothing_is_left_unfinished() {
    none("todo!, unimplemented! or dbg!", unfinished(&repository::rust()));
}

#[test]
fn sql_is_found_and_english_is_not() {
    let at = |path| Source::parse(path, r#"fn f() { q("SELECT a\n FROM b"); q("delete from b where c"); }"#);
    assert_eq!(sql_outside_the_adapters(&[at("services/vault/src/ledger.rs")]).len(), 2);
    assert_eq!(sql_outside_the_adapters(&[at("crates/store-sqlite/src/lib.rs")]).len(), 0);
    let english =
        r#"fn f() { q("select one from the list"); q("Update the settings"); q("insert into the page"); }"#;
    assert_eq!(
        sql_outside_the_adapters(&[Source::parse("crates/a/src/lib.rs", english)]),
        Vec::<String>::new()
    );
}

#[test]
fn a_generated_type_behind_the_door_is_found() {
    let at =
        |path| Source::parse(path, "use latchkey_wire::{Fault, pb}; type T = latchkey_wire::pb::vault::Key;");
    let found = generated_types_outside_the_doors(&[at("services/vault/src/ledger.rs")]);
    assert_eq!(found, ["services/vault/src/ledger.rs:1", "services/vault/src/ledger.rs:1"]);
    assert_eq!(generated_types_outside_the_doors(&[at("crates/bus/src/grpc.rs")]).len(), 2);
    assert!(generated_types_outside_the_doors(&[at("services/vault/src/grpc/key.rs")]).is_empty());
}

#[test]
fn an_exposed_secret_is_found() {
    let at =
        |path| Source::parse(path, "fn f() { log(token.expose()); map(Token::expose); self.expose = 1; }");
    assert_eq!(secrets_exposed_elsewhere(&[at("services/connect/src/http.rs")]).len(), 2);
    assert!(secrets_exposed_elsewhere(&[at("services/proxy/src/inject.rs")]).is_empty());
}

#[test]
fn a_feature_in_the_middle_of_the_code_is_found() {
    let code = r#"
        #[cfg(any(unix, feature = "a"))] fn a() {}
        #[cfg_attr(feature = "b", derive(Debug))] struct B;
        fn c() { if cfg!(feature = "c") {} }
        #[cfg(unix)] fn feature() {}
    "#;
    let at = |path| features_asked_for_elsewhere(&[Source::parse(path, code)]);
    assert_eq!(
        at("crates/a/src/b.rs"),
        ["crates/a/src/b.rs:2", "crates/a/src/b.rs:3", "crates/a/src/b.rs:4"]
    );
    assert!(at("crates/a/src/lib.rs").is_empty() && at("services/a/src/parts.rs").is_empty());
}

#[test]
fn unfinished_code_is_found() {
    let code = r#"fn f() { let todo = "todo!"; todo!() } // dbg!"#;
    assert_eq!(unfinished(&[Source::parse("crates/a/src/lib.rs", code)]), ["crates/a/src/lib.rs:1"]);
}
