//! An operator's login, as the browser keeps it.

use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use latchkey_domain::{Digest, Environment};
use latchkey_wire::Fault;
use tonic::metadata::MetadataMap;
use url::Url;

/// What every request of the dashboard's pages carries, and no other site's can: it is told to them alone.
pub const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrf-token");

/// As long as the vault lets a login last; a login that ended earlier opens nothing whatever the cookie says.
const MAX_AGE: time::Duration = time::Duration::hours(12);

/// How long a login at a provider may take.
const BEGUN_MAX_AGE: time::Duration = time::Duration::minutes(10);

/// To how many environments somebody is logged in at once beside the one they look at: what a browser sends along is bounded.
const PARKED_MAX: usize = 8;

/// An API key in the clear, hence no `Debug`.
pub struct Login(String);

/// Where browsers reach us, and so how the cookie must be marked.
#[derive(Clone)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    pub fn new(public_url: &Url) -> Self {
        Self { secure: public_url.scheme() == "https" }
    }

    /// The `__Host-` prefix makes browsers refuse the cookie from any other host, so that nobody can plant one.
    fn name(&self) -> &'static str {
        if self.secure { "__Host-lk_operator" } else { "lk_operator" }
    }

    pub fn read(&self, headers: &HeaderMap) -> Option<Login> {
        let jar = CookieJar::from_headers(headers);
        Some(Login(jar.get(self.name())?.value().to_owned()))
    }

    pub fn set(&self, login: &Login) -> Option<(HeaderName, HeaderValue)> {
        self.header(self.name().to_owned(), login.0.clone(), MAX_AGE)
    }

    /// The logins to environments that are not looked at just now.
    pub fn parked(&self, headers: &HeaderMap) -> Vec<Login> {
        let prefix = self.parked_name("");
        let jar = CookieJar::from_headers(headers);
        let parked = jar.iter().filter(|cookie| cookie.name().starts_with(&prefix));
        parked.take(PARKED_MAX).map(|cookie| Login(cookie.value().to_owned())).collect()
    }

    /// Keeps a login for when its environment is looked at again.
    pub fn park(&self, environment: &Environment, login: &Login) -> Option<(HeaderName, HeaderValue)> {
        self.header(self.parked_name(environment.as_str()), login.0.clone(), MAX_AGE)
    }

    /// Makes the browser forget a login that was kept.
    pub fn unpark(&self, environment: &Environment) -> Option<(HeaderName, HeaderValue)> {
        self.header(self.parked_name(environment.as_str()), String::new(), time::Duration::ZERO)
    }

    fn parked_name(&self, environment: &str) -> String {
        format!("{}_{environment}", self.name())
    }

    /// Makes the browser forget.
    pub fn clear(&self) -> Option<(HeaderName, HeaderValue)> {
        self.header(self.name().to_owned(), String::new(), time::Duration::ZERO)
    }

    /// What a login at an OpenID provider was begun with.
    pub fn begun(&self, headers: &HeaderMap) -> Option<String> {
        Some(CookieJar::from_headers(headers).get(self.begun_name())?.value().to_owned())
    }

    /// Remembers it until the provider sends the browser back, from another site: hence `Lax`.
    pub fn set_begun(&self, value: String) -> Option<(HeaderName, HeaderValue)> {
        let max_age = if value.is_empty() { time::Duration::ZERO } else { BEGUN_MAX_AGE };
        let cookie = Cookie::build((self.begun_name(), value));
        written(
            &cookie.path("/").http_only(true).secure(self.secure).same_site(SameSite::Lax).max_age(max_age),
        )
    }

    fn begun_name(&self) -> &'static str {
        if self.secure { "__Host-lk_login" } else { "lk_login" }
    }

    fn header(
        &self,
        name: String,
        value: String,
        max_age: time::Duration,
    ) -> Option<(HeaderName, HeaderValue)> {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            .same_site(SameSite::Strict)
            .max_age(max_age);
        written(&cookie)
    }
}

fn written(cookie: &impl std::fmt::Display) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::from_str(&cookie.to_string()).ok()?;
    value.set_sensitive(true);
    Some((header::SET_COOKIE, value))
}

impl Login {
    pub fn new(key: String) -> Self {
        Self(key)
    }

    /// As a backend would show the key.
    pub fn authorization(&self) -> Result<HeaderValue, Fault> {
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", self.0)).map_err(|_| super::logged_out())?;
        value.set_sensitive(true);
        Ok(value)
    }

    pub fn metadata(&self) -> Result<MetadataMap, Fault> {
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, self.authorization()?)]);
        Ok(MetadataMap::from_headers(headers))
    }

    pub fn csrf_token(&self) -> String {
        Digest::of(format!("{}csrf", self.0).as_bytes()).to_string()
    }

    /// Whether the request came from a page that was told the token. Digests are compared, so that the time it takes tells
    /// nothing.
    pub fn sent(&self, headers: &HeaderMap) -> bool {
        let shown = headers.get(&CSRF_HEADER).map(HeaderValue::as_bytes).unwrap_or_default();
        Digest::of(shown) == Digest::of(self.csrf_token().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(public_url: &str) -> String {
        let cookies = Cookies::new(&public_url.parse().unwrap());
        let (_, value) = cookies.set(&Login::new("lk_dev_1".into())).unwrap();
        value.to_str().unwrap().to_owned()
    }

    #[test]
    fn the_cookie_is_for_our_own_pages_and_for_no_script() {
        let cookie = set("https://latchkey.example.com");
        for marked in ["__Host-lk_operator=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(marked), "{marked}: {cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
        let trial = set("http://127.0.0.1:8080");
        assert!(trial.starts_with("lk_operator=") && trial.contains("SameSite=Strict"), "{trial}");
    }

    #[test]
    fn a_token_is_good_for_one_login() {
        let (mine, other) = (Login::new("a".into()), Login::new("b".into()));
        let with = |token: String| HeaderMap::from_iter([(CSRF_HEADER, token.parse().unwrap())]);
        assert!(mine.sent(&with(mine.csrf_token())));
        assert!(!mine.sent(&with(other.csrf_token())) && !mine.sent(&HeaderMap::new()));
        assert_ne!(mine.csrf_token(), Digest::of(b"a").to_string());
    }
}
