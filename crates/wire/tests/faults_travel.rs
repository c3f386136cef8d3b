//! A fault told on one side of a call is the same fault on the other.

#![allow(clippy::unwrap_used)] // A test that panics has failed, in its helping functions too.

use latchkey_wire::{Fault, Kind, Reason};
use std::time::Duration;
use tonic::{Code, Status};
use tonic_types::StatusExt;

const KINDS: [Kind; 8] = [
    Kind::Invalid,
    Kind::Unauthenticated,
    Kind::Forbidden,
    Kind::NotFound,
    Kind::Refused,
    Kind::Unavailable,
    Kind::Exhausted,
    Kind::Internal,
];

fn reasons() -> Vec<Reason> {
    (0..=100).filter_map(|number| Reason::try_from(number).ok()).collect()
}

#[test]
fn every_kind_with_every_reason_comes_back() {
    assert!(reasons().len() > 40);
    for kind in KINDS {
        for reason in reasons() {
            let told = Fault::new(kind, reason, "Ü: what is wrong, and what to do.")
                .with("connection", "con_01")
                .retry_after(Duration::from_millis(1500));
            let status = Status::from(told.clone());
            assert!(!matches!(status.code(), Code::Ok | Code::Unknown | Code::Aborted), "{kind:?}");
            assert_eq!(Fault::from(status), told);
        }
    }
}

#[test]
fn every_reason_has_one_word() {
    for reason in reasons() {
        assert!(!reason.word().starts_with("REASON_"));
        assert_eq!(Reason::from_word(reason.word()), Some(reason));
    }
    assert_eq!(Reason::ReauthRequired.word(), "REAUTH_REQUIRED");
    assert_eq!(Reason::from_word("REASON_INTERNAL"), None);
    assert_eq!(Reason::from_word("internal"), None);
}

#[test]
fn the_domains_words_for_failures_are_reasons_too() {
    use latchkey_domain::Reason as Failure;
    // These never answer a call: they are told in a session's last failure only.
    let told_elsewhere = [
        Failure::UserDeclined,
        Failure::AdminApprovalPending,
        Failure::IssuerMismatch,
        Failure::IntegrationIncomplete,
    ];
    for failure in Failure::ALL.iter().filter(|failure| !told_elsewhere.contains(failure)) {
        assert!(Reason::from_word(failure.as_str()).is_some(), "{failure:?}");
    }
}

#[test]
fn other_programs_find_the_details_where_google_puts_them() {
    let fault = Fault::field_invalid("lifetime", "At most one hour.").retry_after(Duration::from_secs(2));
    let details = Status::from(fault).get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.domain.as_str(), info.reason.as_str()), ("latchkey.dev", "FIELD_INVALID"));
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "lifetime");
    assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(2)));
}

#[test]
fn a_status_that_is_not_ours_is_told_by_its_code_and_not_by_its_text() {
    for (code, kind, reason) in [
        (Code::Unavailable, Kind::Unavailable, Reason::PeerUnavailable),
        (Code::DeadlineExceeded, Kind::Unavailable, Reason::DeadlineExceeded),
        (Code::Cancelled, Kind::Unavailable, Reason::DeadlineExceeded),
        (Code::Unauthenticated, Kind::Unauthenticated, Reason::ApiKeyInvalid),
        (Code::Unimplemented, Kind::Internal, Reason::Internal),
        (Code::Unknown, Kind::Internal, Reason::Internal),
    ] {
        let fault = Fault::from(Status::new(code, "10.0.0.7 said canary"));
        assert_eq!((fault.kind, fault.reason), (kind, reason), "{code:?}");
        assert!(!fault.message.contains("canary"));
    }
}

#[test]
fn a_reason_of_a_newer_version_is_told_by_its_code() {
    let mut details = tonic_types::ErrorDetails::new();
    details.set_error_info(
        "MOON_PHASE_WRONG",
        "latchkey.dev",
        std::collections::HashMap::<String, String>::new(),
    );
    let fault = Fault::from(Status::with_error_details(Code::Unavailable, "Wait.", details));
    assert_eq!((fault.kind, fault.reason), (Kind::Unavailable, Reason::PeerUnavailable));
}
