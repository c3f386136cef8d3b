//! The token calls are made with: somebody else's, in a file, or one that is obtained for a workload's own token.

use super::answer::Refused;
use super::{Question, Server};
use crate::KeyServiceError;
use reqwest::Method;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use zeroize::Zeroizing;

/// Where a token comes from.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    /// Read for each call: an agent beside us replaces it as it likes.
    File(PathBuf),
    /// At `auth/MOUNT/login`, as the methods `kubernetes` and `jwt` have it.
    Role { mount: String, role: String, jwt_file: PathBuf },
}

/// Never printed.
pub struct Token(Zeroizing<String>);

impl Token {
    pub fn header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(&self.0).unwrap_or(HeaderValue::from_static(""));
        value.set_sensitive(true);
        value
    }
}

pub struct Login {
    source: Source,
    /// What a login gave, and until when it is used.
    held: Mutex<Option<(Arc<Token>, Option<Instant>)>>,
    /// Held by the one who logs in.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Deserialize)]
struct LoggedIn {
    auth: Granted,
}

#[derive(Deserialize)]
struct Granted {
    client_token: String,
    /// In seconds; none where it never ends.
    #[serde(default)]
    lease_duration: u64,
}

impl Login {
    pub fn new(source: Source) -> Self {
        Self { source, held: Mutex::default(), flight: tokio::sync::Mutex::default() }
    }

    pub async fn token(&self, server: &Server) -> Result<Arc<Token>, KeyServiceError> {
        let (mount, role, jwt_file) = match &self.source {
            Source::File(path) => return Ok(Arc::new(Token(read(path)?))),
            Source::Role { mount, role, jwt_file } => (mount, role, jwt_file),
        };
        if let Some(token) = self.held() {
            return Ok(token);
        }
        let _flight = self.flight.lock().await;
        // Whoever flew before us has done it for us too.
        if let Some(token) = self.held() {
            return Ok(token);
        }
        let request = json!({"role": role, "jwt": read(jwt_file)?.as_str()});
        let path = format!("auth/{mount}/login");
        let question = Question { method: Method::POST, path: &path, token: None, body: Some(&request) };
        let LoggedIn { auth: granted } =
            server.ask(&question).await.map_err(|refused| refusal(mount, refused))?;
        let lease = Duration::from_secs(granted.lease_duration);
        // Two thirds of it, so that no call is under way with one that ends.
        let until = (!lease.is_zero()).then(|| Instant::now() + lease * 2 / 3);
        let token = Arc::new(Token(Zeroizing::new(granted.client_token)));
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = Some((token.clone(), until));
        Ok(token)
    }

    /// It is not accepted any more.
    pub fn forget(&self) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn held(&self) -> Option<Arc<Token>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let (token, until) = held.as_ref()?;
        until.is_none_or(|until| Instant::now() < until).then(|| token.clone())
    }
}

/// Nothing of the key, whatever it is.
fn refusal(mount: &str, refused: Refused) -> KeyServiceError {
    let why = match refused {
        Refused::Forbidden => "status 403".to_owned(),
        Refused::Denied { detail, .. } | Refused::Unclear(detail) | Refused::Silent(detail) => detail,
    };
    KeyServiceError::Unavailable { detail: format!("the login at auth/{mount} failed: {why}") }
}

fn read(path: &Path) -> Result<Zeroizing<String>, KeyServiceError> {
    let unavailable = |detail: String| KeyServiceError::Unavailable { detail };
    let text = std::fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| unavailable(format!("the token in {} cannot be read: {error}", path.display())))?;
    let token = Zeroizing::new(text.trim().to_owned());
    let plain = !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then_some(token).ok_or_else(|| unavailable(format!("there is no token in {}", path.display())))
}
