//! What an end user wants done about their own connections, while they look after them: each in a session of its own, in the
//! same browser.

use super::{Flows, SESSION_LIFETIME};
use crate::counts;
use crate::failures::Problem;
use latchkey_domain::session::Outline;
use latchkey_domain::{ConnectionId, Digest};
use latchkey_wire::contract::{CreateSession, SessionView};

/// One thing to do.
#[derive(Debug, Clone, Copy)]
pub enum Errand {
    /// Make a new connection, to one of what the session offers.
    Connect,
    /// Connect one of theirs again: the access has ended, or less was granted than is asked for by now.
    Mend(ConnectionId),
}

impl Flows {
    /// Opens the session in which it is done. It lasts as long as any, so that whoever begins it late has the time a login takes.
    ///
    /// # Errors
    /// [`Problem::StateUnknown`] where the session is not for managing, or the connection none of the end user's; the vault's.
    pub async fn run_errand(
        &self,
        managing: &SessionView,
        browser: Digest,
        errand: Errand,
    ) -> Result<SessionView, Problem> {
        let (reconnect, integrations) = match errand {
            Errand::Connect => (None, managing.integrations.iter().map(|it| it.key.clone()).collect()),
            Errand::Mend(connection) => {
                let own = self.vault.own_connections(managing.id, browser).await?;
                if !own.iter().any(|it| it.id == connection) {
                    return Err(Problem::StateUnknown);
                }
                (Some(connection), vec![])
            }
        };
        if !managing.manages {
            return Err(Problem::StateUnknown);
        }
        let created = self
            .vault
            .create_session(CreateSession {
                environment: managing.environment.clone(),
                end_user: managing.end_user.clone(),
                integrations,
                reconnect,
                manages: false,
                lifetime: SESSION_LIFETIME,
                outline: Outline::default(),
            })
            .await?;
        let intent = if reconnect.is_some() { "reconnect" } else { "connect" };
        counts::session(&managing.environment, intent, "created");
        Ok(self.vault.bind_session(&created.token, browser).await?)
    }
}
