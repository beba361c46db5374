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
