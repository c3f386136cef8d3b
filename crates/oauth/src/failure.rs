//! A fault in the words of the domain: what is recorded with a connection or an attempt.

use crate::{Fault, FaultKind};
use latchkey_domain::{Cause, Failure, Phase, ProviderError, Reason};

/// What a fault means for whatever was being done.
#[must_use]
pub fn failure(fault: &Fault, phase: Phase) -> Failure {
    let reason = match &fault.kind {
        FaultKind::GrantRefused => Reason::ReauthRequired,
        FaultKind::InputInvalid { .. } | FaultKind::CredentialsRejected => Reason::CredentialsRejected,
        FaultKind::ClientRejected => Reason::ClientRejected,
        FaultKind::RequestRejected => Reason::RequestRejected,
        FaultKind::RateLimited => Reason::ProviderRateLimited,
        FaultKind::Unavailable => Reason::ProviderUnavailable,
        FaultKind::NotSent => Reason::ProviderUnreachable,
        FaultKind::Ambiguous => Reason::ProviderTimeout,
        FaultKind::ResponseInvalid => Reason::ProviderResponseInvalid,
        FaultKind::Unsupported => Reason::IntegrationIncomplete,
    };
    let said = ProviderError {
        http_status: fault.http_status,
        code: fault.code.clone(),
        description: fault.description.clone(),
    };
    Failure {
        reason,
        cause: (fault.kind == FaultKind::GrantRefused).then_some(Cause::GrantRevoked),
        phase,
        provider_error: (said != ProviderError::default()).then_some(said),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::Owner;

    #[test]
    fn only_a_refused_grant_is_the_end_users_to_mend_at_a_refresh() {
        let kinds = [
            (FaultKind::GrantRefused, Owner::EndUser),
            (FaultKind::ClientRejected, Owner::Developer),
            (FaultKind::RequestRejected, Owner::Developer),
            (FaultKind::RateLimited, Owner::Provider),
            (FaultKind::Unavailable, Owner::Provider),
            (FaultKind::NotSent, Owner::Provider),
            (FaultKind::Ambiguous, Owner::Provider),
            (FaultKind::ResponseInvalid, Owner::Provider),
            (FaultKind::Unsupported, Owner::Developer),
        ];
        for (kind, owner) in kinds {
            assert_eq!(failure(&Fault::new(kind.clone()), Phase::Refresh).owner(), owner, "{kind:?}");
        }
    }
}
