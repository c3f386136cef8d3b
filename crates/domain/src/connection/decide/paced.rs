//! When a connection is refreshed, where somebody has a say in it.

use super::described::present;
use crate::connection::{Connection, Event, Refusal};
use crate::{ApiKeyId, Timestamp};

/// Also of one that is broken: the pause is there when its end user has connected again.
pub(super) fn pause(
    connection: &Connection,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    present(connection)?;
    Ok(if connection.paused_at().is_some() { vec![] } else { vec![Event::RefreshingPaused { by, at }] })
}

pub(super) fn resume(
    connection: &Connection,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    present(connection)?;
    Ok(if connection.paused_at().is_none() { vec![] } else { vec![Event::RefreshingResumed { by, at }] })
}

/// Makes it due earlier and never later. What backs off is left to its back-off: that is what spares the provider.
pub(super) fn schedule(
    connection: &Connection,
    due_at: Timestamp,
    by: Option<ApiKeyId>,
    at: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    let live = connection.live()?;
    let due_at = due_at.max(at);
    let earlier = live.refresh_due_at().is_none_or(|due| due_at < due);
    let changes = live.credential.renewable && live.trouble.is_none() && earlier;
    Ok(if changes { vec![Event::RefreshScheduled { due_at, by, at }] } else { vec![] })
}
