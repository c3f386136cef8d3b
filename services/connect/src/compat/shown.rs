//! What is shown to a key, and to a connect session's token too, for connect pages of somebody else's making: providers, and the
//! integrations that the session offers.

use super::{Door, Refusal, integrations, providers};
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use http::{StatusCode, header};
use latchkey_wire::contract::SessionView;

/// How session tokens begin here, and in the contract.
const OURS: &str = "lk_cs_";
const THEIRS: &str = "nango_connect_session_";

/// A session's token for clients that look at how it begins. The vault takes either.
pub fn in_their_words(token: &str) -> String {
    token.replacen(OURS, THEIRS, 1)
}

/// The session whose token came in the place of a key.
#[derive(Clone)]
pub struct Session(pub Box<SessionView>);

pub fn routes(door: &Door) -> Router<Door> {
    Router::new()
        .route("/providers", get(providers::list))
        .route("/providers/{provider}", get(providers::one))
        .route("/integrations", get(integrations::list))
        .layer(middleware::from_fn_with_state(door.clone(), known))
}

/// The token in the place of a key, where one is there.
pub fn token(value: &http::HeaderValue) -> Option<&str> {
    let token = value.to_str().ok()?.strip_prefix("Bearer ")?.trim();
    [OURS, THEIRS].iter().any(|prefix| token.starts_with(prefix)).then_some(token)
}

async fn known(
    State(door): State<Door>,
    mut request: Request,
    next: middleware::Next,
) -> Result<Response, Refusal> {
    let Some(value) = request.headers().get(header::AUTHORIZATION).cloned() else {
        return Err(Refusal::missing_key());
    };
    let Some(token) = token(&value) else {
        Refusal::check_key_form(&value)?;
        return door.identified(request, next).await;
    };
    let (_, session) = door.bound(token).await?;
    request.extensions_mut().insert(Session(Box::new(session)));
    Ok(next.run(request).await)
}

/// Takes the session back that the token is of.
pub async fn withdraw(State(door): State<Door>, headers: http::HeaderMap) -> Result<StatusCode, Refusal> {
    let shown = headers.get(header::AUTHORIZATION).and_then(token).unwrap_or_default();
    let (_, session) = door.bound(shown).await?;
    door.flows.vault.cancel_session(&session.environment, session.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_token_is_told_from_a_key() {
        let of = |text| token(&HeaderValue::from_static(text)).map(str::to_owned);
        assert_eq!(of("Bearer lk_cs_AAA").unwrap(), "lk_cs_AAA");
        assert_eq!(of("Bearer nango_connect_session_AAA").unwrap(), "nango_connect_session_AAA");
        assert_eq!((of("Bearer lk_dev_AAA"), of("lk_cs_AAA"), of("Basic AAA")), (None, None, None));
    }
}
