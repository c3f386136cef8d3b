//! Another product's client for browsers opens a popup of its own: it comes here with a session's token, goes to the provider, and
//! ends on our page, while a socket tells the client what became of it.

use super::Door;
use super::auth::unsupported;
use super::body::{Fields, shortened};
use super::presets::params;
use super::spelling::named;
use crate::browser::{Browser, Cookies, Place};
use crate::failures::Problem;
use crate::flows::{Next, Otherwise, Wish, held};
use crate::http::{guard, opener_kept, refuse};
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Router, middleware};
use http::HeaderMap;
use latchkey_domain::{Digest, Failure, Reason, SessionId, Timestamp};
use latchkey_secret::SecretText;
use latchkey_wire::contract::{AttemptState, SessionView};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// What happens in another process is noticed by looking.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Longer than any client id in use, a URL among them.
const CLIENT_MAX: usize = 2048;

pub fn routes(public_url: &Url) -> Router<Door> {
    Router::new()
        .route("/oauth/connect/{key}", get(connect))
        .layer(middleware::map_response(guard(public_url)))
}

/// Whom to tell what became of which session.
struct Popup {
    door: Door,
    socket: String,
    key: String,
}

async fn connect(State(door): State<Door>, Path(key): Path<String>, RawQuery(query): RawQuery) -> Response {
    let mut query = Fields::of_query(query.as_deref());
    let popup = Popup { door, socket: query.text("ws_client_id"), key };
    let response = match popup.begin(&mut query).await {
        Ok(response) => response,
        Err(problem) => {
            popup.tell(popup.failed(&problem));
            refuse(&problem)
        }
    };
    // The client looks from time to time whether its window is still there.
    opener_kept(response)
}

impl Popup {
    async fn begin(&self, query: &mut Fields) -> Result<Response, Problem> {
        let (token, given) = (query.text("connect_session_token"), query.text_map("params"));
        if let Some(wish) = unsupported(query) {
            return Err(Problem::Malformed(format!("`{wish}` in the query is not supported.")));
        }
        let otherwise = otherwise(query)?;
        let browser = Browser::of_token(&token);
        let session = self.door.flows.vault.bind_session(&token.into(), browser.digest()).await?;
        let offered = session.integrations.iter().find(|it| it.key.as_str() == self.key);
        let integration = offered.ok_or_else(|| Problem::NotOffered(self.key.clone()))?;
        let provider = self.door.flows.provider(&integration.settings.provider)?;
        let wish = Wish {
            session: session.id,
            browser: browser.digest(),
            integration: integration.key.clone(),
            typed: named(&provider, given),
            otherwise,
        };
        let next = match self.door.flows.start(wish).await {
            Err(Problem::Failed(failure)) if failure.reason == Reason::OtherAccount => Next::Undecided,
            next => next?,
        };
        tokio::spawn(self.again().followed(session.id, browser.digest(), session.expires_at));
        Ok(match next {
            Next::Connected | Next::Undecided => Redirect::to("/connect/window/done").into_response(),
            Next::Away { url, attempt } => {
                let cookies = Cookies::new(&self.door.public_url);
                let cookie: HeaderMap =
                    cookies.set_attempt(&browser, attempt, Place::Window).into_iter().collect();
                (cookie, Redirect::to(url.as_str())).into_response()
            }
        })
    }

    fn again(&self) -> Self {
        Self { door: self.door.clone(), socket: self.socket.clone(), key: self.key.clone() }
    }

    /// Waits until the session has led to something, and tells. Cancelled with the process, as the socket is.
    async fn followed(self, session: SessionId, browser: Digest, ends_at: Timestamp) {
        let mut news = self.door.flows.news.about(session);
        while self.door.flows.clock.now() < ends_at.0 {
            match self.door.flows.vault.get_session(session, browser).await {
                Ok(view) => {
                    if let Some(message) = self.became(&view, browser).await {
                        return self.tell(message);
                    }
                }
                Err(fault) => return self.tell(self.failed(&fault.into())),
            }
            let _ = timeout(LOOK_EVERY, news.news()).await;
        }
    }

    /// What there is to tell, once there is.
    async fn became(&self, view: &SessionView, browser: Digest) -> Option<Value> {
        if let Some(connection) = view.connection {
            return Some(self.succeeded(&connection.to_string(), false));
        }
        // Nobody can be asked here, and such a client knows of no such questions: who signed in is meant.
        if held(view).is_some() {
            return match self.door.flows.unasked(view.id, browser).await {
                Ok(()) => None,
                Err(problem) => Some(self.failed(&problem)),
            };
        }
        let failed = view.latest_attempt.as_ref().is_some_and(|latest| latest.state == AttemptState::Failed);
        let failure = view.last_failure.as_ref().filter(|_| failed)?;
        if failure.reason == Reason::AdminApprovalPending {
            return Some(self.succeeded("", true));
        }
        Some(self.failed(&Problem::Failed(failure.clone())))
    }

    fn succeeded(&self, connection: &str, is_pending: bool) -> Value {
        json!({
            "message_type": "success",
            "provider_config_key": self.key,
            "connection_id": connection,
            "is_pending": is_pending,
        })
    }

    fn failed(&self, problem: &Problem) -> Value {
        json!({
            "message_type": "error",
            "provider_config_key": self.key,
            "error_type": error_type(problem),
            "error_desc": problem.to_string(),
        })
    }

    fn tell(&self, message: Value) {
        self.door.sockets.tell(&self.socket, message);
    }
}

/// How the authorization request is to differ. The client has a secret in the query, as it has the token: in no address that we
/// write.
fn otherwise(query: &mut Fields) -> Result<Otherwise, Problem> {
    let params = params(query.text_map("authorization_params"), query.optional_text("user_scope"));
    let mut own = query.text_map("credentials");
    let refresh_token = own.remove("oauth_refresh_token_override").filter(|text| !text.is_empty());
    let client = own_client(&mut own)?;
    if let Some(name) = own.keys().next() {
        let message = format!("`credentials[{}]` in the query is not supported.", shortened(name));
        return Err(Problem::Malformed(message));
    }
    Ok(Otherwise { params, client, refresh_token: refresh_token.map(SecretText::new) })
}

/// The client of the end user's own, taken out of what such a client sends.
pub(super) fn own_client(
    sent: &mut BTreeMap<String, String>,
) -> Result<Option<(String, Option<SecretText>)>, Problem> {
    let mut take = |name: &str| sent.remove(name).filter(|text| !text.is_empty());
    let (id, secret) = (take("oauth_client_id_override"), take("oauth_client_secret_override"));
    let malformed = |message: &str| Err(Problem::Malformed(message.to_owned()));
    match (id, secret) {
        (Some(id), secret) if id.len() <= CLIENT_MAX => Ok(Some((id, secret.map(SecretText::new)))),
        (Some(_), _) => malformed("`oauth_client_id_override` is too long."),
        (None, Some(_)) => malformed("`oauth_client_secret_override` goes with an id."),
        (None, None) => Ok(None),
    }
}

/// By the words such a client knows.
fn error_type(problem: &Problem) -> &'static str {
    match problem {
        Problem::NotOffered(_) => "integration_not_allowed",
        Problem::ProviderGone(_) => "unknown_provider_template",
        Problem::Unsupported(_) => "auth_mode_err",
        Problem::Malformed(_) | Problem::Input { .. } => "url_param_err",
        Problem::Vault(_) => "unknown_connect_session_token",
        Problem::StateUnknown | Problem::FormStale | Problem::NoBrowser => "state_err",
        Problem::Callback(_) => "callback_err",
        Problem::Failed(Failure { reason: Reason::CredentialsRejected, .. }) => "connection_test_failed",
        Problem::Failed(Failure { reason: Reason::UserDeclined | Reason::IssuerMismatch, .. }) => {
            "callback_err"
        }
        Problem::Failed(_) => "token_err",
    }
}
