//! How often is a refresh token lost? The vault and the refresher that are shipped, on a simulated database, network and
//! provider, in simulated time; one fault in each trial, at a step that chance chooses.
//!
//! A seed chooses all that chance decides. `LATCHKEY_SIM_SEED=SEED` runs the trials of one seed; `LATCHKEY_TEST_LONG=1` runs
//! ten thousand trials; `--nocapture` shows the table.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a trial that cannot go on has failed")]

mod chance;
mod faults;
mod history;
mod provider;
mod unsteady;
mod world;

use chance::Chance;
use faults::{Fault, Place};
use provider::Class;
use std::env;
use std::fmt::Write as _;
use std::ops::Range;
use std::thread;
use std::time::Duration;
use world::World;

/// How many seeds every fault meets every class with.
const SEEDS: u64 = 60;
const SEEDS_LONG: u64 = 210;

#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    place: Place,
    lives: bool,
    requests: u64,
    reuses: u64,
    /// What is recorded of the connection.
    kinds: Vec<String>,
    promises: Vec<String>,
}

fn trial(fault: Fault, class: Class, seed: u64) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut chance = Chance::of(seed);
        let mut world = World::new(fault, class, &mut chance).await;
        let hurrying = tokio::spawn(world.hurry());
        world.strike(&mut chance).await;
        let lives = world.recovers(Duration::from_secs(3600)).await;
        hurrying.abort();
        world.end();
        let history = world.store.events_of(&world.stream());
        let family = world.family.lock().unwrap();
        Outcome {
            place: world.trap.place,
            lives,
            requests: family.requests,
            reuses: family.reuses,
            promises: history::broken_promises(&history, &family),
            kinds: history.into_iter().map(|recorded| recorded.event.kind).collect(),
        }
    })
}

/// Whether nothing can be done about it: a strict provider changed the token, and what it answered never reached a disk of
/// ours; or it said what is not true, and there is no asking twice.
fn unavoidable(fault: Fault, class: Class, place: Place) -> bool {
    let told_in_vain = match fault {
        Fault::AnswerLost | Fault::GoodRefused => true,
        Fault::Kill | Fault::NodeLost => matches!(place, Place::Rotated | Place::Received),
        _ => false,
    };
    class == Class::Strict && told_in_vain
}

fn seeds() -> Range<u64> {
    let chosen =
        env::var("LATCHKEY_SIM_SEED").ok().map(|seed| seed.parse().expect("LATCHKEY_SIM_SEED is a number"));
    let count = if env::var_os("LATCHKEY_TEST_LONG").is_some() { SEEDS_LONG } else { SEEDS };
    chosen.map_or(0..count, |seed: u64| seed..seed + 1)
}

/// What came of one fault and one class over all seeds.
#[derive(Default)]
struct Tally {
    lost: u64,
    /// Old tokens sent again.
    reuses: u64,
    /// What is not excused, a line each.
    wrong: String,
}

fn tally(fault: Fault, class: Class, seeds: Range<u64>) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let Outcome { place, lives, reuses, promises, .. } = trial(fault, class, seed);
        tally.lost += u64::from(!lives);
        tally.reuses += reuses;
        if !promises.is_empty() || !(lives || unavoidable(fault, class, place)) {
            let (word, what) = (class.word(), if lives { "" } else { "lost; " });
            writeln!(
                tally.wrong,
                "{fault}, {word}, at {place:?}: {what}{promises:?} (LATCHKEY_SIM_SEED={seed})"
            )
            .unwrap();
        }
    }
    tally
}

/// The classes side by side: trials share nothing.
fn tallies(fault: Fault, seeds: &Range<u64>) -> [Tally; 3] {
    thread::scope(|scope| {
        let running = Class::ALL.map(|class| scope.spawn(move || tally(fault, class, seeds.clone())));
        running.map(|running| running.join().expect("a trial that cannot go on has failed"))
    })
}

#[test]
fn no_connection_is_lost_but_where_the_answer_never_reached_us() {
    let seeds = seeds();
    let (mut table, mut wrong) = (String::new(), String::new());
    for fault in Fault::ALL {
        write!(table, "| {fault} |").unwrap();
        for tally in tallies(fault, &seeds) {
            wrong.push_str(&tally.wrong);
            write!(table, " {} ({}) |", tally.lost, tally.reuses).unwrap();
        }
        println!("{}", table.lines().last().unwrap_or_default());
        table.push('\n');
    }
    let trials = seeds.end - seeds.start;
    println!(
        "lost (old tokens sent again) of {trials} trials each:\n| fault | none | grace | strict |\n|---|---|---|---|\n{table}"
    );
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn the_same_seed_is_the_same_trial() {
    for fault in Fault::ALL {
        for seed in 0..8 {
            let (once, again) = (trial(fault, Class::Strict, seed), trial(fault, Class::Strict, seed));
            // Whether a refresher that is killed with an answer in hand still syncs it is for the disk to say, which is real.
            let races_the_disk =
                matches!(fault, Fault::Kill | Fault::NodeLost) && once.place == Place::Received;
            if !races_the_disk {
                assert_eq!(once, again, "{fault}, seed {seed}");
            }
        }
    }
}
