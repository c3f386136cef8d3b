//! What becomes of a reconnection that brings another account than the connection has: the integration's policy decides, or
//! the end user does, and until then what came is held, sealed for the attempt.

use super::authorizations::ending;
use super::{Vault, stream_of};
use crate::error::Error;
use crate::keyring::{Key, Place};
use crate::ledger::{Loaded, Terms};
use latchkey_domain::authorization::{Attempt, Authorization, Command, Refusal};
use latchkey_domain::connection::{self, Connection, CredentialFacts};
use latchkey_domain::integration::OtherAccount;
use latchkey_domain::session::Session;
use latchkey_domain::{AuthorizationId, Digest, Failure, Generation, Phase, Reason, Timestamp};
use latchkey_envelope::RecordType;
use latchkey_secret::{Account, Grant, Handout, Renewal};
use latchkey_store::{Stream, WrappedKey};
use latchkey_wire::contract::{Established, Obtained};

/// An attempt that what came may be held for, with its data key as it was loaded.
pub(super) struct Holding<'a> {
    pub attempt: &'a Attempt,
    pub key: Option<&'a WrappedKey>,
    pub policy: OtherAccount,
}

impl Vault {
    /// Goes on where the account is the one that was expected, or any will do, or nobody can tell.
    ///
    /// # Errors
    /// [`Refusal::OtherAccount`], recorded: what came is held, or the attempt has failed.
    pub(super) async fn unless_other_account(
        &self,
        Holding { attempt, key, policy }: Holding<'_>,
        session: &Session,
        obtained: &Obtained,
    ) -> Result<(), Error> {
        let Some(mended) = session.terms().and_then(|terms| terms.reconnect) else { return Ok(()) };
        if policy == OtherAccount::Allow || obtained.grant.account.is_none() {
            return Ok(());
        }
        let connection = self.ledger.load::<Connection>(&mended.to_string()).await?.state;
        let key = self.attempt_key(attempt, key).await?;
        let (owner, now) = (stream_of::<Authorization>(attempt.id), self.ledger.now());
        let credential = self.seal_credential(&key, &owner, Generation(0), &attempt.scopes, obtained, now)?;
        if !present(&connection).is_some_and(|present| present.is_of_another_account_than(&credential)) {
            return Ok(());
        }
        let (command, terms) = match policy {
            OtherAccount::Block => {
                let failure = Failure::new(Reason::OtherAccount, Phase::Verify);
                (Command::Fail { failure, at: now }, ending())
            }
            OtherAccount::Warn | OtherAccount::Allow => {
                (Command::Hold { credential, choices: vec![], at: now }, Terms::default())
            }
        };
        self.ledger.execute::<Authorization>(&attempt.id.to_string(), command, terms).await?;
        Err(Refusal::OtherAccount.into())
    }

    /// The end user means the other account. Safe to repeat.
    ///
    /// # Errors
    /// [`Refusal`] where nothing is held, or for another browser; the session's, once it is over.
    pub async fn confirm_authorization(
        &self,
        id: AuthorizationId,
        browser: Digest,
    ) -> Result<Established, Error> {
        let Loaded { state: authorization, key, .. } =
            self.ledger.load::<Authorization>(&id.to_string()).await?;
        if let Authorization::Completed { attempt, connection } = &authorization
            && attempt.browser == browser
        {
            let done = self.ledger.load::<Connection>(&connection.to_string()).await?;
            return Ok(Established { connection: *connection, generation: done.state.generation() });
        }
        let (attempt, credential, sealed) = authorization.held(&browser)?;
        let session = self.ledger.load::<Session>(&attempt.session.to_string()).await?.state;
        session.held_by(&browser, self.ledger.now())?;
        let registered = self.integration(&attempt.environment, &attempt.integration).await?;
        let key = self.attempt_key(attempt, key.as_ref()).await?;
        let owner = stream_of::<Authorization>(id);
        let obtained = opened(&key, &owner, credential, sealed, self.ledger.now())?;
        self.settle(attempt, &session, registered.settings.provider, &obtained).await
    }
}

fn present(connection: &Connection) -> Option<&CredentialFacts> {
    match connection {
        Connection::Live(live) => Some(&live.credential),
        Connection::Broken(broken) => Some(&broken.credential),
        Connection::Absent | Connection::Revoked(_) => None,
    }
}

/// What was held, as it was obtained, with the less of its life that is left.
pub(super) fn opened(
    key: &Key,
    owner: &Stream,
    credential: &CredentialFacts,
    sealed: &connection::Secrets,
    now: Timestamp,
) -> Result<Obtained, Error> {
    let unreadable = || Error::Unreadable { what: "held grant", owner: owner.to_string(), source: None };
    let place = |record| Place { owner, record, generation: 0, origins: &credential.origins };
    let handout = key.open(sealed.handout.as_ref().ok_or_else(unreadable)?, &place(RecordType::Handout))?;
    let renewal = match &sealed.renewal {
        None => None,
        Some(sealed) => {
            let document = key.open(sealed, &place(RecordType::Renewal))?;
            Some(Renewal::from_document(&document).map_err(|_| unreadable())?)
        }
    };
    Ok(Obtained {
        auth_mode: credential.auth_mode.clone(),
        grant: Grant {
            handout: Handout::from_document(&handout).map_err(|_| unreadable())?,
            renewal,
            expires_in: credential.expires_at.map(|end| now.until(end)),
            scopes: Some(credential.scopes.clone()),
            origins: credential.origins.clone(),
            account: Some(Account { id: credential.account_id.clone(), label: credential.account.clone() }),
        },
        documented: credential.behaviour,
    })
}
