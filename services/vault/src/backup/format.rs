//! The file: lines of text. First the header, then each row after the name of its table, last the sum of it all.

use latchkey_store::{ArchivedRow, Table};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// The number of the file's form. The first knew no chains: over what it holds they begin anew.
const FORM: u32 = 2;

/// How the first line begins, so that the file is known for what it is.
const MARK: &str = "latchkey-backup\t";

/// How the last line begins.
const END: &str = "end\t";

/// Longer than any row: a snapshot holds a credential, which is limited where it comes in.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    pub form: u32,
    /// Milliseconds since the Unix epoch.
    pub made_at: i64,
    /// The version of the program that made it.
    pub program: String,
    /// The last migration of the database.
    pub schema: i64,
    /// The database's line of history.
    pub epoch: String,
    /// The name of the installation, without which no seal opens.
    pub deployment: String,
    /// What wraps the environments' keys: without one of these for each, nothing in the backup opens.
    pub keys: Vec<WrappedBy>,
}

/// What an environment's key is wrapped by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrappedBy {
    pub environment: String,
    pub version: u32,
    /// The key service's keys, by their addresses.
    pub by: Vec<String>,
}

impl Header {
    #[must_use]
    pub fn new(made_at: i64, schema: i64, epoch: String, deployment: String, keys: Vec<WrappedBy>) -> Self {
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { form: FORM, made_at, program, schema, epoch, deployment, keys }
    }
}

/// How many rows of each table there are, by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Counts(pub BTreeMap<String, u64>);

impl Counts {
    #[must_use]
    pub fn of(&self, table: Table) -> u64 {
        self.0.get(table.name()).copied().unwrap_or_default()
    }

    fn count(&mut self, table: Table) {
        *self.0.entry(table.name().to_owned()).or_default() += 1;
    }
}

#[derive(Serialize, Deserialize)]
struct Sum {
    rows: Counts,
    sha256: String,
}

/// What a file shows that is no backup as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DamagedBackup {
    #[error("it does not begin as a backup does")]
    NoBackup,
    #[error("it is of form {0}, which this program does not know: use a newer one")]
    Form(u32),
    #[error("it ends in the middle, at line {0}")]
    Short(u64),
    #[error("line {0} is no row")]
    Line(u64),
    #[error("its contents are not what was written: their SHA-256 differs")]
    Sum,
    #[error("it does not have as many rows as were written")]
    Rows,
    #[error("there is something behind its end")]
    Behind,
    #[error("row {0} is not in order")]
    Order(String),
    #[error("{0} does not follow from its events")]
    Fold(String),
}

impl From<DamagedBackup> for io::Error {
    fn from(damaged: DamagedBackup) -> Self {
        Self::new(io::ErrorKind::InvalidData, damaged)
    }
}

/// Writes under another name until it is whole.
pub struct Writer {
    path: PathBuf,
    partial: PathBuf,
    out: BufWriter<File>,
    sum: Sha256,
    rows: Counts,
}

impl Writer {
    pub fn begin(path: &Path, header: &Header) -> io::Result<Self> {
        let mut partial = path.as_os_str().to_owned();
        partial.push(".partial");
        let partial = PathBuf::from(partial);
        let out = BufWriter::with_capacity(1 << 20, private(&partial)?);
        let mut writer =
            Self { path: path.to_owned(), partial, out, sum: Sha256::new(), rows: Counts::default() };
        let header = serde_json::to_string(header)?;
        writer.line(&[MARK, &header])?;
        Ok(writer)
    }

    pub fn row(&mut self, row: &ArchivedRow) -> io::Result<()> {
        self.rows.count(row.table);
        self.line(&[row.table.name(), "\t", &row.json])
    }

    fn line(&mut self, parts: &[&str]) -> io::Result<()> {
        for part in parts.iter().copied().chain(["\n"]) {
            self.sum.update(part);
            self.out.write_all(part.as_bytes())?;
        }
        Ok(())
    }

    /// Gives the file its name, once it is on disk.
    pub fn finish(self) -> io::Result<Counts> {
        let Self { path, partial, mut out, sum, rows } = self;
        let sum = Sum { rows, sha256: hex::encode(sum.finalize()) };
        writeln!(out, "{END}{}", serde_json::to_string(&sum)?)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        // Not a renaming, which would take the place of a file that came meanwhile.
        fs::hard_link(&partial, &path)?;
        fs::remove_file(&partial)?;
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            File::open(folder)?.sync_all()?;
        }
        Ok(sum.rows)
    }

    pub fn abandon(self) {
        // What is left is under a name that nothing reads.
        let _ = fs::remove_file(&self.partial);
    }
}

/// Readable by this user alone: what is sealed is no secret, who is connected to what is nobody's business.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Gives the rows of a file. Ends well only where the sum at its end is right: what was read is to be believed then.
pub struct Rows {
    input: BufReader<File>,
    sum: Sha256,
    counted: Counts,
    line: u64,
    is_over: bool,
}

impl Rows {
    pub fn open(path: &Path) -> io::Result<(Header, Self)> {
        let input = BufReader::with_capacity(1 << 20, File::open(path)?);
        let mut rows =
            Self { input, sum: Sha256::new(), counted: Counts::default(), line: 0, is_over: false };
        let first = rows.next_line()?;
        let header = first.strip_prefix(MARK).ok_or(DamagedBackup::NoBackup)?;
        let header: Header = serde_json::from_str(header).map_err(|_| DamagedBackup::NoBackup)?;
        if !(1..=FORM).contains(&header.form) {
            return Err(DamagedBackup::Form(header.form).into());
        }
        rows.add(&first);
        Ok((header, rows))
    }

    /// How many were given.
    pub fn counted(&self) -> &Counts {
        &self.counted
    }

    fn add(&mut self, line: &str) {
        self.sum.update(line);
        self.sum.update("\n");
    }

    fn next_line(&mut self) -> io::Result<String> {
        self.line += 1;
        let mut bytes = vec![];
        (&mut self.input).take(LINE_BYTES_MAX).read_until(b'\n', &mut bytes)?;
        if bytes.pop() != Some(b'\n') {
            return Err(DamagedBackup::Short(self.line).into());
        }
        Ok(String::from_utf8(bytes).map_err(|_| DamagedBackup::Line(self.line))?)
    }

    fn next_row(&mut self) -> io::Result<Option<ArchivedRow>> {
        let line = self.next_line()?;
        if let Some(sum) = line.strip_prefix(END) {
            return self.end(sum).map(|()| None);
        }
        self.add(&line);
        let damaged = DamagedBackup::Line(self.line);
        let Some((name, json)) = line.split_once('\t') else { return Err(damaged.into()) };
        let Some(table) = Table::ALL.into_iter().find(|table| table.name() == name) else {
            return Err(damaged.into());
        };
        self.counted.count(table);
        Ok(Some(ArchivedRow { table, json: json.to_owned() }))
    }

    fn end(&mut self, sum: &str) -> io::Result<()> {
        let sum: Sum = serde_json::from_str(sum).map_err(|_| DamagedBackup::Line(self.line))?;
        if sum.sha256 != hex::encode(self.sum.clone().finalize()) {
            return Err(DamagedBackup::Sum.into());
        }
        if sum.rows != self.counted {
            return Err(DamagedBackup::Rows.into());
        }
        if !self.input.fill_buf()?.is_empty() {
            return Err(DamagedBackup::Behind.into());
        }
        Ok(())
    }
}

impl Iterator for Rows {
    type Item = io::Result<ArchivedRow>;

    fn next(&mut self) -> Option<io::Result<ArchivedRow>> {
        if self.is_over {
            return None;
        }
        let row = self.next_row();
        self.is_over = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}
