use super::{Approval, Event, Outline, ResultToken, Session, Terms};
use crate::Digest;

/// A fact that found the session in a state it says nothing about leaves it as it is.
pub(super) fn evolve(before: Session, event: Event) -> Session {
    match event {
        Event::Created { terms, outline } => {
            Session::Open { terms, browser: None, approval: None, outline: *outline }
        }
        Event::Bound { browser, .. } => open(before, |it| Open { browser: Some(browser), ..it }),
        Event::Cancelled { at } => open(before, |it| {
            let terms = Terms { cancelled: true, expires_at: at, ..it.terms };
            Open { terms, ..it }
        }),
        Event::ApproverInvited { token, expires_at, .. } => open(before, |it| {
            let terms = Terms { expires_at: it.terms.expires_at.max(expires_at), ..it.terms };
            Open { terms, approval: Some(Approval { token, browser: None }), ..it }
        }),
        Event::ApproverBound { browser, .. } => open(before, |it| {
            let approval = it.approval.map(|approval| Approval { browser: Some(browser), ..approval });
            Open { approval, ..it }
        }),
        Event::Completed { connection, .. } => match before {
            Session::Open { terms, browser, approval, outline } => {
                let approver = approval.and_then(|approval| approval.browser);
                let presets = outline.presets;
                Session::Completed { terms, browser, connection, approver, result: None, presets }
            }
            unchanged @ (Session::Absent | Session::Completed { .. }) => unchanged,
        },
        Event::ResultIssued { token, expires_at, .. } => {
            with_result(before, |_| Some(ResultToken { token, expires_at, exchanged: false }))
        }
        Event::ResultExchanged { .. } => {
            with_result(before, |result| result.map(|result| ResultToken { exchanged: true, ..result }))
        }
    }
}

/// What a session has until it has led to something.
struct Open {
    terms: Terms,
    browser: Option<Digest>,
    approval: Option<Approval>,
    outline: Outline,
}

fn open(before: Session, change: impl FnOnce(Open) -> Open) -> Session {
    match before {
        Session::Open { terms, browser, approval, outline } => {
            let Open { terms, browser, approval, outline } =
                change(Open { terms, browser, approval, outline });
            Session::Open { terms, browser, approval, outline }
        }
        unchanged @ (Session::Absent | Session::Completed { .. }) => unchanged,
    }
}

fn with_result(
    mut before: Session,
    change: impl FnOnce(Option<ResultToken>) -> Option<ResultToken>,
) -> Session {
    if let Session::Completed { result, .. } = &mut before {
        *result = change(result.take());
    }
    before
}
