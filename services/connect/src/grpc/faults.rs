//! How a problem with a provider looks to a backend.

use crate::failures::Problem;
use latchkey_domain::{Failure, Reason as Why};
use latchkey_wire::{Fault, Kind, Reason};

/// The fields of a request are within `place`.
pub fn fault(problem: Problem, place: &str) -> Fault {
    match problem {
        Problem::Vault(fault) => fault,
        Problem::Failed(failure) => failed(&failure),
        // What the developer did not fill in.
        Problem::Input { field, message } if field.starts_with("app.") => {
            let field = field.trim_start_matches("app.");
            Fault::new(
                Kind::Refused,
                Reason::ClientRejected,
                format!("The integration's `{field}` {message}."),
            )
        }
        Problem::Input { field, message } => {
            let field = format!("{place}.{field}");
            Fault::field_invalid(&field, format!("`{field}` {}.", message.trim_end_matches('.')))
        }
        Problem::Unsupported(provider) => Fault::new(
            Kind::Refused,
            Reason::RequestRejected,
            format!(
                "{provider} has no credential that could be brought, or this version cannot keep it yet."
            ),
        ),
        problem @ Problem::ProviderGone(_) => {
            Fault::new(Kind::Refused, Reason::ProviderUnknown, problem.to_string())
        }
        Problem::NotOffered(_)
        | Problem::StateUnknown
        | Problem::Callback(_)
        | Problem::FormStale
        | Problem::NoBrowser
        | Problem::Malformed(_) => Fault::internal(),
    }
}

fn failed(failure: &Failure) -> Fault {
    let (kind, reason, message) = match failure.reason {
        Why::CredentialsRejected
        | Why::ReauthRequired
        | Why::UserDeclined
        | Why::AdminApprovalPending
        | Why::OtherAccount => (
            Kind::Refused,
            Reason::CredentialsRejected,
            "The provider refuses the credential, so it was not kept. Check it, and that it is for this app.",
        ),
        Why::ClientRejected | Why::IntegrationIncomplete => (
            Kind::Refused,
            Reason::ClientRejected,
            "The provider refuses the integration's app, or the app lacks a setting. Check the integration.",
        ),
        Why::RequestRejected => (
            Kind::Refused,
            Reason::RequestRejected,
            "The provider refuses what was asked of it. Check the integration's scopes and settings.",
        ),
        Why::ProviderRateLimited => {
            (Kind::Exhausted, Reason::ProviderRateLimited, "The provider asks for a pause. Try again later.")
        }
        Why::ProviderTimeout => {
            (Kind::Unavailable, Reason::ProviderTimeout, "The provider did not answer in time. Try again.")
        }
        Why::ProviderUnreachable => {
            (Kind::Unavailable, Reason::ProviderUnreachable, "The provider cannot be reached. Try again.")
        }
        Why::ProviderUnavailable | Why::RefusalUnconfirmed => {
            (Kind::Unavailable, Reason::ProviderUnavailable, "The provider fails just now. Try again.")
        }
        Why::ProviderResponseInvalid | Why::IssuerMismatch => {
            (Kind::Unavailable, Reason::ProviderResponseInvalid, "The provider's answer made no sense.")
        }
        Why::Internal => return Fault::internal(),
    };
    let said = failure.provider_error.as_ref();
    let fault = Fault::new(kind, reason, message).with("owner", failure.owner().as_str());
    let fault = match said.and_then(|said| said.http_status) {
        Some(status) => fault.with("http_status", status.to_string()),
        None => fault,
    };
    match said.and_then(|said| said.code.as_ref()) {
        Some(code) => fault.with("provider_code", code),
        None => fault,
    }
}
