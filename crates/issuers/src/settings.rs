//! Which issuers are believed, as an operator writes it.

use latchkey_domain::api_key::Scope;
use latchkey_domain::{Environment, IntegrationKey};
use serde::Deserialize;
use std::path::PathBuf;
use url::Url;

/// An issuer whose word on who somebody is counts: an OpenID provider, a Kubernetes cluster, a SPIFFE trust domain.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// As its tokens name it in `iss`; `spiffe://<trust domain>` for those of SPIFFE that name none.
    pub issuer: String,
    /// What its tokens must name in `aud`, so that one for somebody else is not good here.
    pub audience: String,
    /// Where its keys are. Absent: as its metadata says (OpenID Connect Discovery).
    #[serde(default)]
    pub jwks_uri: Option<Url>,
    /// Whoever signed its certificate, in PEM, beside those browsers believe.
    #[serde(default)]
    pub ca_file: Option<PathBuf>,
    /// Lets its keys be read from a private network or this machine.
    #[serde(default)]
    pub allow_private: bool,
    /// Lets its keys be read over http://. For trials.
    #[serde(default)]
    pub allow_http: bool,
    /// Who of its subjects may do what; the first that is meant counts, and who is not meant may nothing.
    pub callers: Vec<Caller>,
}

/// What a workload may do.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caller {
    /// `system:serviceaccount:billing:worker`, or all that begin so: `spiffe://example.org/ns/billing/*`.
    pub subject: String,
    pub environment: Environment,
    /// `tokens:read` unless told otherwise; calls through the proxy need `proxy:call`.
    #[serde(default = "tokens_read")]
    pub scopes: Vec<Scope>,
    /// Empty: all of the environment's.
    #[serde(default)]
    pub integrations: Vec<IntegrationKey>,
}

fn tokens_read() -> Vec<Scope> {
    vec![Scope::TokensRead]
}
