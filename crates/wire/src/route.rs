//! The way to a peer: a socket, or a function call over the same generated server. A caller cannot tell which, for a
//! call over either has the same deadline, carries the same trace and fails with the same codes.

mod deadline;
mod remote;
mod tls;
mod trace;

pub use remote::{RouteError, RouteOptions, RouteTls};

use crate::{actor, fault::deadline_exceeded};
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tonic::{Status, body::Body, service::Routes, transport::Channel};
use tower::{Service, ServiceExt};

/// How long a call may take where nobody said.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The way to a peer. Clones share it.
#[derive(Debug, Clone)]
pub struct Route {
    way: Way,
    deadline: Duration,
}

#[derive(Debug, Clone)]
enum Way {
    Local(Routes),
    Remote(Channel),
}

impl Route {
    /// To a service in this process: no socket, and the same encoding, layers and codes as with one.
    #[must_use]
    pub fn local(routes: Routes) -> Self {
        Self { way: Way::Local(routes.prepare()), deadline: DEADLINE }
    }

    /// To a service elsewhere. Connects at the first call, and again whenever the connection is lost. Call it inside a
    /// Tokio runtime.
    ///
    /// # Errors
    /// Where the endpoint is no address, is not encrypted without that being allowed, or its TLS files cannot be used.
    pub fn remote(options: RouteOptions) -> Result<Self, RouteError> {
        let deadline = options.deadline;
        Ok(Self { way: Way::Remote(remote::channel(&options)?), deadline })
    }

    /// Another longest time for a call.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// The longest a call may take. A `grpc-timeout` on the request can only shorten it.
    #[must_use]
    pub fn deadline(&self) -> Duration {
        self.deadline
    }
}

impl Service<http::Request<Body>> for Route {
    type Response = http::Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Status>> {
        // Waiting for a free channel is part of the call, so that the deadline covers it.
        Poll::Ready(Ok(()))
    }

    /// Cancel-safe: the peer sees what it would see of a caller that hung up.
    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        let deadline = deadline::shortest(request.headers(), self.deadline);
        deadline::tell(request.headers_mut(), deadline);
        trace::inject(request.headers_mut());
        actor::inject(request.headers_mut());
        let way = self.way.clone();
        Box::pin(async move {
            let answer = tokio::time::timeout(deadline, way.call(request)).await;
            answer.unwrap_or_else(|_| Err(deadline_exceeded().into()))
        })
    }
}

impl Way {
    async fn call(self, request: http::Request<Body>) -> Result<http::Response<Body>, Status> {
        match self {
            Self::Local(routes) => match routes.oneshot(request).await {
                Ok(response) => Ok(response),
                Err(never) => match never {},
            },
            Self::Remote(channel) => channel.oneshot(request).await.map_err(remote::status),
        }
    }
}
