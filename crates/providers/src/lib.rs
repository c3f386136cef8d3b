//! The catalogue: how each provider authorizes, refreshes and is called, as data.
//!
//! Invariant: this crate sends nothing and names no provider. It reads entries, checks them, and renders templates into
//! plain requests; a value that somebody typed can change neither the host, the path's structure, nor a header's boundary.

mod answer;
mod apply;
mod assertion;
mod authorize;
mod beside;
mod catalogue;
mod diagnosis;
mod error;
mod evaluate;
mod format;
mod http_request;
mod inputs;
mod lookup;
mod mode;
mod oauth1;
mod percent;
mod place;
mod probe;
mod revocation;
pub mod server;
mod settings;
mod signer;
mod steps;
#[cfg(test)]
mod tests;
mod token_request;
mod values;
mod xml;

pub use answer::{Answer, Answers};
pub use authorize::AuthorizationParams;
pub use catalogue::{Catalogue, distance};
pub use diagnosis::Problem;
pub use error::{CatalogueError, EntryError, InputError, RenderError, UnknownProvider};
pub use format::behaviour::{Behaviour, RefreshTokenBehaviour, RotationClass};
pub use format::callback::Callback;
pub use format::entry::{
    Api, Apply, Ask, Input, InputFormat, Links, Probes, Protocol, Provider, Retain, Scheme, When,
};
pub use format::guidance::{Guidance, REDIRECT_URL};
pub use format::host::{HostPattern, Trust};
pub use format::obtain::{
    Assertion, ClientRegistration, CodeChallengeMethod, Companion, Discovery, ExpirySource, Lifetime, Obtain,
    ObtainType, Scopes, TimeUnit,
};
pub use format::request::{
    ClientAuth, Extent, Refresh, RefreshMode, Rotation, Schedule, Sign, SignScheme, Step, StepWhen,
};
pub use format::response::{Capture, Condition, ExpiresIn, Pointer, TokenResponse};
pub use format::url_template::UrlTemplate;
pub use format::webhooks::{
    Handshake, KeyUrl, Route, SignatureEncoding, Verification, WebhookAlgorithm, WebhookKey, Webhooks,
};
pub use http_request::{Body, HttpRequest};
pub use lookup::{CANDIDATES_MAX, Candidate, Lookup, Source};
pub use mode::AuthMode;
pub use oauth1::TemporaryCredentials;
pub use probe::Probe;
pub use settings::Settings;
pub use signer::{Signer, TOKEN_SECRET};
pub use token_request::Grant;
pub use values::Values;
