//! The way from the last page back to the product, with a proof of what the session led to.

use super::{Event, Refusal, Session};
use crate::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a result token is good for: the way back to the product, and a slow page there.
pub const RESULT_LIFETIME: Duration = Duration::from_secs(300);

/// What a browser takes back to the product, for the product's backend to exchange once: it proves what the session led to, as
/// an authorization code does (RFC 6749 §4.1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultToken {
    /// Digest of the token's secret half.
    pub token: Digest,
    pub expires_at: Timestamp,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exchanged: bool,
}

impl Session {
    pub(super) fn issue_result(
        &self,
        browser: &Digest,
        token: Digest,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        match self {
            Self::Absent => Err(Refusal::Unknown),
            Self::Open { .. } => Err(Refusal::NotCompleted),
            Self::Completed { browser: holder, .. } if holder.as_ref() != Some(browser) => {
                Err(Refusal::OtherBrowser)
            }
            // Who finished in the last moment has time to go back; a page that was left open has not.
            Self::Completed { terms, .. } if terms.expires_at.plus(RESULT_LIFETIME) <= at => {
                Err(Refusal::Expired)
            }
            Self::Completed { .. } => {
                Ok(vec![Event::ResultIssued { token, expires_at: at.plus(RESULT_LIFETIME), at }])
            }
        }
    }

    pub(super) fn exchange_result(&self, token: &Digest, at: Timestamp) -> Result<Vec<Event>, Refusal> {
        match self {
            Self::Completed { result: Some(result), .. } if result.token == *token => match result {
                ResultToken { exchanged: true, .. } => Err(Refusal::ResultUsed),
                ResultToken { expires_at, .. } if *expires_at <= at => Err(Refusal::ResultExpired),
                ResultToken { .. } => Ok(vec![Event::ResultExchanged { at }]),
            },
            Self::Absent | Self::Open { .. } | Self::Completed { .. } => Err(Refusal::ResultUnknown),
        }
    }
}
