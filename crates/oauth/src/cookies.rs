//! The cookies of one exchange (RFC 6265), as far as a login needs them: name and value, back to the host they came from.
//!
//! Invariant: a cookie goes to the very host that set it. `Domain` widens nothing here, and nothing is kept for later.

use latchkey_providers::HttpRequest;
use std::collections::BTreeMap;
use url::Url;
use zeroize::Zeroize;

/// A login that needs more is something else.
const COOKIES_MAX: usize = 50;
const COOKIE_MAX: usize = 4096;

/// Cookies by host, then by name.
#[derive(Default)]
pub(crate) struct Jar(BTreeMap<String, BTreeMap<String, String>>);

impl Jar {
    /// Takes what an answer sets, and lets go of what it removes.
    pub(crate) fn take(&mut self, url: &Url, set: &[String]) {
        let cookies = self.0.entry(place(url)).or_default();
        for field in set.iter().filter(|field| field.len() <= COOKIE_MAX) {
            let mut parts = field.split(';');
            let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { continue };
            let (name, value) = (name.trim(), value.trim());
            let plain = |text: &str| text.bytes().all(|b| b.is_ascii_graphic() && b != b';');
            if name.is_empty() || !plain(name) || !plain(value) {
                continue;
            }
            if value.is_empty() || parts.any(is_removal) {
                cookies.remove(name);
            } else if cookies.len() < COOKIES_MAX {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Adds the header (RFC 6265 §5.4), if there is anything for this host.
    pub(crate) fn put_on(&self, request: &mut HttpRequest) {
        if let Some(header) = self.header(&request.url) {
            request.headers.retain(|(name, _)| name != "cookie");
            request.headers.push(("cookie".into(), header));
        }
    }

    /// The value of a `Cookie` header for this address.
    pub(crate) fn header(&self, url: &Url) -> Option<String> {
        let cookies = self.0.get(&place(url)).filter(|cookies| !cookies.is_empty())?;
        Some(written(cookies))
    }
}

impl Jar {
    /// As [`Self::header`], for a host on whatever port.
    pub(crate) fn of_host(&self, host: &str) -> Option<String> {
        let prefix = format!("{host}:");
        let (_, cookies) =
            self.0.iter().find(|(place, cookies)| place.starts_with(&prefix) && !cookies.is_empty())?;
        Some(written(cookies))
    }
}

fn written(cookies: &BTreeMap<String, String>) -> String {
    cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

impl Drop for Jar {
    fn drop(&mut self) {
        self.0.values_mut().flat_map(BTreeMap::values_mut).for_each(Zeroize::zeroize);
    }
}

fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

fn is_removal(attribute: &str) -> bool {
    let Some((name, value)) = attribute.split_once('=') else { return false };
    let (name, value) = (name.trim(), value.trim());
    // What has an end in the past is how servers take a cookie back.
    (name.eq_ignore_ascii_case("max-age") && value.parse::<i64>().is_ok_and(|seconds| seconds <= 0))
        || (name.eq_ignore_ascii_case("expires")
            && httpdate::parse_http_date(value).is_ok_and(|end| end <= std::time::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_goes_back_to_its_host_until_it_is_removed() {
        let (here, there) =
            (Url::parse("https://a.example/x").unwrap(), Url::parse("https://b.a.example/").unwrap());
        let mut jar = Jar::default();
        jar.take(
            &here,
            &["sid=canary; Path=/; Domain=a.example; HttpOnly".into(), "lang=en".into(), "bad".into()],
        );
        assert_eq!(jar.header(&here).as_deref(), Some("lang=en; sid=canary"));
        assert_eq!(jar.header(&there), None);
        jar.take(&here, &["sid=x; Max-Age=0".into(), "lang=; Path=/".into()]);
        assert_eq!(jar.header(&here), None);
    }
}
