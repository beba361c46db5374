//! A name server as a registry knows it: a name and, when it lies inside the zone it serves, its addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{DomainName, GlueError, GluePolicy, HostName, glue};

/// Most addresses one host may carry (the strictest limit seen at registries).
pub const MAX_HOST_ADDRESSES: usize = 13;

/// A name server (RFC 5732).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Host {
    /// Its name.
    pub name: HostName,
    /// Its addresses: empty unless glue is needed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub addresses: BTreeSet<IpAddr>,
}

impl Host {
    /// A host with addresses, each of which must be allowed by `policy`.
    pub fn new(name: HostName, addresses: impl IntoIterator<Item = IpAddr>, policy: GluePolicy) -> Result<Self, HostError> {
        let addresses: BTreeSet<IpAddr> = addresses.into_iter().collect();
        if addresses.len() > MAX_HOST_ADDRESSES {
            return Err(HostError::TooManyAddresses { host: name, count: addresses.len() });
        }
        for &address in &addresses {
            glue::check_address(address, policy).map_err(|source| HostError::Address { host: name.clone(), source })?;
        }
        Ok(Self { name, addresses })
    }

    /// A host without addresses.
    pub fn without_addresses(name: HostName) -> Self {
        Self { name, addresses: BTreeSet::new() }
    }

    /// Whether a delegation of `domain` to this host fails for lack of an address.
    pub fn lacks_glue_for(&self, domain: &DomainName) -> bool {
        self.addresses.is_empty() && glue::needs_glue(&self.name, domain)
    }
}

/// Why a host was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HostError {
    /// One address is not usable.
    #[error("host `{host}`: {source}")]
    Address {
        /// The host.
        host: HostName,
        /// What is wrong with the address.
        source: GlueError,
    },
    /// More than [`MAX_HOST_ADDRESSES`].
    #[error("host `{host}` has {count} addresses; keep at most {MAX_HOST_ADDRESSES}")]
    TooManyAddresses {
        /// The host.
        host: HostName,
        /// How many it has.
        count: usize,
    },
}

impl HostError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            HostError::Address { source, .. } => source.code(),
            HostError::TooManyAddresses { .. } => "host.too_many_addresses",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ns(text: &str) -> HostName {
        HostName::parse(text).unwrap()
    }

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn glue_is_asked_for_where_the_zone_needs_it() {
        let domain = DomainName::parse("example.com").unwrap();
        for (host, given, lacks) in [
            ("ns1.example.com", vec![], true),
            ("example.com", vec![], true),
            ("ns1.example.com", addresses(&["8.8.8.8"]), false),
            ("ns1.example.net", vec![], false),
            ("ns1.badexample.com", vec![], false),
        ] {
            let host = Host::new(ns(host), given, GluePolicy::PublicOnly).unwrap();
            assert_eq!(host.lacks_glue_for(&domain), lacks, "{}", host.name);
        }
    }

    #[test]
    fn refusals_name_the_host() {
        let refused = Host::new(ns("ns1.example.com"), addresses(&["8.8.8.8", "10.0.0.1"]), GluePolicy::PublicOnly).unwrap_err();
        insta::assert_snapshot!(refused, @"host `ns1.example.com`: `10.0.0.1` cannot be the address of a name server: it is private use, 10.0.0.0/8 (RFC 1918); give an address the internet can reach");
        let many = (1..=14u8).map(|n| IpAddr::from([8, 8, 8, n]));
        let refused = Host::new(ns("ns1.example.com"), many, GluePolicy::PublicOnly).unwrap_err();
        insta::assert_snapshot!(refused, @"host `ns1.example.com` has 14 addresses; keep at most 13");
    }

    #[test]
    fn hosts_travel_with_their_addresses() {
        let host = Host::new(ns("ns1.example.com"), addresses(&["2001:db8::1", "192.0.2.1"]), GluePolicy::AnyUnicast).unwrap();
        let json = serde_json::to_string(&host).unwrap();
        assert_eq!(json, r#"{"name":"ns1.example.com","addresses":["192.0.2.1","2001:db8::1"]}"#);
        assert_eq!(serde_json::from_str::<Host>(&json).unwrap(), host);
        let bare = Host::without_addresses(ns("ns1.example.net"));
        assert_eq!(serde_json::from_str::<Host>(&serde_json::to_string(&bare).unwrap()).unwrap(), bare);
    }
}
