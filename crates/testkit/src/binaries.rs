//! Where the built programs are.

use std::path::{Path, PathBuf};

/// The program called `name`: in the folder `LATCHKEY_TEST_BIN_DIR` names, or in the build folder this test is in.
///
/// # Panics
/// Where it is not there, with the command that builds it.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let path = folder().join(name);
    assert!(path.is_file(), "{} is not built: run `cargo build --workspace --bins`", path.display());
    path
}

fn folder() -> PathBuf {
    if let Some(folder) = std::env::var_os("LATCHKEY_TEST_BIN_DIR") {
        return folder.into();
    }
    // …/target/debug/deps/flows-0123456789abcdef
    let test = std::env::current_exe().expect("a test knows its own path");
    test.parent().and_then(Path::parent).expect("tests are built two folders down").to_owned()
}
