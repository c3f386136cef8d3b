use super::Flows;
use super::noted::About;
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, Failure, Phase, Reason};
use latchkey_wire::contract::{AttemptState, IntegrationView, SessionView};

impl Flows {
    /// Ends an attempt that the end user does not want any more: an answer that still comes to it leads to nothing, and what
    /// is held of another account's is forgotten. One that was answered otherwise is left to its end.
    ///
    /// # Errors
    /// The vault's.
    pub async fn cancel(&self, session: &SessionView, attempt: AuthorizationId) -> Result<(), Problem> {
        let latest = session.latest_attempt.as_ref();
        let Some(waiting) = latest.filter(|latest| latest.id == attempt) else { return Ok(()) };
        let failure = match waiting.state {
            AttemptState::Started => Failure::new(Reason::UserDeclined, Phase::Authorize),
            // Of several, none was chosen.
            AttemptState::Held if !waiting.choices.is_empty() => {
                Failure::new(Reason::UserDeclined, Phase::Verify)
            }
            AttemptState::Held => Failure::new(Reason::OtherAccount, Phase::Verify),
            AttemptState::Claimed | AttemptState::Completed | AttemptState::Failed => return Ok(()),
        };
        match session.integrations.iter().find(|offered| offered.key == waiting.integration) {
            Some(integration) => self.end_attempt(session, integration, attempt, failure).await,
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
        self.end_attempt(session, integration, attempt, failure).await
    }

    async fn end_attempt(
        &self,
        session: &SessionView,
        integration: &IntegrationView,
        attempt: AuthorizationId,
        failure: Failure,
    ) -> Result<(), Problem> {
        self.vault.fail_authorization(attempt, failure.clone()).await?;
        let (_, noted) = self.noting(About::session(session, integration), attempt);
        noted.ended(Err(&Problem::Failed(failure)));
        self.news.tell(session.id);
        Ok(())
    }
}
