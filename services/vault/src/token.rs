//! The texts that open doors here: the tokens of a connect session and of a login link, and an API key. Each names what it
//! belongs to, so that checking it is one read, and carries 256 random bits of which only a digest is kept.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use latchkey_domain::{ApiKeyId, Digest, Environment, LoginLinkId, SessionId};
use latchkey_secret::SecretText;
use rand::Rng as _;

const SESSION_PREFIX: &str = "lk_cs_";
/// How the compatible paths have it begin. What follows is the same.
const SESSION_PREFIX_COMPAT: &str = "nango_connect_session_";
const RESULT_PREFIX: &str = "lk_cr_";
const APPROVAL_PREFIX: &str = "lk_ca_";
const LOGIN_PREFIX: &str = "lk_in_";
const KEY_PREFIX: &str = "lk_";
const SECRET_LEN: usize = 32;
const ID_LEN: usize = 16;

/// A new connect session token: `lk_cs_`, then the session's id and 32 random bytes in base64url.
#[must_use]
pub fn new_session_token(session: SessionId) -> (SecretText, Digest) {
    new_token(SESSION_PREFIX, session.to_bytes())
}

/// A new token of a session's result: `lk_cr_`, then as for a session.
#[must_use]
pub fn new_result_token(session: SessionId) -> (SecretText, Digest) {
    new_token(RESULT_PREFIX, session.to_bytes())
}

/// A new login link's token: `lk_in_`, then as for a session.
#[must_use]
pub fn new_login_token(link: LoginLinkId) -> (SecretText, Digest) {
    new_token(LOGIN_PREFIX, link.to_bytes())
}

fn new_token(prefix: &str, id: [u8; ID_LEN]) -> (SecretText, Digest) {
    let secret = random_secret();
    let bytes = [&id[..], &secret].concat();
    (SecretText::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))), Digest::of(&secret))
}

/// The id a token names and the digest of its secret half; `None` where it has not the form of a token.
fn parse_token(prefix: &str, token: &str) -> Option<([u8; ID_LEN], Digest)> {
    let bytes = URL_SAFE_NO_PAD.decode(token.strip_prefix(prefix)?).ok()?;
    if bytes.len() != ID_LEN + SECRET_LEN {
        return None;
    }
    let (id, secret) = bytes.split_at(ID_LEN);
    Some((id.try_into().ok()?, Digest::of(secret)))
}

/// The session a token names and the digest of its secret half; `None` where it has not the form of a token.
fn parse_session_token(token: &str) -> Option<(SessionId, Digest)> {
    let parsed = parse_token(SESSION_PREFIX, token).or_else(|| parse_token(SESSION_PREFIX_COMPAT, token));
    parsed.map(|(id, secret)| (SessionId::from_bytes(id), secret))
}

/// A new API key: `lk_<environment>_<id>_<secret>_<checksum>`. The prefix lets scanners find leaked keys; the checksum
/// lets a mistyped one be refused without a look-up.
#[must_use]
pub fn new_api_key(environment: &Environment, id: ApiKeyId) -> (SecretText, Digest) {
    let secret = random_secret();
    let id = id.to_string();
    let body = format!("{KEY_PREFIX}{environment}_{}_{}", id.trim_start_matches("key_"), hex(&secret));
    (SecretText::new(format!("{body}_{:08x}", checksum(&body))), Digest::of(&secret))
}

/// The environment and id an API key names and the digest of its secret; `None` where it has not the form of a key.
fn parse_api_key(text: &str) -> Option<(Environment, ApiKeyId, Digest)> {
    let (body, sum) = text.rsplit_once('_')?;
    if sum.len() != 8 || u32::from_str_radix(sum, 16).ok()? != checksum(body) {
        return None;
    }
    let mut parts = body.strip_prefix(KEY_PREFIX)?.split('_');
    let (environment, id, secret) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let secret = unhex(secret).filter(|secret| secret.len() == SECRET_LEN)?;
    Some((environment.parse().ok()?, format!("key_{id}").parse().ok()?, Digest::of(&secret)))
}

/// [`parse_session_token`] of a token that was shown to us.
#[must_use]
pub fn parse_session(token: &SecretText) -> Option<(SessionId, Digest)> {
    parse_session_token(token.expose())
}

/// The session a result token that was shown to us names, and the digest of its secret half.
#[must_use]
pub fn parse_result(token: &SecretText) -> Option<(SessionId, Digest)> {
    parse_token(RESULT_PREFIX, token.expose()).map(|(id, secret)| (SessionId::from_bytes(id), secret))
}

/// The session an invitation names, and the digest of its secret half. Connect makes them, of what the browser alone has.
#[must_use]
pub fn parse_approval(token: &SecretText) -> Option<(SessionId, Digest)> {
    parse_token(APPROVAL_PREFIX, token.expose()).map(|(id, secret)| (SessionId::from_bytes(id), secret))
}

/// The login link a token that was shown to us names, and the digest of its secret half.
#[must_use]
pub fn parse_login(token: &SecretText) -> Option<(LoginLinkId, Digest)> {
    parse_token(LOGIN_PREFIX, token.expose()).map(|(id, secret)| (LoginLinkId::from_bytes(id), secret))
}

/// [`parse_api_key`] of a key that was shown to us.
#[must_use]
pub fn parse_key(key: &SecretText) -> Option<(Environment, ApiKeyId, Digest)> {
    parse_api_key(key.expose())
}

fn random_secret() -> [u8; SECRET_LEN] {
    let mut secret = [0; SECRET_LEN];
    rand::rng().fill_bytes(&mut secret);
    secret
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The first four bytes of a digest: finds a mistyped character, and is no secret.
fn checksum(body: &str) -> u32 {
    let digest = Digest::of(body.as_bytes());
    let bytes = digest.as_bytes();
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_token_names_its_session() {
        let session = SessionId::from_parts(1, 2);
        let (token, digest) = new_session_token(session);
        assert_eq!(parse_session_token(token.expose()), Some((session, digest)));
    }

    #[test]
    fn an_api_key_names_its_environment_and_id() {
        let (environment, id) = ("dev-2".parse().unwrap(), ApiKeyId::from_parts(1, 2));
        let (key, digest) = new_api_key(&environment, id);
        assert!(key.expose().starts_with("lk_dev-2_"));
        assert_eq!(parse_api_key(key.expose()), Some((environment, id, digest)));
    }

    #[test]
    fn a_mistyped_key_is_refused_before_any_look_up() {
        let (key, _) = new_api_key(&"dev".parse().unwrap(), ApiKeyId::from_parts(1, 2));
        for at in 0..key.expose().len() {
            let mut typed = key.expose().as_bytes().to_vec();
            typed[at] = if typed[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(parse_api_key(&String::from_utf8(typed).unwrap()), None, "changed character {at}");
        }
        for text in ["", "lk_", "lk_dev", "lk_cs_", "ü_00000000"] {
            assert_eq!(parse_api_key(text), None, "{text:?}");
            assert_eq!(parse_session_token(text), None, "{text:?}");
        }
    }
}
