//! What a provider gave, and the two halves of the credential in it. They are sealed apart, so that handing one out
//! never decrypts the other.

use crate::{AccessToken, JsonSecret, RefreshToken, SecretText};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::{collections::BTreeMap, fmt, time::Duration};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a provider gave.
#[derive(Debug, Default)]
pub struct Grant {
    pub handout: Handout,
    /// `None` where nothing can renew it without the user.
    pub renewal: Option<Renewal>,
    /// Counted from the moment the answer came. `None`: unknown, or never.
    pub expires_in: Option<Duration>,
    /// What was granted. `None` where the provider did not tell, which means: as requested (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
    /// Where the handout may be sent: `scheme://host[:port]`.
    pub origins: Vec<String>,
    pub account: Option<Account>,
}

/// Whose account at the provider a grant is for, as the provider tells it. Not a secret, but about a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The provider's own, stable id.
    pub id: Option<String>,
    /// What its owner would recognise: a login, a name, an address.
    pub label: Option<String>,
}

/// What a backend is given: the token, and how it goes on a request to the provider's API.
#[derive(Debug, Default)]
pub struct Handout {
    /// Absent for credentials that are not a token (an API key, a password): see `fields` and `headers`.
    pub access_token: Option<AccessToken>,
    /// Ready-made request headers, names in lower case, as the provider's catalogue entry says.
    pub headers: BTreeMap<String, SecretText>,
    /// Where the provider's API is for this connection, path included. `None` where the entry does not say.
    pub base_url: Option<SecretText>,
    /// Ready-made entries of the query.
    pub query: BTreeMap<String, SecretText>,
    /// Ready-made fields of the request's body; JSON where they are not plain text.
    pub body: BTreeMap<String, SecretText>,
    /// What each request is signed with, where headers cannot be made before there is a request.
    pub signer: Option<Signer>,
    /// What was typed or captured, by the catalogue's input name, secret or not: `api_key`, `username`, `subdomain`.
    pub fields: BTreeMap<String, SecretText>,
}

/// What requests are signed with, by the names of the scheme's parameters.
#[derive(Debug, Default)]
pub struct Signer {
    pub scheme: String,
    pub parameters: BTreeMap<String, SecretText>,
}

/// What the next [`Handout`] is obtained with, without the user.
#[derive(Debug, Default)]
pub struct Renewal {
    pub refresh_token: Option<RefreshToken>,
    /// The connection's inputs and captured values, which the provider's templates need again at each refresh.
    pub fields: BTreeMap<String, SecretText>,
}

/// A sealed document opened to something that is not what was sealed. Carries nothing of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidSecret;

impl fmt::Display for InvalidSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the opened secret is not a document of the expected shape")
    }
}

impl std::error::Error for InvalidSecret {}

impl Signer {
    /// The scheme of a credential that is a certificate, shown when TLS begins (RFC 8705). No header is made of it.
    pub const MUTUAL_TLS: &'static str = "mutual_tls";
    /// Its parameters, both PEM.
    pub const CERTIFICATE: &'static str = "certificate";
    pub const PRIVATE_KEY: &'static str = "private_key";
}

impl Handout {
    /// Eight hexadecimal digits that tell two access tokens apart and say nothing about either; empty where there is no
    /// access token, since a password has too little chance in it for even that to be told.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let Some(token) = &self.access_token else { return String::new() };
        Sha256::digest(token.expose().as_bytes())[..4].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The document to seal.
    #[must_use]
    pub fn to_document(&self) -> JsonSecret {
        document(&HandoutDocument {
            access_token: self.access_token.as_ref().map(|token| token.expose().to_owned()),
            headers: clear(&self.headers),
            base_url: self.base_url.as_ref().map(|url| url.expose().to_owned()),
            query: clear(&self.query),
            body: clear(&self.body),
            signer: self.signer.as_ref().map(|signer| SignerDocument {
                scheme: signer.scheme.clone(),
                parameters: clear(&signer.parameters),
            }),
            fields: clear(&self.fields),
        })
    }

    /// # Errors
    /// [`InvalidSecret`] where the document was not made by [`Self::to_document`].
    pub fn from_document(document: &JsonSecret) -> Result<Self, InvalidSecret> {
        let mut read: HandoutDocument = serde_json::from_str(document.expose()).map_err(|_| InvalidSecret)?;
        Ok(Self {
            access_token: read.access_token.take().map(AccessToken::new),
            headers: secret(&mut read.headers),
            base_url: read.base_url.take().map(SecretText::new),
            query: secret(&mut read.query),
            body: secret(&mut read.body),
            signer: read.signer.take().map(|mut signer| Signer {
                scheme: std::mem::take(&mut signer.scheme),
                parameters: secret(&mut signer.parameters),
            }),
            fields: secret(&mut read.fields),
        })
    }
}

impl Renewal {
    /// Whether both hold the same refresh token. In constant time for tokens of one length.
    #[must_use]
    pub fn has_token_of(&self, other: &Self) -> bool {
        match (&self.refresh_token, &other.refresh_token) {
            (None, None) => true,
            (Some(mine), Some(others)) => {
                let (mine, others) = (mine.expose().as_bytes(), others.expose().as_bytes());
                mine.len() == others.len()
                    && mine.iter().zip(others).fold(0, |all, (a, b)| all | (a ^ b)) == 0
            }
            _ => false,
        }
    }

    /// The document to seal.
    #[must_use]
    pub fn to_document(&self) -> JsonSecret {
        document(&RenewalDocument {
            refresh_token: self.refresh_token.as_ref().map(|token| token.expose().to_owned()),
            fields: clear(&self.fields),
        })
    }

    /// # Errors
    /// [`InvalidSecret`] where the document was not made by [`Self::to_document`].
    pub fn from_document(document: &JsonSecret) -> Result<Self, InvalidSecret> {
        let mut read: RenewalDocument = serde_json::from_str(document.expose()).map_err(|_| InvalidSecret)?;
        Ok(Self {
            refresh_token: read.refresh_token.take().map(RefreshToken::new),
            fields: secret(&mut read.fields),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct HandoutDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access_token: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    base_url: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    query: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    body: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<SignerDocument>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct SignerDocument {
    scheme: String,
    parameters: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
struct RenewalDocument {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<String, String>,
}

impl Drop for HandoutDocument {
    fn drop(&mut self) {
        self.access_token.zeroize();
        self.base_url.zeroize();
        let maps = [&mut self.headers, &mut self.query, &mut self.body, &mut self.fields];
        maps.into_iter().flat_map(BTreeMap::values_mut).for_each(Zeroize::zeroize);
    }
}

impl Drop for SignerDocument {
    fn drop(&mut self) {
        self.parameters.values_mut().for_each(Zeroize::zeroize);
    }
}

impl ZeroizeOnDrop for SignerDocument {}

impl ZeroizeOnDrop for HandoutDocument {}

impl Drop for RenewalDocument {
    fn drop(&mut self) {
        self.refresh_token.zeroize();
        self.fields.values_mut().for_each(Zeroize::zeroize);
    }
}

impl ZeroizeOnDrop for RenewalDocument {}

fn document(value: &impl Serialize) -> JsonSecret {
    // Maps of text to text always have a JSON form; an empty document opens to an empty credential, never to another's.
    JsonSecret::new(serde_json::to_string(value).unwrap_or_default())
}

fn clear(secrets: &BTreeMap<String, SecretText>) -> BTreeMap<String, String> {
    secrets.iter().map(|(name, value)| (name.clone(), value.expose().to_owned())).collect()
}

fn secret(clear: &mut BTreeMap<String, String>) -> BTreeMap<String, SecretText> {
    std::mem::take(clear).into_iter().map(|(name, value)| (name, SecretText::new(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handout_comes_back_as_it_was_sealed() {
        let handout = Handout {
            base_url: None,
            access_token: Some(AccessToken::new("canary_token".into())),
            headers: BTreeMap::from([(
                "authorization".into(),
                SecretText::new("Bearer canary_token".into()),
            )]),
            query: BTreeMap::from([("key".into(), SecretText::new("canary_key".into()))]),
            body: BTreeMap::from([("api_key".into(), SecretText::new("canary_body".into()))]),
            signer: Some(Signer {
                scheme: "oauth1".into(),
                parameters: BTreeMap::from([("token".into(), SecretText::new("canary_signer".into()))]),
            }),
            fields: BTreeMap::from([("subdomain".into(), SecretText::new("acme".into()))]),
        };
        let read = Handout::from_document(&handout.to_document()).unwrap();
        assert_eq!(read.access_token.unwrap().expose(), "canary_token");
        assert_eq!(read.headers["authorization"].expose(), "Bearer canary_token");
        assert_eq!(read.query["key"].expose(), "canary_key");
        assert_eq!(read.body["api_key"].expose(), "canary_body");
        let signer = read.signer.unwrap();
        assert_eq!(
            (signer.scheme.as_str(), signer.parameters["token"].expose()),
            ("oauth1", "canary_signer")
        );
        assert_eq!(read.fields["subdomain"].expose(), "acme");
    }

    #[test]
    fn another_shape_is_refused_without_showing_it() {
        let error =
            Renewal::from_document(&JsonSecret::new(r#"{"refresh_token":["canary_x"]}"#.into())).unwrap_err();
        assert!(!error.to_string().contains("canary"));
    }
}
