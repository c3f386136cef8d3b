use super::{Door, foreign};
use crate::http::from_here;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, Uri, header};
use latchkey_rest::problem;
use latchkey_wire::{Fault, Kind, Reason};
use tower::ServiceExt as _;

/// Where the calls are, for the pages and for backends.
const HERE: &str = "/dashboard/api";
const THERE: &str = "/v1";

/// Passes a call on with the operator's key: scopes, checks and answers are the native ones.
pub async fn pass_on(State(door): State<Door>, request: Request) -> Response {
    match with_key(&door, request).await {
        Ok(request) => door.rest.oneshot(request).await.into_response(),
        Err(fault) => problem(&fault),
    }
}

async fn with_key(door: &Door, mut request: Request) -> Result<Request, Fault> {
    let (login, _) = door.operator(request.headers()).await?;
    if !from_here(request.headers()) || !login.sent(request.headers()) {
        return Err(foreign());
    }
    *request.uri_mut() = there(request.uri())
        .ok_or_else(|| Fault::new(Kind::NotFound, Reason::PathUnknown, "There is nothing at this path."))?;
    // What the browser says of itself stays here.
    let carried = [header::CONTENT_TYPE, header::HeaderName::from_static("x-request-id")];
    let headers =
        carried.into_iter().filter_map(|name| Some((name.clone(), request.headers().get(name)?.clone())));
    let mut headers: HeaderMap = headers.collect();
    headers.insert(header::AUTHORIZATION, login.authorization()?);
    *request.headers_mut() = headers;
    Ok(request)
}

fn there(uri: &Uri) -> Option<Uri> {
    let rest = uri.path_and_query()?.as_str().strip_prefix(HERE)?;
    format!("{THERE}{rest}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_passed_on_as_it_was_written() {
        let told = |path: &str| there(&path.parse().unwrap()).unwrap().to_string();
        assert_eq!(told("/dashboard/api/connections?page_size=5"), "/v1/connections?page_size=5");
        assert_eq!(told("/dashboard/api/integrations/a%2Fb:verb"), "/v1/integrations/a%2Fb:verb");
    }
}
