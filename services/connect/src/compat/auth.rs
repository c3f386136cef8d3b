//! What a client for browsers sends with a connect session's token: credentials somebody typed into a form of the product's
//! own. The token comes in the query, for that is how such a client has it; it is in no address that we write.
//!
//! The session is bound to the token itself here: every call that shows it is the same browser's.

use super::body::Fields;
use super::presets::told;
use super::refusal::Issue;
use super::{Door, Refusal};
use crate::browser::Browser;
use crate::failures::Problem;
use crate::flows::{Next, Otherwise, Wish, held};
use axum::Json;
use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode, header};
use latchkey_domain::{Failure, Reason, SessionId};
use latchkey_providers::Provider;
use latchkey_secret::SecretText;
use latchkey_wire::contract::SessionView;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Without keys: the session's token says whose call it is.
pub fn routes() -> Router<Door> {
    const TYPED: [&str; 10] = [
        "/api-auth/api-key/{key}",
        "/api-auth/basic/{key}",
        "/oauth2/auth/{key}",
        "/auth/two-step/{key}",
        "/auth/jwt/{key}",
        "/auth/tba/{key}",
        "/auth/signature/{key}",
        "/auth/bill/{key}",
        "/auth/aws-sigv4/{key}",
        "/auth/unauthenticated/{key}",
    ];
    let router = Router::new()
        .route("/connect/session", get(session).delete(super::shown::withdraw))
        .route("/connect/telemetry", post(|| async { StatusCode::NO_CONTENT }));
    TYPED.into_iter().fold(router, |router, path| router.route(path, post(typed)))
}

/// The colours of pages that were given none, in light and in dark.
const PRIMARY: (&str, &str) = ("#1f5fe0", "#7da6ff");

/// What the session permits.
async fn session(State(door): State<Door>, headers: HeaderMap) -> Result<Json<Value>, Refusal> {
    let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = shown.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
    let (_, session) = door.bound(token).await?;
    let keys: Vec<_> = session.integrations.iter().map(|it| it.key.to_string()).collect();
    let (defaults, overrides) = told(&session.presets);
    let data = json!({
        "endUser": {
            "id": session.end_user.to_string(),
            "email": null,
            "display_name": null,
            "tags": null,
            "organization": null,
        },
        "websocketsPath": "/",
        "connectUISettings": {
            "theme": { "light": { "primary": PRIMARY.0 }, "dark": { "primary": PRIMARY.1 } },
            "defaultTheme": "system",
            "showWatermark": false,
        },
        "allowed_integrations": keys,
        "integrations_config_defaults": defaults,
        "overrides": overrides,
        "isReconnecting": session.reconnect.is_some(),
    });
    Ok(Json(json!({ "data": data })))
}

async fn typed(
    State(door): State<Door>,
    Path(key): Path<String>,
    RawQuery(query): RawQuery,
    body: Result<Fields, Refusal>,
) -> Result<Json<Value>, Refusal> {
    let mut query = Fields::of_query(query.as_deref());
    refuse_public_key(&query)?;
    let token = query.text("connect_session_token");
    let mut given = query.text_map("params");
    if query.optional_text("connection_id").is_some() {
        let issue = Issue::custom(&["connection_id"], "A session's connection has an id of its own.");
        return Err(Refusal::invalid("invalid_query_params", vec![issue]));
    }
    if let Some(wish) = unsupported(&query).or_else(|| own_client_said(&query)) {
        return Err(Refusal::unsupported(&format!("`{wish}` in the query")));
    }
    let (browser, session) = door.bound(&token).await?;
    let offered = session.integrations.iter().find(|it| it.key.as_str() == key);
    let not_allowed = || {
        Refusal::new(StatusCode::BAD_REQUEST, "integration_not_allowed", "The session does not offer this.")
    };
    let integration = offered.ok_or_else(not_allowed)?;
    let provider = door.flows.provider(&integration.settings.provider)?;
    // What is typed in no form at all comes without a body.
    if let Ok(body) = body {
        given.extend(named(&provider, body.into_texts()));
    }
    let wish = Wish {
        session: session.id,
        browser: browser.digest(),
        integration: integration.key.clone(),
        typed: given,
        // Nobody is sent to a provider from here, so there is no request that could be another.
        otherwise: Otherwise::default(),
    };
    match door.flows.start(wish).await {
        // Nobody can be asked here, and such a client knows of no such questions: what was typed is meant.
        Err(Problem::Failed(failure)) if failure.reason == Reason::OtherAccount => {
            door.confirmed(&browser, session.id, failure).await?;
        }
        Err(problem) => return Err(problem.into()),
        Ok(Next::Connected) => {}
        Ok(Next::Undecided) => door.flows.unasked(session.id, browser.digest()).await?,
        Ok(Next::Away { attempt, .. }) => {
            door.flows.cancel_attempt(&session, integration, attempt).await?;
            let message = "This integration is connected to in a window, not with a form.";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_auth_mode", message));
        }
    }
    let session = door.flows.vault.get_session(session.id, browser.digest()).await?;
    let connection = session.connection.map(|id| id.to_string());
    Ok(Json(json!({ "providerConfigKey": key, "connectionId": connection })))
}

/// The way of old: one key for a whole environment, in every page, with or without an HMAC over the end user's id. The
/// contract refuses it to whoever is new, and everybody is new here.
fn refuse_public_key(query: &Fields) -> Result<(), Refusal> {
    if query.get("public_key").is_null() {
        return Ok(());
    }
    let message = "Public keys, and the HMAC that goes with them, are not supported: make a connect session, and give its token.";
    Err(Refusal::new(StatusCode::UNAUTHORIZED, "deprecated_authentication", message))
}

/// A wish in the query that would be ignored.
pub(super) fn unsupported(query: &Fields) -> Option<&'static str> {
    let is_said = |name: &&str| !matches!(query.get(name), Value::Null) && query.get(name) != "";
    ["public_key", "hmac"].into_iter().find(is_said)
}

/// A client of the end user's own is for where they are sent to a provider.
fn own_client_said(query: &Fields) -> Option<&'static str> {
    (!matches!(query.get("credentials"), Value::Null)).then_some("credentials")
}

/// Fields by the names that the catalogue has for them; what it does not know is refused with the rest.
pub(super) fn named(provider: &Provider, sent: BTreeMap<String, String>) -> BTreeMap<String, String> {
    let known = |name: &str| provider.inputs.iter().any(|input| input.name == name);
    let renamed = sent.into_iter().filter(|(name, _)| name != "type").map(|(name, value)| {
        let snake = snake(&name);
        (if !known(&name) && known(&snake) { snake } else { name }, value)
    });
    renamed.collect()
}

/// `apiKey` as `api_key`.
fn snake(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 2);
    for sign in name.chars() {
        if sign.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(sign.to_ascii_lowercase());
    }
    snake
}

impl Door {
    /// # Errors
    /// The failure, where the attempt was ended with it and nothing is held.
    async fn confirmed(
        &self,
        browser: &Browser,
        session: SessionId,
        failure: Failure,
    ) -> Result<(), Problem> {
        let session = self.flows.vault.get_session(session, browser.digest()).await?;
        let Some(latest) = held(&session) else { return Err(Problem::Failed(failure)) };
        self.flows.confirm(&session, latest.id, browser.digest()).await
    }

    /// The session a token opens, bound to whoever shows the token.
    pub(super) async fn bound(&self, token: &str) -> Result<(Browser, SessionView), Refusal> {
        let browser = Browser::of_token(token);
        let shown = SecretText::new(token.to_owned());
        match self.flows.vault.bind_session(&shown, browser.digest()).await {
            Ok(session) => Ok((browser, session)),
            Err(fault) => {
                let message = fault.message;
                Err(Refusal::new(StatusCode::UNAUTHORIZED, "unknown_connect_session_token", message))
            }
        }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let message = problem.to_string();
        let bad = |code| Self::new(StatusCode::BAD_REQUEST, code, message.clone());
        match problem {
            Problem::Input { field, message } => Self::body(&[&field], message),
            Problem::NotOffered(_) => bad("integration_not_allowed"),
            Problem::ProviderGone(_) => {
                Self::new(StatusCode::NOT_FOUND, "unknown_provider_template", message)
            }
            Problem::Unsupported(_) => bad("invalid_auth_mode"),
            Problem::Vault(fault) => fault.into(),
            Problem::Failed(failure) if failure.reason == Reason::CredentialsRejected => {
                bad("connection_test_failed")
            }
            _ => bad("unknown_error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_that_would_be_ignored_is_found_whatever_its_form() {
        let of = |query| unsupported(&Fields::of_query(Some(query)));
        assert_eq!(of("connect_session_token=t&user_scope="), None);
        assert_eq!(of("hmac=abc"), Some("hmac"));
        assert_eq!(of("hmac[x]=abc"), Some("hmac"));
        assert!(refuse_public_key(&Fields::of_query(Some("public_key=p&hmac=h"))).is_err());
        assert!(refuse_public_key(&Fields::of_query(Some("hmac=h"))).is_ok());
    }

    #[test]
    fn a_field_is_known_by_either_spelling() {
        assert_eq!(snake("apiKey"), "api_key");
        assert_eq!(snake("client_id"), "client_id");
    }
}
