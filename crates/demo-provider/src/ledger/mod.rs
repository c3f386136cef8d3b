//! What was granted, to whom, and which tokens say so: the provider's memory and its rules.
//!
//! Invariant: tokens and codes are known by digest only, and every token belongs to exactly one grant, its family.
//! Time comes in as milliseconds since the epoch; nothing here reads a clock.

mod issue;
mod query;
mod refresh;
mod revoke;

pub(crate) use issue::{CodeUse, Consent, Issued, Named, Policy, millis};
pub(crate) use query::Standing;
pub(crate) use refresh::RefreshUse;

use crate::secrets::Digest;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Milliseconds since the Unix epoch.
pub(crate) type Millis = u64;

/// The provider's memory, as it is kept in the state file.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Ledger {
    grants: BTreeMap<GrantId, Grant>,
    codes: BTreeMap<Digest, Code>,
    access_tokens: BTreeMap<Digest, AccessToken>,
    refresh_tokens: BTreeMap<Digest, RefreshToken>,
    /// How many access tokens were ever issued; says when to sweep.
    issued: u64,
}

/// One consent, and the family of tokens that came of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GrantId(String);

impl GrantId {
    fn new() -> Self {
        Self(format!("grant_{}", &crate::secrets::random()[..16]))
    }
}

impl From<String> for GrantId {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for GrantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Somebody with an account at the demo provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Never changes.
    pub id: String,
    /// What they sign in with.
    pub login: String,
    /// What they are called.
    pub name: String,
}

impl Account {
    /// The account everybody tries the demo with.
    pub fn ana() -> Self {
        Self { id: "user_1001".into(), login: "ana@demo".into(), name: "Ana Demo".into() }
    }
}

/// Why a grant ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Revocation {
    /// Somebody used the controls: to a client it looks as if the person withdrew.
    Control,
    /// The client asked (RFC 7009).
    Client,
    /// A spent refresh token was used again.
    RefreshTokenReuse,
    /// A spent authorization code was used again (RFC 6749 §4.1.2).
    CodeReuse,
}

/// A grant, as the controls show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantSummary {
    /// Which one.
    pub id: GrantId,
    /// Who holds it.
    pub client_id: String,
    /// Whose account it opens; none when the client acts for itself.
    pub login: Option<String>,
    /// What it allows.
    pub scopes: Vec<String>,
    /// Milliseconds since the Unix epoch.
    pub created_at_ms: u64,
    /// Why it is over, if it is.
    pub revoked: Option<Revocation>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    client_id: String,
    account: Option<Account>,
    scopes: Vec<String>,
    created_at: Millis,
    revoked: Option<Revocation>,
    /// Spent refresh tokens, oldest first, so that the oldest can be forgotten.
    spent: VecDeque<Digest>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Code {
    client_id: String,
    redirect_uri: String,
    challenge: String,
    account: Account,
    scopes: Vec<String>,
    expires_at: Millis,
    spent: bool,
    /// What it issued, if it was redeemed.
    grant: Option<GrantId>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessToken {
    grant: GrantId,
    scopes: Vec<String>,
    issued_at: Millis,
    expires_at: Millis,
    revoked: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshToken {
    grant: GrantId,
    spent_at: Option<Millis>,
}

/// Why a token request is refused: the `error` of RFC 6749 §5.2 with a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    InvalidGrant(&'static str),
    InvalidScope(&'static str),
    /// `invalid_grant`, because a spent refresh token came again.
    RefreshTokenReused {
        /// Whether this ended the family, or it was over already.
        family_revoked: bool,
    },
    /// `invalid_grant`, because a spent code came again.
    CodeReused,
}
