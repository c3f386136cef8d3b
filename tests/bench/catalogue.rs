//! How fast the catalogue opens: all of it, and one entry. Beside each stands what `serde_json` alone needs to read the
//! same text into its own tree, so that the ratio holds on any machine. It asserts nothing about time.
//!
//!     cargo bench -p latchkey-tests --bench catalogue

#![allow(clippy::print_stdout, reason = "the report is what it is for")]

use latchkey_providers::Catalogue;
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;

fn main() {
    let ids: Vec<String> = Catalogue::embedded().ids().map(str::to_owned).collect();
    let texts: Vec<String> = ids
        .iter()
        .filter_map(|id| Catalogue::embedded().document(id))
        .map(|entry| entry.to_string())
        .collect();
    let entries = u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let plain = median(|| {
        texts.iter().for_each(|text| drop(black_box(serde_json::from_str::<serde_json::Value>(text))))
    });
    let index = median(|| drop(black_box(Catalogue::embedded())));
    let whole = median(|| assert_eq!(black_box(Catalogue::embedded().list().count()), ids.len()));
    let opened = Catalogue::embedded();
    opened.list().count();
    let again = median(|| ids.iter().for_each(|id| drop(black_box(opened.get(id)))));
    println!(
        "{entries} entries, {} KiB; median of {ROUNDS} rounds",
        texts.iter().map(String::len).sum::<usize>() / 1024
    );
    println!("the index alone         {index:>12.1?}");
    println!("every entry             {whole:>12.1?}  {:.2} of serde_json's own tree", ratio(whole, plain));
    println!("one entry, first time   {:>12.1?}", whole / entries);
    println!("one entry, once opened  {:>12.1?}", again / entries);
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn median(mut work: impl FnMut()) -> Duration {
    let mut taken: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    taken.sort();
    taken[ROUNDS / 2]
}
