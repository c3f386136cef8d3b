//! What holds of every embedded entry.

mod support;

use latchkey_providers::{Ask, AuthMode, Catalogue, Provider, RenderError};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;
use support::every_url;
use support::golden::golden;
use support::plausible::honest_values;
use support::written::{Hosts, documents, files};

fn every() -> Vec<Arc<Provider>> {
    Catalogue::embedded().list().collect()
}

fn lines<'a>(ids: impl Iterator<Item = &'a str>) -> String {
    ids.fold(String::new(), |text, id| text + id + "\n")
}

#[test]
fn there_are_at_least_nine_hundred_entries_and_each_opens() {
    let catalogue = Catalogue::embedded();
    let ids: BTreeSet<String> = catalogue.ids().map(str::to_owned).collect();
    assert!(ids.len() >= 900, "{}", ids.len());
    assert_eq!(catalogue.list().count(), ids.len());
    let stems: BTreeSet<String> = files().into_iter().map(|(id, _)| id).collect();
    assert_eq!(stems, ids);
    for (stem, document) in documents() {
        assert_eq!(document["id"].as_str(), Some(stem.as_str()));
    }
}

#[test]
fn every_entry_renders_its_urls_and_headers_for_an_honest_user() {
    let mut refused = vec![];
    for provider in every() {
        let values = match honest_values(&provider) {
            Ok(values) => values,
            Err(error) => {
                refused.push(error);
                continue;
            }
        };
        let urls = every_url(&provider, &values);
        let unsupported = matches!(provider.auth_mode(), AuthMode::Unsupported(_));
        let alone = provider.protocols.is_empty() && provider.auth_mode() != AuthMode::None;
        if urls.is_empty() && alone && !unsupported {
            refused.push(format!("{}: makes no URL", provider.id));
        }
        for url in urls {
            match url {
                Ok(url) => assert_eq!(url.scheme(), "https", "{}", provider.id),
                Err(RenderError::Unsupported(_)) if unsupported => {}
                Err(error) => refused.push(format!("{}: {error}", provider.id)),
            }
        }
        if let Err(error) = provider.headers(&values)
            && !unsupported
        {
            refused.push(format!("{}: {error}", provider.id));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_choice_that_is_offered_works() {
    let mut refused = vec![];
    for provider in every() {
        let Ok(values) = honest_values(&provider) else { continue };
        let choosing = provider.inputs.iter().filter(|input| !input.one_of.is_empty());
        for (input, choice) in
            choosing.flat_map(|input| input.one_of.iter().map(move |choice| (input, choice)))
        {
            let mut values = values.clone();
            let space = if input.ask == Ask::Integration { &mut values.app } else { &mut values.conn };
            space.insert(input.name.clone(), choice.clone());
            let wrong = every_url(&provider, &values).into_iter().filter_map(Result::err);
            let wrong = wrong.filter(|error| !matches!(error, RenderError::Unsupported(_)));
            refused.extend(wrong.map(|error| format!("{}: {choice}: {error}", provider.id)));
        }
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn every_written_host_is_well_formed() {
    let mut seen = 0;
    for (id, text) in files() {
        // A grant type is a name that may look like an address (RFC 6749 §4.5).
        let plain =
            text.lines().filter(|line| !line.contains("grant_type")).any(|line| line.contains("http://"));
        assert!(!plain, "{id}: plain http");
        for rest in text.split("https://").skip(1) {
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || ".-_:@".contains(c)));
            let (host, tail) = rest.split_at(end.unwrap_or(rest.len()));
            // The beginning of a host that a value completes, or an affix around a field.
            if host.is_empty()
                || tail.starts_with(['$', '"', '*']) && !host.contains('.')
                || host.ends_with(['.', '-'])
            {
                continue;
            }
            let labels: Vec<&str> = host.split(':').next().unwrap().split('.').collect();
            assert!(labels.len() >= 2, "{id}: {host}");
            for label in labels {
                let shaped = label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
                assert!(shaped && !label.is_empty() && !label.starts_with('-'), "{id}: {host}");
            }
            seen += 1;
        }
    }
    assert!(seen > 2000, "{seen}");
}

#[test]
fn an_entry_without_pkce_is_noticed() {
    let without = every().into_iter().filter(|provider| {
        provider.auth_mode() == AuthMode::OAuth2Code && provider.code_challenge_methods().is_empty()
    });
    let ids: Vec<String> = without.map(|provider| provider.id.clone()).collect();
    golden("without_pkce.txt", &lines(ids.iter().map(String::as_str)));
}

#[test]
fn an_entry_whose_host_the_user_chooses_freely_is_noticed() {
    let documents = documents();
    let open = documents.keys().filter(|id| Hosts::of(id, &documents).is_open());
    golden("open_hosts.txt", &lines(open.map(String::as_str)));
}

#[test]
fn an_apps_secret_never_goes_to_a_host_that_the_end_user_chooses_freely() {
    let documents = documents();
    for provider in every().into_iter().filter(|provider| provider.needs_client()) {
        let written = format!("{:?}", provider.obtain.token_endpoint);
        let asked: Vec<_> = provider.inputs.iter().filter(|input| input.ask != Ask::Integration).collect();
        let chosen = asked.iter().any(|input| written.contains(&format!("\"{}\"", input.name)));
        assert!(!(chosen && Hosts::of(&provider.id, &documents).is_open()), "{}", provider.id);
    }
}

#[test]
fn what_the_engine_cannot_do_yet_is_counted_by_kind() {
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for provider in every() {
        if let AuthMode::Unsupported(kind) = provider.auth_mode() {
            kinds.entry(kind).or_default().push(provider.id.clone());
        }
    }
    let mut found = String::new();
    for (kind, ids) in kinds {
        let _ = writeln!(found, "{kind}: {}", ids.len());
        ids.iter().for_each(|id| found.push_str(&format!("  {id}\n")));
    }
    golden("unsupported.txt", &found);
}

#[test]
fn labels_are_short_and_plain() {
    for provider in every() {
        for input in &provider.inputs {
            let words = input.label.split(' ').count();
            let place = format!("{}: {}: {}", provider.id, input.name, input.label);
            assert!((1..=4).contains(&words) && input.label.trim() == input.label, "{place}");
            assert!(input.label.starts_with(|c: char| c.is_uppercase()), "{place}");
            assert!(!input.label.ends_with(['.', ':', '?']), "{place}");
        }
    }
}

#[test]
fn what_looks_like_a_secret_is_asked_as_one() {
    for provider in every() {
        for input in provider.inputs.iter().filter(|input| !input.secret) {
            let telling = ["password", "secret", "token", "private_key", "api_key"];
            assert!(!telling.iter().any(|end| input.name.ends_with(end)), "{}: {}", provider.id, input.name);
        }
    }
}

#[test]
fn nothing_of_where_the_facts_came_from_is_shipped() {
    for (id, document) in documents() {
        for field in ["provenance", "catalog"] {
            assert!(document.get(field).is_none(), "{id}: {field}");
        }
    }
}
