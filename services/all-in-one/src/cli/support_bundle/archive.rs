//! The file itself: a gzipped tar whose last entry says what the others are.

use super::show;
use anyhow::Context as _;
use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use tar::{Builder, Header};

const FOLDER: &str = "latchkey-support";

pub struct Archive {
    tar: Builder<GzEncoder<File>>,
    entries: Vec<Value>,
    /// Milliseconds since the Unix epoch.
    made_at: i64,
}

impl Archive {
    /// # Errors
    /// Where the file is there already, or cannot be written.
    pub fn create(path: &Path, made_at: i64) -> anyhow::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = file.with_context(|| format!("{} cannot be written", path.display()))?;
        let tar = Builder::new(GzEncoder::new(file, Compression::default()));
        Ok(Self { tar, entries: vec![], made_at })
    }

    /// # Errors
    /// Where it cannot be written.
    pub fn add(&mut self, name: &str, what: &str, text: String) -> anyhow::Result<()> {
        self.entries.push(json!({"file": name, "bytes": text.len(), "what": what}));
        self.append(name, &text)
    }

    /// # Errors
    /// Where it cannot be written.
    pub fn finish(mut self) -> anyhow::Result<()> {
        let entries = std::mem::take(&mut self.entries);
        let manifest = json!({
            "made_by": format!("latchkey {}", env!("CARGO_PKG_VERSION")),
            "made_at": show::moment(self.made_at),
            "files": entries,
        });
        self.append("manifest.json", &super::scrubbed(&format!("{manifest:#}\n")))?;
        Ok(self.tar.into_inner()?.finish()?.sync_all()?)
    }

    fn append(&mut self, name: &str, text: &str) -> anyhow::Result<()> {
        let mut header = Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        header.set_mtime((self.made_at / 1000).unsigned_abs());
        Ok(self.tar.append_data(&mut header, format!("{FOLDER}/{name}"), text.as_bytes())?)
    }
}
