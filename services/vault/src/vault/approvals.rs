//! An admin at the provider, who is invited to do what the browser that holds a session may not.

use super::Vault;
use crate::error::Error;
use crate::ledger::Terms;
use crate::token::parse_approval;
use latchkey_domain::session::{Command, Refusal, Session};
use latchkey_domain::{Digest, SessionId, Timestamp};
use latchkey_secret::SecretText;
use latchkey_wire::contract::SessionView;

impl Vault {
    /// Until when the session lasts now. There is one invitation: another changes nothing.
    ///
    /// # Errors
    /// [`Refusal`] where the session is over, or another browser's.
    pub async fn invite_approver(
        &self,
        id: SessionId,
        browser: Digest,
        token: Digest,
    ) -> Result<Timestamp, Error> {
        let invite = Command::Invite { browser, token, at: self.ledger.now() };
        let settled = self.ledger.execute::<Session>(&id.to_string(), invite, Terms::default()).await?;
        Ok(settled.state.terms().ok_or(Refusal::Unknown)?.expires_at)
    }

    /// # Errors
    /// [`Refusal`] where the invitation is none, the session over, or another browser has opened it.
    pub async fn bind_approver(&self, approval: &SecretText, browser: Digest) -> Result<SessionView, Error> {
        let (id, token) = parse_approval(approval).ok_or(Refusal::Unknown)?;
        let bind = Command::BindApprover { token, browser, at: self.ledger.now() };
        let settled = self.ledger.execute::<Session>(&id.to_string(), bind, Terms::default()).await?;
        self.session_view_for(&settled.state, &browser).await
    }
}
