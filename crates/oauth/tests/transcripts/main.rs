//! What the engine sends, against what vendors' own pages say it should send. README.md beside this has the form.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, and the vocabulary they share")]

mod authorization;
mod carrier;
mod compare;
mod engine;
mod mutations;
mod noticed;
mod transcript;

use latchkey_providers::{AuthMode, Catalogue, Protocol, Provider};
use std::{collections::BTreeSet, fmt::Write as _};
use transcript::Transcript;

/// Where what is sent is not what is on the page, and what of the transcript the entry has no place for.
async fn differences(provider: &Provider, transcript: &Transcript) -> Vec<String> {
    match engine::drive(provider, transcript).await {
        Ok(sent) => compare::differences(transcript, &sent),
        Err(misfit) => vec![misfit],
    }
}

#[tokio::test]
async fn what_is_sent_is_what_the_vendors_pages_say() {
    let catalogue = Catalogue::embedded();
    let mut report = String::new();
    for (file, read) in transcript::all() {
        let found = match read {
            Err(why) => vec![why],
            Ok(transcript) => match catalogue.get(&transcript.provider) {
                Err(unknown) => vec![format!("provider: {unknown}")],
                Ok(provider) => differences(&provider, &transcript).await,
            },
        };
        for difference in found {
            writeln!(report, "{file}.yaml: {difference}").unwrap();
        }
    }
    assert!(report.is_empty(), "\n{report}");
}

#[test]
fn there_are_transcripts_of_every_way_to_a_credential() {
    let catalogue = Catalogue::embedded();
    let read: Vec<Transcript> = transcript::all().into_iter().filter_map(|(_, read)| read.ok()).collect();
    assert!(read.len() >= 40, "{} transcripts", read.len());
    let known = read.iter().filter_map(|it| Some((it, catalogue.get(&it.provider).ok()?)));
    let covered: BTreeSet<&str> = known.flat_map(|(it, provider)| ways(it, &provider)).collect();
    let all = [
        "authorization code",
        "client credentials",
        "key in a header",
        "key in the query",
        "Basic",
        "OAuth 1",
        "exchange",
        "minted",
        "SigV4",
        "MCP",
    ];
    let missing: Vec<&str> = all.into_iter().filter(|way| !covered.contains(way)).collect();
    assert!(missing.is_empty(), "no transcript of {}", missing.join(", "));
}

/// What kind of provider a transcript is of.
fn ways(transcript: &Transcript, provider: &Provider) -> Vec<&'static str> {
    let mut found = match provider.auth_mode() {
        AuthMode::OAuth2Code => vec!["authorization code"],
        AuthMode::OAuth2ClientCredentials => vec!["client credentials"],
        AuthMode::Exchange | AuthMode::Installation => vec!["exchange"],
        AuthMode::OAuth1 | AuthMode::OAuth1Given => vec!["OAuth 1"],
        AuthMode::Minted => vec!["minted"],
        AuthMode::Basic => vec!["Basic"],
        AuthMode::ApiKey => vec![],
        AuthMode::AwsSigv4 | AuthMode::None | AuthMode::Unsupported(_) => vec![],
    };
    if let (AuthMode::ApiKey, Some(api)) = (provider.auth_mode(), &transcript.requests.api) {
        found.push(if api.query.is_empty() { "key in a header" } else { "key in the query" });
    }
    if transcript.requests.api.as_ref().is_some_and(|api| api.sigv4.is_some()) {
        found.push("SigV4");
    }
    if provider.protocols.contains(&Protocol::Mcp) {
        found.push("MCP");
    }
    found
}
