//! Which texts are a host, and which hosts a credential may ever be sent to.

use serde::Deserialize;

/// RFC 1035 §2.3.4.
const LABEL_MAX: usize = 63;
const HOST_MAX: usize = 253;

/// Names that never belong to somebody on the public internet (RFC 6761, RFC 6762, RFC 8375, RFC 9476 and common use).
const PRIVATE_SUFFIXES: [&str; 9] =
    ["localhost", "local", "internal", "intranet", "lan", "home.arpa", "invalid", "test", "onion"];

/// How far a provider's addresses are believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// `https` on public host names only.
    #[default]
    Public,
    /// As `Public`, and also `http` on this machine's own loopback addresses: for demonstrations and tests.
    Loopback,
}

/// One label in lower case: letters, digits and inner hyphens. Labels reserved for encoded names (RFC 5890 §2.3.1,
/// `xn--`) are refused: they show as other letters than they are.
#[must_use]
pub fn is_label(text: &str) -> bool {
    is_ldh(text) && text.get(2..4) != Some("--")
}

fn is_ldh(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LABEL_MAX
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A full DNS name in lower case, with at least two labels and no trailing dot; never an IP address.
#[must_use]
pub fn is_host_name(text: &str) -> bool {
    text.len() <= HOST_MAX
        && text.contains('.')
        && text.split('.').all(is_ldh)
        // A numeric last label is how an IPv4 address would be read (WHATWG URL §3.5).
        && text.rsplit('.').next().is_some_and(|last| !ends_as_a_number(last))
}

fn ends_as_a_number(last: &str) -> bool {
    last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x")
}

/// A host name that could belong to anybody outside: the test for hosts that people choose.
#[must_use]
pub fn is_public_host_name(text: &str) -> bool {
    let private =
        |suffix: &str| text == suffix || text.strip_suffix(suffix).is_some_and(|head| head.ends_with('.'));
    is_host_name(text) && !PRIVATE_SUFFIXES.iter().any(|suffix| private(suffix))
}

/// `127.0.0.1`, `[::1]` or `localhost`, as [`url::Url::host_str`] writes them.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "localhost" | "[::1]")
}

/// A host, or `*.` and the suffix of hosts, that a provider's credential may be sent to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct HostPattern {
    pub text: String,
}

impl HostPattern {
    #[must_use]
    pub fn matches(&self, host: &str) -> bool {
        match self.text.strip_prefix('*') {
            Some(suffix) => host.len() > suffix.len() && host.ends_with(suffix),
            None => host == self.text,
        }
    }

    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.text.starts_with("*.")
    }
}

impl TryFrom<String> for HostPattern {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let name = text.strip_prefix("*.").unwrap_or(&text);
        if is_host_name(name) || is_loopback(name) {
            return Ok(Self { text });
        }
        Err(format!("`{text}` is not a host name in lower case, with `*.` before it at most"))
    }
}
