//! Sessions that go on elsewhere: with an admin, and with the product's backend.

use super::{VaultClient, read};
use crate::{Fault, contract::SessionView, pb::vault as pb};
use latchkey_domain::{Digest, Environment, SessionId, Timestamp};
use latchkey_secret::SecretText;

/// An admin at the provider, who may do what the browser that holds a session may not.
impl VaultClient {
    /// There is one invitation, the first; until when the session lasts now.
    ///
    /// # Errors
    /// Where the session is over, or another browser's.
    pub async fn invite_approver(
        &self,
        session: SessionId,
        browser: Digest,
        approval: Digest,
    ) -> Result<Timestamp, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::InviteApproverRequest {
            session: session.to_string(),
            browser: browser.to_string(),
            approval: approval.to_string(),
        };
        read(self.within_deadline(flow.invite_approver(request)).await?)
    }

    /// An admin's browser shows the invitation. The first to do so keeps it.
    ///
    /// # Errors
    /// Where it is none, or the session is over, or another browser has opened it.
    pub async fn bind_approver(&self, approval: &SecretText, browser: Digest) -> Result<SessionView, Fault> {
        let mut flow = self.flow.clone();
        let request =
            pb::BindApproverRequest { approval: approval.expose().to_owned(), browser: browser.to_string() };
        read(self.within_deadline(flow.bind_approver(request)).await?)
    }
}

/// What a browser takes back.
impl VaultClient {
    /// For the browser that holds a session that has led to a connection: good once, for five minutes, and in the place of
    /// any before.
    ///
    /// # Errors
    /// Where the session is another browser's, has led to nothing, or ended too long ago.
    pub async fn issue_result(&self, session: SessionId, browser: Digest) -> Result<SecretText, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::IssueResultRequest { session: session.to_string(), browser: browser.to_string() };
        let answer = self.within_deadline(flow.issue_result(request)).await?;
        Ok(SecretText::new(answer.token.clone()))
    }

    /// The session that a result token is of, once.
    ///
    /// # Errors
    /// Where the token is none of this environment's, has expired or was exchanged.
    pub async fn exchange_result(
        &self,
        environment: &Environment,
        token: &SecretText,
    ) -> Result<SessionView, Fault> {
        let mut flow = self.flow.clone();
        let request = pb::ExchangeResultRequest {
            environment: environment.to_string(),
            token: token.expose().to_owned(),
        };
        read(self.within_deadline(flow.exchange_result(request)).await?)
    }
}
