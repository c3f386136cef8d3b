//! A program under test, as a process. It ends with its owner, whatever happens.

use crate::binaries::binary;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long a process may take to be ready: a cold start with migrations, on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(60);

/// How long a process may take to end when told to. Longer than any refresh in these tests.
const END_WITHIN: Duration = Duration::from_secs(20);

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// What is started: again and again, with the same arguments and the same log.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    pub name: &'static str,
    pub arguments: Vec<String>,
    pub log: PathBuf,
    pub ops_port: u16,
}

/// A running [`Program`].
pub(crate) struct Process {
    program: Program,
    child: Child,
}

impl Program {
    pub(crate) fn start(&self) -> Process {
        let log =
            File::options().create(true).append(true).open(&self.log).expect("a log file can be opened");
        let child = Command::new(binary(self.name))
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", self.name));
        Process { program: self.clone(), child }
    }
}

impl Process {
    /// Waits until `/readyz` says so.
    pub(crate) async fn ready(&mut self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.program.ops_port);
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let begun = Instant::now();
        loop {
            if http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("{} ended before it was ready ({status}):\n{}", self.program.name, self.last_words());
            }
            assert!(
                begun.elapsed() < READY_WITHIN,
                "{} is not ready:\n{}",
                self.program.name,
                self.last_words()
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(crate) async fn metrics(&self) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.program.ops_port);
        let answer = reqwest::get(url).await.expect("the metrics page answers");
        answer.text().await.expect("the metrics page is text")
    }

    /// The same as OpenMetrics has it, with exemplars.
    pub(crate) async fn open_metrics(&self) -> String {
        let url = format!("http://127.0.0.1:{}/metrics", self.program.ops_port);
        let asked = reqwest::Client::new().get(url).header("accept", "application/openmetrics-text");
        asked.send().await.expect("the metrics page answers").text().await.expect("the metrics page is text")
    }

    /// It is gone at once, without a chance to write anything down.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    pub(crate) fn tell_to_stop(&self) {
        signal(&self.child, "TERM");
    }

    /// Waits for the end it was told to come to, and says whether it was a good one.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.ended_within(END_WITHIN)
    }

    pub(crate) fn ended_within(&mut self, patience: Duration) -> Option<ExitStatus> {
        let begun = Instant::now();
        while begun.elapsed() < patience {
            match self.child.try_wait() {
                Ok(Some(status)) => return Some(status),
                Ok(None) => sleep(LOOK_EVERY),
                Err(_) => return None,
            }
        }
        None
    }

    pub(crate) fn name(&self) -> &'static str {
        self.program.name
    }

    /// The end of its log.
    pub(crate) fn last_words(&self) -> String {
        tail(&self.program.log, 25)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(Some(_))) {
            return;
        }
        self.tell_to_stop();
        if self.ended().is_none() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

fn signal(child: &Child, name: &str) {
    let _ = Command::new("kill")
        .arg(format!("-{name}"))
        .arg(child.id().to_string())
        .stderr(Stdio::null())
        .status();
}

fn tail(path: &Path, lines: usize) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

/// A program that is to end by itself, or is killed before.
pub struct Running(Child);

impl Running {
    pub(crate) fn begin(name: &str, arguments: &[&str]) -> Self {
        let program = Command::new(binary(name))
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        Self(program.expect("the program starts"))
    }

    /// Whether it has not ended yet.
    ///
    /// # Panics
    /// Where nobody can say.
    pub fn goes_on(&mut self) -> bool {
        self.0.try_wait().expect("a child can be asked after").is_none()
    }

    /// It is gone at once. Says whether it had not ended by itself.
    ///
    /// # Panics
    /// Where nobody can say.
    pub fn kill(&mut self) -> bool {
        let _ = self.0.kill();
        self.0.wait().expect("a child can be waited for").code().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// How a program ended that was expected to end by itself.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    /// Both its outputs.
    pub said: String,
}

/// Runs a program to its end.
///
/// # Panics
/// Where it does not start, or does not end within a minute: it is killed then.
pub async fn run(name: &str, arguments: &[&str]) -> Ended {
    let program = tokio::process::Command::new(binary(name))
        .args(arguments)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(READY_WITHIN, program).await;
    let output = output.unwrap_or_else(|_| panic!("{name} goes on and on")).expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    Ended { code: output.status.code(), said: String::from_utf8_lossy(&said).into_owned() }
}
