//! What a client for browsers sends with a connect session's token: credentials somebody typed into a form of the product's
//! own. The token comes in the query, for that is how such a client has it; it is in no address that we write.
//!
//! The session is bound to the token itself here: every call that shows it is the same browser's.

use super::body::Fields;
use super::end_user::described;
use super::popup::own_client;
use super::presets::told;
use super::refusal::Issue;
use super::spelling::named;
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
use latchkey_providers::{AuthMode, Provider};
use latchkey_secret::SecretText;
use latchkey_wire::contract::SessionView;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Where what was typed is sent, and what kind of it the contract has that path for.
const TYPED: [(&str, AuthMode); 10] = [
    ("/api-auth/api-key/{key}", AuthMode::ApiKey),
    ("/api-auth/basic/{key}", AuthMode::Basic),
    ("/oauth2/auth/{key}", AuthMode::OAuth2ClientCredentials),
    ("/auth/two-step/{key}", AuthMode::Exchange),
    ("/auth/jwt/{key}", AuthMode::Minted),
    ("/auth/tba/{key}", AuthMode::OAuth1Given),
    ("/auth/signature/{key}", AuthMode::Minted),
    ("/auth/bill/{key}", AuthMode::Exchange),
    ("/auth/aws-sigv4/{key}", AuthMode::AwsSigv4),
    ("/auth/unauthenticated/{key}", AuthMode::None),
];

/// Without keys: the session's token says whose call it is.
pub fn routes() -> Router<Door> {
    let router = Router::new()
        .route("/connect/session", get(session).delete(super::shown::withdraw))
        .route("/connect/telemetry", post(|| async { StatusCode::NO_CONTENT }));
    TYPED.into_iter().fold(router, |router, (path, mode)| {
        router.route(
            path,
            post(move |State(door), Path(key), RawQuery(query), body: Result<Fields, Refusal>| async move {
                let sent = Sent { key, query: Fields::of_query(query.as_deref()), body: body.ok() };
                typed(&door, mode, sent).await
            }),
        )
    })
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
    let tags: Map<String, Value> = session.tags.into_iter().map(|(name, tag)| (name, tag.into())).collect();
    let data = json!({
        "endUser": described(session.end_user.as_str(), &tags),
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

/// What a client sends of a form.
struct Sent {
    key: String,
    query: Fields,
    /// What is typed in no form at all comes without a body.
    body: Option<Fields>,
}

/// The path is for one kind of credentials, and clients choose it by what was typed: whatever fits the integration is taken.
async fn typed(door: &Door, kind: AuthMode, mut sent: Sent) -> Result<Json<Value>, Refusal> {
    let token = sent.token()?;
    let (browser, session) = door.bound(&token).await?;
    let offered = session.integrations.iter().find(|it| it.key.as_str() == sent.key);
    let not_allowed = || {
        Refusal::new(StatusCode::BAD_REQUEST, "integration_not_allowed", "The session does not offer this.")
    };
    let integration = offered.ok_or_else(not_allowed)?;
    let provider = door.flows.provider(&integration.settings.provider)?;
    let mut given = sent.filled_in();
    // Nobody is sent to a provider from here, so of what could be asked for otherwise there is the client alone.
    let client = own_client(&mut given)?;
    if client.is_some() && provider.auth_mode() != AuthMode::OAuth1Given {
        return Err(Refusal::unsupported("`oauth_client_id_override` of credentials that are typed"));
    }
    let wish = Wish {
        session: session.id,
        browser: browser.digest(),
        integration: integration.key.clone(),
        typed: named(&provider, given),
        otherwise: Otherwise { client, ..Otherwise::default() },
    };
    match door.flows.start(wish).await {
        // Nobody can be asked here, and such a client knows of no such questions: what was typed is meant.
        Err(Problem::Failed(failure)) if failure.reason == Reason::OtherAccount => {
            door.confirmed(&browser, session.id, failure).await?;
        }
        Err(Problem::Input { message, .. }) if kind != provider.auth_mode() => {
            return Err(another_kind(&provider, &message));
        }
        Err(problem) => return Err(problem.into()),
        Ok(Next::Connected) => {}
        Ok(Next::Undecided) => door.flows.unasked(session.id, browser.digest()).await?,
        Ok(Next::Away { attempt, .. }) => {
            door.flows.cancel_attempt(&session, integration, attempt).await?;
            return Err(another_kind(&provider, "It is connected to in a window, not with a form."));
        }
    }
    let session = door.flows.vault.get_session(session.id, browser.digest()).await?;
    let connection = session.connection.map(|id| id.to_string());
    Ok(Json(json!({ "providerConfigKey": sent.key, "connectionId": connection })))
}

impl Sent {
    /// The session's token, where nothing is said that would be ignored.
    fn token(&mut self) -> Result<String, Refusal> {
        refuse_public_key(&self.query)?;
        if self.query.optional_text("connection_id").is_some() {
            let issue = Issue::custom(&["connection_id"], "A session's connection has an id of its own.");
            return Err(Refusal::invalid("invalid_query_params", vec![issue]));
        }
        if let Some(wish) = unsupported(&self.query) {
            return Err(Refusal::unsupported(&format!("`{wish}` in the query")));
        }
        Ok(self.query.text("connect_session_token"))
    }

    /// What the form holds, and the settings beside it.
    fn filled_in(&mut self) -> BTreeMap<String, String> {
        let mut given = self.query.text_map("params");
        given.extend(self.query.text_map("credentials"));
        given.extend(self.body.take().map(filled_in).unwrap_or_default());
        given
    }
}

fn another_kind(provider: &Provider, message: &str) -> Refusal {
    let message = format!(
        "This integration's credentials are of the type {}. {message}",
        provider.auth_mode().as_str()
    );
    Refusal::new(StatusCode::BAD_REQUEST, "invalid_auth_mode", message)
}

/// What a form holds. Inputs that are used once come in an object of their own, and a key with its id did so of old.
fn filled_in(mut body: Fields) -> BTreeMap<String, String> {
    let once = body.text_map("assertionOption");
    let mut key = match body.get("privateKey") {
        Value::Object(_) => body.text_map("privateKey"),
        _ => BTreeMap::new(),
    };
    let mut filled = body.into_texts();
    filled.extend(once);
    if let (Some(id), Some(secret)) = (key.remove("id"), key.remove("secret")) {
        filled.insert("privateKey".to_owned(), format!("{id}:{secret}"));
    }
    filled
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
            Problem::Malformed(_) => bad("invalid_query_params"),
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
    fn what_comes_in_objects_of_its_own_is_filled_in_too() {
        let body = json!({
            "type": "JWT", "privateKey": { "id": "i", "secret": "s" }, "assertionOption": { "once": "o" }, "n": 1,
        });
        let Value::Object(body) = body else { unreachable!() };
        let filled = filled_in(Fields::new("invalid_body", body));
        let expected = [("once", "o"), ("privateKey", "i:s"), ("type", "JWT")];
        assert_eq!(filled, expected.map(|(name, text)| (name.to_owned(), text.to_owned())).into());
        let Value::Object(body) = json!({ "privateKey": "pem" }) else { unreachable!() };
        assert_eq!(filled_in(Fields::new("invalid_body", body))["privateKey"], "pem");
    }
}
