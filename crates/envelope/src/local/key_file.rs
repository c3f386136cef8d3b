use crate::message::KeyBytes;
use crate::random;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What is wrong with a key file, and how to mend it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error(
        "there is no key file {0}: put the original one back; only for a new installation, \
         create one with `(umask 377; head -c 32 /dev/urandom > {0})`"
    )]
    Missing(PathBuf),
    #[error("the key file {path} must hold exactly 32 bytes and holds {found}: put the original one back")]
    WrongLength { path: PathBuf, found: String },
    #[error("the key file {path} may be read by others (mode {mode:04o}): run `chmod 400 {path}`")]
    Exposed { path: PathBuf, mode: u32 },
    #[error("{0} is not a file: name the key file itself")]
    NotAFile(PathBuf),
    #[error("the key file {path} cannot be read: run as the user that owns it")]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("the key file {path} cannot be created: {hint}")]
    NotCreated { path: PathBuf, hint: &'static str, source: io::Error },
}

pub fn read(path: &Path) -> Result<KeyBytes, KeyFileError> {
    let unreadable = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
        _ => KeyFileError::Unreadable { path: path.to_owned(), source },
    };
    let mut file = File::open(path).map_err(unreadable)?;
    // Of the file that was opened, not of what the path names by now.
    let facts = file.metadata().map_err(unreadable)?;
    if !facts.is_file() {
        return Err(KeyFileError::NotAFile(path.to_owned()));
    }
    let mode = facts.permissions().mode() & 0o7777;
    if exposed(mode, is_own(facts.uid())) {
        return Err(KeyFileError::Exposed { path: path.to_owned(), mode });
    }
    // One byte more than a key, to tell a longer file from a key.
    let mut bytes = Zeroizing::new([0; 33]);
    let mut length = 0;
    while length < bytes.len() {
        match file.read(&mut bytes[length..]).map_err(unreadable)? {
            0 => break,
            read => length += read,
        }
    }
    let found = if length > 32 { "more".to_owned() } else { length.to_string() };
    let wrong_length = || KeyFileError::WrongLength { path: path.to_owned(), found: found.clone() };
    let key: &[u8; 32] = bytes[..length].try_into().map_err(|_| wrong_length())?;
    Ok(Zeroizing::new(*key))
}

/// Whether more may read the file than the process. One exception: a platform that mounts secrets as root can open them to
/// a process only through its group (Kubernetes, `fsGroup`), so a group may read a file that is not the process's own.
fn exposed(mode: u32, own: bool) -> bool {
    mode & if own { 0o077 } else { 0o037 } != 0
}

/// The owner of its own entry there is the user the process runs as. Without it, the file counts as our own.
fn is_own(owner: u32) -> bool {
    std::fs::metadata("/proc/self").map_or(true, |process| process.uid() == owner)
}

/// Creates a key file with a fresh key, mode 0400, and returns once it is on the disk: what is sealed with a key must
/// not outlive it.
///
/// # Errors
/// [`KeyFileError::NotCreated`]; an existing file is never replaced.
pub fn create_key_file(path: &Path) -> Result<(), KeyFileError> {
    let not_created = |source: io::Error| KeyFileError::NotCreated {
        path: path.to_owned(),
        hint: match source.kind() {
            io::ErrorKind::AlreadyExists => "there is one already, and what it sealed needs it",
            io::ErrorKind::NotFound => "its folder does not exist",
            _ => "check the rights on its folder and the space on the disk",
        },
        source,
    };
    let mut file =
        OpenOptions::new().write(true).create_new(true).mode(0o400).open(path).map_err(not_created)?;
    let key: KeyBytes = Zeroizing::new(random::bytes());
    let written =
        file.write_all(key.as_slice()).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    written.map_err(|source| {
        // Half a key is worse than none: the next start would stop at its length. Nothing was sealed with it yet.
        let _ = std::fs::remove_file(path);
        not_created(source)
    })
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn file(content: &[u8], mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    fn complaint(path: &Path) -> String {
        let complaint = read(path).err().unwrap().to_string();
        assert!(complaint.contains(path.to_str().unwrap()), "{complaint}");
        complaint
    }

    #[test]
    fn a_created_key_file_is_read_only_and_holds_a_key() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        create_key_file(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o400);
        assert_ne!(read(&path).unwrap().as_slice(), [0; 32]);
    }

    #[test]
    fn an_existing_key_file_is_never_replaced() {
        let (_folder, path) = file(&[7; 32], 0o600);
        let complaint = create_key_file(&path).err().unwrap().to_string();
        assert!(complaint.contains("there is one already"), "{complaint}");
        assert_eq!(fs::read(&path).unwrap(), [7; 32]);
    }

    #[test]
    fn a_missing_file_is_told_with_how_to_create_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(complaint(&folder.path().join("kek")).contains("head -c 32 /dev/urandom"));
        let nowhere = create_key_file(&folder.path().join("no/kek")).err().unwrap().to_string();
        assert!(nowhere.contains("its folder does not exist"), "{nowhere}");
    }

    #[test]
    fn a_file_of_another_length_is_refused() {
        for (length, told) in [(0, "holds 0"), (31, "holds 31"), (33, "holds more"), (64, "holds more")] {
            let (_folder, path) = file(&vec![7; length], 0o400);
            assert!(complaint(&path).contains(told));
        }
    }

    #[test]
    fn a_file_that_others_may_read_is_refused() {
        for mode in [0o440, 0o404, 0o644, 0o420, 0o410] {
            let (_folder, path) = file(&[7; 32], mode);
            assert!(complaint(&path).contains("chmod 400"));
        }
        let (_folder, path) = file(&[7; 32], 0o600);
        assert_eq!(read(&path).unwrap().as_slice(), [7; 32]);
    }

    #[test]
    fn a_group_may_read_a_file_that_is_mounted_by_another_user() {
        assert!(!exposed(0o440, false) && exposed(0o440, true));
        for mode in [0o444, 0o460, 0o450, 0o404] {
            assert!(exposed(mode, false), "{mode:o}");
        }
    }

    #[test]
    fn a_folder_and_what_cannot_be_read_are_told_apart_from_a_missing_file() {
        let folder = tempfile::tempdir().unwrap();
        assert!(complaint(folder.path()).contains("is not a file"));
        let (_folder, path) = file(&[7; 32], 0o400);
        let below = path.join("kek");
        assert!(complaint(&below).contains("cannot be read"));
    }
}
