//! What became of a deleted connection, or of a revoked credential, here and at its provider.

use super::{Explanation, cause_in_words};
use crate::facts::rfc3339;
use latchkey_domain::Owner;
use latchkey_domain::revocation::{Ended, Event, Pending, Revocation, Verdict};

const REVOKED: &str = "The credential was revoked and its key destroyed.";
const DELETED: &str = "The connection was deleted and its key destroyed.";

pub(super) fn deleted(revocation: &Revocation) -> Explanation {
    let (at_provider, whose_turn, what_to_do) = match revocation {
        Revocation::Absent => (String::new(), "NOBODY", nothing()),
        Revocation::Pending(pending) => (asked(pending), "NOBODY", nothing()),
        Revocation::Ended(ended) => over(ended),
    };
    Explanation {
        what_happened: [DELETED, &at_provider].join(" ").trim_end().to_owned(),
        whose_turn,
        what_to_do,
    }
}

/// Of a connection that is there, and whose credential was revoked.
pub(super) fn credential(revocation: &Revocation) -> Explanation {
    let (at_provider, by_hand) = match revocation {
        Revocation::Absent => (String::new(), None),
        Revocation::Pending(pending) => (asked(pending), None),
        Revocation::Ended(ended) => {
            let (told, _, what_to_do) = over(ended);
            (told, Some(what_to_do).filter(|_| ended.verdict != Verdict::Revoked))
        }
    };
    let reconnect =
        "To go on with the account, send the end user a reconnect link: the connection keeps its id.";
    Explanation {
        what_happened: [REVOKED, &at_provider].join(" ").trim_end().to_owned(),
        whose_turn: Owner::EndUser.as_str(),
        what_to_do: by_hand.into_iter().chain([reconnect.to_owned()]).collect::<Vec<_>>().join(" "),
    }
}

fn nothing() -> String {
    "Nothing. To have the account back, let the end user connect again.".into()
}

fn asked(pending: &Pending) -> String {
    let provider = &pending.profile.provider;
    match &pending.failure {
        None => format!("{provider} is being asked to end the grant too."),
        Some(failure) => format!(
            "{provider} has not ended the grant yet: {}. It is asked again at {}.",
            cause_in_words(failure),
            rfc3339(pending.next_at)
        ),
    }
}

fn over(ended: &Ended) -> (String, &'static str, String) {
    let provider = &ended.profile.provider;
    let why =
        ended.failure.as_ref().map_or_else(String::new, |failure| format!(": {}", cause_in_words(failure)));
    let by_hand = || {
        format!(
            "Where the grant must not live on, have it withdrawn at {provider}, in the account's own settings."
        )
    };
    match ended.verdict {
        Verdict::Revoked => (format!("{provider} has ended the grant too."), "NOBODY", nothing()),
        Verdict::Unsupported => {
            (format!("{provider} has no way to end this grant alone."), "NOBODY", by_hand())
        }
        Verdict::Refused => (format!("{provider} did not end the grant{why}."), "DEVELOPER", by_hand()),
        Verdict::NotConfirmed => {
            (format!("Whether {provider} ended the grant is not known{why}."), "END_USER", by_hand())
        }
    }
}

/// One line of the history of a grant that is to end.
#[must_use]
pub fn revocation_event_in_words(event: &Event) -> String {
    match event {
        Event::Requested { profile, .. } => format!("{} is to end the grant too.", profile.provider),
        Event::AttemptFailed { failure, .. } => {
            format!("The provider has not ended the grant yet: {}.", cause_in_words(failure))
        }
        Event::Ended { verdict: Verdict::Revoked, .. } => "The provider has ended the grant.".into(),
        Event::Ended { verdict: Verdict::Unsupported, .. } => {
            "The provider has no way to end this grant alone.".into()
        }
        Event::Ended { verdict: Verdict::Refused, .. } => "The provider did not end the grant.".into(),
        Event::Ended { verdict: Verdict::NotConfirmed, .. } => {
            "Whether the provider ended the grant is not known; it is not asked any more.".into()
        }
    }
}
