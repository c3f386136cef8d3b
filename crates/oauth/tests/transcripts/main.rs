//! What the engine sends, against what vendors' own pages say it should send. README.md beside this has the form.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests, and the vocabulary they share")]

mod authorization;
mod carrier;
mod compare;
mod engine;
mod transcript;

use latchkey_providers::{Catalogue, Provider};
use std::fmt::Write as _;
use transcript::Transcript;

/// Where what is sent is not what is on the page, and what of the transcript the entry has no place for.
async fn differences(provider: &Provider, transcript: &Transcript) -> Vec<String> {
    match engine::drive(provider, transcript).await {
        Ok(sent) => compare::differences(&transcript.requests, &sent),
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
