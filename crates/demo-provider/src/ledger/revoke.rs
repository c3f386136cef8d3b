//! How grants and tokens end.

use super::{GrantId, Ledger, Millis, Revocation};
use crate::secrets::Digest;

impl Ledger {
    /// Ends a grant and with it every token of its family. `false` if there was nothing left to end.
    pub(crate) fn end(&mut self, id: &GrantId, why: Revocation) -> bool {
        match self.grants.get_mut(id) {
            Some(grant) if grant.revoked.is_none() => {
                grant.revoked = Some(why);
                true
            }
            _ => false,
        }
    }

    /// Ends all grants that still stand; how many those were.
    pub(crate) fn end_all(&mut self, why: Revocation) -> usize {
        let standing = self.grants.values_mut().filter(|grant| grant.revoked.is_none());
        standing.map(|grant| grant.revoked = Some(why)).count()
    }

    /// RFC 7009 §2.1: a refresh token takes its whole grant with it, an access token only itself. A token that is
    /// unknown, or another client's, is left alone.
    pub(crate) fn revoke_token(&mut self, token: &str, client_id: &str) {
        let digest = Digest::of(token);
        let Some(id) = self.grant_of_digest(&digest) else { return };
        if self.grants.get(&id).is_none_or(|grant| grant.client_id != client_id) {
            return;
        }
        match self.access_tokens.get_mut(&digest) {
            Some(access_token) => access_token.revoked = true,
            None => {
                self.end(&id, Revocation::Client);
            }
        }
    }

    /// Lets access tokens expire at once, of one grant or of all; how many were still good.
    pub(crate) fn expire_access_tokens(&mut self, only: Option<&GrantId>, now: Millis) -> usize {
        let mut expired = 0;
        for token in self.access_tokens.values_mut() {
            if token.expires_at > now && only.is_none_or(|id| *id == token.grant) {
                token.expires_at = now;
                expired += 1;
            }
        }
        expired
    }
}
