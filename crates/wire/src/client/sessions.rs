//! Sessions, as a backend looks after its own.

use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{ListSessions, ListedSessions},
    pb::vault as pb,
};
use latchkey_domain::{Environment, SessionId};

impl VaultClient {
    /// An environment's sessions, the newest first.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn list_sessions(&self, list: ListSessions) -> Result<ListedSessions, Fault> {
        let mut flow = self.flow.clone();
        read(self.within_deadline(flow.list_sessions(pb::ListSessionsRequest::from(list))).await?)
    }

    /// Takes a session back. Safe to repeat.
    ///
    /// # Errors
    /// Where the environment has no such session, or it has led to a connection.
    pub async fn cancel_session(&self, environment: &Environment, session: SessionId) -> Result<(), Fault> {
        let mut flow = self.flow.clone();
        let request =
            pb::CancelSessionRequest { environment: environment.to_string(), session: session.to_string() };
        self.within_deadline(flow.cancel_session(request)).await?;
        Ok(())
    }
}
