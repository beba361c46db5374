//! The zone of a TLD as text (RFC 1035 section 5): apex, delegations, DS records, glue. The same state gives the same text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::net::IpAddr;

use model::{DomainName, HostName, Timestamp};

use super::Registry;
use super::command::dnssec::published;
use super::command::ttl::DEFAULT_TTL_SECONDS;
use super::object::Domain;

/// How long a negative answer may be kept, in seconds (SOA minimum, RFC 2308).
const NEGATIVE_TTL_SECONDS: u32 = 900;

impl Registry {
    /// The names of its TLDs, in order.
    #[must_use]
    pub fn tld_names(&self) -> Vec<String> {
        self.tlds.keys().cloned().collect()
    }

    /// The zone of one TLD at `now`; none when the registry does not run it.
    ///
    /// Left out are names on hold, without name servers, pending create, in redemption and pending delete. The serial is the time in
    /// seconds. Glue is written for the hosts below published names that some published name delegates to.
    #[must_use]
    pub fn zone(&self, tld: &str, now: Timestamp) -> Option<String> {
        let rules = self.tlds.get(tld)?;
        let apex = rules.profile.name.as_domain();
        let mut names: Vec<&Domain> =
            self.domains.values().filter(|domain| domain.is_published() && is_directly_below(&domain.name, tld)).collect();
        names.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut text = head(apex, now);
        let mut glue: BTreeMap<&HostName, (u32, BTreeSet<IpAddr>)> = BTreeMap::new();
        for domain in names {
            delegate(&mut text, domain);
            for (host, attributes) in &domain.nameservers {
                if !host.is_within(apex) {
                    continue;
                }
                let addresses = self.hosts.get(host).map_or(attributes, |object| &object.addresses);
                let ttl = domain.ttls.get("A").or(domain.ttls.get("AAAA")).copied().unwrap_or(DEFAULT_TTL_SECONDS);
                glue.entry(host).or_insert_with(|| (ttl, BTreeSet::new())).1.extend(addresses);
            }
        }
        for (host, (ttl, addresses)) in glue {
            for address in addresses {
                let kind = if address.is_ipv4() { "A" } else { "AAAA" };
                let _ = writeln!(text, "{host}. {ttl} IN {kind} {address}");
            }
        }
        Some(text)
    }
}

fn is_directly_below(name: &DomainName, tld: &str) -> bool {
    name.as_str().split_once('.').is_some_and(|(_, rest)| rest == tld)
}

fn head(apex: &DomainName, now: Timestamp) -> String {
    // Serial numbers wrap by design (RFC 1982).
    let serial = now.as_second() as u32;
    let mut text = String::new();
    let _ = writeln!(text, "$ORIGIN .");
    let _ = writeln!(
        text,
        "{apex}. {DEFAULT_TTL_SECONDS} IN SOA ns1.nic.{apex}. hostmaster.nic.{apex}. {serial} 1800 900 604800 {NEGATIVE_TTL_SECONDS}"
    );
    let _ = writeln!(text, "{apex}. {DEFAULT_TTL_SECONDS} IN NS ns1.nic.{apex}.");
    let _ = writeln!(text, "ns1.nic.{apex}. {DEFAULT_TTL_SECONDS} IN A 127.0.0.1");
    text
}

fn delegate(text: &mut String, domain: &Domain) {
    let name = &domain.name;
    let ns_ttl = domain.ttls.get("NS").copied().unwrap_or(DEFAULT_TTL_SECONDS);
    for host in domain.nameservers.keys() {
        let _ = writeln!(text, "{name}. {ns_ttl} IN NS {host}.");
    }
    let ds_ttl = domain.ttls.get("DS").copied().unwrap_or(DEFAULT_TTL_SECONDS);
    for ds in published(&domain.dnssec) {
        let _ = writeln!(text, "{name}. {ds_ttl} IN DS {} {} {} {}", ds.key_tag, ds.algorithm, ds.digest_type, ds.digest_hex());
    }
}
