//! One call, passed on as gRPC and answered as JSON.

use crate::binding::Binding;
use crate::codec::DynamicCodec;
use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use http::{HeaderMap, HeaderValue, header, uri::PathAndQuery};
use latchkey_wire::contract::Source;
use latchkey_wire::{Fault, Route};
use prost_reflect::{DynamicMessage, SerializeOptions};
use serde_json::Value;
use std::time::Duration;
use tonic::client::Grpc;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status, Streaming};

/// What of an HTTP request a gRPC handler may see: whose call it is, and how long it may take.
const METADATA: [&str; 3] = ["authorization", "grpc-timeout", "x-request-id"];

/// What a method says beside its message and an HTTP response says, too.
const TOLD: http::HeaderName = http::HeaderName::from_static(Source::HEADER);

/// Passes the message on; the answer is the method's, or a problem document.
pub async fn call(binding: &Binding, route: Route, headers: &HeaderMap, message: DynamicMessage) -> Response {
    let answer = if binding.method.is_server_streaming() {
        streamed(binding, route, headers, message).await
    } else {
        unary(binding, route, headers, message).await
    };
    answer.unwrap_or_else(|status| problem_of(&status.into(), headers))
}

/// The same, of one request: its id is the problem's.
pub fn problem_of(fault: &Fault, headers: &HeaderMap) -> Response {
    let mut document = fault.problem();
    if let Some(id) = headers.get("x-request-id").and_then(|id| id.to_str().ok()) {
        document["instance"] = id.into();
    }
    told(fault, &document)
}

/// A fault as a problem document (RFC 9457), which no cache keeps.
#[must_use]
pub fn problem(fault: &Fault) -> Response {
    told(fault, &fault.problem())
}

fn told(fault: &Fault, document: &Value) -> Response {
    let mut response = (fault.http_status(), fault.problem_headers(), document.to_string()).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn unary(
    binding: &Binding,
    route: Route,
    headers: &HeaderMap,
    message: DynamicMessage,
) -> Result<Response, Status> {
    let answer = asked(binding, route, headers, message).await?;
    let mut response = json(&document(answer.get_ref())?);
    let told = answer.metadata().as_ref().get(Source::HEADER);
    response.headers_mut().extend(told.map(|source| (TOLD, source.clone())));
    Ok(response)
}

/// The answer itself, before it is anybody's response.
pub async fn answered(
    binding: &Binding,
    route: Route,
    headers: &HeaderMap,
    message: DynamicMessage,
) -> Result<Value, Status> {
    document(asked(binding, route, headers, message).await?.get_ref())
}

async fn asked(
    binding: &Binding,
    route: Route,
    headers: &HeaderMap,
    message: DynamicMessage,
) -> Result<tonic::Response<DynamicMessage>, Status> {
    let mut client = ready(route).await?;
    client.unary(request(headers, message), path(binding)?, codec(binding)).await
}

/// As server-sent events: each has the message as its data.
async fn streamed(
    binding: &Binding,
    route: Route,
    headers: &HeaderMap,
    message: DynamicMessage,
) -> Result<Response, Status> {
    let mut client = ready(route.with_deadline(WATCH_MAX)).await?;
    let request = request(headers, message);
    let answers = client.server_streaming(request, path(binding)?, codec(binding)).await?.into_inner();
    let mut response = Response::new(Body::from_stream(events(answers)));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// A watcher who is still there after this asks again, with its resume token.
const WATCH_MAX: Duration = Duration::from_secs(24 * 3600);

/// Ends after the first failure, which is told as an event of its own.
fn events(answers: Streaming<DynamicMessage>) -> impl futures::Stream<Item = Result<Bytes, Status>> {
    stream::unfold(Some(answers), |answers| async move {
        let mut answers = answers?;
        match answers.next().await? {
            Ok(message) => {
                let data = document(&message).unwrap_or(Value::Null);
                Some((Ok(Bytes::from(format!("data: {data}\n\n"))), Some(answers)))
            }
            Err(status) => {
                let problem = Fault::from(status).problem();
                Some((Ok(Bytes::from(format!("event: problem\ndata: {problem}\n\n"))), None))
            }
        }
    })
}

async fn ready(route: Route) -> Result<Grpc<Route>, Status> {
    let mut client = Grpc::new(route);
    client.ready().await?;
    Ok(client)
}

fn request(headers: &HeaderMap, message: DynamicMessage) -> Request<DynamicMessage> {
    let mut request = Request::new(message);
    let told = METADATA
        .into_iter()
        .filter_map(|name| Some((http::HeaderName::from_static(name), headers.get(name)?.clone())));
    *request.metadata_mut() = MetadataMap::from_headers(told.collect());
    request
}

fn path(binding: &Binding) -> Result<PathAndQuery, Status> {
    PathAndQuery::try_from(binding.grpc_path()).map_err(|_| Status::internal("a method's path is not one"))
}

fn codec(binding: &Binding) -> DynamicCodec {
    DynamicCodec { output: binding.method.output() }
}

/// Names as in the protocol's files; numbers as numbers; what is not set is left out.
fn document(message: &DynamicMessage) -> Result<Value, Status> {
    let options = SerializeOptions::new()
        .use_proto_field_name(true)
        .stringify_64_bit_integers(false)
        .skip_default_fields(true);
    message
        .serialize_with_options(serde_json::value::Serializer, &options)
        .map_err(|_| Status::internal("an answer has no JSON form"))
}

fn json(document: &Value) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        // Nearly every answer is about one caller's data, and some hold a credential.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, document.to_string()).into_response()
}
