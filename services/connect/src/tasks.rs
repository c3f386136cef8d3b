//! Work that is done to its end, whether or not whoever asked for it still waits.
//!
//! A browser that goes away has its handler dropped wherever it stands. Between a code that is spent and a connection that
//! is not made yet, that would lose a grant.

use crate::failures::Problem;
use latchkey_chassis::Lifecycle;
use latchkey_wire::Fault;
use tracing::{Instrument, error};

#[derive(Clone, Default)]
pub struct Tasks {
    lifecycle: Option<Lifecycle>,
}

impl Tasks {
    /// Tasks that the process waits for before it ends.
    #[must_use]
    pub fn of(lifecycle: &Lifecycle) -> Self {
        Self { lifecycle: Some(lifecycle.clone()) }
    }

    /// Resolves when the process is told to end.
    pub fn stopping(&self) -> impl Future<Output = ()> + Send + 'static {
        let lifecycle = self.lifecycle.clone();
        async move {
            match &lifecycle {
                Some(lifecycle) => lifecycle.stopping().await,
                None => std::future::pending().await,
            }
        }
    }

    /// Does the work and says what came of it.
    ///
    /// # Cancel safety
    /// Dropping the future leaves the work to go on by itself.
    ///
    /// # Errors
    /// The work's own; and a fault of ours where it panicked, or was cut off by the end of the process.
    pub async fn finish<T: Send + 'static>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, Problem>> + Send + 'static,
    ) -> Result<T, Problem> {
        let finished = match &self.lifecycle {
            Some(lifecycle) => lifecycle.spawn(name, work).await.ok().flatten(),
            None => tokio::spawn(work.in_current_span()).await.ok(),
        };
        finished.unwrap_or_else(|| {
            error!(task = name, "An attempt to connect was not worked on to its end");
            Err(Fault::internal().into())
        })
    }
}
