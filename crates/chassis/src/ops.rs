//! The port for the platform: is the process alive, is it ready, and what has it counted.
//!
//! It outlives everything else in the process, so that a stopping process still says that it stops.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use futures::FutureExt;
use futures::future::{BoxFuture, join_all};
use serde::Serialize;
use tokio::net::TcpListener;
use tracing::warn;

use crate::Lifecycle;
use crate::telemetry::{metrics, openmetrics};

/// How long one check may take. Kubernetes asks with a limit of its own, often a second or two.
const CHECK_WITHIN: Duration = Duration::from_secs(1);
/// How often recorded durations are sorted into buckets.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Verdict {
    Ready,
    /// Worth saying, but requests can be served.
    Warning(Trouble),
    /// Requests cannot be served.
    Failing(Trouble),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Trouble {
    /// What is wrong, for an operator: `the database does not answer`.
    pub what: String,
    /// What to do: `check database.url and that PostgreSQL runs`.
    pub remedy: String,
}

impl Trouble {
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what: what.into(), remedy: remedy.into() }
    }
}

/// What must hold for the process to be ready.
#[derive(Clone, Default)]
pub struct Checks(Vec<(&'static str, Check)>);

type Check = Arc<dyn Fn() -> BoxFuture<'static, Verdict> + Send + Sync>;

impl Checks {
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a check, asked at every `/readyz`. It has a second; then it counts as failing.
    #[must_use]
    pub fn with<F, V>(mut self, name: &'static str, check: F) -> Self
    where
        F: Fn() -> V + Send + Sync + 'static,
        V: Future<Output = Verdict> + Send + 'static,
    {
        self.0.push((name, Arc::new(move || check().boxed())));
        self
    }

    /// The checks of both, for a process that is several services.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    async fn ask(&self) -> BTreeMap<&'static str, Verdict> {
        let verdicts = self.0.iter().map(|(name, check)| async {
            let verdict = tokio::time::timeout(CHECK_WITHIN, check()).await;
            (*name, verdict.unwrap_or_else(|_| Verdict::Failing(unanswered(name))))
        });
        join_all(verdicts).await.into_iter().collect()
    }
}

fn unanswered(name: &str) -> Trouble {
    let limit = CHECK_WITHIN.as_secs();
    Trouble::new(
        format!("no answer within {limit} s"),
        format!("see whether what `{name}` checks is overloaded or cannot be reached"),
    )
}

/// Serves `/livez`, `/readyz` and `/metrics` until the process has ended.
pub fn serve(listener: TcpListener, checks: Checks, lifecycle: &Lifecycle) {
    let router = router(checks, lifecycle.clone());
    let (served_until, kept_until) = (lifecycle.ended(), lifecycle.ended());
    // Not a task of the life cycle: it would be waited for, and must itself wait for all the others.
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(served_until).await {
            warn!(%error, "The ops server ended");
        }
    });
    tokio::spawn(async move {
        tokio::select! {
            () = kept_until => {}
            () = keep_up() => {}
        }
    });
}

async fn keep_up() {
    let mut ticks = tokio::time::interval(UPKEEP_EVERY);
    loop {
        ticks.tick().await;
        metrics::upkeep();
    }
}

/// The three pages, for a process that mounts them on a server of its own.
pub fn router(checks: Checks, lifecycle: Lifecycle) -> Router {
    Router::new()
        .route("/livez", get(|| async { "alive\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(page))
        .with_state((checks, lifecycle))
}

/// In the format Prometheus always took, or, for whoever takes it, in the one that has exemplars.
async fn page(headers: HeaderMap) -> impl IntoResponse {
    let taken = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    let (kind, page) = if taken.into_iter().any(|kinds| kinds.contains("application/openmetrics-text")) {
        (openmetrics::CONTENT_TYPE, metrics::render_open())
    } else {
        ("text/plain; version=0.0.4; charset=utf-8", metrics::render())
    };
    ([(header::CONTENT_TYPE, kind)], page)
}

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    checks: BTreeMap<&'static str, Verdict>,
}

async fn readyz(State((checks, lifecycle)): State<(Checks, Lifecycle)>) -> impl IntoResponse {
    let checks = checks.ask().await;
    let failing = checks.values().any(|verdict| matches!(verdict, Verdict::Failing(_)));
    let (code, status) = match (lifecycle.is_stopping(), failing) {
        (true, _) => (StatusCode::SERVICE_UNAVAILABLE, "stopping"),
        (false, true) => (StatusCode::SERVICE_UNAVAILABLE, "failing"),
        (false, false) => (StatusCode::OK, "ready"),
    };
    (code, Json(Readiness { status, checks }))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(checks: Checks, lifecycle: &Lifecycle) -> (StatusCode, serde_json::Value) {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        let response = router(checks, lifecycle.clone()).oneshot(request).await.unwrap();
        let code = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (code, serde_json::from_slice(&body).unwrap())
    }

    fn running() -> Lifecycle {
        Lifecycle::new(Duration::from_secs(1))
    }

    #[tokio::test]
    async fn a_failing_check_makes_the_process_unready_and_says_what_to_do() {
        let checks = Checks::new().with("bus", || async { Verdict::Ready }).with("database", || async {
            Verdict::Failing(Trouble::new("it does not answer", "check database.url"))
        });
        let (code, body) = ask(checks, &running()).await;
        assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(
            body,
            serde_json::json!({ "status": "failing", "checks": {
                "bus": { "status": "ready" },
                "database": { "status": "failing", "what": "it does not answer", "remedy": "check database.url" },
            }})
        );
    }

    #[tokio::test]
    async fn whoever_takes_open_metrics_gets_them_and_whoever_does_not_what_it_always_got() {
        metrics::install();
        ::metrics::counter!("ops_asked_total").increment(1);
        let asked = async |accept: &str| {
            let request =
                Request::get("/metrics").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
            let response = router(Checks::new(), running()).oneshot(request).await.unwrap();
            let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            (kind, String::from_utf8(body.to_vec()).unwrap())
        };
        // As Prometheus asks.
        let (kind, open) = asked(
            "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.4,*/*;q=0.1",
        )
        .await;
        assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
        assert!(
            open.contains("# TYPE ops_asked counter\nops_asked_total 1\n") && open.ends_with("# EOF\n"),
            "{open}"
        );
        let (kind, page) = asked("text/plain;version=0.0.4,*/*").await;
        assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
        assert!(page.contains("# TYPE ops_asked_total counter\n") && !page.contains("# EOF"), "{page}");
    }

    #[tokio::test]
    async fn a_warning_is_shown_and_leaves_the_process_ready() {
        let checks = Checks::new()
            .with("bus", || async { Verdict::Warning(Trouble::new("facts wait", "check nats.url")) });
        let (code, body) = ask(checks, &running()).await;
        assert_eq!((code, &body["status"]), (StatusCode::OK, &"ready".into()));
        assert_eq!(body["checks"]["bus"]["what"], "facts wait");
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_that_hangs_counts_as_failing() {
        let checks = Checks::new().with("keys", std::future::pending);
        let (code, body) = ask(checks, &running()).await;
        assert_eq!(code, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(body["checks"]["keys"]["status"], "failing");
    }

    #[tokio::test]
    async fn a_stopping_process_is_not_ready_and_still_answers_until_it_has_ended() {
        crate::tls::install_provider();
        let lifecycle = running();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        serve(listener, Checks::new(), &lifecycle);
        let client = reqwest::Client::builder().pool_max_idle_per_host(0).build().unwrap();
        let status =
            async |page: &str| client.get(format!("{url}{page}")).send().await.map(|r| r.status().as_u16());
        assert_eq!(status("/readyz").await.unwrap(), 200);
        lifecycle.stop();
        assert_eq!(status("/readyz").await.unwrap(), 503);
        assert_eq!(status("/livez").await.unwrap(), 200);
        lifecycle.finish().await.unwrap();
        while status("/livez").await.is_ok() {
            tokio::task::yield_now().await;
        }
    }
}
