//! What a receipt of a deletion says, before it is signed.

use crate::facts::rfc3339;
use latchkey_domain::Timestamp;
use latchkey_domain::connection::Revoked;
use latchkey_domain::revocation::{Ended, Pending, Revocation};
use serde_json::{Map, Value, json};
use std::time::Duration;

/// The name of what a receipt says, and of its shape.
pub const RECEIPT: &str = "latchkey.deletion_receipt.v1";

/// What a receipt is made of.
pub struct Deletion<'a> {
    pub deployment: &'a str,
    pub deleted: &'a Revoked,
    pub revocation: &'a Revocation,
    /// How long copies of the database are kept.
    pub backups: Duration,
    pub now: Timestamp,
}

/// A receipt, unsigned. Times are RFC 3339; what is not known is null.
#[must_use]
pub fn receipt(deletion: &Deletion<'_>) -> Map<String, Value> {
    let Deletion { deployment, deleted, revocation, backups, now } = deletion;
    let profile = &deleted.profile;
    let days = backups.as_secs() / (24 * 3600);
    let destroyed_at = all_destroyed_at(deleted, revocation);
    let members = [
        ("type", json!(RECEIPT)),
        ("deployment", json!(deployment)),
        ("environment", json!(profile.environment.to_string())),
        ("connection", json!(profile.id.to_string())),
        ("integration", json!(profile.integration.to_string())),
        ("provider", json!(profile.provider)),
        ("created_at", json!(rfc3339(profile.created_at))),
        ("deleted_at", json!(rfc3339(deleted.at))),
        (
            "destroyed_key",
            json!({
                "id": deleted.key.map(|key| key.to_string()),
                "destroyed_at": rfc3339(deleted.destroyed_at()),
            }),
        ),
        ("revocation", revocation_said(revocation)),
        (
            "backups",
            json!({
                "retention_days": days,
                "may_hold_until": destroyed_at.map(|at| rfc3339(at.plus(*backups))),
            }),
        ),
        ("issued_at", json!(rfc3339(*now))),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// While the provider is being asked, the credential is kept for that, sealed with another key.
fn all_destroyed_at(deleted: &Revoked, revocation: &Revocation) -> Option<Timestamp> {
    match revocation {
        Revocation::Absent => Some(deleted.destroyed_at()),
        Revocation::Pending(_) => None,
        Revocation::Ended(Ended { at, .. }) => Some(deleted.destroyed_at().max(*at)),
    }
}

fn revocation_said(revocation: &Revocation) -> Value {
    match revocation {
        Revocation::Absent => json!({"result": "NOT_REQUESTED"}),
        Revocation::Pending(Pending { attempts, requested_at, .. }) => json!({
            "result": "PENDING",
            "attempts": attempts,
            "requested_at": rfc3339(*requested_at),
        }),
        Revocation::Ended(Ended { attempts, requested_at, verdict, at, .. }) => json!({
            "result": verdict.as_str(),
            "attempts": attempts,
            "requested_at": rfc3339(*requested_at),
            "ended_at": rfc3339(*at),
        }),
    }
}
