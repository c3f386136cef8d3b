//! How many mistakes in entries are noticed by what does not read the entry itself: the transcripts, and the checks every
//! entry goes through.

use crate::{
    differences, mutations,
    transcript::{self, Transcript},
};
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

#[tokio::test]
async fn most_mistakes_in_entries_with_a_transcript_are_noticed() {
    /// Some changes leave what a page says true: a prompt, a hint about an answer's form, a proof key nobody asks for.
    const PERCENT_MIN: usize = 80;
    let measured = measured(Whose::WithTranscript).await;
    let (noticed, all) = total(&measured.with_transcript);
    assert!(noticed * 100 >= all * PERCENT_MIN, "{noticed} of {all}; not noticed:\n{}", measured.survivors);
}

#[tokio::test]
#[ignore = "prints a table"]
async fn the_table_of_noticed_mistakes() {
    let measured = measured(Whose::All).await;
    let table = table(&measured);
    write!(std::io::stdout(), "{}\n{table}", measured.survivors).unwrap();
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    WithTranscript,
    All,
}

#[derive(Default)]
struct Measured {
    with_transcript: BTreeMap<&'static str, Score>,
    all: BTreeMap<&'static str, Score>,
    /// Changes that an entry's own transcript does not notice.
    survivors: String,
}

async fn measured(whose: Whose) -> Measured {
    let catalogue = Catalogue::embedded();
    let read = transcript::all().into_iter();
    let transcripts: BTreeMap<_, _> = read.filter_map(|(id, read)| Some((id, read.ok()?))).collect();
    let mut measured = Measured::default();
    for id in catalogue.ids() {
        match transcripts.get(id) {
            Some(transcript) => measured.add_noticed(&catalogue, id, transcript).await,
            None if whose == Whose::All => measured.add_refused(&catalogue, id),
            None => {}
        }
    }
    measured
}

impl Measured {
    async fn add_noticed(&mut self, catalogue: &Catalogue, id: &str, transcript: &Transcript) {
        let before = differences(&catalogue.get(id).unwrap(), transcript).await;
        for mutant in mutations::of(&written(id)) {
            let is_noticed = match catalogue.with_entry(&mutant.entry.to_string(), Trust::Public) {
                Err(_) => true,
                Ok(changed) => differences(&changed.get(id).unwrap(), transcript).await != before,
            };
            count(self.with_transcript.entry(mutant.kind).or_default(), is_noticed);
            count(self.all.entry(mutant.kind).or_default(), is_noticed);
            if !is_noticed {
                writeln!(self.survivors, "{id}: {}: {}", mutant.place, mutant.kind).unwrap();
            }
        }
    }

    /// Without a transcript, only the check of every entry can notice anything.
    fn add_refused(&mut self, catalogue: &Catalogue, id: &str) {
        for mutant in mutations::of(&written(id)) {
            let changed = catalogue.with_entry(&mutant.entry.to_string(), Trust::Public);
            count(self.all.entry(mutant.kind).or_default(), changed.is_err());
        }
    }
}

fn count(score: &mut Score, is_noticed: bool) {
    score.0 += usize::from(is_noticed);
    score.1 += 1;
}

fn total(scores: &BTreeMap<&'static str, Score>) -> Score {
    scores.values().fold((0, 0), |sum, score| (sum.0 + score.0, sum.1 + score.1))
}

fn table(measured: &Measured) -> String {
    let mut text = String::from("| change | entries with a transcript | all entries |\n|---|---|---|\n");
    for (kind, (noticed, made)) in &measured.all {
        let (own_noticed, own) = measured.with_transcript.get(kind).copied().unwrap_or_default();
        writeln!(text, "| {kind} | {own_noticed}/{own} | {noticed}/{made} |").unwrap();
    }
    let ((own_noticed, own), (noticed, made)) = (total(&measured.with_transcript), total(&measured.all));
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
