//! Codes, and the tokens that come of them.

use super::{AccessToken, Account, Code, Grant, GrantId, Ledger, Millis, RefreshToken, Refusal, Revocation};
use crate::options::Rotation;
use crate::secrets::{Digest, Mint};
use std::collections::VecDeque;
use std::time::Duration;

/// How tokens are issued at this moment.
pub(crate) struct Policy {
    pub(crate) now: Millis,
    pub(crate) access_token_lifetime: Duration,
    pub(crate) rotation: Rotation,
    pub(crate) mint: Mint,
    /// Whether the answer may name a refresh token at all.
    pub(crate) refresh_token: Named,
}

/// Whether an answer names a refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    Yes,
    /// None is made, and one that was used stays good.
    Omitted,
}

/// What a token request got.
pub(crate) struct Issued {
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) expires_in: Duration,
}

/// A code as it is presented at the token endpoint.
pub(crate) struct CodeUse<'a> {
    pub(crate) code: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    pub(crate) code_verifier: &'a str,
}

/// What somebody consented to.
pub(crate) struct Consent {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: String,
    pub(crate) account: Account,
    pub(crate) scopes: Vec<String>,
}

/// How long an expired access token or code is still recognised, so that a control can name its grant by it.
const REMEMBERED: Millis = 60 * 60 * 1000;

impl Ledger {
    /// Makes the code for a consent.
    pub(crate) fn authorize(&mut self, consent: Consent, mint: &Mint, expires_at: Millis) -> String {
        let code = mint.make("code");
        let Consent { client_id, redirect_uri, challenge, account, scopes } = consent;
        let kept = Code {
            client_id,
            redirect_uri,
            challenge,
            account,
            scopes,
            expires_at,
            spent: false,
            grant: None,
        };
        self.codes.insert(Digest::of(&code), kept);
        code
    }

    /// Trades a code for tokens (RFC 6749 §4.1.3). Its own client spends it by presenting it, rightly or not: a
    /// verifier cannot be guessed twice. Presenting a spent code revokes what it issued.
    pub(crate) fn redeem(&mut self, presented: &CodeUse<'_>, policy: &Policy) -> Result<Issued, Refusal> {
        let digest = Digest::of(presented.code);
        let code = self.codes.get_mut(&digest).filter(|code| code.client_id == presented.client_id);
        let code = code.ok_or(Refusal::InvalidGrant("unknown authorization code"))?;
        if std::mem::replace(&mut code.spent, true) {
            if let Some(grant) = code.grant.clone() {
                self.end(&grant, Revocation::CodeReuse);
            }
            return Err(Refusal::CodeReused);
        }
        if code.expires_at <= policy.now {
            return Err(Refusal::InvalidGrant("the authorization code has expired"));
        }
        if code.redirect_uri != presented.redirect_uri {
            return Err(Refusal::InvalidGrant("redirect_uri is not the one of the authorization request"));
        }
        if !Digest::of(presented.code_verifier).is_challenge(&code.challenge) {
            return Err(Refusal::InvalidGrant("code_verifier does not match the code_challenge"));
        }
        let id = GrantId::new();
        code.grant = Some(id.clone());
        let grant = Grant {
            client_id: code.client_id.clone(),
            account: Some(code.account.clone()),
            scopes: code.scopes.clone(),
            created_at: policy.now,
            revoked: None,
            spent: VecDeque::new(),
        };
        let scopes = grant.scopes.clone();
        self.grants.insert(id.clone(), grant);
        let refresh_token =
            (policy.refresh_token == Named::Yes).then(|| self.issue_refresh_token(&id, policy));
        Ok(self.issue_access_token(id, scopes, refresh_token, policy))
    }

    /// A client acting for itself (RFC 6749 §4.4): no account, and no refresh token (§4.4.3).
    pub(crate) fn grant_to_client(
        &mut self,
        client_id: &str,
        scopes: Vec<String>,
        policy: &Policy,
    ) -> Issued {
        let id = GrantId::new();
        let grant = Grant {
            client_id: client_id.to_owned(),
            account: None,
            scopes: scopes.clone(),
            created_at: policy.now,
            revoked: None,
            spent: VecDeque::new(),
        };
        self.grants.insert(id.clone(), grant);
        self.issue_access_token(id, scopes, None, policy)
    }

    pub(super) fn issue_refresh_token(&mut self, grant: &GrantId, policy: &Policy) -> String {
        let token = policy.mint.make("rt");
        self.refresh_tokens.insert(Digest::of(&token), RefreshToken { grant: grant.clone(), spent_at: None });
        token
    }

    pub(super) fn issue_access_token(
        &mut self,
        grant: GrantId,
        scopes: Vec<String>,
        refresh_token: Option<String>,
        policy: &Policy,
    ) -> Issued {
        self.sweep(policy.now);
        let access_token = policy.mint.make("at");
        let kept = AccessToken {
            grant,
            scopes: scopes.clone(),
            issued_at: policy.now,
            expires_at: policy.now + millis(policy.access_token_lifetime),
            revoked: false,
        };
        self.access_tokens.insert(Digest::of(&access_token), kept);
        Issued { access_token, refresh_token, scopes, expires_in: policy.access_token_lifetime }
    }

    /// Forgets what nobody will ask about again; every so often, so that issuing stays cheap.
    fn sweep(&mut self, now: Millis) {
        self.issued += 1;
        if !self.issued.is_multiple_of(256) {
            return;
        }
        self.access_tokens.retain(|_, token| token.expires_at + REMEMBERED > now);
        self.codes.retain(|_, code| code.expires_at + REMEMBERED > now);
        let alive: std::collections::BTreeSet<_> =
            self.access_tokens.values().map(|token| token.grant.clone()).collect();
        // A client's own grant is worth nothing without its access token.
        self.grants.retain(|id, grant| grant.account.is_some() || alive.contains(id));
    }
}

/// A duration in whole milliseconds; one too long to count lasts for ever.
pub(crate) fn millis(duration: Duration) -> Millis {
    // Half the range, so that adding it to a time cannot overflow.
    Millis::try_from(duration.as_millis()).unwrap_or(Millis::MAX / 2).min(Millis::MAX / 2)
}
