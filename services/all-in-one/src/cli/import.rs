//! `latchkey import`: connections from elsewhere, with nobody logging in again.

mod deeds;
pub mod jsonl;
mod nango;

use clap::Subcommand;

#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    from: From,
}

#[derive(Subcommand)]
enum From {
    /// From a file of JSON Lines, such as `latchkey export` writes
    Jsonl(jsonl::Arguments),
    /// From a Nango server, over its REST API
    Nango(nango::Arguments),
}

impl Arguments {
    pub async fn run(self) -> anyhow::Result<()> {
        match self.from {
            From::Jsonl(arguments) => arguments.run().await,
            From::Nango(arguments) => arguments.run().await,
        }
    }
}
