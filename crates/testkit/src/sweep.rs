//! Everything a world leaves behind, searched for secrets.

use crate::canary::Canary;
use crate::world::World;
use std::path::Path;

/// What was found lying about, by name.
#[derive(Default)]
pub(crate) struct Left {
    things: Vec<(String, Vec<u8>)>,
}

impl Left {
    pub(crate) fn add(&mut self, name: &str, bytes: Vec<u8>) {
        self.things.push((name.to_owned(), bytes));
    }

    /// The database, the logs, the spans and the stream. The processes have ended, so all of it is written.
    pub(crate) async fn gather(&mut self, world: &World) {
        self.add("the spans", world.collector.received());
        self.add_files(world.folder.path());
        if let Some(parts) = &world.parts {
            self.add("the database", parts.database.dump().await);
            for message in parts.nats.messages().await {
                let headers = format!("{:?}", message.headers);
                self.add(&format!("a message at {}", message.subject), message.payload.to_vec());
                self.add("a message's headers", headers.into_bytes());
            }
        }
        self.assert_something_to_search();
    }

    /// Logs, and the database's files with its journal. Settings and keys are the operator's.
    fn add_files(&mut self, folder: &Path) {
        for entry in std::fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("an entry can be read").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.ends_with(".log") || name.starts_with("latchkey.db") {
                self.add(&name, std::fs::read(&path).expect("a file can be read"));
            }
        }
    }

    /// A sweep of nothing finds nothing, and shows nothing.
    fn assert_something_to_search(&self) {
        for part in ["spans", "log", "metrics", "database latchkey.db"] {
            let searched = self
                .things
                .iter()
                .any(|(name, bytes)| part.split(' ').any(|word| name.contains(word)) && !bytes.is_empty());
            assert!(searched, "there is nothing of `{part}` to search");
        }
    }

    /// Every find, with where.
    pub(crate) fn search(&self, secrets: &Canary) -> Vec<String> {
        let finds = self.things.iter().flat_map(|(name, bytes)| {
            let found = secrets.found_in(bytes).into_iter();
            found.map(move |find| format!("{name}: {find}"))
        });
        finds.collect()
    }
}
