//! The program itself, as somebody would start it: a server in a folder of its own, and commands that find it there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDED_WITHIN: Duration = Duration::from_secs(20);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A folder, and whatever runs in it.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts a server on free ports and waits until it says that it is ready.
    pub fn start(&self, options: &[&str]) -> Server {
        let mut process = program()
            .args(["dev", "--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--ops", "127.0.0.1:0"])
            .args(options)
            .arg("--data")
            .arg(self.data())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let env = self.data().join("dev.env");
        let began = Instant::now();
        while !env.exists() {
            if let Some(status) = process.try_wait().unwrap() {
                panic!("the server ended ({status}): {}", all(process.stderr.take().unwrap()));
            }
            assert!(began.elapsed() < READY_WITHIN, "the server is not ready");
            sleep(LOOK_EVERY);
        }
        Server { process, env: read(&env) }
    }

    /// Runs a command in the folder.
    pub fn run(&self, arguments: &[&str]) -> Output {
        program().args(arguments).arg("--data").arg(self.data()).output().unwrap()
    }

    /// What a command printed, where it did what was asked.
    pub fn ask(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output.stderr));
        said(&output.stdout)
    }

    /// What a command complained of.
    pub fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output.stdout));
        assert!(output.stdout.is_empty(), "{}", said(&output.stdout));
        said(&output.stderr)
    }
}

pub struct Server {
    process: Child,
    /// `dev.env`, as it was when the server was ready.
    pub env: BTreeMap<String, String>,
}

impl Server {
    /// Tells it to stop, and gives what it printed.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let told = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(told.success());
        let began = Instant::now();
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return (status, all(self.process.stdout.take().unwrap()));
            }
            assert!(began.elapsed() < ENDED_WITHIN, "the server does not end");
            sleep(LOOK_EVERY);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Without what the shell around the tests happens to say.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_latchkey"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("LATCHKEY_") {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

pub fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

fn all(mut pipe: impl std::io::Read) -> String {
    let mut bytes = Vec::new();
    pipe.read_to_end(&mut bytes).unwrap();
    said(&bytes)
}

fn read(path: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(path).unwrap();
    let pairs = text.lines().filter_map(|line| line.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
