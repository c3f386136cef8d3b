//! What holds for every gRPC call, over a socket or inside the process: a trace, a deadline, a size limit, a measure,
//! and an answer even where a handler panics.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use futures::FutureExt;
use futures::future::BoxFuture;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tonic::service::Routes;
use tonic::{Code, Status};
use tower::Service;
use tower::layer::layer_fn;
use tracing::{Instrument, Span, field, info_span};

use super::grpc_timeout;
use crate::request_id::{self, REQUEST_ID};
use crate::trace;

/// The largest request, all its messages together. Nothing Latchkey is sent comes near it.
pub const REQUEST_BYTES_MAX: usize = 1024 * 1024;
/// The longest a call may take to begin its answer, whatever deadline its caller names.
pub const TIMEOUT_MAX: Duration = Duration::from_secs(60);
/// tonic watches the caller's deadline too, and calls its passing CANCELLED. Ours passes first, and is named rightly.
const HEAD_START: Duration = Duration::from_millis(5);

/// Puts the layers around `routes`. [`serve`](super::serve) does so by itself; a route inside the process must be given
/// routes that went through here.
pub fn layers(routes: Routes) -> Routes {
    routes.into_axum_router().layer(layer_fn(Observed)).into()
}

/// A service with all of this around it. By hand, as tower does it: each layer of axum's own boxes a call once more.
#[derive(Clone)]
struct Observed<S>(S);

impl<S> Service<Request> for Observed<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let id = request_id::settle(request.headers_mut());
        let call = Call::begin(request.uri().path(), request.headers());
        let deadline = timeout(request.headers());
        let work = self.0.call(request.map(limited)).instrument(call.span.clone());
        Box::pin(async move {
            // A handler that panicked is gone with all it had; nobody sees it half done.
            let answer = tokio::time::timeout(deadline, AssertUnwindSafe(work).catch_unwind()).await;
            let mut response = match answer {
                Ok(Ok(Ok(response))) => told_rightly(response),
                // The panic itself was logged by the hook; its message goes nowhere.
                Ok(Err(_)) => Status::internal("internal error").into_http(),
                Err(_) => Status::deadline_exceeded("no answer before the deadline").into_http(),
            };
            response.headers_mut().extend(id.map(|id| (REQUEST_ID, id)));
            Ok(call.measure(response))
        })
    }
}

/// Bytes that are no message of the method never reach a handler: tonic answers, and calls it INTERNAL. It is the caller's
/// mistake. A handler's own INTERNAL is told apart by its details, which every refusal of ours has.
fn told_rightly(response: Response) -> Response {
    let headers = response.headers();
    let is_internal = headers.get("grpc-status").is_some_and(|code| code == "13");
    if !is_internal || headers.contains_key("grpc-status-details-bin") {
        return response;
    }
    Status::invalid_argument("the request holds no message that this method takes").into_http()
}

/// The caller's `grpc-timeout`, at most [`TIMEOUT_MAX`].
fn timeout(headers: &HeaderMap) -> Duration {
    grpc_timeout(headers).map_or(TIMEOUT_MAX, |named| named.saturating_sub(HEAD_START).min(TIMEOUT_MAX))
}

/// A body that ends in RESOURCE_EXHAUSTED where it is too long.
fn limited(body: Body) -> Body {
    Body::new(Limited::new(body, REQUEST_BYTES_MAX).map_err(|error| {
        if error.is::<LengthLimitError>() {
            let limit = REQUEST_BYTES_MAX / 1024;
            return Status::resource_exhausted(format!("the request is larger than {limit} KiB")).into();
        }
        error
    }))
}

/// One call, from its first byte to its status; counted when it is over, also where its caller has gone away.
struct Call {
    method: String,
    started: Instant,
    span: Span,
    code: Code,
}

impl Call {
    fn begin(path: &str, headers: &HeaderMap) -> Self {
        let method = path.trim_start_matches('/').to_owned();
        let span = info_span!(
            "grpc",
            otel.name = method,
            otel.kind = "server",
            rpc.system = "grpc",
            rpc.method = method,
            rpc.grpc.status_code = field::Empty,
            request_id = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()),
        );
        trace::adopt(&span, headers);
        // Until a status is seen, all that is known is that the answer never got to its end.
        Self { method, started: Instant::now(), span, code: Code::Cancelled }
    }

    /// Watches for the status: in the headers where there is no body, else in the trailers. The call is over when the
    /// body is dropped, which takes this value with it.
    fn measure(mut self, response: Response) -> Response {
        self.look_for_status(Some(response.headers()));
        response.map(|body| {
            Body::new(body.map_frame(move |frame| {
                self.look_for_status(frame.trailers_ref());
                frame
            }))
        })
    }

    fn look_for_status(&mut self, headers: Option<&HeaderMap>) {
        if let Some(status) = headers.and_then(|headers| headers.get("grpc-status")) {
            self.code = Code::from_bytes(status.as_bytes());
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let code = self.code;
        self.span.record("rpc.grpc.status_code", i32::from(code));
        // A caller may invent methods, a metric must not.
        let method = match code {
            Code::Unimplemented => "_OTHER".to_owned(),
            _ => std::mem::take(&mut self.method),
        };
        let histogram =
            metrics::histogram!("rpc_server_call_duration_seconds", "method" => method, "code" => name(code));
        self.span.in_scope(|| histogram.record(self.started.elapsed()));
    }
}

/// The name in the gRPC specification.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_is_answered_under_the_name_its_caller_gave_it_or_one_that_is_made() {
        let mut routes = layers(Routes::default()).prepare();
        let call = |id: Option<&str>| {
            let mut request = Request::post("/latchkey.nothing.v1.Service/Method");
            if let Some(id) = id {
                request = request.header(REQUEST_ID, id);
            }
            request.body(Body::empty()).unwrap()
        };
        let named = Service::<Request>::call(&mut routes, call(Some("order-7"))).await.unwrap();
        assert_eq!(named.headers()[REQUEST_ID], "order-7");
        let unnamed = Service::<Request>::call(&mut routes, call(None)).await.unwrap();
        assert_eq!(unnamed.headers()[REQUEST_ID].len(), 36);
        assert_eq!(unnamed.headers()["grpc-status"], "12", "also where it fails");
    }

    #[test]
    fn no_caller_can_wait_longer_than_the_longest_timeout() {
        let mut headers = HeaderMap::new();
        assert_eq!(timeout(&headers), TIMEOUT_MAX);
        headers.insert("grpc-timeout", "99H".parse().unwrap());
        assert_eq!(timeout(&headers), TIMEOUT_MAX);
    }
}
