//! What a test does to the processes of a world, to its database and to the ways between them.

use crate::postgres::Postgres;
use crate::process::Process;
use crate::relay::Relay;
use crate::world::World;
use std::time::{Duration, Instant};

/// What our processes have for ending where the chart runs them, once they are told to and before they are killed.
const GRACE: Duration = Duration::from_secs(115);
/// Gauges are counted anew four times a minute.
const METRICS_WITHIN: Duration = Duration::from_secs(60);

impl World {
    /// The way everybody takes to the provider.
    ///
    /// # Panics
    /// In a world without relays.
    #[must_use]
    pub fn provider_relay(&self) -> &Relay {
        self.provider.relay.as_ref().expect("a world with relays")
    }

    /// The way the first refresher takes to its vault.
    ///
    /// # Panics
    /// In a world without relays.
    #[must_use]
    pub fn vault_relay(&self) -> &Relay {
        self.vault_relay.as_ref().expect("a world with relays")
    }

    /// The database server.
    ///
    /// # Panics
    /// In a world that has none of its own.
    pub fn postgres(&mut self) -> &mut Postgres {
        self.postgres.as_mut().expect("a world with a PostgreSQL of its own")
    }

    /// The way the vaults take to their key service.
    ///
    /// # Panics
    /// In a world without it.
    #[must_use]
    pub fn kms_relay(&self) -> &Relay {
        self.parts
            .as_ref()
            .and_then(|parts| parts.kms_relay.as_ref())
            .expect("a world with a relay to its keys")
    }

    /// What the first refresher has written down, byte for byte.
    #[must_use]
    pub fn journal(&self) -> Vec<(String, Vec<u8>)> {
        let entries = std::fs::read_dir(self.folder.path().join("journal-1")).into_iter().flatten().flatten();
        let files = entries.filter_map(|entry| {
            let name = entry.file_name().into_string().ok().filter(|name| name.ends_with(".journal"))?;
            Some((name, std::fs::read(entry.path()).ok()?))
        });
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    }

    /// Ends every process of this program at once (SIGKILL).
    pub fn kill(&mut self, program: &str) {
        self.processes.iter_mut().filter(|process| process.name() == program).for_each(Process::kill);
    }

    /// Starts the processes of this program again, on what they left behind.
    ///
    /// # Panics
    /// Where one does not come up.
    pub async fn start_again(&mut self, program: &str) {
        for process in self.processes.iter_mut().filter(|process| process.name() == program) {
            *process = process.program().start();
            process.ready().await;
        }
    }

    /// One process after the other is told to stop, as by a platform, and started again once it has; those that others call
    /// come last.
    ///
    /// # Panics
    /// Where one does not end well or does not come back.
    pub async fn roll(&mut self) {
        for process in self.processes.iter_mut().rev() {
            process.tell_to_stop();
            let ended = process.ended_within(GRACE);
            let well = ended.is_some_and(|status| status.success());
            assert!(well, "{} did not end well ({ended:?}):\n{}", process.name(), process.last_words());
            *process = process.program().start();
            process.ready().await;
        }
    }

    /// The metrics whose exemplars name this trace, whichever process measured them.
    pub async fn measured_in(&self, trace: &str) -> Vec<String> {
        let (mut measured, exemplar) = (vec![], format!(" # {{trace_id=\"{trace}\""));
        for process in &self.processes {
            let page = process.open_metrics().await;
            let lines = page.lines().filter(|line| line.contains(&exemplar));
            measured.extend(
                lines.filter_map(|line| line.split_once("_bucket{")).map(|(name, _)| name.to_owned()),
            );
        }
        measured
    }

    /// The sum of those samples of a metric whose lines hold these words, once it is as wanted.
    ///
    /// # Panics
    /// Where it does not become so.
    pub async fn metric_until(&self, name: &str, labels: &str, wanted: impl Fn(f64) -> bool) -> f64 {
        let begun = Instant::now();
        loop {
            let mut found = vec![];
            for process in &self.processes {
                found.extend(samples(&process.metrics().await, name, labels));
            }
            let sum: f64 = found.iter().sum();
            if !found.is_empty() && wanted(sum) {
                return sum;
            }
            assert!(begun.elapsed() < METRICS_WITHIN, "{name}{{{labels}}} is {found:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// The sum of a gauge or counter over all processes. Labels are not told apart.
    pub async fn metric(&self, name: &str) -> f64 {
        let mut sum = 0.0;
        for process in &self.processes {
            sum += samples(&process.metrics().await, name, "").iter().sum::<f64>();
        }
        sum
    }
}

/// The samples of a metric on a page whose lines hold these words.
fn samples(page: &str, name: &str, labels: &str) -> Vec<f64> {
    let of_it = |line: &&str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']));
    let meant = page.lines().filter(of_it).filter(|line| line.contains(labels));
    meant.filter_map(|line| line.rsplit(' ').next()?.parse().ok()).collect()
}
