//! Envoy's messages, and nothing else: what is decided about a request is in [`crate::authz`].

// The generated code is not ours to lint.
#[allow(clippy::all, clippy::pedantic, missing_docs)]
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/envoy.rs"));
}

use crate::authz::{Change, Passing, told};
use crate::forward::Forwarder;
use crate::inject::in_clear;
use crate::refusal::Refusal;
use http::{HeaderMap, HeaderName, HeaderValue};
use proto::envoy::config::core::v3::header_value_option::HeaderAppendAction;
use proto::envoy::config::core::v3::{HeaderValue as Header, HeaderValueOption, QueryParameter};
use proto::envoy::service::auth::v3::authorization_server::{Authorization, AuthorizationServer};
use proto::envoy::service::auth::v3::check_response::HttpResponse;
use proto::envoy::service::auth::v3::{CheckRequest, CheckResponse, DeniedHttpResponse, OkHttpResponse};
use proto::envoy::r#type::v3::HttpStatus;
use proto::rpc::Status as RpcStatus;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// Its full name, for health.
pub const AUTHORIZATION: &str = "envoy.service.auth.v3.Authorization";

pub fn door(forwarder: Forwarder) -> Routes {
    Routes::new(AuthorizationServer::new(Door(forwarder)))
}

struct Door(Forwarder);

#[tonic::async_trait]
impl Authorization for Door {
    /// Never an error: what Envoy does with one is a setting of its own, and one of them lets the request through.
    async fn check(&self, request: Request<CheckRequest>) -> Result<Response<CheckResponse>, Status> {
        let outcome = match passing(request.into_inner()) {
            Ok(passing) => self.0.authorize(&passing).await,
            Err(refusal) => Err(refusal),
        };
        let reason = outcome.as_ref().err().map_or("none", |refusal| refusal.0.reason.word());
        metrics::counter!("latchkey_authz_checks_total", "reason" => reason).increment(1);
        Ok(Response::new(outcome.map_or_else(denied, let_through)))
    }
}

fn passing(request: CheckRequest) -> Result<Passing, Refusal> {
    let attributes = request.attributes.unwrap_or_default();
    let http = attributes.request.and_then(|request| request.http);
    let http = http.ok_or_else(|| Refusal::field("attributes", "Only HTTP requests are authorized here."))?;
    let mut headers = HeaderMap::new();
    for (name, value) in http.headers {
        // What describes the request itself (`:path`) is no header.
        if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    Ok(Passing { headers, host: http.host, route: attributes.context_extensions.into_iter().collect() })
}

fn let_through(change: Change) -> CheckResponse {
    let set = in_clear(&change.set).map(|(name, value)| option(name, value));
    let query = in_clear(&change.query)
        .map(|(name, value)| QueryParameter { key: name.to_owned(), value: value.to_owned() });
    let ok = OkHttpResponse {
        headers: set.collect(),
        headers_to_remove: change.remove,
        query_parameters_to_set: query.collect(),
    };
    CheckResponse { status: Some(RpcStatus::default()), http_response: Some(HttpResponse::OkResponse(ok)) }
}

fn denied(refusal: Refusal) -> CheckResponse {
    let Refusal(fault) = refusal;
    let (headers, body) = told(&fault);
    let code = i32::from(fault.http_status().as_u16());
    let headers = headers
        .iter()
        .filter_map(|(name, value)| value.to_str().ok().map(|value| option(name.as_str(), value)));
    let denied = DeniedHttpResponse { status: Some(HttpStatus { code }), headers: headers.collect(), body };
    let message = fault.message.clone();
    let status = RpcStatus { code: Status::from(fault).code().into(), message };
    CheckResponse { status: Some(status), http_response: Some(HttpResponse::DeniedResponse(denied)) }
}

/// In the place of the caller's own, where there is one.
fn option(name: &str, value: &str) -> HeaderValueOption {
    HeaderValueOption {
        header: Some(Header { key: name.to_owned(), value: value.to_owned() }),
        append_action: HeaderAppendAction::OverwriteIfExistsOrAdd.into(),
    }
}
