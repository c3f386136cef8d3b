//! How a process ends: it is asked to, finishes the work it has begun, and is cut off after a grace period.
//!
//! Two tokens. The soft one says "begin nothing new"; loops and servers watch it. The hard one drops what still runs
//! when the grace period is over. Work spawned here is waited for; work spawned elsewhere is not.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{Instrument, error, info, warn};

/// Handles to one process's life. Clones are the same life.
#[derive(Clone)]
pub struct Lifecycle(Arc<Inner>);

struct Inner {
    soft: CancellationToken,
    hard: CancellationToken,
    tracker: TaskTracker,
    grace: Duration,
    tasks: Mutex<Tasks>,
}

#[derive(Default)]
struct Tasks {
    running: BTreeMap<&'static str, usize>,
    failed: Vec<&'static str>,
}

/// What did not end well. `main` turns it into an exit code.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("ended badly: failed [{}], cut off after the grace period [{}]", failed.join(", "), cut.join(", "))]
pub struct Unfinished {
    /// Essential tasks that ended by themselves.
    pub failed: Vec<&'static str>,
    /// Tasks that still ran when the grace period was over.
    pub cut: Vec<&'static str>,
}

impl Lifecycle {
    /// `grace`: how long work may take to finish once the process is told to stop. Keep it below the platform's own
    /// limit (Kubernetes: 30 s), or the platform cuts first.
    pub fn new(grace: Duration) -> Self {
        Self(Arc::new(Inner {
            soft: CancellationToken::new(),
            hard: CancellationToken::new(),
            tracker: TaskTracker::new(),
            grace,
            tasks: Mutex::default(),
        }))
    }

    /// Resolves when the process is told to stop. Owns what it needs, so it may outlive the handle.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        self.0.soft.clone().cancelled_owned()
    }

    /// Resolves when everything has ended, or was cut off.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        self.0.hard.clone().cancelled_owned()
    }

    pub fn is_stopping(&self) -> bool {
        self.0.soft.is_cancelled()
    }

    /// Tells the process to stop. Repeating it changes nothing.
    pub fn stop(&self) {
        self.0.soft.cancel();
    }

    /// Drops what runs, at whatever await it stands and without telling it first, as the end of a process does.
    pub fn cut(&self) {
        self.0.hard.cancel();
    }

    /// Runs work that the process waits for before it ends. The handle yields `None` where the work was cut off;
    /// dropping it changes nothing.
    pub fn spawn<F>(&self, name: &'static str, work: F) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let hard = self.0.hard.clone();
        let entry = Entry::new(self.clone(), name);
        let tracked = async move {
            let _entry = entry;
            // When the hard token fires, `work` is dropped at whatever await it stands.
            hard.run_until_cancelled(work).await
        };
        self.0.tracker.spawn(tracked.in_current_span())
    }

    /// Runs work without which the process is of no use, such as a server. If it ends before the process is told to
    /// stop, by an error, a panic or a plain return, the whole process stops and [`finish`](Self::finish) says why.
    pub fn essential<F, E>(&self, name: &'static str, work: F)
    where
        F: Future<Output = Result<(), E>> + Send + 'static,
        E: std::fmt::Display + Send + 'static,
    {
        let mut verdict = Essential { lifecycle: self.clone(), name, well: false };
        drop(self.spawn(name, async move {
            let outcome = work.await;
            if let Err(cause) = &outcome {
                error!(task = name, error = %cause, "An essential task failed; stopping");
            }
            verdict.settle(outcome.is_ok());
        }));
    }

    /// Waits until the process is told to stop, by SIGTERM, SIGINT or [`stop`](Self::stop), then sees it
    /// [`finish`](Self::finish).
    ///
    /// # Errors
    /// [`Unfinished`] where something failed or had to be cut off.
    pub async fn run_until_signal(&self) -> Result<(), Unfinished> {
        self.on_signal().await;
        self.finish().await
    }

    /// Waits for SIGTERM, SIGINT or [`stop`](Self::stop), and begins to stop. A second signal does not wait for the
    /// grace period.
    pub async fn on_signal(&self) {
        tokio::select! {
            signal = signal() => info!(signal, "Stopping"),
            () = self.stopping() => {}
        }
        self.stop();
        let impatient = self.clone();
        tokio::spawn(async move {
            tokio::select! {
                signal = signal() => {
                    warn!(signal, "Told twice to stop; not waiting for running work");
                    impatient.0.hard.cancel();
                }
                () = impatient.ended() => {}
            }
        });
    }

    /// Stops, waits for spawned work up to the grace period, and drops what then still runs.
    ///
    /// # Errors
    /// [`Unfinished`] where something failed or had to be cut off.
    pub async fn finish(&self) -> Result<(), Unfinished> {
        self.stop();
        self.0.tracker.close();
        let mut cut = Vec::new();
        tokio::select! {
            () = self.0.tracker.wait() => {}
            () = tokio::time::sleep(self.0.grace) => cut = self.running(),
            () = self.ended() => cut = self.running(),
        }
        self.0.hard.cancel();
        // Dropping the cut-off work takes no await, only a turn of the scheduler.
        self.0.tracker.wait().await;
        let failed = std::mem::take(&mut self.tasks().failed);
        if failed.is_empty() && cut.is_empty() {
            return Ok(());
        }
        Err(Unfinished { failed, cut })
    }

    fn running(&self) -> Vec<&'static str> {
        self.tasks().running.keys().copied().collect()
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        // A panic elsewhere cannot leave these counters half changed.
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One running task in the list of names, for as long as it runs.
struct Entry {
    lifecycle: Lifecycle,
    name: &'static str,
}

impl Entry {
    fn new(lifecycle: Lifecycle, name: &'static str) -> Self {
        *lifecycle.tasks().running.entry(name).or_default() += 1;
        Self { lifecycle, name }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut tasks = self.lifecycle.tasks();
        if let Some(count) = tasks.running.get_mut(self.name) {
            *count -= 1;
            if *count == 0 {
                tasks.running.remove(self.name);
            }
        }
    }
}

/// Stops the process when an essential task is gone, also where it panicked.
struct Essential {
    lifecycle: Lifecycle,
    name: &'static str,
    well: bool,
}

impl Essential {
    /// It has done well if it ended without an error, and not before it was told to.
    fn settle(&mut self, without_error: bool) {
        self.well = without_error && self.lifecycle.is_stopping();
    }
}

impl Drop for Essential {
    fn drop(&mut self) {
        let cut_off = self.lifecycle.0.hard.is_cancelled();
        if !self.well && !cut_off {
            self.lifecycle.tasks().failed.push(self.name);
        }
        self.lifecycle.stop();
    }
}

#[cfg(unix)]
async fn signal() -> &'static str {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut terminate), Ok(mut interrupt)) =
        (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        warn!("Cannot listen for signals; only `stop` ends this process cleanly");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    }
}

#[cfg(not(unix))]
async fn signal() -> &'static str {
    match tokio::signal::ctrl_c().await {
        Ok(()) => "Ctrl-C",
        Err(_) => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
