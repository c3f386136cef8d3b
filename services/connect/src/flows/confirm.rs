use super::Flows;
use super::noted::About;
use crate::counts;
use crate::failures::Problem;
use latchkey_domain::{AuthorizationId, Digest};
use latchkey_wire::contract::{AttemptState, AttemptView, SessionView};
use tracing::info;

/// The attempt of a session that came back with another account, or opens several, where the end user has not decided yet.
#[must_use]
pub fn held(session: &SessionView) -> Option<&AttemptView> {
    session.latest_attempt.as_ref().filter(|latest| latest.state == AttemptState::Held)
}

impl Flows {
    /// The end user means the other account that an attempt came back with.
    ///
    /// # Errors
    /// [`Problem::StateUnknown`] where that attempt holds nothing, or is another session's.
    pub async fn confirm(
        &self,
        session: &SessionView,
        attempt: AuthorizationId,
        browser: Digest,
    ) -> Result<(), Problem> {
        let latest = held(session).filter(|latest| latest.id == attempt).ok_or(Problem::StateUnknown)?;
        let offered = session.integrations.iter().find(|offered| offered.key == latest.integration);
        let integration = offered.ok_or_else(|| Problem::NotOffered(latest.integration.to_string()))?;
        let (_, noted) = self.noting(About::session(session, integration), attempt);
        let at = noted.begin();
        let confirmed = self.vault.confirm_authorization(attempt, browser).await.map_err(Problem::from);
        noted.step("establish", at, &confirmed);
        let connected = confirmed.map(|established| established.connection);
        noted.ended(connected.as_ref().copied());
        self.news.tell(session.id);
        let connection = connected?;
        counts::session(&session.environment, "reconnect", "completed");
        info!(connection.id = %connection, "Connected with another account, as the end user wished");
        Ok(())
    }
}
