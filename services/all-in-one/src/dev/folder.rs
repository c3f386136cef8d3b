//! The folder of a development server: its keys, its database and what it needs to know again after a restart.
//! Nobody but its owner may read it.

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// Where `latchkey dev` keeps everything, and where the commands look for it.
pub const DEFAULT: &str = "./.latchkey";

#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
}

impl Folder {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    /// Makes the folder and its key file where they are missing.
    ///
    /// # Errors
    /// Where it cannot be made, or is something else.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        make_private(path).with_context(|| format!("the folder {} cannot be made", path.display()))?;
        let path = fs::canonicalize(path)
            .with_context(|| format!("the folder {} cannot be used", path.display()))?;
        let folder = Self { path };
        if !folder.key_file().exists() {
            if folder.database().exists() {
                bail!(
                    "{} is missing, and what is in {} can only be opened with it: put the key file back, or delete \
                     the folder to begin anew",
                    folder.key_file().display(),
                    folder.database().display()
                );
            }
            latchkey_envelope::create_key_file(&folder.key_file())
                .with_context(|| format!("the key file {} cannot be made", folder.key_file().display()))?;
        }
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn key_file(&self) -> PathBuf {
        self.path.join("kek")
    }

    pub fn database(&self) -> PathBuf {
        self.path.join("latchkey.db")
    }

    /// What providers answered and the vault has not heard yet.
    pub fn journal(&self) -> PathBuf {
        self.path.join("journal")
    }

    pub fn env_file(&self) -> PathBuf {
        self.path.join("dev.env")
    }

    pub fn demo_state(&self) -> PathBuf {
        self.path.join("demo-provider.json")
    }

    fn secrets_file(&self) -> PathBuf {
        self.path.join("secrets.json")
    }

    /// What earlier starts kept; nothing where this is the first.
    ///
    /// # Errors
    /// Where the file is there and cannot be used.
    pub fn read_secrets(&self) -> anyhow::Result<Secrets> {
        let path = self.secrets_file();
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                // The cause may quote the text, and the text is secret.
                .map_err(|_| {
                    anyhow::anyhow!("{} is damaged: delete it, and it is made anew", path.display())
                }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Secrets::default()),
            Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
        }
    }

    /// # Errors
    /// Where the file cannot be written.
    pub fn write_secrets(&self, secrets: &Secrets) -> anyhow::Result<()> {
        let path = self.secrets_file();
        let text = serde_json::to_vec_pretty(secrets)?;
        write_private(&path, &text).with_context(|| format!("{} cannot be written", path.display()))
    }
}

/// What is made once and known again after a restart. It holds secrets, hence no `Debug`.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Secrets {
    /// The key of the environment `dev`, with every scope.
    pub api_key: Option<String>,
    pub demo: Option<Demo>,
}

/// The demo provider's. In earnest these would be in a developer's console at the provider, and with end users.
#[derive(Clone, Serialize, Deserialize)]
pub struct Demo {
    /// Where it was last served.
    pub issuer: String,
    /// What its controls are used with.
    pub control_token: String,
    pub client_secret: String,
    pub machine_secret: String,
    pub api_key: String,
    pub username: String,
    pub password: String,
}

fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Replaces the file: a reader sees the old text or the new, never a part, and no other user sees either.
///
/// # Errors
/// Where the disk or its rights say no.
pub fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = Path::new(&beside);
    match fs::remove_file(beside) {
        // One left by a crash may have another mode; the mode below counts for new files only.
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(beside)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn mode(path: &Path) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_folder_or_what_is_in_it() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = Folder::create(&scratch.path().join("a/b")).unwrap();
        folder.write_secrets(&Secrets { api_key: Some("canary_key".into()), demo: None }).unwrap();
        assert_eq!(mode(folder.path()), 0o700);
        assert_eq!(mode(&folder.key_file()) & 0o077, 0);
        assert_eq!(mode(&folder.secrets_file()), 0o600);
    }

    #[test]
    fn what_was_kept_is_known_again() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = Folder::create(scratch.path()).unwrap();
        assert!(folder.read_secrets().unwrap().api_key.is_none());
        folder.write_secrets(&Secrets { api_key: Some("canary_key".into()), demo: None }).unwrap();
        let again = Folder::create(scratch.path()).unwrap().read_secrets().unwrap();
        assert_eq!(again.api_key.as_deref(), Some("canary_key"));
    }

    #[test]
    fn a_damaged_file_is_refused_without_quoting_it() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = Folder::create(scratch.path()).unwrap();
        fs::write(folder.secrets_file(), r#"{"api_key": canary_key"#).unwrap();
        let refusal = format!("{:#}", folder.read_secrets().err().unwrap());
        assert!(refusal.contains("secrets.json") && !refusal.contains("canary"), "{refusal}");
    }

    #[test]
    fn a_database_without_its_key_is_not_given_another() {
        let scratch = tempfile::tempdir().unwrap();
        let folder = Folder::create(scratch.path()).unwrap();
        fs::write(folder.database(), "").unwrap();
        fs::remove_file(folder.key_file()).unwrap();
        let refusal = Folder::create(scratch.path()).unwrap_err().to_string();
        assert!(refusal.contains("put the key file back"), "{refusal}");
        assert!(!folder.key_file().exists());
    }
}
