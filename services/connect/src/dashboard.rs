//! The dashboard's door. An operator's login is an API key in a cookie that scripts cannot read; what the pages ask for goes
//! to the same calls that backends make, with that key. So the dashboard can do what the API can, and nothing else.
//!
//! Invariant: nothing here is done for a request that another site could have made. The cookie is sent by our own pages alone
//! (`SameSite=Strict`), and everything but the way in needs a header that holds what only they know.

mod api;
mod cookie;
mod environments;
mod login;
mod oidc;
mod shell;

use crate::http::guard_dashboard;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use cookie::{Cookies, Login};
use http::HeaderMap;
use latchkey_wire::contract::KeyView;
use latchkey_wire::{Authenticator, Fault, Kind, Reason, VaultClient};
pub use oidc::{Provider, providers};
use std::sync::Arc;
use url::Url;

/// As natively.
const BODY_BYTES_MAX: usize = 1024 * 1024;

#[derive(Clone)]
struct Door {
    vault: VaultClient,
    authenticator: Authenticator,
    cookies: Cookies,
    /// Without a slash at the end.
    public_url: Arc<str>,
    /// The native calls over HTTP.
    rest: Router,
    /// Where operators log in, beside links.
    providers: Arc<[Provider]>,
}

pub fn router(
    vault: VaultClient,
    authenticator: Authenticator,
    rest: Router,
    public_url: &Url,
    providers: Vec<Provider>,
) -> Router {
    let address = public_url.as_str().trim_end_matches('/').into();
    let (cookies, providers) = (Cookies::new(public_url), providers.into());
    let door = Door { vault, authenticator, cookies, public_url: address, rest, providers };
    Router::new()
        .route("/dashboard/session", get(login::session))
        .route("/dashboard", get(shell::page))
        .route("/dashboard/{*place}", get(shell::page))
        .route("/dashboard/login", get(shell::page).post(login::log_in))
        .route("/dashboard/login/providers", get(oidc::list))
        .route("/dashboard/login/with/{number}", get(oidc::begin))
        .route(oidc::CALLBACK, get(oidc::callback))
        .route("/dashboard/logout", post(login::log_out))
        .route("/dashboard/environment", post(environments::switch))
        .route("/dashboard/api/{*path}", any(api::pass_on))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::map_response(guard_dashboard(public_url)))
        .with_state(door)
}

impl Door {
    /// Who is logged in here.
    async fn operator(&self, headers: &HeaderMap) -> Result<(Login, KeyView), Fault> {
        let login = self.cookies.read(headers).ok_or_else(logged_out)?;
        let key = self.authenticator.identify(&login.metadata()?).await?;
        // A backend's key in a cookie is no login.
        if key.role.is_some() { Ok((login, key)) } else { Err(logged_out()) }
    }
}

fn logged_out() -> Fault {
    let message =
        "You are not logged in, or no longer. Open a login link: `latchkey operator login-link` makes one.";
    Fault::new(Kind::Unauthenticated, Reason::LoginMissing, message)
}

fn foreign() -> Fault {
    let message = "This request did not come from the dashboard's own pages. Load the page anew.";
    Fault::new(Kind::Forbidden, Reason::CsrfTokenInvalid, message)
}
