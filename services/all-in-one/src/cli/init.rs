//! `latchkey init`: a settings file to begin with.

use crate::output;
use anyhow::Context as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;

const SETTINGS: &str = include_str!("../../templates/settings.toml");

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  latchkey init
  latchkey init /etc/latchkey/latchkey.toml")]
pub struct Arguments {
    /// A file that is not there yet
    #[arg(value_name = "FILE", default_value = "latchkey.toml")]
    file: PathBuf,
}

impl Arguments {
    pub fn run(self) -> anyhow::Result<()> {
        let file = self.file.display();
        File::create_new(&self.file)
            .and_then(|mut created| created.write_all(SETTINGS.as_bytes()))
            .with_context(|| format!("{file} cannot be written"))?;
        output::note(&format!(
            "Wrote {file}. Four things in it are yours to decide: public_url, database.url, keys.kek, and who may look into the \
             dashboard. Then:\n  latchkey config check {file}\n  latchkey doctor --config {file}\n  latchkey serve --config {file}"
        ));
        Ok(())
    }
}
