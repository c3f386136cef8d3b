//! The way for an admin, who may allow at the provider what the end user may not.

use super::{Event, Refusal, Session};
use crate::{Digest, Timestamp};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long an admin has time.
pub const APPROVAL_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// An invitation to whoever may allow the access at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Digest of the invitation's secret half.
    pub token: Digest,
    /// The browser that opened it; nobody's yet if `None`.
    pub browser: Option<Digest>,
}

impl Session {
    pub(super) fn invite(
        &self,
        browser: &Digest,
        token: Digest,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let Self::Open { browser: holder, approval, .. } = self else { return Err(self.is_over()) };
        if holder.as_ref() != Some(browser) {
            return Err(Refusal::OtherBrowser);
        }
        self.held_by(browser, at)?;
        match approval {
            Some(_) => Ok(vec![]),
            None => Ok(vec![Event::ApproverInvited { token, expires_at: at.plus(APPROVAL_LIFETIME), at }]),
        }
    }

    pub(super) fn bind_approver(
        &self,
        token: &Digest,
        browser: Digest,
        at: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let Self::Open { terms, browser: holder, approval, .. } = self else { return Err(self.is_over()) };
        let approval = approval.filter(|approval| approval.token == *token).ok_or(Refusal::Unknown)?;
        if terms.expires_at <= at {
            return Err(Refusal::Expired);
        }
        match approval.browser {
            // Whoever follows an invitation of their own has what it gives.
            _ if *holder == Some(browser) => Ok(vec![]),
            None => Ok(vec![Event::ApproverBound { browser, at }]),
            Some(before) if before == browser => Ok(vec![]),
            Some(_) => Err(Refusal::OtherBrowser),
        }
    }

    fn is_over(&self) -> Refusal {
        match self {
            Self::Absent | Self::Open { .. } => Refusal::Unknown,
            Self::Completed { .. } => Refusal::Consumed,
        }
    }
}
