//! What whoever operates a world does: commands on its settings, and changes of these.

use crate::builder::start_all;
use crate::parts::{create_key, create_transit_key, disable_key, rotate_transit_key};
use crate::process::{Ended, Running, run};
use crate::topology::Topology;
use crate::world::World;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _};
use std::path::PathBuf;

impl World {
    /// Runs `latchkey COMMAND… --config FILE` with the settings of the vault, or of the one process.
    pub async fn operate(&self, command: &[&str]) -> Ended {
        let file = self.keys_from.display().to_string();
        run("latchkey", &[command, &["--config", &file]].concat()).await
    }

    /// Begins what [`Self::operate`] runs to its end.
    #[must_use]
    pub fn begin(&self, command: &[&str]) -> Running {
        let file = self.keys_from.display().to_string();
        Running::begin("latchkey", &[command, &["--config", &file]].concat())
    }

    /// Where each process answers the platform.
    #[must_use]
    pub fn ops(&self) -> Vec<String> {
        self.programs.iter().map(|program| format!("http://127.0.0.1:{}", program.ops_port)).collect()
    }

    /// Changes the database behind everybody's back, as whoever has its password can. Says how many rows were.
    ///
    /// # Panics
    /// Where the statement cannot be carried out.
    pub async fn meddle(&self, statement: &str) -> u64 {
        let settings = std::fs::read_to_string(&self.keys_from).expect("the settings can be read");
        let line = settings.lines().find_map(|line| line.strip_prefix("url = "));
        let url = line.expect("a database is named").trim_matches('"');
        let statement = AssertSqlSafe(statement.to_owned());
        match url.strip_prefix("sqlite:") {
            Some(file) => {
                let options = SqliteConnectOptions::new().filename(file);
                let mut connection = options.connect().await.expect("the file can be opened");
                sqlx::query(statement).execute(&mut connection).await.expect("a statement").rows_affected()
            }
            None => {
                let options: PgConnectOptions = url.parse().expect("a database URL");
                let mut connection = options.connect().await.expect("the database can be reached");
                sqlx::query(statement).execute(&mut connection).await.expect("a statement").rows_affected()
            }
        }
    }

    /// The address of the present key of the key service, as the settings have it.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn kek(&self) -> String {
        let settings = std::fs::read_to_string(&self.keys_from).expect("the settings can be read");
        let line = settings.lines().find_map(|line| line.strip_prefix("kek = ")).expect("a key is named");
        line.trim_matches('"').to_owned()
    }

    /// One more key of a key service: its address.
    pub async fn another_kek(&self) -> String {
        let name = format!("another-{}", rand::random::<u32>());
        match self.topology {
            Topology::Many => create_key(&name).await,
            Topology::One => {
                let path = self.folder.path().join(name);
                crate::settings::write_key(&path, &rand::random::<[u8; 32]>());
                format!("file://{}", path.display())
            }
        }
    }

    /// One more key, at the transit engine of an OpenBao: its address.
    pub async fn transit_kek(&self) -> String {
        create_transit_key(&format!("flow-{:016x}", rand::random::<u64>()), self.folder.path()).await
    }

    /// Has the engine renew such a key, as it does on a schedule.
    pub async fn rotate_transit_kek(&self, kek: &str) {
        rotate_transit_key(kek).await;
    }

    /// It opens nothing any more. A key in a file goes with the file.
    ///
    /// # Panics
    /// Where the file cannot be removed.
    pub async fn lose_kek(&self, kek: &str) {
        match kek.strip_prefix("file://") {
            Some(path) => std::fs::remove_file(path).expect("the key's file can be removed"),
            None => disable_key(kek).await,
        }
    }

    /// Names these keys in the settings of everybody who has keys. They are read at the next start.
    ///
    /// # Panics
    /// Where the settings cannot be written.
    pub fn set_keks(&self, kek: &str, also: &[&str]) {
        for file in self.files_with_keys() {
            let settings = std::fs::read_to_string(&file).expect("the settings can be read");
            let lines = settings.lines().filter(|line| !line.starts_with("also = ")).map(|line| {
                match line.starts_with("kek = ") {
                    true => format!("kek = {kek:?}\nalso = {also:?}\n"),
                    false => format!("{line}\n"),
                }
            });
            std::fs::write(&file, lines.collect::<String>()).expect("the settings can be written");
        }
    }

    /// Stops every process, as if their database were lost, and has an empty one in its place. Journals stay.
    ///
    /// # Panics
    /// Where a process does not end well, or the settings cannot be written.
    pub async fn lose_database(&mut self) {
        self.stop();
        let Some(parts) = &mut self.parts else {
            for end in ["", "-wal", "-shm"] {
                // The latter two go with the last process that had the file.
                let _ = std::fs::remove_file(self.folder.path().join(format!("latchkey.db{end}")));
            }
            return;
        };
        let lost = parts.database.url();
        parts.database = parts.database.another(&format!("restored_{:08x}", rand::random::<u32>())).await;
        let empty = parts.database.url();
        for file in self.files_with_keys() {
            let settings = std::fs::read_to_string(&file).expect("the settings can be read");
            std::fs::write(&file, settings.replace(&lost, &empty)).expect("the settings can be written");
        }
    }

    /// Starts what [`Self::lose_database`] stopped, with the refreshers' journals or without.
    ///
    /// # Panics
    /// Where a process does not come back.
    pub async fn come_back(&mut self, journals: bool) {
        if !journals {
            let files = std::fs::read_dir(self.folder.path()).expect("our own folder").flatten();
            let folders = files.map(|file| file.path()).filter(|path| path.is_dir());
            for journal in folders.filter(|path| path.to_string_lossy().contains("journal")) {
                std::fs::remove_dir_all(journal).expect("a journal can be lost");
            }
        }
        self.processes = start_all(&self.programs).await;
    }

    fn files_with_keys(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.folder.path()).expect("our own folder").flatten();
        let settings =
            files.map(|file| file.path()).filter(|path| path.extension().is_some_and(|it| it == "toml"));
        settings
            .filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("\nkek = ")))
            .collect()
    }
}
