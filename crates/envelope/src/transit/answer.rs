//! What the server answers, sorted.

use crate::{Denial, KeyServiceError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::error::Error as _;

/// Why there is no answer, or none that helps.
#[derive(Debug)]
pub enum Refused {
    /// For want of a good token, or of a policy: which, is not said.
    Forbidden,
    /// It speaks of the key or of what it wrapped.
    Denied { denial: Denial, detail: String },
    /// It speaks of neither, and will not change by asking again at once.
    Unclear(String),
    /// Nothing was said: worth another attempt.
    Silent(String),
}

/// What the engine gives.
#[derive(Deserialize)]
pub struct Data<T> {
    pub data: T,
}

#[derive(Deserialize)]
struct Errors {
    errors: Vec<String>,
}

/// Only what the server itself says of the key is a refusal: a refusal throws away keys that may be the only ones at hand, and
/// in front of the server there may be others that answer 403 and 404.
pub fn read<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, Refused> {
    if status == 200 {
        return serde_json::from_slice(body)
            .map_err(|_| Refused::Unclear("an answer without its content".to_owned()));
    }
    let Ok(Errors { errors }) = serde_json::from_slice(body) else {
        return Err(Refused::Silent(format!("status {status}, and not by the server itself")));
    };
    let said = errors.join("; ");
    let denied = |denial| Refused::Denied { denial, detail: told(status, &said) };
    Err(match status {
        403 => Refused::Forbidden,
        404 => denied(Denial::KeyNotFound),
        400 => denial(&said).map_or_else(|| Refused::Unclear(told(status, &said)), denied),
        // Sealed, a standby without its leader, too many requests, a fault over there.
        _ => Refused::Silent(told(status, &said)),
    })
}

/// Of a request that is not as it should be, by what both servers say of it in all their versions.
fn denial(said: &str) -> Option<Denial> {
    let says = |part: &str| said.contains(part);
    if says("encryption key not found") {
        Some(Denial::KeyNotFound)
    } else if says("disallowed by policy")
        || says("soft deleted")
        || says("for key derivation")
        || says("non-AEAD")
        || says("does not support")
    {
        Some(Denial::InvalidState)
    } else if says("message authentication failed") || says("invalid ciphertext") {
        Some(Denial::NotOurs)
    } else {
        None
    }
}

fn told(status: u16, said: &str) -> String {
    if said.is_empty() { format!("status {status}") } else { format!("status {status}: {said}") }
}

impl Refused {
    /// The cause, without the address, which is known.
    pub fn lost(error: &reqwest::Error) -> Self {
        let mut told = match () {
            () if error.is_timeout() => "no answer in time".to_owned(),
            () if error.is_connect() => "no connection".to_owned(),
            () => "the connection ended without an answer".to_owned(),
        };
        let mut source = error.source();
        while let Some(cause) = source {
            told = format!("{told}: {cause}");
            source = cause.source();
        }
        Self::Silent(told)
    }
}

impl From<Refused> for KeyServiceError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Denied { denial, detail } => Self::Denied { denial, detail },
            Refused::Unclear(detail) | Refused::Silent(detail) => Self::Unavailable { detail },
            Refused::Forbidden => Self::Unavailable { detail: "status 403".to_owned() },
        }
    }
}
