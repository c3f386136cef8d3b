//! What binds a flow to one browser: a random cookie, of which others only ever see a digest (RFC 9700 §4.7).

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::Digest;
use rand::Rng as _;
use url::Url;

const LEN: usize = 32;

/// How long a browser is remembered: as long as the longest session.
const MAX_AGE: time::Duration = time::Duration::hours(1);

/// A browser we gave a cookie to.
pub struct Browser {
    secret: [u8; LEN],
}

/// Where browsers reach us, and so how the cookie must be marked.
#[derive(Debug, Clone)]
pub struct Cookies {
    secure: bool,
}

impl Cookies {
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        Self { secure: public_url.scheme() == "https" }
    }

    /// The `__Host-` prefix makes browsers refuse the cookie from any other host; it needs https, which a trial on
    /// localhost does not have.
    fn name(&self) -> &'static str {
        if self.secure { "__Host-lk_browser" } else { "lk_browser" }
    }

    #[must_use]
    pub fn read(&self, headers: &HeaderMap) -> Option<Browser> {
        let jar = CookieJar::from_headers(headers);
        let bytes = URL_SAFE_NO_PAD.decode(jar.get(self.name())?.value()).ok()?;
        Some(Browser { secret: bytes.try_into().ok()? })
    }

    /// The header that makes the browser remember.
    #[must_use]
    pub fn set(&self, browser: &Browser) -> Option<(header::HeaderName, HeaderValue)> {
        let cookie = Cookie::build((self.name(), URL_SAFE_NO_PAD.encode(browser.secret)))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            // Lax, because the provider's redirect back to us comes from another site.
            .same_site(SameSite::Lax)
            .max_age(MAX_AGE);
        Some((header::SET_COOKIE, HeaderValue::from_str(&cookie.to_string()).ok()?))
    }
}

impl Browser {
    #[must_use]
    pub fn new() -> Self {
        let mut secret = [0; LEN];
        rand::rng().fill_bytes(&mut secret);
        Self { secret }
    }

    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&self.secret)
    }

    /// What a form of ours must carry, so that no other site can send it: known to this browser's pages alone.
    #[must_use]
    pub fn form_token(&self) -> String {
        Digest::of(&[&self.secret[..], b"form"].concat()).to_string()
    }

    /// Whether a form's token is this browser's. Digests are compared, so that the time it takes tells nothing.
    #[must_use]
    pub fn made(&self, form_token: &str) -> bool {
        Digest::of(form_token.as_bytes()) == Digest::of(self.form_token().as_bytes())
    }
}

impl Default for Browser {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(public_url: &str) -> (String, Option<Browser>, Browser) {
        let cookies = Cookies::new(&public_url.parse().unwrap());
        let browser = Browser::new();
        let (_, set) = cookies.set(&browser).unwrap();
        let set = set.to_str().unwrap().to_owned();
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.split(';').next().unwrap().parse().unwrap());
        let read = cookies.read(&headers);
        (set, read, browser)
    }

    #[test]
    fn a_browser_is_known_again_by_its_cookie() {
        let (set, read, browser) = round_trip("http://127.0.0.1:8080");
        assert_eq!(read.unwrap().digest(), browser.digest());
        assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    }

    #[test]
    fn over_https_the_cookie_belongs_to_this_host_alone() {
        let (set, ..) = round_trip("https://connect.example.com");
        assert!(
            set.starts_with("__Host-lk_browser=") && set.contains("Secure") && set.contains("Path=/"),
            "{set}"
        );
        assert!(!set.contains("Domain"), "{set}");
    }

    #[test]
    fn a_form_token_is_not_the_digest_that_is_stored() {
        let browser = Browser::new();
        assert_ne!(browser.form_token(), browser.digest().to_string());
    }
}
