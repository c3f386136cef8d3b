//! In whose name a call is made, from the door a key was shown at to the vault that records what was done.
//!
//! The name is a key's id. Whoever checks a key notes it for the call under way ([`note`]); a [`Route`](crate::Route) tells it
//! to the peer; and the peer takes it from a service of ours only ([`Doors`]), so that no backend can act in another's name.

use axum::{extract::Request, middleware::Next};
use http::{HeaderMap, HeaderName, HeaderValue};
use latchkey_domain::ApiKeyId;
use std::cell::Cell;
use tonic::service::Routes;
use tower::util::MapFutureLayer;

const HEADER: HeaderName = HeaderName::from_static("x-latchkey-by");

tokio::task_local! {
    static ACTOR: Cell<Option<ApiKeyId>>;
}

/// Who may be believed that says in whose name a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doors {
    /// Backends: their key says who they are, and nothing else does.
    Public,
    /// Services of ours.
    Peers,
}

/// Keeps apart in whose name each of these calls is made.
#[must_use]
pub fn told_apart(routes: Routes, doors: Doors) -> Routes {
    let router = routes.into_axum_router();
    Routes::from(match doors {
        Doors::Public => router.layer(MapFutureLayer::new(own)),
        Doors::Peers => router.layer(axum::middleware::from_fn(|request: Request, next: Next| {
            ACTOR.scope(Cell::new(said(request.headers())), next.run(request))
        })),
    })
}

/// In whose name the call under way is made; `None` where nobody asked for it.
#[must_use]
pub fn current() -> Option<ApiKeyId> {
    ACTOR.try_with(Cell::get).ok().flatten()
}

/// Keeps apart in whose name this is done: nobody's, until a key is shown in it.
pub fn own<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    ACTOR.scope(Cell::new(None), work)
}

/// The same work, in the same name, for where it goes on apart from the call.
pub fn kept<T>(work: impl Future<Output = T>) -> impl Future<Output = T> {
    ACTOR.scope(Cell::new(current()), work)
}

/// A key was shown, and is good.
pub(crate) fn note(key: ApiKeyId) {
    // Outside a call there is nobody to tell.
    let _ = ACTOR.try_with(|actor| actor.set(Some(key)));
}

pub(crate) fn inject(headers: &mut HeaderMap) {
    headers.remove(&HEADER);
    if let Some(value) = current().and_then(|key| HeaderValue::try_from(key.to_string()).ok()) {
        headers.insert(HEADER, value);
    }
}

fn said(headers: &HeaderMap) -> Option<ApiKeyId> {
    headers.get(&HEADER)?.to_str().ok()?.parse().ok()
}
