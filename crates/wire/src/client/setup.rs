//! Connections made of credentials that backends bring.

use super::{VaultClient, read};
use crate::Fault;
use crate::contract::{
    BringCredential, Established, OpenedCredential, PrepareConnection, PreparedConnection,
};
use crate::pb::{connection, vault as pb};
use latchkey_domain::{ConnectionId, Environment, Generation};

impl VaultClient {
    /// What it takes to try a credential out, and which connection it is for.
    ///
    /// # Errors
    /// Where the integration or the connection is unknown, or the latter was deleted.
    pub async fn prepare_connection(&self, wish: PrepareConnection) -> Result<PreparedConnection, Fault> {
        let mut setup = self.setup.clone();
        let request = pb::PrepareConnectionRequest::from(wish);
        read(self.within_deadline(setup.prepare_connection(request)).await?)
    }

    /// Makes a connection, or another generation of one. Safe to repeat.
    ///
    /// # Errors
    /// Where another connection has the external id, the connection was deleted, or the vault may not have heard.
    pub async fn bring_credential(&self, bring: BringCredential) -> Result<Established, Fault> {
        let mut setup = self.setup.clone();
        let request = pb::BringCredentialRequest::from(bring);
        read(self.within_deadline(setup.bring_credential(request)).await?)
    }

    /// The present credential, to try it out with its provider. One that is about to run out is refreshed first.
    ///
    /// # Errors
    /// Why there is none, as for whoever wants a token.
    pub async fn open_credential(
        &self,
        environment: &Environment,
        connection: ConnectionId,
    ) -> Result<OpenedCredential, Fault> {
        let mut setup = self.setup.clone();
        let (environment, connection) = (environment.to_string(), connection.to_string());
        let request = pb::OpenCredentialRequest { environment, connection };
        read(self.within_deadline(setup.open_credential(request)).await?)
    }

    /// The provider's API refused the credential of this generation.
    ///
    /// # Errors
    /// Where the connection has none any more.
    pub async fn report_rejection(
        &self,
        environment: &Environment,
        connection: ConnectionId,
        generation: Generation,
    ) -> Result<(), Fault> {
        let mut setup = self.setup.clone();
        let (environment, connection) = (environment.to_string(), connection.to_string());
        let request = pb::ReportRejectionRequest { environment, connection, generation: generation.0 };
        self.within_deadline(setup.report_rejection(request)).await.map(drop)
    }

    /// A connection as backends see it, for whoever has just changed it.
    ///
    /// # Errors
    /// Where the environment has no such connection.
    pub async fn show_connection(
        &self,
        environment: &Environment,
        connection: ConnectionId,
    ) -> Result<connection::Connection, Fault> {
        let mut setup = self.setup.clone();
        let (environment, connection) = (environment.to_string(), connection.to_string());
        let request = pb::ShowConnectionRequest { environment, connection };
        let shown = self.within_deadline(setup.show_connection(request)).await?;
        shown.connection.ok_or_else(Fault::internal)
    }
}
