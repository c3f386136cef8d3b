//! The made-to-order answers of the token endpoint.

use super::token::TokenError;
use crate::faults::NextAnswer;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use futures::stream;
use serde_json::{Value, json};
use std::io;

/// The answer in place of any work.
pub(crate) fn instead(next: NextAnswer) -> Response {
    match next {
        NextAnswer::Html => Html("<!doctype html><title>Sign in to the network</title>").into_response(),
        NextAnswer::Huge => huge(),
        NextAnswer::Empty => StatusCode::OK.into_response(),
        NextAnswer::InvalidClient => TokenError::invalid_client("scripted").into_response(),
        NextAnswer::InvalidGrant => TokenError::bad("invalid_grant", "scripted").into_response(),
        NextAnswer::InvalidScope => TokenError::bad("invalid_scope", "scripted").into_response(),
        NextAnswer::CloseBeforeWork => cut_off(Vec::new()),
        NextAnswer::ServerError
        // The rest do not come here: they need the work.
        | NextAnswer::Truncated
        | NextAnswer::NoAccessToken
        | NextAnswer::ExpiresInText
        | NextAnswer::ExpiresInNegative
        | NextAnswer::OmitExpiresIn
        | NextAnswer::OmitRefreshToken
        | NextAnswer::CloseAfterRequest => {
            (StatusCode::INTERNAL_SERVER_ERROR, Html("<!doctype html><title>500</title>")).into_response()
        }
    }
}

/// The answer with what the work brought.
pub(crate) fn after(next: Option<NextAnswer>, mut tokens: Value) -> Response {
    match next {
        Some(NextAnswer::NoAccessToken) => remove(&mut tokens, "access_token"),
        Some(NextAnswer::OmitExpiresIn) => remove(&mut tokens, "expires_in"),
        Some(NextAnswer::ExpiresInText) => tokens["expires_in"] = "soon".into(),
        Some(NextAnswer::ExpiresInNegative) => tokens["expires_in"] = (-60).into(),
        Some(NextAnswer::Truncated) => {
            let half = half(&tokens);
            return ([(header::CONTENT_TYPE, "application/json")], half).into_response();
        }
        Some(NextAnswer::CloseAfterRequest) => return cut_off(half(&tokens)),
        // Omitting the refresh token was seen to when the tokens were made; the rest never come here.
        _ => {}
    }
    Json(tokens).into_response()
}

fn remove(tokens: &mut Value, field: &str) {
    if let Some(fields) = tokens.as_object_mut() {
        fields.remove(field);
    }
}

fn half(tokens: &Value) -> Vec<u8> {
    let mut text = tokens.to_string().into_bytes();
    text.truncate(text.len() / 2);
    text
}

/// An answer that promises more than it has: the server can only cut the connection.
fn cut_off(begun: Vec<u8>) -> Response {
    let promised = begun.len() + 1024;
    let cut = Err(io::Error::from(io::ErrorKind::ConnectionReset));
    let body = Body::from_stream(stream::iter([Ok(Bytes::from(begun)), cut]));
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_LENGTH, promised.to_string()),
    ];
    (headers, body).into_response()
}

fn huge() -> Response {
    const SIZE: usize = 10 * 1024 * 1024;
    let tokens = json!({
        "access_token": "x".repeat(SIZE),
        "token_type": "Bearer",
        "expires_in": 60,
    });
    Json(tokens).into_response()
}
