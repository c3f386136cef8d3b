//! Where a key service is reached.

use url::{Host, Url};

/// Unwrapped keys travel in the answers, so they never travel in the clear but on this host.
pub fn check_endpoint(endpoint: &str) -> Result<(), &'static str> {
    let url = Url::parse(endpoint).map_err(|_| "its endpoint is not a URL")?;
    let is_loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback => Ok(()),
        "http" => Err("its endpoint must be https://, or be on this host"),
        _ => Err("its endpoint must be https://"),
    }
}
