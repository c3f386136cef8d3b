//! Questions to the ledger. They change nothing.

use super::{Account, GrantId, GrantSummary, Ledger, Millis};
use crate::secrets::Digest;

/// What a good token stands for.
pub(crate) struct Standing {
    pub(crate) client_id: String,
    pub(crate) account: Option<Account>,
    pub(crate) scopes: Vec<String>,
    /// Only access tokens have these.
    pub(crate) issued_at: Option<Millis>,
    pub(crate) expires_at: Option<Millis>,
}

impl Ledger {
    /// What an access token stands for, if it is good at this moment.
    pub(crate) fn access(&self, token: &str, now: Millis) -> Option<Standing> {
        let token = self.access_tokens.get(&Digest::of(token))?;
        let grant = self.grants.get(&token.grant)?;
        (grant.revoked.is_none() && !token.revoked && token.expires_at > now).then(|| Standing {
            client_id: grant.client_id.clone(),
            account: grant.account.clone(),
            scopes: token.scopes.clone(),
            issued_at: Some(token.issued_at),
            expires_at: Some(token.expires_at),
        })
    }

    /// What a refresh token stands for, if it has not been used and its grant stands.
    pub(crate) fn refreshable(&self, token: &str) -> Option<Standing> {
        let token = self.refresh_tokens.get(&Digest::of(token))?;
        let grant = self.grants.get(&token.grant)?;
        (grant.revoked.is_none() && token.spent_at.is_none()).then(|| Standing {
            client_id: grant.client_id.clone(),
            account: grant.account.clone(),
            scopes: grant.scopes.clone(),
            issued_at: None,
            expires_at: None,
        })
    }

    /// The grant of a token, good or not.
    pub(crate) fn grant_of(&self, token: &str) -> Option<GrantId> {
        self.grant_of_digest(&Digest::of(token))
    }

    pub(super) fn grant_of_digest(&self, digest: &Digest) -> Option<GrantId> {
        let of_access = self.access_tokens.get(digest).map(|token| token.grant.clone());
        of_access.or_else(|| self.refresh_tokens.get(digest).map(|token| token.grant.clone()))
    }

    /// All grants, ended ones too, oldest first.
    pub(crate) fn summaries(&self) -> Vec<GrantSummary> {
        let mut summaries: Vec<_> = self
            .grants
            .iter()
            .map(|(id, grant)| GrantSummary {
                id: id.clone(),
                client_id: grant.client_id.clone(),
                login: grant.account.as_ref().map(|account| account.login.clone()),
                scopes: grant.scopes.clone(),
                created_at_ms: grant.created_at,
                revoked: grant.revoked,
            })
            .collect();
        summaries.sort_by_key(|summary| summary.created_at_ms);
        summaries
    }
}
