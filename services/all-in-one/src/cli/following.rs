//! Streams that are followed until the user presses Ctrl-C. A server that goes away is waited for, and nothing is missed meanwhile.

use crate::output;
use latchkey_wire::{Fault, Kind};
use std::time::Duration;

/// How long to wait for a server that went away.
pub const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Follows a stream from a place on, and says in the end where to go on. `watch` keeps the place, and returns where the server ended it.
///
/// # Errors
/// A refusal of the server's.
pub async fn follow(
    from: String,
    watch: impl AsyncFn(&mut String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut place = from;
    tokio::select! {
        ended = until_refused(&mut place, watch) => return ended,
        _ = tokio::signal::ctrl_c() => {}
    }
    if !place.is_empty() {
        output::note(&format!("Continue from here with --from {place}"));
    }
    Ok(())
}

async fn until_refused(
    place: &mut String,
    watch: impl AsyncFn(&mut String) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    loop {
        match watch(place).await {
            Err(error) if !is_away(&error) => return Err(error),
            _ => tokio::time::sleep(AGAIN_AFTER).await,
        }
    }
}

/// Whether a server that refused something may be there again soon.
pub fn is_away(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<Fault>()
        .is_some_and(|fault| matches!(fault.kind, Kind::Unavailable | Kind::Exhausted))
}
