//! A provider on loopback that says what a test tells it to say, and remembers what it was sent.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Response},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Bytes,
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        Self::of(status, "application/json", body)
    }

    pub fn of(status: u16, content_type: &'static str, body: &str) -> Self {
        Self {
            status,
            headers: vec![("content-type", content_type.into())],
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Sent {
    pub fn form(&self) -> BTreeMap<String, String> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

type Script = Box<dyn Fn(&Sent) -> Reply + Send + Sync>;

struct Shared {
    script: Script,
    sent: Mutex<Vec<Sent>>,
}

pub struct Server {
    pub origin: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn answering(reply: Reply) -> Self {
        Self::with(move |_| reply.clone()).await
    }

    pub async fn with(script: impl Fn(&Sent) -> Reply + Send + Sync + 'static) -> Self {
        let shared = Arc::new(Shared { script: Box::new(script), sent: Mutex::default() });
        let router = Router::new().fallback(answer).with_state(Arc::clone(&shared));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { origin, shared, task }
    }

    pub fn sent(&self) -> Vec<Sent> {
        self.shared.sent.lock().unwrap().clone()
    }

    pub fn only(&self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "exactly one request");
        sent.remove(0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let sent = Sent {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let reply = (shared.script)(&sent);
    shared.sent.lock().unwrap().push(sent);
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// A server that reads a request, writes these bytes, whatever they are, and closes the connection.
pub struct Wire {
    pub origin: String,
    task: JoinHandle<()>,
}

impl Wire {
    pub async fn saying(bytes: &'static [u8]) -> Self {
        Self::then(bytes, false).await
    }

    /// Writes the bytes and then nothing, keeping the connection open.
    pub async fn stalling_after(bytes: &'static [u8]) -> Self {
        Self::then(bytes, true).await
    }

    async fn then(bytes: &'static [u8], stall: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let task = tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = vec![0; 64 * 1024];
                // One read takes the whole of a request as small as ours.
                let _ = stream.read(&mut read).await;
                let _ = stream.write_all(bytes).await;
                if stall {
                    std::future::pending::<()>().await;
                }
            }
        });
        Self { origin, task }
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}
