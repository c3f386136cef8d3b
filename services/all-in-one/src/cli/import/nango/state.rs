//! What was done, on disk: no secret, and written in one piece after every step.

use crate::dev::folder::write_private;
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct State {
    pub source: String,
    pub target: String,
    pub integrations: BTreeMap<String, Integration>,
    pub connections: Vec<Row>,
    #[serde(skip)]
    file: PathBuf,
}

#[derive(Serialize, Deserialize, Clone)]
pub struct Integration {
    /// At the source, and here.
    pub provider: String,
    pub ours: String,
    /// Whether the catalogue here has it.
    pub known: bool,
    /// Whether it is here.
    pub present: bool,
    /// What kind of credentials its provider has, by the catalogue here.
    #[serde(default)]
    pub mode: String,
}

#[derive(Serialize, Deserialize, Clone)]
pub struct Row {
    pub integration: String,
    /// Its id at the source, and its external id here.
    pub id: String,
    pub status: Status,
    /// Why, where something went wrong.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// The generation that was brought last; another one was made here.
    #[serde(default)]
    pub generation: u64,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Planned,
    /// It could not be imported; `run` tries again.
    Failed,
    /// Imported, and switched off here.
    Paused,
    /// Imported, and refused by the provider already: its end user has to log in again.
    NeedsReauth,
    /// Switched on here, and not refreshed yet.
    Enabled,
    /// Refreshed here: the source must not be used for it any more.
    Active,
}

impl Status {
    pub fn word(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Failed => "failed",
            Self::Paused => "paused",
            Self::NeedsReauth => "needs reauth",
            Self::Enabled => "enabled",
            Self::Active => "active",
        }
    }
}

impl State {
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let state = match std::fs::read(file) {
            Ok(text) => serde_json::from_slice(&text)
                .with_context(|| format!("{} is no state of an import", file.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => Self::default(),
            Err(error) => return Err(error).with_context(|| format!("{} cannot be read", file.display())),
        };
        Ok(Self { file: file.to_owned(), ..state })
    }

    pub fn write(&self) -> anyhow::Result<()> {
        let text = serde_json::to_vec_pretty(self)?;
        write_private(&self.file, &text).with_context(|| format!("{} cannot be written", self.file.display()))
    }

    /// How many connections there are in each state.
    pub fn counts(&self, integration: &str) -> BTreeMap<Status, usize> {
        let mut counts = BTreeMap::new();
        for row in self.connections.iter().filter(|row| row.integration == integration) {
            *counts.entry(row.status).or_default() += 1;
        }
        counts
    }

    pub fn summary(&self, integration: &str) -> String {
        let counts = self.counts(integration).into_iter();
        let counts: Vec<_> = counts.map(|(status, count)| format!("{count} {}", status.word())).collect();
        if counts.is_empty() { "none".to_owned() } else { counts.join(", ") }
    }
}
