//! Puts a credential on a request, and makes sure where it goes. The one place of the proxy that sees it in the clear. Pure.

use crate::refusal::Refusal;
use crate::target::{BASE_URL, Target};
use http::{HeaderMap, HeaderName, HeaderValue};
use latchkey_secret::SecretText;
use latchkey_wire::contract::LentCredential;
use latchkey_wire::covers;
use std::collections::BTreeMap;
use url::Url;

/// Where the request goes: the connection's base URL, or the one the caller names among the credential's own origins, and
/// the caller's path below it.
///
/// # Errors
/// Where there is no base URL, or the address would lie outside what the credential may be sent to.
pub fn address(target: &Target, lent: &LentCredential) -> Result<Url, Refusal> {
    let base = match &target.base_url {
        Some(url) => url.clone(),
        None => own_base(lent)?,
    };
    let text = format!("{}{}", base.as_str().trim_end_matches('/'), target.path);
    let refused = || Refusal::field("path", "With that path there is no valid address at the provider.");
    let mut url = Url::parse(&text).map_err(|_| refused())?;
    // A dot segment, however it is written, would climb out of the base URL.
    let within = base.path().trim_end_matches('/');
    let below = url.path().strip_prefix(within).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    if url.origin() != base.origin() || !below || has_dot_segment(&target.path) {
        return Err(Refusal::field(
            "path",
            "The path may not climb out of the provider's base URL: remove `..` and `.`.",
        ));
    }
    url.set_query(target.query.as_deref());
    url.set_fragment(None);
    credential_query(&mut url, &lent.query);
    if lent.origins.iter().any(|origin| covers(origin, &url)) {
        return Ok(url);
    }
    let message = "The connection's credential may not be sent to that host. Use one of the provider's own.";
    Err(Refusal::egress_blocked(BASE_URL, message))
}

fn own_base(lent: &LentCredential) -> Result<Url, Refusal> {
    let missing = || {
        let message = "The provider's entry does not say where its API is. Name it in the header latchkey-base-url; \
                       it must be one of the provider's own hosts.";
        Refusal::field(BASE_URL, message)
    };
    let text = lent.base_url.as_ref().map(SecretText::expose).ok_or_else(missing)?;
    Url::parse(text).map_err(|_| missing())
}

/// `.` and `..`, also where a URL parser would decode them first (WHATWG URL §4.4).
fn has_dot_segment(path: &str) -> bool {
    path.split('/').any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    })
}

/// Adds the credential's entries of the query. The caller's of the same names are left out.
fn credential_query(url: &mut Url, credential: &BTreeMap<String, SecretText>) {
    if credential.is_empty() {
        return;
    }
    let decoded = |pair: &str| {
        url::form_urlencoded::parse(pair.as_bytes())
            .next()
            .is_some_and(|(name, _)| credential.contains_key(&*name))
    };
    // What stays is carried over as it was written.
    let kept: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !decoded(pair))
        .collect();
    let mut query = url::form_urlencoded::Serializer::new(kept.join("&"));
    for (name, value) in credential {
        query.append_pair(name, value.expose());
    }
    let query = query.finish();
    url.set_query(Some(&query));
}

/// In the place of a value that a credential put somewhere.
pub const REDACTED: &str = "[redacted]";

/// The address of a request as its caller may see it: without the values of the credential's entries of the query, and without the path of
/// the connection's base URL, which may have been made of its values, unless the provider's entry says that very path.
pub fn shown(url: &Url, target: &Target, lent: &LentCredential, fixed_path: Option<&str>) -> String {
    let own = target.base_url.is_none().then(|| own_base(lent).ok()).flatten();
    let within = own.as_ref().map(|base| base.path().trim_end_matches('/')).unwrap_or_default();
    let is_public = within.is_empty() || fixed_path.is_some_and(|path| path.trim_end_matches('/') == within);
    let path = match url.path().strip_prefix(within) {
        _ if is_public => url.path().to_owned(),
        Some(rest) => format!("/{REDACTED}{rest}"),
        None => format!("/{REDACTED}"),
    };
    let shown = |pair: &str| {
        let named = pair.split_once('=').map_or(pair, |(name, _)| name);
        match url::form_urlencoded::parse(pair.as_bytes()).next() {
            Some((name, _)) if lent.query.contains_key(&*name) => format!("{named}={REDACTED}"),
            _ => pair.to_owned(),
        }
    };
    let query: Vec<String> = url.query().into_iter().flat_map(|query| query.split('&')).map(shown).collect();
    let question = if query.is_empty() { "" } else { "?" };
    format!("{}{path}{question}{}", url.origin().ascii_serialization(), query.join("&"))
}

/// Adds the credential's headers. The caller's of the same names were left out before.
///
/// # Errors
/// Where a stored header is not one, which no credential made here has.
pub fn credential_headers(
    headers: &mut HeaderMap,
    credential: &BTreeMap<String, SecretText>,
) -> Result<(), Refusal> {
    for (name, value) in credential {
        let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value.expose()))
        else {
            return Err(latchkey_wire::Fault::internal().into());
        };
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(())
}

/// A credential's entries, for whoever puts them on a request elsewhere.
pub fn in_clear(credential: &BTreeMap<String, SecretText>) -> impl Iterator<Item = (&str, &str)> {
    credential.iter().map(|(name, value)| (name.as_str(), value.expose()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::Generation;
    use latchkey_wire::Reason;
    use latchkey_wire::contract::{Named, Source};

    fn lent(base: Option<&str>, origins: &[&str]) -> LentCredential {
        LentCredential {
            integration: "crm".parse().unwrap(),
            provider: "crm".into(),
            generation: Generation(1),
            source: Source::Cached,
            base_url: base.map(|url| SecretText::new(url.into())),
            origins: origins.iter().map(ToString::to_string).collect(),
            headers: BTreeMap::new(),
            query: BTreeMap::new(),
            signer: None,
            in_body: false,
        }
    }

    fn target(path: &str, base_url: Option<&str>) -> Target {
        Target {
            connection: Named::Id("con_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().unwrap()),
            path: path.into(),
            query: Some("q=1".into()),
            base_url: base_url.map(|url| url.parse().unwrap()),
            retries: 0,
            dry_run: false,
        }
    }

    fn crm() -> LentCredential {
        lent(
            Some("https://acme.crm.example/api/v2/"),
            &["https://acme.crm.example", "https://*.files.crm.example"],
        )
    }

    #[test]
    fn a_path_goes_below_the_base_url() {
        let url = address(&target("/a%2Fb/c", None), &crm()).unwrap();
        assert_eq!(url.as_str(), "https://acme.crm.example/api/v2/a%2Fb/c?q=1");
    }

    #[test]
    fn no_path_climbs_out_of_it() {
        for path in ["/../v1/x", "/a/../../x", "/%2e%2e/x", "/.%2E/x", "/a/./b", "/%2e"] {
            assert_eq!(address(&target(path, None), &crm()).unwrap_err().field_name(), "path", "{path}");
        }
    }

    #[test]
    fn another_host_is_reached_only_where_the_credential_may_go() {
        let at = |base| address(&target("/x", Some(base)), &crm());
        assert_eq!(at("https://eu.files.crm.example").unwrap().host_str(), Some("eu.files.crm.example"));
        for elsewhere in [
            "https://evil.example",
            "https://files.crm.example",
            "https://evilfiles.crm.example",
            "https://eu.files.crm.example.evil.example",
            "http://acme.crm.example",
            "https://acme.crm.example:8443",
            "https://eu.files.crm.example:444",
        ] {
            let refused = at(elsewhere).unwrap_err();
            assert_eq!(
                (refused.field_name(), refused.0.reason),
                (BASE_URL, Reason::EgressBlocked),
                "{elsewhere}"
            );
        }
    }

    #[test]
    fn the_credentials_query_takes_the_place_of_the_callers() {
        let key = BTreeMap::from([("key".to_owned(), SecretText::new("canary&=".into()))]);
        let lent = LentCredential { query: key, ..crm() };
        let forged =
            Target { query: Some("a=%7B1%7D&key=forged&k%65y=again&b".into()), ..target("/x", None) };
        let url = address(&forged, &lent).unwrap();
        assert_eq!(url.query(), Some("a=%7B1%7D&b&key=canary%26%3D"));
    }

    #[test]
    fn of_an_address_a_caller_is_shown_what_no_credential_put_there() {
        let key = BTreeMap::from([("key".to_owned(), SecretText::new("canary&=".into()))]);
        let secret = Some("https://canary:canary@api.example/bot-canary/v1");
        let lent = LentCredential { query: key, ..lent(secret, &["https://api.example"]) };
        let asked = target("/a%2Fb", None);
        let shown =
            |target: &Target, fixed| super::shown(&address(target, &lent).unwrap(), target, &lent, fixed);
        assert_eq!(shown(&asked, None), "https://api.example/[redacted]/a%2Fb?q=1&key=[redacted]");
        assert_eq!(shown(&asked, Some("/bot/v1")), shown(&asked, None), "not the path the entry says");
        let by_caller = target("/x", Some("https://api.example/v2"));
        assert_eq!(shown(&by_caller, None), "https://api.example/v2/x?q=1&key=[redacted]");
        let plain = target("/x", None);
        let url = address(&plain, &crm()).unwrap();
        assert_eq!(
            super::shown(&url, &plain, &crm(), Some("/api/v2")),
            "https://acme.crm.example/api/v2/x?q=1"
        );
        assert_eq!(super::shown(&url, &plain, &crm(), None), "https://acme.crm.example/[redacted]/x?q=1");
    }

    #[test]
    fn without_a_base_url_there_is_nowhere_to_go() {
        let nowhere = lent(None, &["https://api.example.com"]);
        assert_eq!(address(&target("/x", None), &nowhere).unwrap_err().field_name(), BASE_URL);
        assert!(address(&target("/x", Some("https://api.example.com")), &nowhere).is_ok());
    }
}
