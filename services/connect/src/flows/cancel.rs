use super::Flows;
use super::noted::About;
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, ConnectionId, Failure, Phase, Reason};
use latchkey_wire::contract::{AttemptState, IntegrationView, SessionView};

impl Flows {
    /// Ends an attempt that the end user does not want any more: an answer that still comes to it leads to nothing. One
    /// that was answered already is left to its end.
    ///
    /// # Errors
    /// The vault's.
    pub async fn cancel(&self, session: &SessionView, attempt: AuthorizationId) -> Result<(), Problem> {
        let latest = session.latest_attempt.as_ref();
        let waiting = latest.filter(|latest| latest.id == attempt && latest.state == AttemptState::Started);
        let Some(waiting) = waiting else { return Ok(()) };
        match session.integrations.iter().find(|offered| offered.key == waiting.integration) {
            Some(integration) => self.cancel_attempt(session, integration, attempt).await,
            None => Ok(()),
        }
    }

    /// The same, of an attempt that nobody has answered yet.
    ///
    /// # Errors
    /// The vault's.
    pub async fn cancel_attempt(
        &self,
        session: &SessionView,
        integration: &IntegrationView,
        attempt: AuthorizationId,
    ) -> Result<(), Problem> {
        let failure = Failure::new(Reason::UserDeclined, Phase::Authorize);
        self.vault.fail_authorization(attempt, failure.clone()).await?;
        let about = About {
            environment: session.environment.clone(),
            integration: integration.key.clone(),
            provider: integration.settings.provider.clone(),
            session: session.id,
            connection: session.reconnect,
        };
        let (_, noted) = self.noting(about, attempt);
        noted.ended(&Err::<ConnectionId, _>(Problem::Failed(failure)));
        self.news.tell(session.id);
        Ok(())
    }
}
