//! Which addresses. A provider's host may be chosen by whoever connects, so a name is resolved here, every
//! address it leads to is looked at, and the connection is made to those very addresses: no second look-up can differ.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::error::Error;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use url::Host;

/// Which addresses may be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Egress {
    /// Those of the public internet (IANA special-purpose registries left out).
    #[default]
    PublicOnly,
    /// Any: for installations whose providers live in the same private network.
    Any,
}

impl Egress {
    /// Whether a host may be spoken to as far as its text tells. Names are judged when they are resolved.
    #[must_use]
    pub fn permits(self, host: Option<Host<&str>>) -> bool {
        match (self, host) {
            (_, None) => false,
            (Self::Any, _) | (Self::PublicOnly, Some(Host::Domain(_))) => true,
            (Self::PublicOnly, Some(Host::Ipv4(address))) => is_public(address.into()),
            (Self::PublicOnly, Some(Host::Ipv6(address))) => is_public(address.into()),
        }
    }

    /// The addresses a name leads to; their ports are zero.
    ///
    /// # Errors
    /// Where it leads nowhere, or one of them may not be spoken to ([`is_blocked`]).
    pub async fn resolve(self, name: &str) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
        let found: Vec<SocketAddr> = tokio::net::lookup_host((name, 0)).await?.collect();
        match self {
            Self::PublicOnly if !found.iter().all(|address| is_public(address.ip())) => Err(NotPublic.into()),
            Self::PublicOnly | Self::Any => Ok(found),
        }
    }
}

/// Resolves a name, and refuses it whole if one of its addresses is not public.
#[derive(Debug)]
pub struct PublicResolver;

#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
struct NotPublic;

/// Whether a request failed because its host's name leads to an address that is not public.
#[must_use]
pub fn is_blocked(error: &(dyn std::error::Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(|error| error.is::<NotPublic>())
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = Egress::PublicOnly.resolve(name.as_str()).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !RESERVED_V4.iter().any(|&(base, bits)| within_v4(address, base, bits)),
        IpAddr::V6(address) => {
            within_v6(address, GLOBAL_V6.0, GLOBAL_V6.1)
                && !RESERVED_V6.iter().any(|&(base, bits)| within_v6(address, base, bits))
        }
    }
}

fn within_v4(address: Ipv4Addr, base: [u8; 4], bits: u32) -> bool {
    let shift = 32 - bits;
    address.to_bits() >> shift == Ipv4Addr::from(base).to_bits() >> shift
}

fn within_v6(address: Ipv6Addr, base: [u16; 8], bits: u32) -> bool {
    let shift = 128 - bits;
    address.to_bits() >> shift == Ipv6Addr::from(base).to_bits() >> shift
}

/// IANA IPv4 Special-Purpose Address Registry, multicast and class E.
const RESERVED_V4: [([u8; 4], u32); 15] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
];

/// Global unicast (RFC 4291 §2.4): what lies outside is loopback, link-local, unique-local, multicast or translation.
const GLOBAL_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// IANA IPv6 Special-Purpose Address Registry, inside global unicast.
const RESERVED_V6: [([u16; 8], u32); 4] = [
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().unwrap())
    }

    #[test]
    fn addresses_of_the_inside_are_refused() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.1.1",
            "192.0.0.170",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001::1",
            "3fff::1",
        ] {
            assert!(!public(address), "{address}");
        }
    }

    #[test]
    fn addresses_of_the_internet_are_permitted() {
        for address in
            ["1.1.1.1", "100.128.0.1", "172.32.0.1", "198.20.0.1", "2606:4700::1111", "2a00:1450::1"]
        {
            assert!(public(address), "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_spoken_to() {
        // Every machine knows this one.
        let refused = PublicResolver.resolve("localhost".parse().unwrap()).await.err().expect("a refusal");
        assert!(refused.is::<NotPublic>(), "{refused}");
    }

    #[test]
    fn an_address_in_the_url_is_judged_like_one_behind_a_name() {
        let permits = |text: &str| Egress::PublicOnly.permits(url::Url::parse(text).unwrap().host());
        for inside in ["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/"] {
            assert!(!permits(inside), "{inside}");
        }
        assert!(permits("https://1.1.1.1/") && permits("https://as.example/"));
        assert!(Egress::Any.permits(url::Url::parse("http://127.0.0.1/").unwrap().host()));
    }
}
