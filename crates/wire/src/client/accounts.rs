//! Accounts of an end user's: which of several is meant, and those that are connected.

use super::{VaultClient, read};
use crate::contract::{Obtained, OwnConnection, Undecided};
use crate::{Fault, pb::vault as pb};
use latchkey_domain::authorization::Choice;
use latchkey_domain::{AuthorizationId, ConnectionId, Digest, SessionId};

/// A grant that opens several, until the end user has chosen.
impl VaultClient {
    /// What came opens several accounts: it is kept until the end user says which. Safe to repeat.
    ///
    /// # Errors
    /// Where the attempt was not claimed, or has ended.
    pub async fn hold_authorization(
        &self,
        authorization: AuthorizationId,
        obtained: Obtained,
        choices: Vec<Choice>,
    ) -> Result<(), Fault> {
        let mut flow = self.flow.clone();
        let request = pb::HoldAuthorizationRequest {
            authorization: authorization.to_string(),
            grant: Some(obtained.into()),
            choices: choices.into_iter().map(Into::into).collect(),
        };
        self.within_deadline(flow.hold_authorization(request)).await?;
        Ok(())
    }

    /// What was kept for a choice, to go on with. Changes nothing.
    ///
    /// # Errors
    /// Where there is nothing to choose, or the browser or the session is another or over.
    pub async fn resume_authorization(
        &self,
        authorization: AuthorizationId,
        browser: Digest,
    ) -> Result<Undecided, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::ResumeAuthorizationRequest {
            authorization: authorization.to_string(),
            browser: browser.to_string(),
        };
        read(self.within_deadline(flow.resume_authorization(request)).await?)
    }
}

/// What an end user sees and does of their own.
impl VaultClient {
    /// What the end user of a session for managing has.
    ///
    /// # Errors
    /// Where the session is for something else, or the browser is another or the session over.
    pub async fn own_connections(
        &self,
        session: SessionId,
        browser: Digest,
    ) -> Result<Vec<OwnConnection>, Fault> {
        let mut flow = self.flow.clone();
        let request =
            pb::ListOwnConnectionsRequest { session: session.to_string(), browser: browser.to_string() };
        read(self.within_deadline(flow.list_own_connections(request)).await?)
    }

    /// The same end user ends one of them, here and at its provider. Safe to repeat.
    ///
    /// # Errors
    /// As [`Self::own_connections`]; also where the connection is somebody else's.
    pub async fn disconnect(
        &self,
        session: SessionId,
        browser: Digest,
        connection: ConnectionId,
    ) -> Result<(), Fault> {
        let mut flow = self.flow.clone();
        let request = pb::DisconnectRequest {
            session: session.to_string(),
            browser: browser.to_string(),
            connection: connection.to_string(),
        };
        self.within_deadline(flow.disconnect(request)).await?;
        Ok(())
    }
}
