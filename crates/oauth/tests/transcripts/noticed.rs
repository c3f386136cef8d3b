//! How many mistakes in entries are noticed by what does not read the entry itself: the transcripts, and the checks every
//! entry goes through.

use crate::{differences, mutations, transcript};
use latchkey_providers::{Catalogue, Trust};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// Noticed, and all.
type Score = (usize, usize);

/// `cargo test -p latchkey-oauth --test transcripts -- --ignored --nocapture` prints the table of README.md.
#[tokio::test]
#[ignore = "a measurement of several seconds"]
async fn most_mistakes_in_entries_with_a_transcript_are_noticed() {
    let catalogue = Catalogue::embedded();
    let mut transcripts: BTreeMap<_, _> =
        transcript::all().into_iter().filter_map(|(id, read)| Some((id, read.ok()?))).collect();
    let mut by_transcript: BTreeMap<&'static str, Score> = BTreeMap::new();
    let mut everywhere: BTreeMap<&'static str, Score> = BTreeMap::new();
    let mut survivors = String::new();
    for id in catalogue.ids() {
        let entry = written(id);
        let transcript = transcripts.remove(id);
        let before = match &transcript {
            Some(transcript) => differences(&catalogue.get(id).unwrap(), transcript).await,
            None => vec![],
        };
        for mutant in mutations::of(&entry) {
            let changed = catalogue.with_entry(&mutant.entry.to_string(), Trust::Public);
            let is_noticed = match (&transcript, changed) {
                (_, Err(_)) => true,
                (Some(transcript), Ok(changed)) => {
                    differences(&changed.get(id).unwrap(), transcript).await != before
                }
                (None, Ok(_)) => false,
            };
            count(everywhere.entry(mutant.kind).or_default(), is_noticed);
            if transcript.is_some() {
                count(by_transcript.entry(mutant.kind).or_default(), is_noticed);
                if !is_noticed {
                    writeln!(survivors, "{id}: {}: {}", mutant.place, mutant.kind).unwrap();
                }
            }
        }
    }
    let mut out = std::io::stdout();
    write!(out, "{survivors}\n{}", table(&by_transcript, &everywhere)).unwrap();
    let (noticed, all) = total(&by_transcript);
    assert!(noticed * 100 >= all * 75, "{noticed} of {all} changes are noticed");
}

fn count(score: &mut Score, is_noticed: bool) {
    score.0 += usize::from(is_noticed);
    score.1 += 1;
}

fn total(scores: &BTreeMap<&'static str, Score>) -> Score {
    scores.values().fold((0, 0), |sum, score| (sum.0 + score.0, sum.1 + score.1))
}

fn table(by_transcript: &BTreeMap<&'static str, Score>, all: &BTreeMap<&'static str, Score>) -> String {
    let mut text = String::from("| change | entries with a transcript | all entries |\n|---|---|---|\n");
    for (kind, (noticed, made)) in all {
        let (own_noticed, own) = by_transcript.get(kind).copied().unwrap_or_default();
        writeln!(text, "| {kind} | {own_noticed}/{own} | {noticed}/{made} |").unwrap();
    }
    let ((own_noticed, own), (noticed, made)) = (total(by_transcript), total(all));
    writeln!(text, "| **all** | **{own_noticed}/{own}** | **{noticed}/{made}** |").unwrap();
    text
}

/// An entry as it is written, with what it extends.
fn written(id: &str) -> Value {
    let mut own = parsed(id);
    let Some(base) = own.as_object_mut().unwrap().remove("extends") else { return own };
    let mut merged = parsed(base.as_str().unwrap());
    merge(&mut merged, own);
    merged
}

fn parsed(id: &str) -> Value {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../providers/catalogue/providers");
    serde_yaml_ng::from_str(&fs::read_to_string(folder.join(format!("{id}.yaml"))).unwrap()).unwrap()
}

/// As the catalogue merges: deep, and `null` takes away.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                if value.is_null() {
                    base.remove(&name);
                } else {
                    merge(base.entry(name).or_insert(Value::Null), value);
                }
            }
        }
        (base, over) => *base = over,
    }
}
