//! Roots: signed statements of how far an environment's chain was, and what its last link was.

use super::record::hex;
use crate::facts::rfc3339;
use latchkey_domain::{Environment, Timestamp};
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// The name of what a root says, and of its shape.
pub const ROOT: &str = "latchkey.audit_root.v1";

/// A root, as far as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    pub environment: String,
    /// How many records the chain had.
    pub records: u64,
    /// The last one's link, in hexadecimal digits.
    pub link: String,
    /// How long the content of reads is kept.
    pub reads_kept_days: u64,
    /// RFC 3339.
    pub signed_at: String,
    pub signed_at_ms: i64,
}

impl Root {
    /// `None` where it is no root. Says nothing about its signature.
    #[must_use]
    pub fn parse(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let number = |name: &str| value.get(name)?.as_u64();
        let signed_at = text("signed_at")?;
        let instant = OffsetDateTime::parse(&signed_at, &Rfc3339).ok()?;
        Some(Self {
            environment: text("environment")?,
            records: number("records")?,
            link: text("link")?,
            reads_kept_days: number("reads_kept_days")?,
            signed_at_ms: i64::try_from(instant.unix_timestamp_nanos() / 1_000_000).ok()?,
            signed_at,
        })
        .filter(|_| value.get("type").is_some_and(|is| is == ROOT))
    }
}

/// What a root says, before it is signed.
pub struct Statement<'a> {
    pub deployment: &'a str,
    pub environment: &'a Environment,
    pub records: u64,
    pub link: &'a [u8],
    pub reads_kept_days: u32,
    pub now: Timestamp,
}

impl Statement<'_> {
    #[must_use]
    pub fn members(&self) -> Map<String, Value> {
        let members = [
            ("type", json!(ROOT)),
            ("deployment", json!(self.deployment)),
            ("environment", json!(self.environment.to_string())),
            ("records", json!(self.records)),
            ("link", json!(hex(self.link))),
            ("reads_kept_days", json!(self.reads_kept_days)),
            ("signed_at", json!(rfc3339(self.now))),
        ];
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
