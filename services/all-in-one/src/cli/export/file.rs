//! Where an export goes.

use anyhow::{Context as _, ensure};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write};
use std::path::{Path, PathBuf};

/// A file that has its name once it is whole, or standard output.
pub enum Target {
    File { writer: BufWriter<File>, partial: PathBuf, path: PathBuf },
    Output(Stdout),
}

impl Target {
    /// # Errors
    /// Where it cannot be written, or is there already.
    pub fn create(to: &str) -> anyhow::Result<Self> {
        if to == "-" {
            ensure!(!io::stdout().is_terminal(), "this would be shown, and not kept: say --to FILE");
            return Ok(Self::Output(io::stdout()));
        }
        let path = Path::new(to).to_owned();
        ensure!(!path.exists(), "{to} is there already: name another file, or remove it");
        let partial = PathBuf::from(format!("{to}.partial"));
        if partial.exists() {
            // Of an export that was cut short. It does not open to its end.
            fs::remove_file(&partial).with_context(|| format!("{} cannot be replaced", partial.display()))?;
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file =
            options.open(&partial).with_context(|| format!("{} cannot be written", partial.display()))?;
        Ok(Self::File { writer: BufWriter::new(file), partial, path })
    }

    pub fn writer(&mut self) -> &mut dyn Write {
        match self {
            Self::File { writer, .. } => writer,
            Self::Output(stdout) => stdout,
        }
    }

    /// Gives it its name, once it is on disk.
    ///
    /// # Errors
    /// Where it cannot.
    pub fn keep(self) -> anyhow::Result<()> {
        let Self::File { writer, partial, path } = self else { return Ok(()) };
        let file = writer.into_inner().context("the file cannot be written")?;
        file.sync_all().context("the file cannot be written")?;
        fs::rename(&partial, &path).with_context(|| format!("{} cannot be written", path.display()))
    }
}
