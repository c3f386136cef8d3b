//! Sessions, as a backend looks after its own.

use super::{VaultClient, read};
use crate::{
    Fault,
    contract::{ListSessions, ListedSessions},
    convert::parse,
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

    /// The environments there are, with how many of each one's keys are good.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn list_environments(&self) -> Result<Vec<(Environment, u32)>, Fault> {
        let mut registry = self.registry.clone();
        let answer = self.within_deadline(registry.list_environments(pb::ListEnvironmentsRequest {})).await?;
        let named =
            |environment: pb::EnvironmentKeys| Ok((parse("name", &environment.name)?, environment.keys));
        answer.environments.into_iter().map(named).collect()
    }
}
