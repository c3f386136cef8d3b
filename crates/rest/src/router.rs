//! From a request to its binding.

use crate::binding::{Binding, bindings};
use crate::call::{call, problem_of};
use crate::openapi::document;
use crate::request::message;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::{any, get};
use http::{HeaderMap, HeaderValue, header};
use latchkey_wire::{Fault, Kind, Reason, Route};
use prost_reflect::{DescriptorError, DescriptorPool};
use std::sync::Arc;

/// What a body may hold, as over gRPC.
const BODY_BYTES_MAX: usize = 1024 * 1024;

/// The protocol's description cannot be used, which only a build can get wrong.
#[derive(Debug, thiserror::Error)]
#[error("the protocol's description cannot be read")]
pub struct RestError(#[from] DescriptorError);

#[derive(Clone)]
struct Door {
    bindings: Arc<Vec<Served>>,
}

struct Served {
    binding: Binding,
    route: Route,
}

/// Everything under `/v1`, each service reached over the route that is given for its full name; and `/v1/openapi.json`.
///
/// # Errors
/// [`RestError`] where `descriptors` is no `FileDescriptorSet`.
pub fn router(descriptors: &[u8], route_of: impl Fn(&str) -> Route) -> Result<Router, RestError> {
    let pool = DescriptorPool::decode(descriptors)?;
    let bindings = bindings(&pool);
    let description = document(&bindings).to_string();
    let served = bindings.into_iter().map(|binding| {
        let route = route_of(binding.method.parent_service().full_name());
        Served { binding, route }
    });
    let door = Door { bindings: Arc::new(served.collect()) };
    let openapi = move || {
        let description = description.clone();
        async move { ([(header::CONTENT_TYPE, "application/json")], description) }
    };
    Ok(Router::new()
        .route("/v1/openapi.json", get(openapi))
        .route("/v1/{*path}", any(answer))
        .with_state(door))
}

impl Door {
    /// What is at a path. `a:b` is the verb `b` at `a` where there is one, and a name where there is not.
    fn here(&self, path: &str) -> Vec<&Served> {
        let is_here = |served: &&Served| served.binding.template.fields_of(path).is_some();
        let first = self.bindings.iter().find(is_here);
        let with_verb = first.is_some_and(|served| served.binding.template.has_verb());
        self.bindings
            .iter()
            .filter(is_here)
            .filter(|it| it.binding.template.has_verb() == with_verb)
            .collect()
    }
}

async fn answer(State(door): State<Door>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let here = door.here(path);
    let Some(served) = here.iter().find(|served| served.binding.verb == parts.method) else {
        let verbs: Vec<_> = here.iter().map(|served| served.binding.verb.as_str()).collect();
        return elsewhere(&verbs, &parts.headers);
    };
    if !parts.headers.contains_key(header::AUTHORIZATION) {
        // Before anything is read: a stranger is told how to show a key, and nothing else.
        let message = "No API key came with the call. Send `authorization: Bearer <API key>` with the call.";
        return problem_of(
            &Fault::new(Kind::Unauthenticated, Reason::ApiKeyMissing, message),
            &parts.headers,
        );
    }
    let fields = served.binding.template.fields_of(path).unwrap_or_default();
    let Ok(body) = to_bytes(body, BODY_BYTES_MAX).await else {
        let fault = Fault::field_invalid("body", "The body is larger than 1 MiB, or broke off.");
        return problem_of(&fault, &parts.headers);
    };
    match message(&served.binding, fields, parts.uri.query().unwrap_or_default(), &body) {
        Ok(message) => call(&served.binding, served.route.clone(), &parts.headers, message).await,
        Err(fault) => problem_of(&fault, &parts.headers),
    }
}

/// Another method is known here, or nothing is.
fn elsewhere(verbs: &[&str], headers: &HeaderMap) -> Response {
    if verbs.is_empty() {
        let message = "There is nothing at this path. /v1/openapi.json says what there is.";
        return problem_of(&Fault::new(Kind::NotFound, Reason::PathUnknown, message), headers);
    }
    let allow = verbs.join(", ");
    let message = format!("This path takes {allow}.");
    let mut response = problem_of(&Fault::new(Kind::Invalid, Reason::MethodNotAllowed, message), headers);
    if let Ok(allow) = HeaderValue::try_from(allow) {
        response.headers_mut().insert(header::ALLOW, allow);
    }
    response
}
