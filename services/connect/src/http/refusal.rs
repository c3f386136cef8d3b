//! What does not work, as a page: with a way back where there is one.

use super::{Site, embed, page, present};
use crate::failures::Problem;
use crate::look::Look;
use crate::pages::{Boot, ProblemPage};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use latchkey_wire::Kind;

pub fn refuse(problem: &Problem) -> Response {
    let boot = Boot::of(&Look::default(), "problem").with_problem(problem.word());
    page(status(problem), &ProblemPage { boot, message: problem.to_string(), session: None })
}

/// On the way through a session: looks as its environment does, and leads back to its page, where this browser holds it.
pub async fn refuse_in(site: &Site, headers: &HeaderMap, session: &str, problem: &Problem) -> Response {
    let Ok((browser, view)) = present(site, headers, session).await else { return refuse(problem) };
    let look = site.looks.of(&view.environment);
    let session = view.id.to_string();
    let boot = embed::boot(site, &view.environment, look, "problem")
        .with_problem(problem.word())
        .with_session(session.clone(), browser.form_token());
    page(status(problem), &ProblemPage { boot, message: problem.to_string(), session: Some(session) })
}

pub fn status(problem: &Problem) -> StatusCode {
    match problem {
        Problem::Vault(fault) => match fault.kind {
            Kind::Invalid => StatusCode::BAD_REQUEST,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Refused | Kind::Taken | Kind::Outdated => StatusCode::GONE,
            Kind::Unauthenticated | Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Exhausted => StatusCode::TOO_MANY_REQUESTS,
            Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        },
        Problem::Failed(_) | Problem::Input { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    }
}
