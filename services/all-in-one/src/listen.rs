//! Opening ports, with errors that say what to change.

use anyhow::Context as _;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// `setting` is how whoever started the program says the address: `--http`, or `listen.http`.
///
/// # Errors
/// Where the address cannot be listened on, with the setting to change.
pub async fn listen(address: SocketAddr, setting: &str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("cannot listen on {address}")).map_err(|error| {
        match error.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
            Some(ErrorKind::AddrInUse) => anyhow::anyhow!(
                "something else listens on {address} already: stop it, or choose another address with `{setting}` \
                 (port 0 takes any free one)"
            ),
            _ => error.context(format!("`{setting}` cannot be used")),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_refused_with_the_setting_to_change() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refusal = listen(taken.local_addr().unwrap(), "--http").await.unwrap_err().to_string();
        assert!(refusal.contains("--http") && refusal.contains("listens"), "{refusal}");
    }
}
