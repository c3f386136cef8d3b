//! A customer's receiver of webhooks: it keeps what it is sent, and answers as it is told.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How long a test waits for a message: longer than a lapsing claim and a few attempts take.
const PATIENCE: Duration = Duration::from_secs(90);

/// How a receiver answers, until it is told otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Status(u16),
    /// Sends whoever asks to another path of the same receiver.
    Elsewhere,
    /// Takes the message and never says so.
    Silence,
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    pub answer: Answer,
}

impl Received {
    /// # Panics
    /// Where there is no such header.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers))
    }

    /// # Panics
    /// Where the body is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("a body is JSON")
    }
}

struct Kept {
    answer: Answer,
    received: Vec<Received>,
}

/// Ends with its owner.
pub struct Receiver {
    address: String,
    kept: Arc<Mutex<Kept>>,
    serving: JoinHandle<()>,
}

type Shared = Arc<Mutex<Kept>>;

impl Receiver {
    /// # Panics
    /// Where no port is free.
    pub async fn start() -> Self {
        let kept = Arc::new(Mutex::new(Kept { answer: Answer::Status(204), received: vec![] }));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("a bound port"));
        let router = Router::new().fallback(receive).with_state(kept.clone());
        let serving = tokio::spawn(async move {
            let _ = axum::serve(listener, router).await;
        });
        Self { address, kept, serving }
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("{}/hooks", self.address)
    }

    pub fn answers(&self, answer: Answer) {
        lock(&self.kept).answer = answer;
    }

    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.kept).received.clone()
    }

    /// Waits until what was received is as wanted.
    ///
    /// # Panics
    /// Where that does not happen, with what was.
    pub async fn wait_for(&self, wanted: impl Fn(&[Received]) -> bool) -> Vec<Received> {
        let begun = Instant::now();
        loop {
            let received = self.received();
            if wanted(&received) {
                return received;
            }
            assert!(begun.elapsed() < PATIENCE, "only this was received: {received:#?}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn lock(kept: &Shared) -> MutexGuard<'_, Kept> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(State(kept): State<Shared>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |value: &axum::http::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let answer = {
        let mut kept = lock(&kept);
        let answer = kept.answer;
        kept.received.push(Received {
            path: uri.path().to_owned(),
            headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
            body: body.to_vec(),
            answer,
        });
        answer
    };
    match answer {
        Answer::Status(status) => StatusCode::from_u16(status).expect("a status").into_response(),
        Answer::Elsewhere => (StatusCode::FOUND, [("location", "/elsewhere")]).into_response(),
        Answer::Silence => std::future::pending().await,
    }
}
