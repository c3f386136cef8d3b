//! The catalogue: how each provider authorizes, refreshes and is called, as data.
//!
//! Invariant: this crate sends nothing and names no provider. It reads entries, checks them, and renders templates into
//! plain requests; a value that somebody typed can change neither the host, the path's structure, nor a header's boundary.

mod answer;
mod apply;
mod authorize;
mod catalogue;
mod error;
mod evaluate;
mod format;
mod http_request;
mod inputs;
mod mode;
mod percent;
mod place;
mod probe;
mod settings;
#[cfg(test)]
mod tests;
mod token_request;
mod values;

pub use answer::Answer;
pub use authorize::AuthorizationParams;
pub use catalogue::Catalogue;
pub use error::{CatalogueError, EntryError, InputError, RenderError, UnknownProvider};
pub use format::behaviour::{Behaviour, RefreshTokenBehaviour, RotationClass};
pub use format::callback::Callback;
pub use format::entry::{Api, Apply, Ask, Input, InputFormat, Links, Probes, Provider, Retain, Scheme, When};
pub use format::guidance::{Guidance, REDIRECT_URL};
pub use format::host::{HostPattern, Trust};
pub use format::obtain::{
    CodeChallengeMethod, Companion, ExpirySource, Lifetime, Obtain, ObtainType, Scopes, TimeUnit,
};
pub use format::request::{ClientAuth, Refresh, RefreshMode, Rotation, Schedule};
pub use format::response::{Capture, Condition, ExpiresIn, Pointer, TokenResponse};
pub use http_request::{Body, HttpRequest};
pub use mode::AuthMode;
pub use probe::Probe;
pub use settings::Settings;
pub use token_request::Grant;
pub use values::Values;
