//! What a caller asks for: whose credential, which path, and under which rules. Pure.
//!
//! Nothing of it is a template: what the caller sends is carried over as it is, or refused.

use crate::refusal::Refusal;
use http::{HeaderMap, Uri};
use latchkey_wire::contract::Named;
use url::Url;

/// The path under which everything is proxied.
pub const PREFIX: &str = "/proxy/";

/// Whose credential goes on the request.
pub const CONNECTION: &str = "latchkey-connection";
/// Another of the connection's own origins, where a provider has several.
pub const BASE_URL: &str = "latchkey-base-url";
/// How often a request that may be repeated is repeated: 0 to [`RETRIES_MAX`].
pub const RETRIES: &str = "latchkey-retries";

pub const RETRIES_MAX: u32 = 10;

/// `true` to be told what would be sent, while nothing is.
pub const DRY_RUN: &str = "latchkey-dry-run";

#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    pub connection: Named,
    /// As the caller wrote it, without the prefix, with a slash in front.
    pub path: String,
    pub query: Option<String>,
    pub base_url: Option<Url>,
    pub retries: u32,
    /// What would be sent is to be told, and nothing sent.
    pub dry_run: bool,
}

impl Target {
    /// # Errors
    /// With the header or the part of the path that cannot be used.
    ///
    /// `integration` is the one the connection has to be of, where the caller named one: then it may have its own id for it.
    pub fn of(uri: &Uri, headers: &HeaderMap, integration: Option<&str>) -> Result<Self, Refusal> {
        let rest = uri.path().strip_prefix(PREFIX).unwrap_or_default();
        if rest.contains('\\') || rest.starts_with('/') {
            let what =
                "The path must be the provider's own path, with one slash after /proxy and no backslash.";
            return Err(Refusal::field("path", what));
        }
        let connection = text(headers, CONNECTION)?.ok_or_else(|| {
            Refusal::field(CONNECTION, "Name the connection in the header latchkey-connection.")
        })?;
        let connection = named(connection, integration)
            .ok_or_else(|| Refusal::field(CONNECTION, "That is no connection id: it looks like con_01J…"))?;
        Ok(Self {
            connection,
            path: format!("/{rest}"),
            query: uri.query().map(ToOwned::to_owned),
            base_url: base_url(headers)?,
            retries: retries(headers)?,
            dry_run: dry_run(headers)?,
        })
    }
}

/// A connection by its id, or by its owner's where the integration is named.
pub fn named(connection: &str, integration: Option<&str>) -> Option<Named> {
    if let Ok(id) = connection.parse() {
        return Some(Named::Id(id));
    }
    let integration = integration?.parse().ok()?;
    Some(Named::External { integration, external_id: connection.parse().ok()? })
}

fn base_url(headers: &HeaderMap) -> Result<Option<Url>, Refusal> {
    let Some(text) = text(headers, BASE_URL)? else { return Ok(None) };
    let refused =
        || Refusal::field(BASE_URL, "Give an address such as https://api.example.com/v2, without query.");
    let url = Url::parse(text).map_err(|_| refused())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (plain && url.has_host() && url.fragment().is_none()).then_some(Some(url)).ok_or_else(refused)
}

fn retries(headers: &HeaderMap) -> Result<u32, Refusal> {
    let Some(text) = text(headers, RETRIES)? else { return Ok(0) };
    let number = text.parse().ok().filter(|number| *number <= RETRIES_MAX);
    number.ok_or_else(|| Refusal::field(RETRIES, format!("Give a number from 0 to {RETRIES_MAX}.")))
}

fn dry_run(headers: &HeaderMap) -> Result<bool, Refusal> {
    match text(headers, DRY_RUN)? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::field(DRY_RUN, "Say `true` to be told what would be sent, or leave it out.")),
    }
}

/// A header that may be given once.
fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Result<Option<&'a str>, Refusal> {
    let mut given = headers.get_all(name).iter();
    let (first, second) = (given.next(), given.next());
    if second.is_some() {
        return Err(Refusal::field(name, "Give this header once."));
    }
    let Some(value) = first else { return Ok(None) };
    value.to_str().map(Some).map_err(|_| Refusal::field(name, "Use plain letters and digits."))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "con_01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn target(uri: &str, pairs: &[(&'static str, &str)]) -> Result<Target, Refusal> {
        let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Target::of(&uri.parse().unwrap(), &headers.collect(), None)
    }

    #[test]
    fn path_and_query_are_carried_over_as_they_were_written() {
        let read =
            target("/proxy/a%2Fb/${token}?q=%24%7Bx%7D&q=2", &[(CONNECTION, ID), (RETRIES, "3")]).unwrap();
        assert_eq!(read.path, "/a%2Fb/${token}");
        assert_eq!(read.query.as_deref(), Some("q=%24%7Bx%7D&q=2"));
        assert_eq!((read.connection.to_string().as_str(), read.retries), (ID, 3));
    }

    #[test]
    fn a_wrong_header_is_named() {
        let field = |uri, pairs: &[_]| target(uri, pairs).unwrap_err().field_name().to_owned();
        assert_eq!(field("/proxy/x", &[]), CONNECTION);
        assert_eq!(field("/proxy/x", &[(CONNECTION, "ana")]), CONNECTION);
        assert_eq!(field("/proxy//evil.example/x", &[(CONNECTION, ID)]), "path");
        assert_eq!(field("/proxy/x", &[(CONNECTION, ID), (RETRIES, "11")]), RETRIES);
        // Taken for no, it would send what was only to be looked at.
        for wrong in ["True", "1", "yes", ""] {
            assert_eq!(field("/proxy/x", &[(CONNECTION, ID), (DRY_RUN, wrong)]), DRY_RUN, "{wrong}");
        }
        for wrong in ["evil", "https://u:p@x.example", "https://x.example/?q", "data:x"] {
            assert_eq!(field("/proxy/x", &[(CONNECTION, ID), (BASE_URL, wrong)]), BASE_URL, "{wrong}");
        }
    }

    #[test]
    fn who_names_the_integration_may_use_an_id_of_its_own() {
        let headers = HeaderMap::from_iter([(CONNECTION.parse().unwrap(), "user/42".parse().unwrap())]);
        let of = |integration| Target::of(&"/proxy/x".parse().unwrap(), &headers, integration);
        let external = Named::External {
            integration: "github".parse().unwrap(),
            external_id: "user/42".parse().unwrap(),
        };
        assert_eq!(of(Some("github")).unwrap().connection, external);
        assert_eq!(of(None).unwrap_err().field_name(), CONNECTION);
        assert_eq!(of(Some("a/b")).unwrap_err().field_name(), CONNECTION);
    }
}
