//! What binds a flow to one browser: a random cookie, of which others only ever see a digest (RFC 9700 §4.7).

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{AuthorizationId, Digest, SessionId};
use rand::Rng as _;
use sha2::{Digest as _, Sha256};
use url::Url;

const LEN: usize = 32;

/// How long a browser is remembered: as long as the longest session.
const MAX_AGE: time::Duration = time::Duration::hours(1);

/// How long a provider's answer is waited for: longer than an attempt lasts.
const ATTEMPT_MAX_AGE: time::Duration = time::Duration::minutes(20);

/// A browser we gave a cookie to, or a frame that keeps the same secret in memory, where it has no cookies.
pub struct Browser {
    secret: [u8; LEN],
}

/// Where the end user goes to the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the page's own tab, which comes back to the page.
    Tab,
    /// In a window beside the page, which closes at the end.
    Window,
}

impl Place {
    fn word(self) -> &'static str {
        match self {
            Self::Tab => "tab",
            Self::Window => "window",
        }
    }
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
        Browser::parse(CookieJar::from_headers(headers).get(self.name())?.value())
    }

    /// Who holds a session that came to this tab out of a frame, or else the browser.
    #[must_use]
    pub fn read_for(&self, headers: &HeaderMap, session: SessionId) -> Option<Browser> {
        let jar = CookieJar::from_headers(headers);
        let carried = jar.get(&self.of("session", &session.to_string()));
        carried.and_then(|cookie| Browser::parse(cookie.value())).or_else(|| self.read(headers))
    }

    /// Who was sent to the provider with an attempt, and from where.
    #[must_use]
    pub fn read_attempt(&self, headers: &HeaderMap, attempt: AuthorizationId) -> Option<(Browser, Place)> {
        let jar = CookieJar::from_headers(headers);
        match jar.get(&self.of("attempt", &attempt.to_string())) {
            Some(cookie) => {
                let (place, browser) = cookie.value().split_once('.')?;
                let place = if place == Place::Window.word() { Place::Window } else { Place::Tab };
                Some((Browser::parse(browser)?, place))
            }
            None => Some((self.read(headers)?, Place::Tab)),
        }
    }

    /// The header that makes the browser remember.
    #[must_use]
    pub fn set(&self, browser: &Browser) -> Option<(header::HeaderName, HeaderValue)> {
        self.cookie(self.name().to_owned(), browser.to_text(), MAX_AGE)
    }

    /// That a session which began in a frame goes on in this tab.
    #[must_use]
    pub fn set_for(
        &self,
        browser: &Browser,
        session: SessionId,
    ) -> Option<(header::HeaderName, HeaderValue)> {
        self.cookie(self.of("session", &session.to_string()), browser.to_text(), MAX_AGE)
    }

    /// That the provider's answer to an attempt will come to this browser, though it does not hold the session by itself.
    #[must_use]
    pub fn set_attempt(
        &self,
        browser: &Browser,
        attempt: AuthorizationId,
        place: Place,
    ) -> Option<(header::HeaderName, HeaderValue)> {
        let value = format!("{}.{}", place.word(), browser.to_text());
        self.cookie(self.of("attempt", &attempt.to_string()), value, ATTEMPT_MAX_AGE)
    }

    /// That an attempt is over.
    #[must_use]
    pub fn forget_attempt(&self, attempt: AuthorizationId) -> Option<(header::HeaderName, HeaderValue)> {
        self.cookie(self.of("attempt", &attempt.to_string()), String::new(), time::Duration::ZERO)
    }

    fn of(&self, kind: &str, id: &str) -> String {
        format!("{}lk_{kind}_{}", if self.secure { "__Host-" } else { "" }, id.to_ascii_lowercase())
    }

    fn cookie(
        &self,
        name: String,
        value: String,
        max_age: time::Duration,
    ) -> Option<(header::HeaderName, HeaderValue)> {
        let cookie = Cookie::build((name, value))
            .path("/")
            .http_only(true)
            .secure(self.secure)
            // Lax, because the provider's redirect back to us comes from another site.
            .same_site(SameSite::Lax)
            .max_age(max_age);
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

    /// Whoever shows a session's token, where that is all they have.
    #[must_use]
    pub fn of_token(token: &str) -> Self {
        Self { secret: Sha256::digest([b"token\0", token.as_bytes()].concat()).into() }
    }

    /// `None` for what is no browser's secret.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(Self { secret: URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()? })
    }

    /// For the browser's own keeping.
    #[must_use]
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.secret)
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

    /// The secret half of what lets an admin go on with this browser's session: the same each time, so that a link that was
    /// sent stays good.
    fn approval_secret(&self, session: SessionId) -> [u8; LEN] {
        Sha256::digest([&self.secret[..], b"approval", &session.to_bytes()].concat()).into()
    }

    /// The invitation in a link: `lk_ca_`, then the session's id and the secret half in base64url.
    #[must_use]
    pub fn approval(&self, session: SessionId) -> String {
        let bytes = [&session.to_bytes()[..], &self.approval_secret(session)].concat();
        format!("lk_ca_{}", URL_SAFE_NO_PAD.encode(bytes))
    }

    /// As the vault keeps it.
    #[must_use]
    pub fn approval_digest(&self, session: SessionId) -> Digest {
        Digest::of(&self.approval_secret(session))
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
    fn an_answer_to_an_attempt_comes_to_whoever_was_sent_with_it() {
        let cookies = Cookies::new(&"https://connect.example.com".parse().unwrap());
        let (frame, attempt) = (Browser::new(), AuthorizationId::from_parts(1, 1));
        let (_, set) = cookies.set_attempt(&frame, attempt, Place::Window).unwrap();
        let set = set.to_str().unwrap().to_owned();
        assert!(set.starts_with("__Host-lk_attempt_aut_") && set.contains("HttpOnly"), "{set}");
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, set.split(';').next().unwrap().parse().unwrap());
        let (read, place) = cookies.read_attempt(&headers, attempt).unwrap();
        assert_eq!((read.digest(), place), (frame.digest(), Place::Window));
        assert!(cookies.read_attempt(&headers, AuthorizationId::from_parts(2, 2)).is_none());
    }

    #[test]
    fn a_form_token_is_not_the_digest_that_is_stored() {
        let browser = Browser::new();
        assert_ne!(browser.form_token(), browser.digest().to_string());
    }
}
