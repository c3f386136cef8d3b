//! What a vendor documents about how long its tokens live and what using one does to it.
//!
//! Invariant: nothing here is a guess. A behaviour without a page of the vendor's own, or an RFC, is refused by the lint;
//! what nobody documents is left out, and whoever refreshes takes the careful way.

use super::vendor;
use serde::Deserialize;

#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    pub refresh_token: RefreshTokenBehaviour,
    /// Seconds an access token lives by the vendor's own word. What an answer says goes before it.
    pub access_token_seconds: Option<u64>,
    /// Pages of the vendor's own, or RFCs, that say so.
    pub sources: Vec<String>,
}

/// What becomes of refresh tokens (RFC 6749 §6, RFC 9700 §4.14.2). Absent is unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RefreshTokenBehaviour {
    pub rotation: Option<RotationClass>,
    /// With [`RotationClass::Grace`]: seconds after its first use in which the old one is still taken.
    pub grace_seconds: Option<u64>,
    /// Seconds after which one that is not used ends.
    pub idle_seconds: Option<u64>,
    /// Seconds after consent at which it ends, however it is used.
    pub absolute_seconds: Option<u64>,
    /// How many may live for one user and client; one more ends the oldest.
    pub max_live: Option<u32>,
}

/// What using a refresh token does to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotationClass {
    /// It stays good, even where the answer brings another.
    None,
    /// A new one takes its place, and the old one is still taken for a while.
    Grace,
    /// It is good once: an answer that is lost takes the connection with it.
    Strict,
}

impl RotationClass {
    /// The word of the catalogue's format.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Grace => "grace",
            Self::Strict => "strict",
        }
    }
}

impl Behaviour {
    /// What is wrong with it, as field and fix. `domains` are the registrable domains of the vendor.
    #[must_use]
    pub fn objections(&self, domains: &[String]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut object = |field: &str, fix: &str| found.push((format!("behaviour.{field}"), fix.to_owned()));
        let token = &self.refresh_token;
        match (token.rotation, token.grace_seconds) {
            (Some(RotationClass::Grace), None) => {
                object("refresh_token.grace_seconds", "`rotation: grace` must say for how long");
            }
            (rotation, Some(_)) if rotation != Some(RotationClass::Grace) => {
                object("refresh_token.grace_seconds", "is only for `rotation: grace`");
            }
            _ => {}
        }
        let seconds = [
            ("refresh_token.grace_seconds", token.grace_seconds),
            ("refresh_token.idle_seconds", token.idle_seconds),
            ("refresh_token.absolute_seconds", token.absolute_seconds),
            ("refresh_token.max_live", token.max_live.map(u64::from)),
            ("access_token_seconds", self.access_token_seconds),
        ];
        for (field, _) in seconds.into_iter().filter(|(_, value)| *value == Some(0)) {
            object(field, "must be more than 0; leave it out when it is not known");
        }
        if self.is_stated() && self.sources.is_empty() {
            object("sources", "must name a page of the vendor's own, or an RFC, that says so");
        }
        for source in self.sources.iter().filter(|source| !vendor::is_page_of(source, domains)) {
            let fix = format!(
                "`{source}` is neither on a domain of the vendor's ({}) nor an RFC",
                domains.join(", ")
            );
            object("sources", &fix);
        }
        found
    }

    /// Whether anything is known.
    #[must_use]
    pub fn is_stated(&self) -> bool {
        self.refresh_token != RefreshTokenBehaviour::default() || self.access_token_seconds.is_some()
    }
}
