//! Who is let in by a token of another issuer: workloads with an identity of their own, which need no key of ours.

use crate::jwks::{Keys, KeysError};
use crate::jwt::{JwtError, Unverified};
use crate::settings::{Caller, Issuer};
use anyhow::Context as _;
use latchkey_domain::api_key::Scope;
use latchkey_domain::{Environment, IntegrationKey, Reader};
use latchkey_egress::Egress;
use latchkey_secret::SecretText;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// The issuers that are believed, and what their workloads may do.
pub struct Workloads(Vec<Trusted>);

struct Trusted {
    issuer: Issuer,
    keys: Keys,
}

/// A workload, and what it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workload {
    pub reader: Reader,
    pub environment: Environment,
    pub scopes: Vec<Scope>,
    /// Empty: all of the environment's.
    pub integrations: Vec<IntegrationKey>,
}

#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    #[error("no issuer that is believed issued it")]
    Issuer,
    #[error(transparent)]
    Jwt(#[from] JwtError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error("no rule lets its subject in")]
    Subject,
}

impl Workloads {
    /// `setting` is where the issuers are written, for whoever has to mend it.
    ///
    /// # Errors
    /// Where an issuer's settings cannot be used, with which.
    pub fn new(issuers: &[Issuer], setting: &str) -> anyhow::Result<Self> {
        let trusted = issuers.iter().enumerate().map(|(number, issuer)| {
            let keys = keys_of(issuer).with_context(|| format!("`{setting}[{number}]` cannot be used"))?;
            Ok(Trusted { issuer: issuer.clone(), keys })
        });
        trusted.collect::<anyhow::Result<_>>().map(Self)
    }

    /// Whether no issuer is believed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whose token it is, and what it may do. `now` is in seconds since the Unix epoch.
    ///
    /// # Errors
    /// [`WorkloadError`].
    pub async fn admit(&self, token: &SecretText, now: i64) -> Result<Workload, WorkloadError> {
        let unverified = Unverified::parse(token)?;
        let issued_by = unverified.issuer().ok_or(WorkloadError::Issuer)?;
        let Trusted { issuer, keys } =
            self.0.iter().find(|known| known.issuer.issuer == issued_by).ok_or(WorkloadError::Issuer)?;
        let key = keys.find(unverified.algorithm, unverified.kid.as_deref()).await?;
        let subject = unverified.verify(&key, &issuer.audience, now)?.subject;
        let caller = issuer.callers.iter().find(|caller| is_meant(caller, &subject));
        let Caller { environment, scopes, integrations, .. } = caller.ok_or(WorkloadError::Subject)?;
        let reader = format!("workload:{issued_by}#{subject}").parse().map_err(|_| JwtError::Malformed)?;
        Ok(Workload {
            reader,
            environment: environment.clone(),
            scopes: scopes.clone(),
            integrations: integrations.clone(),
        })
    }
}

/// A subject as it is written, or all that begin with what stands before a final `*`.
fn is_meant(caller: &Caller, subject: &str) -> bool {
    match caller.subject.strip_suffix('*') {
        Some(beginning) => subject.starts_with(beginning),
        None => subject == caller.subject,
    }
}

fn keys_of(issuer: &Issuer) -> anyhow::Result<Keys> {
    anyhow::ensure!(!issuer.audience.is_empty(), "its `audience` is empty: a token for anybody would do");
    anyhow::ensure!(
        issuer.jwks_uri.is_some() || issuer.issuer.starts_with("https://") || issuer.allow_http,
        "its keys would be read over a network in the clear: give `jwks_uri`, or an issuer that begins with https://"
    );
    let secure = issuer.jwks_uri.as_ref().is_none_or(|uri| uri.scheme() == "https");
    anyhow::ensure!(secure || issuer.allow_http, "its `jwks_uri` must begin with https://");
    for caller in &issuer.callers {
        let beginning = caller.subject.trim_end_matches('*');
        anyhow::ensure!(!beginning.is_empty(), "a caller's `subject` must say who: `*` alone is everybody");
    }
    let roots = match &issuer.ca_file {
        None => vec![],
        Some(path) => CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .with_context(|| format!("its `ca_file` {} cannot be read", path.display()))?,
    };
    let egress = if issuer.allow_private { Egress::Any } else { Egress::PublicOnly };
    Keys::of(&issuer.issuer, issuer.jwks_uri.clone(), egress, &roots)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(subject: &str) -> Caller {
        Caller {
            subject: subject.to_owned(),
            environment: "dev".parse().unwrap(),
            scopes: vec![Scope::TokensRead],
            integrations: vec![],
        }
    }

    #[test]
    fn a_subject_is_meant_as_it_is_written_or_by_its_beginning() {
        assert!(is_meant(
            &caller("system:serviceaccount:billing:worker"),
            "system:serviceaccount:billing:worker"
        ));
        assert!(!is_meant(
            &caller("system:serviceaccount:billing:worker"),
            "system:serviceaccount:billing:worker2"
        ));
        assert!(is_meant(
            &caller("spiffe://example.org/ns/billing/*"),
            "spiffe://example.org/ns/billing/sa/worker"
        ));
        assert!(!is_meant(
            &caller("spiffe://example.org/ns/billing/*"),
            "spiffe://example.org/ns/other/sa/worker"
        ));
    }

    #[test]
    fn an_issuer_that_would_let_anybody_in_is_refused() {
        let good = Issuer {
            issuer: "https://issuer.example.com".into(),
            audience: "https://latchkey.example.com".into(),
            jwks_uri: None,
            ca_file: None,
            allow_private: false,
            allow_http: false,
            callers: vec![caller("a*")],
        };
        latchkey_chassis::tls::install_provider();
        assert!(Workloads::new(std::slice::from_ref(&good), "issuers").is_ok());
        let wrong = [
            Issuer { audience: String::new(), ..good.clone() },
            Issuer { issuer: "http://issuer.example.com".into(), ..good.clone() },
            Issuer { jwks_uri: Some("http://issuer.example.com/keys".parse().unwrap()), ..good.clone() },
            Issuer { callers: vec![caller("*")], ..good.clone() },
            Issuer { ca_file: Some("/nowhere".into()), ..good },
        ];
        for issuer in wrong {
            assert!(Workloads::new(std::slice::from_ref(&issuer), "issuers").is_err(), "{issuer:?}");
        }
    }
}
