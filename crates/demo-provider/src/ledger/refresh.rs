//! Refresh and rotation (RFC 6749 §6, RFC 9700 §4.14.2).

use super::issue::{Issued, Named, Policy, millis};
use super::{GrantId, Ledger, Millis, Refusal, Revocation};
use crate::options::Rotation;
use crate::secrets::Digest;

/// A refresh token as it is presented at the token endpoint.
pub(crate) struct RefreshUse<'a> {
    pub(crate) refresh_token: &'a str,
    pub(crate) client_id: &'a str,
    /// Fewer scopes for the access token, if the client wants fewer.
    pub(crate) scopes: Option<Vec<String>>,
}

/// How many spent tokens a family remembers. An older one is merely unknown when it comes again.
const SPENT_MAX: usize = 200;

impl Ledger {
    /// Trades a refresh token for an access token, and for its successor where tokens rotate.
    pub(crate) fn refresh(&mut self, presented: RefreshUse<'_>, policy: &Policy) -> Result<Issued, Refusal> {
        let digest = Digest::of(presented.refresh_token);
        let unknown = Refusal::InvalidGrant("unknown refresh token");
        let token = self.refresh_tokens.get(&digest).ok_or(unknown)?;
        let (id, spent_at) = (token.grant.clone(), token.spent_at);
        let grant =
            self.grants.get(&id).filter(|grant| grant.client_id == presented.client_id).ok_or(unknown)?;
        if let Some(spent_at) = spent_at
            && !within_grace(spent_at, policy)
        {
            let family_revoked = self.end(&id, Revocation::RefreshTokenReuse);
            return Err(Refusal::RefreshTokenReused { family_revoked });
        }
        if grant.revoked.is_some() {
            return Err(Refusal::InvalidGrant("the grant was revoked"));
        }
        let scopes = presented.scopes.unwrap_or_else(|| grant.scopes.clone());
        if !scopes.iter().all(|scope| grant.scopes.contains(scope)) {
            return Err(Refusal::InvalidScope("a refresh cannot widen the scope"));
        }
        let rotates = policy.rotation != Rotation::None && policy.refresh_token == Named::Yes;
        let successor = rotates.then(|| self.rotate(&digest, &id, policy));
        Ok(self.issue_access_token(id, scopes, successor, policy))
    }

    /// Spends one token and makes the next. A token sent again within its grace stays spent since its first use.
    fn rotate(&mut self, used: &Digest, id: &GrantId, policy: &Policy) -> String {
        if let Some(token) = self.refresh_tokens.get_mut(used)
            && token.spent_at.is_none()
        {
            token.spent_at = Some(policy.now);
            self.remember_spent(used.clone(), id);
        }
        self.issue_refresh_token(id, policy)
    }

    fn remember_spent(&mut self, used: Digest, id: &GrantId) {
        let Some(grant) = self.grants.get_mut(id) else { return };
        grant.spent.push_back(used);
        if grant.spent.len() > SPENT_MAX
            && let Some(oldest) = grant.spent.pop_front()
        {
            self.refresh_tokens.remove(&oldest);
        }
    }
}

fn within_grace(spent_at: Millis, policy: &Policy) -> bool {
    match policy.rotation {
        Rotation::Grace(window) => policy.now.saturating_sub(spent_at) <= millis(window),
        Rotation::Strict | Rotation::None => false,
    }
}
