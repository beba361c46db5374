//! IP addresses: the text form, and whether the block is one that may be shown to the public.

use crate::finding::Findings;
use crate::iana::lines;
use crate::node::Node;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::LazyLock;

/// An address block, as a 128-bit prefix.
type Block = (u128, u32);

/// Global Unicast, 2000::/3 (IANA, Internet Protocol Version 6 Address Space).
const GLOBAL_UNICAST: Block = (0x2000 << 112, 3);

/// Judges a text that should be an IPv4 address.
pub(crate) fn judge_ipv4(found: &mut Findings, at: &str, text: &str) {
    match text.parse::<Ipv4Addr>() {
        Err(_) => found.report_at(-10100, at, format!("`{text}` isn't an IPv4 address in dotted decimal.")),
        Ok(address) => {
            if !is_assigned_ipv4(address) {
                found.report_at(-10101, at, format!("{address} lies in no block that is allocated or legacy."));
            }
            if is_special_ipv4(address) {
                found.report_at(-10102, at, format!("{address} is a special-purpose address."));
            }
        }
    }
}

/// Judges a text that should be an IPv6 address.
pub(crate) fn judge_ipv6(found: &mut Findings, at: &str, text: &str) {
    match text.parse::<Ipv6Addr>() {
        Err(_) => found.report_at(-10200, at, format!("`{text}` isn't an IPv6 address.")),
        Ok(address) => {
            if !lies_in(bits_of(IpAddr::V6(address)), GLOBAL_UNICAST) {
                found.report_at(-10201, at, format!("{address} isn't global unicast."));
            }
            if is_special_ipv6(address) {
                found.report_at(-10202, at, format!("{address} is a special-purpose address."));
            }
        }
    }
}

/// Whether an address is one the public can reach.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_assigned_ipv4(address) && !is_special_ipv4(address),
        IpAddr::V6(v6) => lies_in(bits_of(address), GLOBAL_UNICAST) && !is_special_ipv6(v6),
    }
}

/// Judges a text that names a host: an address if it looks like one, else a name.
pub(crate) fn judge_host(found: &mut Findings, node: &Node<'_>, host: &str) {
    if host.contains(':') {
        judge_ipv6(found, node.at(), host);
    } else if host.chars().all(|character| character.is_ascii_digit() || character == '.') && host.contains('.') {
        judge_ipv4(found, node.at(), host);
    } else {
        super::domain_name::judge_name_text(found, super::domain_name::DOMAIN_NAME, node.at(), host);
    }
}

fn is_assigned_ipv4(address: Ipv4Addr) -> bool {
    static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| blocks(include_str!("../../data/ipv4-assigned.txt")));
    BLOCKS.iter().any(|&block| lies_in(bits_of(IpAddr::V4(address)), block))
}

fn is_special_ipv4(address: Ipv4Addr) -> bool {
    static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| blocks(include_str!("../../data/ipv4-special.txt")));
    BLOCKS.iter().any(|&block| lies_in(bits_of(IpAddr::V4(address)), block))
}

fn is_special_ipv6(address: Ipv6Addr) -> bool {
    static BLOCKS: LazyLock<Vec<Block>> = LazyLock::new(|| blocks(include_str!("../../data/ipv6-special.txt")));
    BLOCKS.iter().any(|&block| lies_in(bits_of(IpAddr::V6(address)), block))
}

/// The address at the top of 128 bits.
fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()) << 96,
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn lies_in(bits: u128, (prefix, length): Block) -> bool {
    length == 0 || (bits ^ prefix) >> (128 - length) == 0
}

fn blocks(file: &'static str) -> Vec<Block> {
    lines(file)
        .filter_map(|line| {
            let (prefix, length) = line.split_once('/')?;
            Some((bits_of(prefix.parse().ok()?), length.parse().ok()?))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_block_is_read() {
        for file in [
            include_str!("../../data/ipv4-assigned.txt"),
            include_str!("../../data/ipv4-special.txt"),
            include_str!("../../data/ipv6-special.txt"),
        ] {
            assert_eq!(blocks(file).len(), lines(file).count());
        }
    }

    #[test]
    fn public_or_not() {
        let cases = [
            ("192.0.43.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("192.0.2.1", false),
            ("224.0.0.1", false),
            ("2606:2800:220:1::1", true),
            ("::1", false),
            ("2001:db8::1", false),
            ("fe80::1", false),
            ("4000::1", false),
        ];
        for (address, public) in cases {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
