//! Connections made of credentials that backends had already.

use super::authorizations::Consented;
use super::connections::in_environment;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::ledger::{Loaded, Terms as Rides};
use crate::limits;
use latchkey_domain::connection::{Arrival, Connection, Profile, Refusal};
use latchkey_domain::creation::{Command, Creation, Terms};
use latchkey_domain::{
    AuthorizationId, ConnectionId, Environment, Failure, Generation, IntegrationKey, Phase, Reason,
};
use latchkey_wire::contract::{
    BringCredential, Established, NewConnection, PrepareConnection, PreparedConnection, Target,
};

impl Vault {
    /// What it takes to try a credential out, and which connection it is for.
    ///
    /// # Errors
    /// [`Error::IntegrationUnknown`]; refusals of the connection; [`Error::Field`] where the request was for another
    /// integration.
    pub async fn prepare_connection(&self, wish: PrepareConnection) -> Result<PreparedConnection, Error> {
        let PrepareConnection { environment, target, request, named, reveals_app } = wish;
        let (integration, connection) = match target {
            Target::New(integration) => {
                let connection = self.reserved(&environment, &integration, request, named).await?;
                (integration, connection)
            }
            Target::Present(connection) => {
                let state = self.connection_in(&environment, connection).await?;
                let profile = state.profile().ok_or(Refusal::Absent)?;
                (profile.integration.clone(), connection)
            }
        };
        if reveals_app {
            self.reveal_app(&environment, &integration).await?;
        }
        let (registered, app) = self.app(&environment, &integration).await?;
        let done = self.brought(connection, request).await?;
        let provider = registered.settings.provider;
        Ok(PreparedConnection { integration, provider, app, connection, done })
    }

    /// Makes a connection of a credential, or another generation of one. Safe to repeat.
    ///
    /// # Errors
    /// [`Error::ExternalIdTaken`]; [`Error::Field`] where something is too large; refusals of the connection.
    pub async fn bring_credential(&self, bring: BringCredential) -> Result<Established, Error> {
        let BringCredential { environment, integration, connection, request, obtained, issued_at, created } =
            bring;
        let settings = self.integration(&environment, &integration).await?.settings;
        let arrival = Arrival::Brought {
            switched_off: created.as_ref().is_some_and(|created| created.disabled),
            refused: created.as_ref().filter(|created| created.needs_reauth).map(|_| known_to_be_refused()),
        };
        let present = self.ledger.load::<Connection>(&connection.to_string()).await?.state;
        let (profile, about) = match (created, present) {
            (Some(NewConnection { end_user, about, .. }), Connection::Absent) => {
                limits::about(&about, self.webhooks.allow_http)?;
                let (id, created_at) = (connection, self.ledger.now());
                let provider = settings.provider;
                (Profile { id, environment, integration, provider, end_user, created_at }, about)
            }
            (_, present) => {
                let present = in_environment(present, &environment)?;
                let profile = present.profile().cloned().ok_or(Refusal::Absent)?;
                (profile, present.about().cloned().unwrap_or_default())
            }
        };
        let consented = Consented {
            authorization: request,
            requested: &settings.scopes,
            profile,
            obtained: &obtained,
            issued_at,
            arrival,
        };
        let generation = self.record_grant(consented, about).await?;
        Ok(Established { connection, generation })
    }

    /// The connection that is to come of a request: the same, however often it comes.
    async fn reserved(
        &self,
        environment: &Environment,
        integration: &IntegrationKey,
        request: AuthorizationId,
        named: bool,
    ) -> Result<ConnectionId, Error> {
        let now = self.ledger.now();
        let connection = ConnectionId::from_parts(now.0.unsigned_abs(), self.ids.next_bits());
        if !named {
            return Ok(connection);
        }
        let terms = Terms {
            request,
            environment: environment.clone(),
            integration: integration.clone(),
            connection,
            at: now,
        };
        // Nothing is reserved for an integration that is not there.
        self.integration(environment, integration).await?;
        let settled = self
            .ledger
            .execute::<Creation>(&request.to_string(), Command::Reserve(terms), Rides::default())
            .await?;
        let reserved = settled.state.terms().ok_or(Refusal::Absent)?;
        if reserved.integration != *integration {
            let message =
                "This request id was used for a connection of another integration. Choose another one.";
            return Err(Error::Field { field: "request_id", message: message.to_owned() });
        }
        Ok(reserved.connection)
    }

    /// What a request has led to already.
    async fn brought(
        &self,
        connection: ConnectionId,
        request: AuthorizationId,
    ) -> Result<Option<Generation>, Error> {
        let Loaded { state, version, .. } = self.ledger.load::<Connection>(&connection.to_string()).await?;
        if let Connection::Revoked(_) = state {
            return Err(Refusal::Revoked.into());
        }
        self.recorded_grant(request, &stream_of::<Connection>(connection), version).await
    }
}

/// What whoever brings a connection says of it.
fn known_to_be_refused() -> Box<Failure> {
    Failure::new(Reason::ReauthRequired, Phase::Refresh).into()
}
