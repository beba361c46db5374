//! Glue: which addresses may be published for a name server, and when they must be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{DomainName, HostName};

/// Which addresses a registry takes as glue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GluePolicy {
    /// Only addresses that the public internet can reach; what a real registry wants.
    #[default]
    PublicOnly,
    /// Any address of a single host, loopback, private and documentation space included; for a rehearsal registry.
    AnyUnicast,
}

/// Whether the delegation of `domain` to `host` needs the host's addresses in the parent zone: the host lies in the
/// domain itself (RFC 5731 section 1.1, RFC 5732 section 1.1: a subordinate host).
pub fn needs_glue(host: &HostName, domain: &DomainName) -> bool {
    host.is_within(domain)
}

/// Whether `address` may be published as glue under `policy`; refused with the name of the reserved range it lies in.
pub fn check_address(address: IpAddr, policy: GluePolicy) -> Result<(), GlueError> {
    let found = match address {
        IpAddr::V4(v4) => V4_RESERVED.iter().find(|range| range.holds(v4)).map(|range| (range.name, range.use_)),
        IpAddr::V6(v6) => V6_RESERVED
            .iter()
            .find(|range| range.holds(v6))
            .map(|range| (range.name, range.use_))
            .or((!is_global_unicast(v6)).then_some(("outside 2000::/3 (not allocated, RFC 4291)", Use::Nothing))),
    };
    match found {
        None => Ok(()),
        Some((_, Use::OneHost)) if policy == GluePolicy::AnyUnicast => Ok(()),
        Some((range, _)) => Err(GlueError { address, range }),
    }
}

/// What a reserved range can be used for inside a closed network.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// A single host may have such an address.
    OneHost,
    /// No host has such an address.
    Nothing,
}

/// One row of a special-purpose address registry.
struct Range<A> {
    base: A,
    prefix_bits: u32,
    name: &'static str,
    use_: Use,
}

impl Range<Ipv4Addr> {
    const fn v4(octets: [u8; 4], prefix_bits: u32, name: &'static str, use_: Use) -> Self {
        let [a, b, c, d] = octets;
        Self { base: Ipv4Addr::new(a, b, c, d), prefix_bits, name, use_ }
    }

    fn holds(&self, address: Ipv4Addr) -> bool {
        (address.to_bits() ^ self.base.to_bits()).leading_zeros() >= self.prefix_bits
    }
}

impl Range<Ipv6Addr> {
    const fn v6(segments: [u16; 8], prefix_bits: u32, name: &'static str, use_: Use) -> Self {
        let [a, b, c, d, e, f, g, h] = segments;
        Self { base: Ipv6Addr::new(a, b, c, d, e, f, g, h), prefix_bits, name, use_ }
    }

    fn holds(&self, address: Ipv6Addr) -> bool {
        (address.to_bits() ^ self.base.to_bits()).leading_zeros() >= self.prefix_bits
    }
}

/// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and updates) and multicast. First match names the range, so
/// narrow rows stand before wide ones.
static V4_RESERVED: &[Range<Ipv4Addr>] = &[
    Range::v4([0, 0, 0, 0], 8, "this network, 0.0.0.0/8 (RFC 791)", Use::Nothing),
    Range::v4([10, 0, 0, 0], 8, "private use, 10.0.0.0/8 (RFC 1918)", Use::OneHost),
    Range::v4([100, 64, 0, 0], 10, "shared address space, 100.64.0.0/10 (RFC 6598)", Use::OneHost),
    Range::v4([127, 0, 0, 0], 8, "loopback, 127.0.0.0/8 (RFC 1122)", Use::OneHost),
    Range::v4([169, 254, 0, 0], 16, "link-local, 169.254.0.0/16 (RFC 3927)", Use::OneHost),
    Range::v4([172, 16, 0, 0], 12, "private use, 172.16.0.0/12 (RFC 1918)", Use::OneHost),
    Range::v4([192, 0, 0, 0], 24, "IETF protocol assignments, 192.0.0.0/24 (RFC 6890)", Use::Nothing),
    Range::v4([192, 0, 2, 0], 24, "documentation, 192.0.2.0/24 (RFC 5737)", Use::OneHost),
    Range::v4([192, 88, 99, 0], 24, "deprecated 6to4 relays, 192.88.99.0/24 (RFC 7526)", Use::Nothing),
    Range::v4([192, 168, 0, 0], 16, "private use, 192.168.0.0/16 (RFC 1918)", Use::OneHost),
    Range::v4([198, 18, 0, 0], 15, "benchmarking, 198.18.0.0/15 (RFC 2544)", Use::OneHost),
    Range::v4([198, 51, 100, 0], 24, "documentation, 198.51.100.0/24 (RFC 5737)", Use::OneHost),
    Range::v4([203, 0, 113, 0], 24, "documentation, 203.0.113.0/24 (RFC 5737)", Use::OneHost),
    Range::v4([224, 0, 0, 0], 4, "multicast, 224.0.0.0/4 (RFC 5771)", Use::Nothing),
    Range::v4([255, 255, 255, 255], 32, "limited broadcast, 255.255.255.255 (RFC 919)", Use::Nothing),
    Range::v4([240, 0, 0, 0], 4, "reserved for future use, 240.0.0.0/4 (RFC 1112)", Use::Nothing),
];

/// IANA IPv6 Special-Purpose Address Registry (RFC 6890 and updates) and multicast, narrow rows first.
static V6_RESERVED: &[Range<Ipv6Addr>] = &[
    Range::v6([0, 0, 0, 0, 0, 0, 0, 0], 128, "the unspecified address, :: (RFC 4291)", Use::Nothing),
    Range::v6([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback, ::1 (RFC 4291)", Use::OneHost),
    Range::v6([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "IPv4-mapped, ::ffff:0:0/96 (RFC 4291); give the IPv4 address instead", Use::Nothing),
    Range::v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, "IPv4/IPv6 translation, 64:ff9b::/96 (RFC 6052)", Use::Nothing),
    Range::v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "IPv4/IPv6 translation, 64:ff9b:1::/48 (RFC 8215)", Use::Nothing),
    Range::v6([0x100, 0, 0, 0, 0, 0, 0, 0], 63, "discard-only and dummy prefixes, 100::/63 (RFC 6666, RFC 9780)", Use::Nothing),
    Range::v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "Teredo, 2001::/32 (RFC 4380)", Use::Nothing),
    Range::v6([0x2001, 2, 0, 0, 0, 0, 0, 0], 48, "benchmarking, 2001:2::/48 (RFC 5180)", Use::OneHost),
    Range::v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "IETF protocol assignments, 2001::/23 (RFC 2928)", Use::Nothing),
    Range::v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation, 2001:db8::/32 (RFC 3849)", Use::OneHost),
    Range::v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "6to4, 2002::/16 (RFC 3056)", Use::Nothing),
    Range::v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation, 3fff::/20 (RFC 9637)", Use::OneHost),
    Range::v6([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing, 5f00::/16 (RFC 9602)", Use::Nothing),
    Range::v6([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "unique local, fc00::/7 (RFC 4193)", Use::OneHost),
    Range::v6([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local, fe80::/10 (RFC 4291)", Use::Nothing),
    Range::v6([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast, ff00::/8 (RFC 4291)", Use::Nothing),
];

/// 2000::/3, the only space from which addresses of public hosts are given out.
fn is_global_unicast(address: Ipv6Addr) -> bool {
    address.segments()[0] & 0xe000 == 0x2000
}

/// An address that cannot be glue.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{address}` cannot be the address of a name server: it is {range}; give an address the internet can reach")]
pub struct GlueError {
    /// The address.
    pub address: IpAddr,
    /// The reserved range it lies in, with its source.
    pub range: &'static str,
}

impl GlueError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "host.address_reserved"
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn judge(address: IpAddr) -> (bool, bool) {
        let is_allowed = |policy| check_address(address, policy).is_ok();
        (is_allowed(GluePolicy::PublicOnly), is_allowed(GluePolicy::AnyUnicast))
    }

    /// Address, allowed in public, allowed in a rehearsal, and a word of the range it is told to lie in.
    #[test]
    fn each_reserved_range_is_named_and_ends_where_it_ends() {
        for (address, public, rehearsal, range) in [
            ("8.8.8.8", true, true, ""),
            ("0.0.0.0", false, false, "this network"),
            ("1.0.0.0", true, true, ""),
            ("10.255.255.255", false, true, "RFC 1918"),
            ("11.0.0.0", true, true, ""),
            ("100.63.255.255", true, true, ""),
            ("100.64.0.0", false, true, "shared"),
            ("100.127.255.255", false, true, "shared"),
            ("100.128.0.0", true, true, ""),
            ("127.0.0.1", false, true, "loopback"),
            ("169.254.1.1", false, true, "link-local"),
            ("172.15.255.255", true, true, ""),
            ("172.16.0.1", false, true, "RFC 1918"),
            ("172.32.0.0", true, true, ""),
            ("192.0.0.8", false, false, "IETF"),
            ("192.0.2.1", false, true, "documentation"),
            ("192.88.99.1", false, false, "6to4"),
            ("192.168.1.1", false, true, "RFC 1918"),
            ("198.19.255.255", false, true, "benchmarking"),
            ("198.20.0.0", true, true, ""),
            ("198.51.100.7", false, true, "documentation"),
            ("203.0.113.7", false, true, "documentation"),
            ("223.255.255.255", true, true, ""),
            ("224.0.0.1", false, false, "multicast"),
            ("240.0.0.1", false, false, "future use"),
            ("255.255.255.255", false, false, "broadcast"),
            ("2606:4700::1111", true, true, ""),
            ("::", false, false, "unspecified"),
            ("::1", false, true, "loopback"),
            ("::ffff:8.8.8.8", false, false, "IPv4-mapped"),
            ("64:ff9b::1", false, false, "translation"),
            ("100::1", false, false, "discard"),
            ("2001::1", false, false, "Teredo"),
            ("2001:2::1", false, true, "benchmarking"),
            ("2001:20::1", false, false, "IETF"),
            ("2001:200::1", true, true, ""),
            ("2001:db8::1", false, true, "documentation"),
            ("2001:db9::1", true, true, ""),
            ("2002:808:808::1", false, false, "6to4"),
            ("3fff:fff::1", false, true, "documentation"),
            ("3fff:1000::1", true, true, ""),
            ("4000::1", false, false, "2000::/3"),
            ("5f00::1", false, false, "segment"),
            ("fd00::1", false, true, "unique local"),
            ("fe80::1", false, false, "link-local"),
            ("fec0::1", false, false, "2000::/3"),
            ("ff02::1", false, false, "multicast"),
        ] {
            let parsed: IpAddr = address.parse().unwrap();
            assert_eq!(judge(parsed), (public, rehearsal), "{address}");
            if let Err(error) = check_address(parsed, GluePolicy::PublicOnly) {
                assert!(error.range.contains(range), "{address}: {}", error.range);
            }
        }
    }

    proptest! {
        #[test]
        fn a_rehearsal_allows_all_that_the_public_allows(bits: u128, narrow: u32) {
            for address in [IpAddr::V6(bits.into()), IpAddr::V4(narrow.into())] {
                let (public, rehearsal) = judge(address);
                prop_assert!(rehearsal || !public, "{}", address);
            }
        }

        #[test]
        fn what_the_standard_library_knows_is_never_public(narrow: u32) {
            let v4 = Ipv4Addr::from(narrow);
            let special = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_documentation();
            prop_assert!(!(special && judge(v4.into()).0), "{}", v4);
        }
    }
}
