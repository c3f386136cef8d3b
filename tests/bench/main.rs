//! `GetAccessToken` of a fresh token, against a bare tonic service that does one prepared primary-key `SELECT` on the same
//! database: how much of what the database and gRPC can give is left when Latchkey has done its work.
//!
//! Both are asked over loopback by the same clients in turn, round by round, so that what the machine does meanwhile
//! falls on both. It prints ratios and asserts nothing about time.

#![allow(clippy::print_stdout, reason = "the report is what it is for")]

mod bare;
mod cpu;
mod database;
mod filling;
mod load;
mod report;
mod serving;
mod settings;

use database::Database;
use filling::Filler;
use latchkey_chassis::config::Telemetry;
use latchkey_chassis::telemetry;
use load::Load;
use report::{Line, Round};
use serving::{Bare, Vault};
use settings::Settings;
use std::time::{Duration, Instant};

/// Before it counts: connections are made, statements prepared, keys opened.
const WARM_UP: Duration = Duration::from_millis(500);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let settings = Settings::from_env()?;
    // Calls are traced and counted in production, so they are here.
    let _telemetry = telemetry::install("latchkey-bench", &Telemetry::default())?;
    println!("{settings}");
    let mut lines = vec![];
    for database in Database::all().await? {
        measure(&database, &settings, &mut lines).await?;
        database.remove().await?;
    }
    report::print(&lines);
    Ok(())
}

async fn measure(database: &Database, settings: &Settings, lines: &mut Vec<Line>) -> anyhow::Result<()> {
    let mut filler = Filler::begin(database).await?;
    for connections in &settings.connections {
        let begun = Instant::now();
        filler.fill_up_to(*connections).await?;
        database.settle().await?;
        println!("{}: {connections} connections, filled in {:.1?}", database.name(), begun.elapsed());
        lines.push(compare(database, &filler, settings).await?);
    }
    Ok(())
}

async fn compare(database: &Database, filler: &Filler, settings: &Settings) -> anyhow::Result<Line> {
    let bare = Bare::serve(database).await?;
    let vault = Vault::serve(database, settings.accounting).await?;
    let ask_bare = Load::new(bare.address, None, filler.ids(), settings).await?;
    let ask_vault = Load::new(vault.address, Some(&vault.key), filler.ids(), settings).await?;
    for load in [&ask_bare, &ask_vault] {
        load.as_fast_as_it_can(WARM_UP).await?;
    }
    let mut rounds = vec![];
    for _ in 0..settings.rounds {
        let bare = ask_bare.as_fast_as_it_can(settings.round).await?;
        let vault = ask_vault.as_fast_as_it_can(settings.round).await?;
        let at_half = ask_vault.at(vault.rate / 2.0, settings.round).await?;
        rounds.push(Round { bare, vault, at_half });
    }
    vault.stop().await?;
    bare.stop();
    Ok(Line { database: database.name(), connections: filler.ids().len(), rounds })
}
