//! What other issuers say of who somebody is: the tokens they sign, the keys they publish, and which of their workloads are
//! let in. An issuer is an OpenID provider, a Kubernetes cluster, or a SPIFFE trust domain.
//!
//! Invariant: nothing a token says is given out before its signature, its audience and its times are found to be right.

mod client;
mod jwks;
mod jwt;
mod settings;
mod workloads;

pub use client::IssuerClient;
pub use jwks::{Key, Keys, KeysError};
pub use jwt::{Algorithm, JwtError, Unverified, Verified};
pub use settings::{Caller, Issuer};
pub use workloads::{Workload, WorkloadError, Workloads};
