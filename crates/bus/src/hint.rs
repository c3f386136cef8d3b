//! A tap on the shoulder: makes something happen sooner that would have happened anyway.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "hint", rename_all = "snake_case")]
pub enum Hint {
    /// Someone waits for a newer credential of this connection.
    RefreshWanted { connection: String },
    /// A connection has a new credential, or has lost the one it had.
    CredentialChanged { connection: String },
    /// A provider refused the grant of this generation; whoever counts refusals counts it too.
    GrantRefused { connection: String, generation: u64 },
    /// An integration's app or settings changed; what was cached of it is old.
    IntegrationChanged { integration: String },
    /// An API key or an operator's access changed; what was cached of it is old.
    AccessChanged { subject: String },
    /// New facts stand in the feed.
    FactsRecorded,
}
