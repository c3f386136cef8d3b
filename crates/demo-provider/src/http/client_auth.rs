//! Who is asking: client authentication (RFC 6749 §2.3), by Basic or in the body, never both.

use super::params::Params;
use super::token::TokenError;
use crate::options::Client;
use crate::secrets::same;
use crate::shared::State;
use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The client that made the request.
pub(crate) fn authenticate(
    headers: &HeaderMap,
    params: &Params,
    state: &State,
) -> Result<Client, TokenError> {
    let (id, secret) = match headers.get(header::AUTHORIZATION) {
        Some(value) => {
            if params.get("client_secret").is_some() {
                return Err(TokenError::invalid_request("use one way to authenticate the client"));
            }
            let unreadable = TokenError::invalid_client("the Authorization header is not Basic");
            let (user, password) = value.to_str().ok().and_then(basic_credentials).ok_or(unreadable)?;
            (form_decoded(&user), Some(form_decoded(&password)))
        }
        None => {
            let id = params.get("client_id").ok_or(TokenError::invalid_client("no client_id"))?;
            (id.to_owned(), params.get("client_secret").map(str::to_owned))
        }
    };
    if params.get("client_id").is_some_and(|in_body| in_body != id) {
        return Err(TokenError::invalid_request("client_id is not the one that authenticated"));
    }
    let refused = TokenError::invalid_client("unknown client, or wrong secret");
    let client = state.clients.get(&id).ok_or(refused)?;
    match (&client.secret, &secret) {
        (Some(expected), Some(given)) if same(expected, given) => Ok(client.clone()),
        (None, None) => Ok(client.clone()),
        // A public client by Basic has an empty password.
        (None, Some(given)) if given.is_empty() => Ok(client.clone()),
        _ => Err(refused),
    }
}

/// User name and password of a Basic header (RFC 7617), as sent.
pub(crate) fn basic_credentials(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// OAuth form-encodes both halves before it makes the Basic header of them (RFC 6749 §2.3.1).
fn form_decoded(text: &str) -> String {
    let one_field = format!("v={}", text.replace('&', "%26"));
    let mut fields = url::form_urlencoded::parse(one_field.as_bytes());
    fields.next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}
