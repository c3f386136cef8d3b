//! A transcript as it is written: what a vendor's page says goes over the wire. README.md beside it has the form.

use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transcript {
    pub provider: String,
    pub source: Sources,
    #[serde(default)]
    pub given: Given,
    pub requests: Requests,
    pub kept: Option<Kept>,
}

/// What is to be read in the vendor's answers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kept {
    /// Seconds; `"*"` where it only matters that there is an end.
    pub expires_in: Option<Value>,
    pub refresh_token: Option<String>,
    pub scopes: Option<Vec<String>>,
    /// By the entry's names for them.
    pub fields: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Sources {
    One(String),
    Several(Vec<String>),
}

/// What the engine is driven with.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    pub app: BTreeMap<String, Typed>,
    pub inputs: BTreeMap<String, Typed>,
    pub scopes: Vec<String>,
    pub code: Option<String>,
    pub refresh_token: Option<String>,
    pub access_token: Option<String>,
    pub temporary: Option<Temporary>,
    pub verifier: Option<String>,
    pub token_secret: Option<String>,
    /// The vendor's answers to the requests that obtain the credential, in order.
    pub answers: Vec<Value>,
    /// The vendor's answer to a refresh, where it is another than the last of `answers`.
    pub refreshed: Option<Value>,
    /// The vendor's answers to what is asked right after connecting, in order.
    pub lookups: Vec<Value>,
    /// What the browser brings back.
    pub callback: BTreeMap<String, String>,
}

/// Temporary credentials (RFC 5849 §2.1).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Temporary {
    pub token: String,
    pub token_secret: String,
}

/// A value somebody fills in: a text, or a key that the test supplies.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Typed {
    Text(String),
    Number(i64),
    Pem { pem: Pem },
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pem {
    Rsa,
    P256,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Requests {
    pub register: Option<Expected>,
    pub temporary: Option<Expected>,
    pub authorize: Option<Expected>,
    pub token: Option<Expected>,
    pub steps: Vec<Expected>,
    pub refresh: Option<Expected>,
    pub api: Option<Expected>,
    pub verify: Option<Expected>,
    pub revoke: Option<Expected>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expected {
    pub method: Option<String>,
    pub url: Option<String>,
    /// What the API's addresses begin with.
    pub base: Option<String>,
    pub query: BTreeMap<String, Value>,
    pub form: BTreeMap<String, Value>,
    pub json: BTreeMap<String, Value>,
    pub headers: BTreeMap<String, String>,
    pub basic: Option<Basic>,
    /// The ways the vendor lets a client prove itself, where there are several and any will do (RFC 7591 §2).
    pub client: BTreeSet<ClientAuth>,
    pub oauth: Option<OAuth>,
    pub sigv4: Option<SigV4>,
    pub jwt: Option<Jwt>,
    /// Names that may be there or not.
    pub may: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Basic {
    pub user: String,
    pub password: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientAuth {
    ClientSecretBasic,
    ClientSecretPost,
    None,
}

/// Parameters of the `Authorization` header of RFC 5849 §3.5.1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuth {
    pub realm: Option<String>,
    pub signature_method: Option<String>,
    pub names: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigV4 {
    pub access_key_id: String,
    pub region: String,
    pub service: String,
    /// Headers that must be signed.
    pub signed: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jwt {
    /// A header's name, or a parameter's.
    #[serde(rename = "in")]
    pub place: String,
    pub prefix: Option<String>,
    #[serde(default)]
    pub header: BTreeMap<String, Value>,
    #[serde(default)]
    pub claims: BTreeMap<String, Value>,
    /// Seconds between `iat` and `exp`.
    pub lifetime_at_most: Option<u64>,
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")
}

/// Every transcript, or why it is none, by the name of its file.
pub fn all() -> Vec<(String, Result<Transcript, String>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    paths.iter().map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), read(path))).collect()
}

fn read(path: &Path) -> Result<Transcript, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let transcript: Transcript = serde_yaml_ng::from_str(&text).map_err(|error| error.to_string())?;
    if path.file_stem().is_none_or(|stem| stem != transcript.provider.as_str()) {
        return Err(format!("provider: must be the name of the file, not `{}`", transcript.provider));
    }
    let sources = match &transcript.source {
        Sources::One(one) => std::slice::from_ref(one),
        Sources::Several(several) => several.as_slice(),
    };
    if sources.is_empty() || !sources.iter().all(|source| source.starts_with("https://")) {
        return Err("source: must be the https address of the vendor's page".into());
    }
    Ok(transcript)
}
