//! Envoy's external authorization: a connection's credential on a request that passes a mesh's edge, which the proxy never
//! sees. What may be done is decided as for a call through the proxy: the caller's key or token, the connection, and where the
//! credential may go.

use crate::forward::Forwarder;
use crate::refusal::{Refusal, SOURCE};
use crate::target::{CONNECTION, named};
use http::{HeaderMap, HeaderName, HeaderValue};
use latchkey_secret::SecretText;
use latchkey_wire::contract::{LendCredential, LentCredential, Named};
use latchkey_wire::{Fault, Kind, Reason, covers};
use std::collections::BTreeMap;
use url::Url;

/// The connection's integration, where the connection is named by an id of its owner's.
const INTEGRATION: &str = "latchkey-integration";
/// Of a route: the origin its requests go to. Without it, that is `https` at the host the request names.
const ORIGIN: &str = "latchkey-origin";
/// On a refusal: why, for whoever looks at headers alone.
const REASON: HeaderName = HeaderName::from_static("latchkey-reason");

/// A request as Envoy tells it.
#[derive(Debug, Default)]
pub struct Passing {
    pub headers: HeaderMap,
    /// As in `Host` or `:authority`.
    pub host: String,
    /// What the route says. The caller has no part in it.
    pub route: BTreeMap<String, String>,
}

/// What to change on the request before it goes on.
pub struct Change {
    /// Headers, in the place of the caller's own.
    pub set: BTreeMap<String, SecretText>,
    /// The caller's headers that end here.
    pub remove: Vec<String>,
    /// Entries of the query, in the place of the caller's own.
    pub query: BTreeMap<String, SecretText>,
}

impl Forwarder {
    /// What puts the connection's credential on a request that passes.
    ///
    /// # Errors
    /// Why the request must not go on.
    pub async fn authorize(&self, passing: &Passing) -> Result<Change, Refusal> {
        let caller = self.callers.of(&passing.headers).await?;
        let (connection, address) = (connection_of(passing)?, address_of(passing)?);
        let wish = LendCredential {
            environment: caller.environment,
            connection,
            newer_than: None,
            reader: caller.reader,
            integrations: caller.integrations,
        };
        change(self.vault.lend(wish).await?, &address, &passing.headers)
    }
}

/// What a route says goes before what its caller says.
fn connection_of(passing: &Passing) -> Result<Named, Refusal> {
    let told = |name: &'static str| -> Result<Option<&str>, Refusal> {
        if let Some(route) = passing.route.get(name) {
            return Ok(Some(route));
        }
        let Some(value) = passing.headers.get(name) else { return Ok(None) };
        value.to_str().map(Some).map_err(|_| Refusal::field(name, "Use plain letters and digits."))
    };
    let missing = "Name the connection in the route's context extension or the header latchkey-connection.";
    let connection = told(CONNECTION)?.ok_or_else(|| Refusal::field(CONNECTION, missing))?;
    named(connection, told(INTEGRATION)?)
        .ok_or_else(|| Refusal::field(CONNECTION, "That is no connection id: it looks like con_01J…"))
}

/// Where the request goes. A mesh rewrites hosts and schemes as its routes say, which is not told here; so a route that
/// does says where.
fn address_of(passing: &Passing) -> Result<Url, Refusal> {
    let origin = match passing.route.get(ORIGIN) {
        Some(origin) => origin.clone(),
        None => format!("https://{}", passing.host),
    };
    let refused = || Refusal::field(ORIGIN, "Give an origin such as https://api.example.com.");
    let url = Url::parse(&origin).map_err(|_| refused())?;
    let is_origin = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let plain = url.username().is_empty() && url.password().is_none() && url.has_host();
    (is_origin && plain).then_some(url).ok_or_else(refused)
}

fn change(lent: LentCredential, address: &Url, sent: &HeaderMap) -> Result<Change, Refusal> {
    if lent.in_body || lent.signer.is_some() {
        let message = "This provider takes its credential in the request's body, a signature or a certificate, which cannot be put \
                       on a request that passes: call it through the proxy, or with what GetCredential gives.";
        return Err(Fault::new(Kind::Refused, Reason::RequestNeeded, message).into());
    }
    if !lent.origins.iter().any(|origin| covers(origin, address)) {
        let message =
            "The connection's credential may not be sent to that host. Use one of the provider's own.";
        return Err(Refusal::egress_blocked("host", message));
    }
    let LentCredential { headers, query, .. } = lent;
    // Envoy removes last, so what is set is not among what is removed.
    let remove = sent.keys().map(HeaderName::as_str);
    let remove = remove.filter(|name| is_ours(name) && !headers.contains_key(*name)).map(str::to_owned);
    Ok(Change { remove: remove.collect(), set: headers, query })
}

/// Who calls and which connection is meant is nobody's business further on.
fn is_ours(name: &str) -> bool {
    name == "authorization" || name == "proxy-authorization" || name.starts_with("latchkey-")
}

/// A refusal as the caller gets it: headers and body.
pub fn told(fault: &Fault) -> (HeaderMap, String) {
    let mut headers = fault.problem_headers();
    headers.insert(SOURCE, HeaderValue::from_static("proxy"));
    headers.insert(REASON, HeaderValue::from_static(fault.reason.word()));
    (headers, fault.problem().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(host: &str, origin: Option<&str>) -> Result<String, Refusal> {
        let route = origin.map(|origin| (ORIGIN.to_owned(), origin.to_owned())).into_iter().collect();
        let passing = Passing { host: host.into(), route, ..Passing::default() };
        address_of(&passing).map(Into::into)
    }

    #[test]
    fn a_request_goes_where_its_route_says_or_its_host() {
        assert_eq!(at("api.example.com", None).unwrap(), "https://api.example.com/");
        assert_eq!(at("mesh.local", Some("https://api.example.com")).unwrap(), "https://api.example.com/");
        for wrong in ["api.example.com/v1", "user@api.example.com", "", "api.example.com?x", "a b"] {
            assert_eq!(at(wrong, None).unwrap_err().field_name(), ORIGIN, "{wrong}");
        }
    }

    #[test]
    fn a_route_that_names_a_connection_is_not_overruled_by_its_caller() {
        let (mine, other) = ("con_01ARZ3NDEKTSV4RRFFQ69G5FAV", "con_01ARZ3NDEKTSV4RRFFQ69G5FAW");
        let headers = HeaderMap::from_iter([(CONNECTION.parse().unwrap(), other.parse().unwrap())]);
        let mut passing = Passing { headers, ..Passing::default() };
        assert_eq!(connection_of(&passing).unwrap().to_string(), other);
        passing.route.insert(CONNECTION.into(), mine.into());
        assert_eq!(connection_of(&passing).unwrap().to_string(), mine);
        passing.route.insert(CONNECTION.into(), "user/42".into());
        assert_eq!(connection_of(&passing).unwrap_err().field_name(), CONNECTION);
    }
}
