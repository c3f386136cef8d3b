//! Which OAuth apps have unusually many grants refused just now. Each vault counts what it is told; what it finds is kept as
//! an incident, which all of them heed.

use latchkey_domain::incident::{Reading, Tolerance, Wave};
use latchkey_domain::{ConnectionId, Generation, Timestamp};
use latchkey_store::Lane;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The waves of all apps, by client id. Cheap to clone.
#[derive(Clone, Default)]
pub struct Waves {
    apps: Arc<Mutex<HashMap<String, App>>>,
}

#[derive(Default)]
struct App {
    wave: Wave,
    /// The integrations with an incident because of it.
    lanes: BTreeSet<Lane>,
}

/// A refused grant, and whose.
pub struct Refused<'a> {
    pub client_id: &'a str,
    pub connection: ConnectionId,
    pub generation: Generation,
}

impl Waves {
    /// What a refusal is a part of.
    #[must_use]
    pub fn refused(&self, refused: &Refused<'_>, at: Timestamp, tolerance: &Tolerance) -> Reading {
        let mut apps = self.lock();
        let app = apps.entry(refused.client_id.to_owned()).or_default();
        app.wave.refused(refused.connection, refused.generation, at, tolerance)
    }

    /// An integration of the app has an incident.
    pub fn adopt(&self, client_id: &str, lane: &Lane, at: Timestamp) {
        let mut apps = self.lock();
        let app = apps.entry(client_id.to_owned()).or_default();
        app.wave.adopt(at);
        app.lanes.insert(lane.clone());
    }

    /// The integrations whose incident is over.
    #[must_use]
    pub fn ended(&self, at: Timestamp, tolerance: &Tolerance) -> Vec<Lane> {
        let mut apps = self.lock();
        let ended = apps
            .values_mut()
            .filter_map(|app| app.wave.ended(at, tolerance).then(|| std::mem::take(&mut app.lanes)))
            .flatten()
            .collect();
        apps.retain(|_, app| !app.wave.is_forgotten());
        ended
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, App>> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
