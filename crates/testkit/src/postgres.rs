//! A PostgreSQL of a test's own, which may be stopped in the middle of its work. Its programs are those
//! `LATCHKEY_TEST_PG_BIN` names.

use crate::ports::free_port;
use std::fs::File;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A server with its files; both end with this.
pub struct Postgres {
    server: Option<Child>,
    port: u16,
    folder: TempDir,
    /// Which of its folders it serves.
    serving: &'static str,
    standby: Option<Child>,
}

const PRIMARY: &str = "data";
const STANDBY: &str = "standby";

impl Postgres {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        // The server's user must get through to its folder below.
        let permissions = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(folder.path(), permissions).expect("our own folder");
        let mut postgres = Self { server: None, port: free_port(), folder, serving: PRIMARY, standby: None };
        let data = postgres.data();
        own_folder(&data);
        let initdb = as_its_user("initdb")
            .args(["--username", "postgres", "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--no-sync", "--pgdata"])
            .arg(&data)
            .current_dir(&data)
            .output();
        let made = initdb.expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.start_again().await;
        postgres
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join(self.serving)
    }

    /// Starts it on its files, whatever state it left them in, and waits until it answers.
    ///
    /// # Panics
    /// Where it does not come up.
    pub async fn start_again(&mut self) {
        self.server = Some(self.serve(&self.data(), self.port));
        let begun = Instant::now();
        while !self.answers().await {
            assert!(begun.elapsed() < READY_WITHIN, "PostgreSQL does not answer");
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn answers(&self) -> bool {
        self.asked(self.port, "SELECT TRUE").await.is_some()
    }

    fn serve(&self, data: &Path, port: u16) -> Child {
        let log = File::options().create(true).append(true).open(self.folder.path().join("log"));
        let log = log.expect("a log file can be opened");
        let server = as_its_user("postgres")
            .arg("-D")
            .arg(data)
            .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-c", "max_connections=200"])
            .current_dir(data)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn();
        server.expect("postgres starts")
    }

    /// What a server says to a question with yes or no; `None` where it does not answer.
    async fn asked(&self, port: u16, question: &'static str) -> Option<bool> {
        use sqlx::ConnectOptions as _;
        let options: sqlx::postgres::PgConnectOptions = self.url().parse().expect("a database URL");
        let mut connection = options.port(port).connect().await.ok()?;
        sqlx::query_scalar(question).fetch_one(&mut connection).await.ok()
    }

    /// A second server that follows this one by streaming replication, until it has all there is; and then stops following,
    /// as one does whose network is cut: from here on it is behind.
    ///
    /// # Panics
    /// Where it does not come about.
    pub async fn have_a_standby_and_leave_it_behind(&mut self) {
        let folder = self.folder.path().join(STANDBY);
        own_folder(&folder);
        let copy = as_its_user("pg_basebackup")
            .args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-U", "postgres", "-X", "stream", "-R"])
            .args(["--checkpoint=fast", "--no-sync", "-D"])
            .arg(&folder)
            .current_dir(self.data())
            .output()
            .expect("pg_basebackup runs");
        assert!(copy.status.success(), "{}", String::from_utf8_lossy(&copy.stderr));
        let port = free_port();
        self.standby = Some(self.serve(&folder, port));
        let followed =
            "SELECT COALESCE(bool_and(replay_lsn >= pg_current_wal_lsn()), FALSE) FROM pg_stat_replication";
        let begun = Instant::now();
        while self.asked(self.port, followed).await != Some(true) {
            assert!(begun.elapsed() < READY_WITHIN, "the standby does not follow");
            tokio::time::sleep(LOOK_EVERY).await;
        }
        if let Some(mut standby) = self.standby.take() {
            let _ = standby.kill();
            let _ = standby.wait();
        }
    }

    /// The primary is gone for good, with what the standby had not heard of; the standby takes its place and its address.
    ///
    /// # Panics
    /// Where it does not come about.
    pub async fn fail_over(&mut self) {
        self.kill();
        self.serving = STANDBY;
        let _ = std::fs::remove_file(self.data().join("postmaster.pid"));
        self.start_again().await;
        assert_eq!(self.asked(self.port, "SELECT pg_is_in_recovery()").await, Some(true));
        assert_eq!(self.asked(self.port, "SELECT pg_promote()").await, Some(true));
    }

    /// It stops where it is (SIGSTOP): connections stand, and nothing is answered.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// It goes on where it stopped.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// It is gone at once (SIGKILL), as with the power.
    pub fn kill(&mut self) {
        self.signal("KILL");
        if let Some(mut server) = self.server.take() {
            let _ = server.wait();
        }
    }

    /// The first process and all that serve connections.
    fn signal(&self, name: &str) {
        let Some(server) = &self.server else { return };
        let id = server.id();
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
        let mut kill = Command::new("kill");
        kill.arg(format!("-{name}")).arg(id.to_string()).args(children.split_whitespace());
        let _ = kill.stderr(Stdio::null()).status();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(mut standby) = self.standby.take() {
            let _ = standby.kill();
            let _ = standby.wait();
        }
        self.kill();
    }
}

fn own_folder(path: &Path) {
    let mut make = Command::new("install");
    make.args(["-d", "-m", "700"]);
    if we_are_root() {
        make.args(["-o", "postgres", "-g", "postgres"]);
    }
    assert!(make.arg(path).status().is_ok_and(|made| made.success()), "no folder for PostgreSQL");
}

fn we_are_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// PostgreSQL refuses to run as root.
fn as_its_user(program: &str) -> Command {
    let folder = std::env::var("LATCHKEY_TEST_PG_BIN")
        .expect("LATCHKEY_TEST_PG_BIN is not set: run tests/run, or tests/with-servers cargo test …");
    let program = Path::new(&folder).join(program);
    if !we_are_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).arg(program);
    command
}
