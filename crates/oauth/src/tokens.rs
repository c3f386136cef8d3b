//! Reads the tokens out of a successful answer (RFC 6749 §5.1), believing as little of it as it can.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_providers::{
    Answers, ExpiresIn, ExpirySource, Lifetime, Pointer, Provider, TimeUnit, TokenResponse, Values,
};
use latchkey_secret::{AccessToken, RefreshToken, SecretText};
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

/// Longer than any token in use; servers and proxies refuse headers of such a size.
const TOKEN_MAX: usize = 16 * 1024;
/// What claims to live longer does not say how long it lives.
const LIFETIME_MAX_SECONDS: u64 = 10 * 365 * 24 * 3600;

/// What the answers held.
pub(crate) struct Tokens {
    /// `None` where the entry makes the credential of something else: keys, or cookies.
    pub(crate) access_token: Option<AccessToken>,
    pub(crate) refresh_token: Option<RefreshToken>,
    pub(crate) expires_in: Option<Duration>,
    pub(crate) scopes: Option<Vec<String>>,
    /// What the entry asks to keep.
    pub(crate) captured: BTreeMap<String, SecretText>,
}

/// Why an answer holds no usable token. Shown as the description of a fault: it must not repeat the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unusable {
    NoAccessToken,
    AccessTokenMalformed,
    RefreshTokenMalformed,
}

impl Unusable {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::NoAccessToken => "the answer holds no access token",
            Self::AccessTokenMalformed => {
                "the access token is too long or holds characters that no token has"
            }
            Self::RefreshTokenMalformed => {
                "the refresh token is too long or holds characters that no token has"
            }
        }
    }
}

/// Reads `answers`: of a token request and what followed it, or of every step of an exchange.
pub(crate) fn read(
    answers: Answers<'_>,
    provider: &Provider,
    rules: &TokenResponse,
    values: &Values,
) -> Result<Tokens, Unusable> {
    let (mut found, mut number) = access_token(answers, rules, values);
    let mut root = answers.number(number).unwrap_or(&Value::Null);
    let fallback = provider.obtain.primary_fallback.as_ref().filter(|_| found.is_none());
    if let Some(from) = fallback.and_then(|name| provider.obtain.companions.get(name)?.from.as_ref()) {
        // The provider gave the second credential alone: it is the first, then.
        root = answers.find(from).unwrap_or(&Value::Null);
        (found, number) = (text_at(root, "/access_token"), usize::MAX);
    }
    let kept = |name: &str| {
        let unchanged = rules.unchanged.iter().any(|kept| kept == name);
        unchanged.then(|| values.token.get(name).cloned()).flatten()
    };
    let access_token = token(found.or_else(|| kept("access_token")), Unusable::AccessTokenMalformed)?;
    let needed = !rules.cookies && (rules.access_token.is_some() || rules.set_secret.is_empty());
    if needed && access_token.is_none() {
        return Err(Unusable::NoAccessToken);
    }
    let place = Place { answers, root, stated: number != usize::MAX };
    let refresh_token = place.at(rules.refresh_token.as_ref(), "/refresh_token").and_then(Value::as_str);
    let refresh_token = refresh_token.map(ToOwned::to_owned).or_else(|| kept("refresh_token"));
    let refresh_token = token(refresh_token, Unusable::RefreshTokenMalformed)?;
    let text = access_token.as_deref().unwrap_or_default();
    let keep = rules.set.iter().chain(&rules.set_secret);
    Ok(Tokens {
        expires_in: lifetime(place, text, rules, &provider.obtain.lifetime, values.now_unix_ms),
        scopes: place
            .at(rules.scope.as_ref(), "/scope")
            .and_then(|value| scopes(value, provider.obtain.scopes.separator.as_deref())),
        captured: keep
            .filter_map(|(name, capture)| Some((name.clone(), answers.read(capture, values)?.0.into())))
            .collect(),
        access_token: access_token.map(AccessToken::new),
        refresh_token: refresh_token.map(RefreshToken::new),
    })
}

/// The access token, and the number of the answer it is in.
fn access_token(answers: Answers<'_>, rules: &TokenResponse, values: &Values) -> (Option<String>, usize) {
    match &rules.access_token {
        Some(capture) => match answers.read(capture, values) {
            Some((text, number)) => (Some(text), number),
            None => (None, 0),
        },
        None => (answers.number(0).and_then(|root| text_at(root, "/access_token")), 0),
    }
}

/// Where values are whose place the entry states, and where those are that stand where RFC 6749 §5.1 puts them: beside the
/// access token.
#[derive(Clone, Copy)]
struct Place<'a> {
    answers: Answers<'a>,
    root: &'a Value,
    stated: bool,
}

impl<'a> Place<'a> {
    fn at(self, pointer: Option<&Pointer>, standard: &str) -> Option<&'a Value> {
        match pointer.filter(|_| self.stated) {
            Some(pointer) => self.answers.find(pointer),
            None => self.root.pointer(standard),
        }
    }
}

fn token(text: Option<String>, malformed: Unusable) -> Result<Option<String>, Unusable> {
    let text = text.filter(|text| !text.is_empty());
    if text.as_deref().is_some_and(|text| !is_token(text)) { Err(malformed) } else { Ok(text) }
}

/// Visible ASCII: what may stand in a header without becoming two.
pub(crate) fn is_token(text: &str) -> bool {
    (1..=TOKEN_MAX).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn text_at(root: &Value, pointer: &str) -> Option<String> {
    root.pointer(pointer)?.as_str().map(ToOwned::to_owned)
}

/// How long the access token lives. `None`: unknown, or for ever.
fn lifetime(
    place: Place<'_>,
    access_token: &str,
    rules: &TokenResponse,
    lifetime: &Lifetime,
    now_unix_ms: i64,
) -> Option<Duration> {
    if let Some(seconds) = lifetime.assume_seconds {
        return Some(Duration::from_secs(seconds));
    }
    if lifetime.never_expires {
        return None;
    }
    let now_seconds = u64::try_from(now_unix_ms).unwrap_or_default() / 1000;
    let told = match &rules.expires_in {
        Some(ExpiresIn::Constant(seconds)) => Some(*seconds),
        Some(ExpiresIn::At(pointer)) => {
            place.at(Some(pointer), "/expires_in").and_then(whole_number).map(|n| seconds(n, lifetime))
        }
        None => place.at(None, "/expires_in").and_then(whole_number).map(|n| seconds(n, lifetime)),
    };
    told.or_else(|| {
        let until = moment(place.answers.find(rules.expires_at.as_ref()?)?)?;
        Some(until.saturating_sub(now_seconds))
    })
    .or_else(|| {
        let reads_claims = lifetime.expiry_source == ExpirySource::JwtExpOrNever;
        reads_claims.then(|| jwt_expiry(access_token))?.map(|until| until.saturating_sub(now_seconds))
    })
    .filter(|&seconds| seconds <= LIFETIME_MAX_SECONDS)
    .or(lifetime.default_seconds)
    .map(Duration::from_secs)
}

fn seconds(number: u64, lifetime: &Lifetime) -> u64 {
    match lifetime.expires_in_unit {
        TimeUnit::Seconds => number,
        TimeUnit::Milliseconds => number / 1000,
    }
}

/// A whole number, also as text or with nothing behind its point. Anything else tells nothing.
pub(crate) fn whole_number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            // 3600.0 is 3600; 1e308 is no number of seconds.
            let whole = number.as_f64().filter(|n| n.fract() == 0.0 && (0.0..1e15).contains(n))?;
            format!("{whole:.0}").parse().ok()
        }),
        Value::String(text) => {
            let text = text.trim();
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok())?
        }
        _ => None,
    }
}

/// Seconds since 1970 of a moment given as RFC 3339, in seconds, or in milliseconds.
pub(crate) fn moment(value: &Value) -> Option<u64> {
    /// As seconds this is the year 5138: larger numbers are milliseconds.
    const SECONDS_MAX: u64 = 100_000_000_000;
    if let Some(number) = whole_number(value) {
        return Some(if number > SECONDS_MAX { number / 1000 } else { number });
    }
    let format = &time::format_description::well_known::Rfc3339;
    let moment = time::OffsetDateTime::parse(value.as_str()?.trim(), format).ok()?;
    u64::try_from(moment.unix_timestamp()).ok()
}

/// The `exp` claim (RFC 7519 §4.1.4), unverified: the token came from its issuer, over TLS, just now.
fn jwt_expiry(token: &str) -> Option<u64> {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    whole_number(serde_json::from_slice::<Value>(&claims).ok()?.get("exp")?)
}

fn scopes(value: &Value, separator: Option<&str>) -> Option<Vec<String>> {
    let separator = separator.map(str::trim).filter(|separator| !separator.is_empty());
    let scopes: Vec<String> = match value {
        Value::String(text) => {
            let text = separator.map_or_else(|| text.clone(), |separator| text.replace(separator, " "));
            // A comma is legal in a scope and used in none; several servers join with it whatever they were asked with.
            text.split(|c: char| c == ',' || c.is_whitespace()).map(ToOwned::to_owned).collect()
        }
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => return None,
    };
    let scopes: Vec<String> = scopes.into_iter().filter(|scope| !scope.is_empty()).collect();
    (!scopes.is_empty()).then_some(scopes)
}
