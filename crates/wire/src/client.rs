//! What the vault does for the other services, as calls in domain words.

mod accounts;
mod auth_logs;
mod environments;
mod handing_over;
mod integrations;
mod keys;
mod logins;
mod registered_clients;
mod revocations;
mod sessions;
mod setup;
mod webhooks;

use crate::{
    Fault, Route,
    contract::{
        ClaimDue, ClaimedAuthorization, CompleteRefresh, CreateSession, CreatedSession, DueRefresh,
        Established, IntegrationView, KeyView, LendCredential, LentCredential, Obtained, PutIntegration,
        ReportProvider, ResumeRefresh, SessionView, StartAuthorization, TakeToken, TakenToken,
    },
    convert::duration_to_pb,
    fault::deadline_exceeded,
    pb::vault::{
        self as pb, auth_log_intake_service_client::AuthLogIntakeServiceClient,
        flow_service_client::FlowServiceClient, lending_service_client::LendingServiceClient,
        login_service_client::LoginServiceClient,
        refresh_journal_service_client::RefreshJournalServiceClient,
        refresh_lease_service_client::RefreshLeaseServiceClient,
        registry_service_client::RegistryServiceClient, revocation_service_client::RevocationServiceClient,
        setup_service_client::SetupServiceClient, webhook_lease_service_client::WebhookLeaseServiceClient,
    },
};
use latchkey_domain::{
    AuthorizationId, ConnectionId, Digest, Environment, Failure, IntegrationKey, SessionId,
};
use latchkey_secret::SecretText;
use std::{future::Future, time::Duration};
use tonic::{Response, Status};

/// The vault, wherever it runs. Clones share the route.
///
/// A call fails with the [`Fault`] the vault told. Besides, `PEER_UNAVAILABLE` says that it could not be reached, and
/// `DEADLINE_EXCEEDED` that it did not answer in time: whether the call took effect is then not known.
#[derive(Debug, Clone)]
pub struct VaultClient {
    auth_logs: AuthLogIntakeServiceClient<Route>,
    flow: FlowServiceClient<Route>,
    leases: RefreshLeaseServiceClient<Route>,
    lending: LendingServiceClient<Route>,
    logins: LoginServiceClient<Route>,
    journal: RefreshJournalServiceClient<Route>,
    registry: RegistryServiceClient<Route>,
    revocations: RevocationServiceClient<Route>,
    setup: SetupServiceClient<Route>,
    webhooks: WebhookLeaseServiceClient<Route>,
    deadline: Duration,
    route: Route,
}

impl VaultClient {
    #[must_use]
    pub fn new(route: Route) -> Self {
        Self {
            deadline: route.deadline(),
            auth_logs: AuthLogIntakeServiceClient::new(route.clone()),
            flow: FlowServiceClient::new(route.clone()),
            leases: RefreshLeaseServiceClient::new(route.clone()),
            lending: LendingServiceClient::new(route.clone()),
            logins: LoginServiceClient::new(route.clone()),
            registry: RegistryServiceClient::new(route.clone()),
            revocations: RevocationServiceClient::new(route.clone()),
            setup: SetupServiceClient::new(route.clone()),
            webhooks: WebhookLeaseServiceClient::new(route.clone()),
            journal: RefreshJournalServiceClient::new(route.clone()),
            route,
        }
    }

    /// The way to the vault, for calls that are passed on in a backend's name.
    #[must_use]
    pub fn route(&self) -> Route {
        self.route.clone()
    }

    /// The whole call, the answer's body included, within the deadline.
    async fn within_deadline<T>(
        &self,
        call: impl Future<Output = Result<Response<T>, Status>>,
    ) -> Result<T, Fault> {
        match tokio::time::timeout(self.deadline, call).await {
            Ok(answer) => Ok(answer?.into_inner()),
            Err(_) => Err(deadline_exceeded()),
        }
    }
}

/// From a session to a connection.
impl VaultClient {
    /// Permits an end user to connect.
    ///
    /// # Errors
    /// Where an integration or the connection to mend is unknown, or the lifetime too long.
    pub async fn create_session(&self, wish: CreateSession) -> Result<CreatedSession, Fault> {
        let mut flow = self.flow.clone();
        let answer = self.within_deadline(flow.create_session(pb::CreateSessionRequest::from(wish))).await?;
        read(answer)
    }

    /// A browser shows the token. The first to do so keeps the session.
    ///
    /// # Errors
    /// Where the token is no session's, or the session is over or another browser's.
    pub async fn bind_session(&self, token: &SecretText, browser: Digest) -> Result<SessionView, Fault> {
        let mut flow = self.flow.clone();
        let request =
            pb::BindSessionRequest { token: token.expose().to_owned(), browser: browser.to_string() };
        let answer = self.within_deadline(flow.bind_session(request)).await?;
        read(answer)
    }

    /// The session, for the browser that holds it.
    ///
    /// # Errors
    /// Where there is none, or it is over or another browser's.
    pub async fn get_session(&self, session: SessionId, browser: Digest) -> Result<SessionView, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::GetSessionRequest { session: session.to_string(), browser: browser.to_string() };
        let answer = self.within_deadline(flow.get_session(request)).await?;
        read(answer)
    }

    /// The session, for the backend that created it.
    ///
    /// # Errors
    /// Where the environment has no such session.
    pub async fn describe_session(
        &self,
        environment: &Environment,
        session: SessionId,
    ) -> Result<SessionView, Fault> {
        let mut flow = self.flow.clone();
        let request =
            pb::DescribeSessionRequest { environment: environment.to_string(), session: session.to_string() };
        let answer = self.within_deadline(flow.describe_session(request)).await?;
        read(answer)
    }

    /// Before the end user is sent away. Repeating it with the same id changes nothing.
    ///
    /// # Errors
    /// Where the session is over or another browser's, or does not offer the integration.
    pub async fn start_authorization(&self, start: StartAuthorization) -> Result<(), Fault> {
        let mut flow = self.flow.clone();
        self.within_deadline(flow.start_authorization(pb::StartAuthorizationRequest::from(start))).await?;
        Ok(())
    }

    /// The provider's answer is here. Succeeds once.
    ///
    /// # Errors
    /// Where the state is not that attempt's, was used, has expired, or the browser is another.
    pub async fn claim_authorization(
        &self,
        authorization: AuthorizationId,
        state: Digest,
        browser: Digest,
    ) -> Result<ClaimedAuthorization, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::ClaimAuthorizationRequest {
            authorization: authorization.to_string(),
            state: state.to_string(),
            browser: browser.to_string(),
        };
        let answer = self.within_deadline(flow.claim_authorization(request)).await?;
        read(answer)
    }

    /// The attempt came to nothing.
    ///
    /// # Errors
    /// Where there is no such attempt.
    pub async fn fail_authorization(
        &self,
        authorization: AuthorizationId,
        failure: Failure,
    ) -> Result<(), Fault> {
        let mut flow = self.flow.clone();
        let request = pb::FailAuthorizationRequest {
            authorization: authorization.to_string(),
            failure: Some(failure.into()),
        };
        self.within_deadline(flow.fail_authorization(request)).await?;
        Ok(())
    }

    /// The attempt led to a credential: makes the connection, or mends the one the session names.
    ///
    /// # Errors
    /// Where the attempt was not claimed, or has ended; [`Reason::OtherAccount`] where the credential is of another account
    /// than the connection to mend, and that is held for the end user to decide, or refused.
    ///
    /// [`Reason::OtherAccount`]: crate::Reason::OtherAccount
    pub async fn establish(
        &self,
        authorization: AuthorizationId,
        obtained: Obtained,
    ) -> Result<Established, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::EstablishConnectionRequest {
            authorization: authorization.to_string(),
            grant: Some(obtained.into()),
        };
        let answer = self.within_deadline(flow.establish_connection(request)).await?;
        read(answer)
    }

    /// The other account, whose grant is held, is meant. Safe to repeat.
    ///
    /// # Errors
    /// Where nothing is held, or the browser or the session is another or over.
    pub async fn confirm_authorization(
        &self,
        authorization: AuthorizationId,
        browser: Digest,
    ) -> Result<Established, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::ConfirmAuthorizationRequest {
            authorization: authorization.to_string(),
            browser: browser.to_string(),
        };
        read(self.within_deadline(flow.confirm_authorization(request)).await?)
    }
}

/// Credentials on loan.
impl VaultClient {
    /// A credential for one request to the provider's API. Where the present one has to be refreshed first, the call waits.
    ///
    /// # Errors
    /// Why there is none: unknown, deleted, to be authorized again, or not to be had just now.
    pub async fn lend(&self, wish: LendCredential) -> Result<LentCredential, Fault> {
        let mut lending = self.lending.clone();
        let answer =
            self.within_deadline(lending.lend_credential(pb::LendCredentialRequest::from(wish))).await?;
        read(answer)
    }
}

/// Tokens to give out.
impl VaultClient {
    /// A connection's access token, for whoever the caller has admitted.
    ///
    /// # Errors
    /// As [`Self::lend`]; also where the connection is another integration's, or has no token.
    pub async fn take_token(&self, wish: TakeToken) -> Result<TakenToken, Fault> {
        let mut lending = self.lending.clone();
        read(self.within_deadline(lending.take_token(pb::TakeTokenRequest::from(wish))).await?)
    }
}

/// What is due, and what became of it.
impl VaultClient {
    /// Refreshes that are due and nobody's, now the caller's for a while.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn claim_due(&self, ask: impl Into<ClaimDue>) -> Result<Vec<DueRefresh>, Fault> {
        let ask: pb::ClaimDueRequest = ask.into().into();
        let mut leases = self.leases.clone();
        let answer = self.within_deadline(leases.claim_due(ask)).await?;
        read(answer)
    }

    /// What became of a claimed refresh, to be sent until the vault has heard.
    #[must_use]
    pub fn report(&self, complete: CompleteRefresh) -> Report {
        Report { client: self.clone(), request: complete.into() }
    }

    /// A [`Report`], sent once.
    ///
    /// # Errors
    /// `REFRESH_SUPERSEDED` where the connection has a newer credential.
    pub async fn complete_refresh(&self, complete: CompleteRefresh) -> Result<(), Fault> {
        self.report(complete).send().await
    }

    /// Has a claim last so long from now on, longer or shorter than it would have. Says whether it still is the caller's.
    ///
    /// # Errors
    /// Where the vault cannot tell just now: the claim lapses when it would have.
    pub async fn renew_refresh(
        &self,
        connection: ConnectionId,
        fence: u64,
        hold: Duration,
    ) -> Result<bool, Fault> {
        let mut leases = self.leases.clone();
        let request = pb::RenewRefreshRequest {
            connection: connection.to_string(),
            fence,
            hold: Some(duration_to_pb(hold)),
        };
        Ok(self.within_deadline(leases.renew_refresh(request)).await?.held)
    }

    /// What an attempt was made from that was begun under an earlier claim, with the key to what was written down of it.
    ///
    /// # Errors
    /// `REFRESH_SUPERSEDED` where the connection has a newer credential, `CONNECTION_NOT_FOUND` or the like where it is
    /// gone: nothing comes of the attempt any more.
    pub async fn resume_refresh(&self, resume: ResumeRefresh) -> Result<DueRefresh, Fault> {
        let mut journal = self.journal.clone();
        let request = pb::ResumeRefreshRequest::from(resume);
        read(self.within_deadline(journal.resume_refresh(request)).await?)
    }

    /// Changes when the database may have lost what it had confirmed.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn epoch(&self) -> Result<String, Fault> {
        let mut journal = self.journal.clone();
        Ok(self.within_deadline(journal.get_epoch(pb::GetEpochRequest {})).await?.epoch)
    }

    /// How a token endpoint does.
    ///
    /// # Errors
    /// Where the vault does not hear it: it is worth telling again.
    pub async fn report_provider(&self, report: ReportProvider) -> Result<(), Fault> {
        let mut leases = self.leases.clone();
        self.within_deadline(leases.report_provider(pb::ReportProviderRequest::from(report))).await.map(drop)
    }

    /// Gives a claim back without having tried.
    ///
    /// # Errors
    /// Where the claim is not the caller's any more.
    pub async fn release_refresh(&self, connection: ConnectionId, fence: u64) -> Result<(), Fault> {
        let mut leases = self.leases.clone();
        let request = pb::ReleaseRefreshRequest { connection: connection.to_string(), fence };
        self.within_deadline(leases.release_refresh(request)).await?;
        Ok(())
    }
}

/// What became of a refresh. It may be the only place where a new refresh token is: it can be sent again and again.
pub struct Report {
    client: VaultClient,
    request: pb::CompleteRefreshRequest,
}

impl Report {
    /// Sends it. Sending it again is safe: the vault takes it once.
    ///
    /// # Errors
    /// `REFRESH_SUPERSEDED` where the connection has a newer credential; otherwise the vault may not have heard.
    pub async fn send(&self) -> Result<(), Fault> {
        let mut leases = self.client.leases.clone();
        self.client.within_deadline(leases.complete_refresh(self.request.clone())).await?;
        Ok(())
    }
}

/// Whose a key is, and integrations.
impl VaultClient {
    /// Whose key this is.
    ///
    /// # Errors
    /// `API_KEY_INVALID` or `API_KEY_EXPIRED`.
    pub async fn authenticate(&self, key: &SecretText) -> Result<KeyView, Fault> {
        let mut registry = self.registry.clone();
        let answer = self
            .within_deadline(
                registry.authenticate_key(pb::AuthenticateKeyRequest { key: key.expose().to_owned() }),
            )
            .await?;
        read(answer)
    }

    /// Creates an integration, or changes the one that has this key.
    ///
    /// # Errors
    /// `PROVIDER_CHANGE_REFUSED` where it exists for another provider.
    pub async fn put_integration(&self, put: PutIntegration) -> Result<IntegrationView, Fault> {
        let mut registry = self.registry.clone();
        let answer =
            self.within_deadline(registry.put_integration(pb::PutIntegrationRequest::from(put))).await?;
        read(answer)
    }

    /// One integration, without its secrets.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn get_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<IntegrationView, Fault> {
        let mut registry = self.registry.clone();
        let request =
            pb::GetIntegrationRequest { environment: environment.to_string(), key: key.to_string() };
        let answer = self.within_deadline(registry.get_integration(request)).await?;
        read(answer)
    }

    /// The environment's integrations.
    ///
    /// # Errors
    /// Where the vault cannot tell just now.
    pub async fn list_integrations(&self, environment: &Environment) -> Result<Vec<IntegrationView>, Fault> {
        let mut registry = self.registry.clone();
        let answer = self
            .within_deadline(
                registry
                    .list_integrations(pb::ListIntegrationsRequest { environment: environment.to_string() }),
            )
            .await?;
        read(answer)
    }

    /// No new connections; those there are stay.
    ///
    /// # Errors
    /// Where the environment has no such integration.
    pub async fn retire_integration(
        &self,
        environment: &Environment,
        key: &IntegrationKey,
    ) -> Result<(), Fault> {
        let mut registry = self.registry.clone();
        let request =
            pb::RetireIntegrationRequest { environment: environment.to_string(), key: key.to_string() };
        self.within_deadline(registry.retire_integration(request)).await?;
        Ok(())
    }
}

/// An answer this end cannot read is a fault of ours, not of whoever asked.
fn read<T, U: TryFrom<T, Error = Fault>>(answer: T) -> Result<U, Fault> {
    U::try_from(answer).map_err(|fault| {
        tracing::error!(field = fault.metadata.get("field"), "The vault's answer is malformed");
        Fault::internal()
    })
}
