//! `dev.env`: where a development server is and how to call it, for scripts and for the commands of this program.
//! It is there while the server is: from when it is ready until it ends.

use super::folder::write_private;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

pub const URL: &str = "LATCHKEY_URL";
pub const GRPC: &str = "LATCHKEY_GRPC";
pub const OPS: &str = "LATCHKEY_OPS";
pub const API_KEY: &str = "LATCHKEY_API_KEY";
pub const ENVIRONMENT: &str = "LATCHKEY_ENVIRONMENT";
pub const DASHBOARD_LOGIN: &str = "LATCHKEY_DASHBOARD_LOGIN";

/// Names and values. They hold a key, hence no `Debug`.
#[derive(Default)]
pub struct EnvFile(BTreeMap<String, String>);

impl EnvFile {
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> io::Result<Self> {
        Ok(Self::parse(&std::fs::read_to_string(path)?))
    }

    fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let pairs = lines.filter_map(|line| line.split_once('='));
        Self(pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).collect())
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(name.to_owned(), value.into());
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// In one piece: whoever sees the file sees all of it.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut text = String::new();
        for (name, value) in &self.0 {
            // Values are addresses and keys: no blanks, so that every shell reads them as they are.
            let _ = writeln!(text, "{name}={value}");
        }
        write_private(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let scratch = tempfile::tempdir().unwrap();
        let path = scratch.path().join("dev.env");
        let mut file = EnvFile::default();
        file.set(URL, "http://127.0.0.1:8080");
        file.set(API_KEY, "canary_key");
        file.write(&path).unwrap();
        let read = EnvFile::read(&path).unwrap();
        assert_eq!((read.get(URL), read.get(API_KEY)), (Some("http://127.0.0.1:8080"), Some("canary_key")));
        assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
    }
}
