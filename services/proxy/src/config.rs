//! The proxy's settings: sections and nothing else.

use latchkey_chassis::config::{Listen, Telemetry};
use latchkey_wire::RouteOptions;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    #[serde(default)]
    pub listen: Listen,
    /// The vault's port for other services.
    pub vault: RouteOptions,
    #[serde(default)]
    pub telemetry: Telemetry,
}
