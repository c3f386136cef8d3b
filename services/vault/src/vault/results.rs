//! What a browser takes back to the product: a token that the product's backend exchanges, once, for what a session led to.

use super::Vault;
use crate::error::Error;
use crate::ledger::Terms;
use crate::token::{new_result_token, parse_result};
use latchkey_domain::session::{Command, Refusal, Session};
use latchkey_domain::{Digest, Environment, SessionId};
use latchkey_secret::SecretText;
use latchkey_wire::contract::SessionView;

impl Vault {
    /// # Errors
    /// [`Refusal`] where the session is another browser's, has led to nothing, or ended too long ago.
    pub async fn issue_result(&self, id: SessionId, browser: Digest) -> Result<SecretText, Error> {
        let (token, digest) = new_result_token(id);
        let issue = Command::IssueResult { browser, token: digest, at: self.ledger.now() };
        self.ledger.execute::<Session>(&id.to_string(), issue, Terms::default()).await?;
        Ok(token)
    }

    /// The session a result token is of. Good once.
    ///
    /// # Errors
    /// [`Refusal`] where the token is none of this environment's, has expired or was exchanged.
    pub async fn exchange_result(
        &self,
        environment: &Environment,
        token: &SecretText,
    ) -> Result<SessionView, Error> {
        let (id, token) = parse_result(token).ok_or(Refusal::ResultUnknown)?;
        let session = self.ledger.load::<Session>(&id.to_string()).await?.state;
        // Another environment's is not told from one that never was, and is not spent.
        session.terms().filter(|terms| terms.environment == *environment).ok_or(Refusal::ResultUnknown)?;
        let exchange = Command::ExchangeResult { token, at: self.ledger.now() };
        let settled = self.ledger.execute::<Session>(&id.to_string(), exchange, Terms::default()).await?;
        self.session_view(&settled.state).await
    }
}
