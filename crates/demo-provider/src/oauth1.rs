//! OAuth 1.0a (RFC 5849): credentials, and the signatures that prove them. No I/O and no clock.
//!
//! Invariant: a nonce counts once per client, token and timestamp (§3.3), temporary credentials become token credentials
//! once, and only with the verifier their owner was given. Shared secrets are kept as they are: who checks an HMAC must
//! know its key (§4.5).

use crate::ledger::{Account, Millis};
use crate::secrets::same;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How far a timestamp may be off, either way. Nonces are remembered for twice as long.
const SKEW_SECONDS: u64 = 300;

/// Temporary credentials are good for ten minutes: as long as a consent page.
const TEMPORARY_LIFETIME_MS: Millis = 600_000;

/// What the state file keeps.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Credentials {
    temporary: BTreeMap<String, Temporary>,
    tokens: BTreeMap<String, Token>,
    /// `timestamp client token nonce` of requests that were accepted, oldest first.
    nonces: BTreeSet<(u64, String)>,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Temporary {
    pub(crate) client_id: String,
    pub(crate) callback: String,
    secret: String,
    expires_at: Millis,
    /// Set when the owner allowed it.
    verifier: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Token {
    client_id: String,
    secret: String,
    account: Account,
}

/// A pair as it is handed out: identifier and shared secret.
pub(crate) struct Pair {
    pub(crate) token: String,
    pub(crate) secret: String,
}

/// A signed request, with its protocol parameters apart from the others.
pub(crate) struct Signed {
    pub(crate) method: &'static str,
    /// Scheme, authority and path (§3.4.1.2).
    pub(crate) base_uri: String,
    /// Query and form parameters, decoded.
    pub(crate) params: Vec<(String, String)>,
    /// The `oauth_` parameters of the Authorization header, decoded.
    pub(crate) protocol: BTreeMap<String, String>,
}

/// Why a request is not accepted. Which secret was wrong is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// A parameter is missing or the method is not HMAC-SHA1: §3.2 says 400.
    Malformed(&'static str),
    /// Client, token, signature, timestamp, nonce or verifier: §3.2 says 401.
    Unauthorized(&'static str),
}

impl Signed {
    pub(crate) fn get(&self, name: &'static str) -> Result<&str, Refused> {
        self.protocol
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
            .ok_or(Refused::Malformed(name))
    }

    /// §3.4.1.
    fn base_string(&self) -> String {
        let protocol =
            self.protocol.iter().filter(|(name, _)| *name != "oauth_signature" && *name != "realm");
        let all = self.params.iter().map(|(name, value)| (name, value)).chain(protocol);
        let mut encoded: Vec<_> = all.map(|(name, value)| (percent(name), percent(value))).collect();
        encoded.sort();
        let params: Vec<_> = encoded.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}&{}&{}", self.method, percent(&self.base_uri), percent(&params.join("&")))
    }

    /// §3.4.2.
    pub(crate) fn signature(&self, client_secret: &str, token_secret: &str) -> String {
        let key = format!("{}&{}", percent(client_secret), percent(token_secret));
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
        STANDARD.encode(hmac::sign(&key, self.base_string().as_bytes()))
    }
}

impl Credentials {
    /// New temporary credentials for a request signed by the client alone (§2.1).
    pub(crate) fn begin(
        &mut self,
        signed: &Signed,
        client_secret: &str,
        pair: Pair,
        now: Millis,
    ) -> Result<Pair, Refused> {
        let callback = signed.get("oauth_callback")?.to_owned();
        self.accept(signed, client_secret, "", now)?;
        self.temporary.retain(|_, temporary| temporary.expires_at > now);
        let temporary = Temporary {
            client_id: signed.get("oauth_consumer_key")?.to_owned(),
            callback,
            secret: pair.secret.clone(),
            expires_at: now + TEMPORARY_LIFETIME_MS,
            verifier: None,
        };
        self.temporary.insert(pair.token.clone(), temporary);
        Ok(pair)
    }

    /// Temporary credentials that wait for their owner's decision.
    pub(crate) fn undecided(&self, token: &str, now: Millis) -> Option<&Temporary> {
        self.temporary
            .get(token)
            .filter(|temporary| temporary.expires_at > now && temporary.verifier.is_none())
    }

    /// The owner said yes, and takes the verifier back to the client.
    pub(crate) fn allow(&mut self, token: &str, verifier: String) {
        if let Some(temporary) = self.temporary.get_mut(token) {
            temporary.verifier = Some(verifier);
        }
    }

    /// The owner said no.
    pub(crate) fn deny(&mut self, token: &str) {
        self.temporary.remove(token);
    }

    /// Token credentials for temporary ones and their verifier, once (§2.3).
    pub(crate) fn exchange(
        &mut self,
        signed: &Signed,
        client_secret: &str,
        pair: Pair,
        account: Account,
        now: Millis,
    ) -> Result<Pair, Refused> {
        let token = signed.get("oauth_token")?.to_owned();
        let verifier = signed.get("oauth_verifier")?.to_owned();
        let known = self.temporary.get(&token).filter(|temporary| temporary.expires_at > now);
        let temporary =
            known.cloned().ok_or(Refused::Unauthorized("the temporary credentials are not known"))?;
        self.accept(signed, client_secret, &temporary.secret, now)?;
        let client_id = signed.get("oauth_consumer_key")?.to_owned();
        let given = temporary.verifier.as_deref().is_some_and(|given| same(given, &verifier));
        if !given || temporary.client_id != client_id {
            return Err(Refused::Unauthorized("the verifier is not the one that was given out"));
        }
        self.temporary.remove(&token);
        let secret = pair.secret.clone();
        self.tokens.insert(pair.token.clone(), Token { client_id, secret, account });
        Ok(pair)
    }

    /// Whose account a signed request is for (§3).
    pub(crate) fn whose(
        &mut self,
        signed: &Signed,
        client_secret: &str,
        now: Millis,
    ) -> Result<Account, Refused> {
        let token = self.tokens.get(signed.get("oauth_token")?);
        let token = token.filter(|token| signed.get("oauth_consumer_key") == Ok(token.client_id.as_str()));
        let token = token.ok_or(Refused::Unauthorized("the token is not known"))?;
        let (secret, account) = (token.secret.clone(), token.account.clone());
        self.accept(signed, client_secret, &secret, now)?;
        Ok(account)
    }

    /// Ends all token credentials, as if their owners had withdrawn access. Returns how many stood till now.
    pub(crate) fn end_all(&mut self) -> usize {
        std::mem::take(&mut self.tokens).len()
    }

    fn accept(
        &mut self,
        signed: &Signed,
        client_secret: &str,
        token_secret: &str,
        now: Millis,
    ) -> Result<(), Refused> {
        if signed.get("oauth_signature_method")? != "HMAC-SHA1" {
            return Err(Refused::Malformed("oauth_signature_method"));
        }
        if !same(signed.get("oauth_signature")?, &signed.signature(client_secret, token_secret)) {
            return Err(Refused::Unauthorized("the signature is wrong"));
        }
        let at: u64 =
            signed.get("oauth_timestamp")?.parse().map_err(|_| Refused::Malformed("oauth_timestamp"))?;
        let second = now / 1000;
        if at.abs_diff(second) > SKEW_SECONDS {
            return Err(Refused::Unauthorized("the timestamp is too far from now"));
        }
        let token = signed.protocol.get("oauth_token").map(String::as_str).unwrap_or_default();
        let mark = format!("{} {token} {}", signed.get("oauth_consumer_key")?, signed.get("oauth_nonce")?);
        self.nonces.retain(|(seen, _)| seen + 2 * SKEW_SECONDS > second);
        if !self.nonces.insert((at, mark)) {
            return Err(Refused::Unauthorized("the nonce was used before"));
        }
        Ok(())
    }
}

/// Reads an `Authorization: OAuth …` header (§3.5.1). `None` where it is none, or names a parameter twice.
pub(crate) fn protocol_parameters(header: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    for part in header.strip_prefix("OAuth ")?.split(',') {
        let (name, value) = part.trim().split_once('=')?;
        let value = unpercent(value.strip_prefix('"')?.strip_suffix('"')?)?;
        if parameters.insert(unpercent(name)?, value).is_some() {
            return None;
        }
    }
    Some(parameters)
}

/// §3.6: everything but letters, digits and `-._~`, byte by byte.
fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
        encoded
    })
}

fn unpercent(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let digits = [bytes.next()?, bytes.next()?];
        decoded.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The request of RFC 5849 §3.4.1.1, whose base string the RFC gives.
    #[test]
    fn the_base_string_is_the_one_in_the_rfc() {
        let params = [("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("c2", ""), ("a3", "2 q")];
        let header = "OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_token=\"kkk9d7dh3k39sjv7\", \
                      oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
                      oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"";
        let signed = Signed {
            method: "POST",
            base_uri: "http://example.com/request".into(),
            params: params.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
            protocol: protocol_parameters(header).unwrap(),
        };
        assert_eq!(
            signed.base_string(),
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D\
             %26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
             %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
        );
    }

    #[test]
    fn a_header_that_is_none_or_repeats_itself_is_refused() {
        for header in [
            "",
            "Bearer x",
            "OAuth a",
            "OAuth a=b",
            "OAuth a=\"1\", a=\"2\"",
            "OAuth a=\"%zz\"",
            "OAuth a=\"%ff\"",
        ] {
            assert_eq!(protocol_parameters(header), None, "{header:?}");
        }
    }
}
