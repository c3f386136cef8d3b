//! Secrets in the settings are paths of files, never values: a variable or a TOML file is read by too many.

use std::fs::Metadata;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde::Deserialize;

use super::ConfigError;

/// A file that holds one secret, as `something_file = "/run/secrets/something"`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct SecretFile(PathBuf);

impl SecretFile {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The secret, without the line end that editors add.
    ///
    /// # Errors
    /// Where the file cannot be read, is empty, or may be read by others.
    pub fn read(&self) -> Result<SecretString, ConfigError> {
        let refuse = |fault: String| ConfigError::SecretFile { path: self.0.clone(), fault };
        let metadata = std::fs::metadata(&self.0).map_err(|error| refuse(error.to_string()))?;
        private(&metadata).map_err(&refuse)?;
        let mut text = std::fs::read_to_string(&self.0).map_err(|error| refuse(error.to_string()))?;
        // Shortened in place: a copy would stay behind in memory.
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
        if text.is_empty() {
            return Err(refuse("it is empty".to_owned()));
        }
        Ok(SecretString::from(text))
    }
}

/// Nobody but the process may read the file. One exception: a platform that mounts secrets as root can open them to a
/// process only through its group (Kubernetes, `fsGroup`), so a group may read a file that is not the process's own.
#[cfg(unix)]
fn private(metadata: &Metadata) -> Result<(), String> {
    use std::os::unix::fs::MetadataExt;

    let mode = metadata.mode() & 0o777;
    // The owner of its own entry there is the user the process runs as. Without it, the file counts as our own.
    let own = std::fs::metadata("/proc/self").map_or(true, |process| process.uid() == metadata.uid());
    let others = if own { 0o077 } else { 0o027 };
    if mode & others == 0 {
        return Ok(());
    }
    Err(format!("others may read it (mode {mode:03o}); run `chmod 600` on it"))
}

#[cfg(not(unix))]
fn private(_: &Metadata) -> Result<(), String> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    fn secret_file(folder: &Path, content: &str, mode: u32) -> SecretFile {
        let path = folder.join("secret");
        write(&path, content).unwrap();
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        SecretFile::new(path)
    }

    #[test]
    fn a_private_file_gives_its_secret_without_the_line_end() {
        let folder = tempfile::tempdir().unwrap();
        let secret = secret_file(folder.path(), "canary_file \n", 0o600).read().unwrap();
        assert_eq!(secret.expose_secret(), "canary_file ");
    }

    #[test]
    fn a_file_that_others_may_read_is_refused_with_the_command_that_mends_it() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o644, 0o640, 0o604] {
            let refusal = secret_file(folder.path(), "canary_file", mode).read().unwrap_err().to_string();
            assert!(
                refusal.contains(&format!("mode {mode:o}")) && refusal.contains("chmod 600"),
                "{refusal}"
            );
            assert!(!refusal.contains("canary"), "{refusal}");
        }
    }

    #[test]
    fn an_empty_or_missing_file_is_refused_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let empty = secret_file(folder.path(), "\n", 0o600).read().unwrap_err().to_string();
        assert!(empty.contains("secret") && empty.contains("empty"), "{empty}");
        let missing = SecretFile::new("/nowhere/secret").read().unwrap_err().to_string();
        assert!(missing.contains("/nowhere/secret"), "{missing}");
    }
}
