//! The sections that a directory can do without: pages, metrics, the self-probe, an authority for certificates.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use directory::probe::Asked;
use directory::settings::BaseUrl;
use model::DomainName;
use serde::Deserialize;

use super::{DirectoryConfig, is_page};
use crate::failure::Failure;

/// Most names that the probe asks for in a round.
const MAX_PROBED_NAMES: usize = 10;

/// How often the probe may ask, in seconds.
const PROBE_INTERVAL_S: std::ops::RangeInclusive<u64> = 10..=3600;

/// The port of WHOIS (RFC 3912).
const WHOIS_PORT: u16 = 43;

/// Pages for people, at `/` and `/lookup`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// Our page on how to ask for what is withheld.
    pub disclosure_url: Option<String>,
}

/// Numbers for Prometheus.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Where to listen, on this machine alone: `127.0.0.1:9464`.
    pub address: SocketAddr,
}

/// The self-probe (RDAP-11).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Names of ours to ask for.
    pub names: Vec<String>,
    /// How often, in seconds.
    #[serde(default = "every_minute")]
    pub interval_s: u64,
    /// The file with what came of it.
    pub book: PathBuf,
    /// The public base of RDAP, where it is not `[rdap] base_url`.
    pub public_url: Option<String>,
    /// Host and port of WHOIS, where they are not those of `[whois]`.
    pub public_whois: Option<String>,
    /// Addresses to ask in the place of those that DNS gives.
    #[serde(default)]
    pub addresses: Vec<IpAddr>,
    /// PEM file with authorities to trust besides the public ones.
    pub trust: Option<PathBuf>,
}

fn every_minute() -> u64 {
    60
}

impl Probe {
    /// The time between two rounds.
    pub fn interval(&self) -> Duration {
        Duration::from_secs(self.interval_s)
    }
}

/// An authority that gives certificates by ACME (RFC 8555).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acme {
    /// Its directory.
    pub authority: String,
    /// Where it writes to.
    pub contact: Option<String>,
    /// Whether the operator agrees to its terms; without that there is no order (RFC 8555 section 7.3).
    pub agree_to_terms: bool,
    /// The file with the account and its key; made at the first order.
    pub account: PathBuf,
    /// PEM file with authorities to trust besides the public ones when the directory is asked.
    pub authority_trust: Option<PathBuf>,
}

/// A key, what is wrong with it, what to do.
type Wrong<'a> = &'a dyn Fn(&str, &str, &str) -> Failure;

impl DirectoryConfig {
    /// Checks the optional sections; gives what the probe asks.
    pub(super) fn check_optional(&self, base_url: &BaseUrl, wrong: Wrong<'_>) -> Result<Option<Asked>, Failure> {
        let disclosure = self.web.as_ref().and_then(|web| web.disclosure_url.as_ref());
        if disclosure.is_some_and(|url| !is_page(url)) {
            return Err(wrong("disclosure_url", "it is no address of a page", "write it whole, beginning with `https://`"));
        }
        if self.metrics.as_ref().is_some_and(|metrics| !metrics.address.ip().is_loopback()) {
            let advice = "listen on `127.0.0.1` or `[::1]`; what is elsewhere comes through a tunnel or a proxy with a password";
            return Err(wrong("address", "metrics are for this machine alone", advice));
        }
        self.check_acme(wrong)?;
        self.probe.as_ref().map(|probe| self.asked(probe, base_url, wrong)).transpose()
    }

    fn check_acme(&self, wrong: Wrong<'_>) -> Result<(), Failure> {
        let Some(acme) = &self.acme else { return Ok(()) };
        if !acme.agree_to_terms {
            let advice = "read the terms that the authority's directory names, then write `agree_to_terms = true`";
            return Err(wrong("agree_to_terms", "without agreement there is no certificate", advice));
        }
        if !acme.authority.starts_with("https://") || !is_page(&acme.authority) {
            return Err(wrong("authority", "it is no address of HTTPS", "write the address of the authority's ACME directory"));
        }
        if let Some(Err(error)) = acme.contact.as_ref().map(|contact| model::Email::parse(contact)) {
            return Err(wrong("contact", &error.to_string(), "write an address, or leave it out"));
        }
        if self.rdap.redirect.is_empty() {
            let advice = "name the addresses for plain HTTP in `[rdap] redirect`, as they are reached on port 80 from outside";
            return Err(wrong("authority", "the authority asks on port 80, and nothing listens there", advice));
        }
        Ok(())
    }

    fn asked(&self, probe: &Probe, base_url: &BaseUrl, wrong: Wrong<'_>) -> Result<Asked, Failure> {
        if !PROBE_INTERVAL_S.contains(&probe.interval_s) {
            return Err(wrong("interval_s", "the probe asks every 10 to 3600 seconds", "write 60 to ask every minute"));
        }
        if probe.names.is_empty() || probe.names.len() > MAX_PROBED_NAMES {
            return Err(wrong("names", "the probe asks for 1 to 10 names", "write names of yours that will stay"));
        }
        let names = probe.names.iter().map(|name| {
            let name =
                DomainName::parse(name).map_err(|error| wrong("names", &error.to_string(), "write names of yours that will stay"))?;
            Ok(name.as_str().to_owned())
        });
        let names = names.collect::<Result<_, Failure>>()?;
        let base_url = match &probe.public_url {
            Some(url) => BaseUrl::parse(url)
                .map_err(|fault| wrong("public_url", &fault.to_string(), "write it as the public has it, or leave it out"))?,
            None => base_url.clone(),
        };
        let whois = match (&probe.public_whois, &self.whois) {
            (Some(text), _) => {
                let parts = text.rsplit_once(':').and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
                Some(parts.ok_or_else(|| wrong("public_whois", "it is no host with a port", "write `whois.registrar.example:43`"))?)
            }
            (None, Some(whois)) => Some((whois.host.clone(), WHOIS_PORT)),
            (None, None) => None,
        };
        Ok(Asked { base_url, names, whois, addresses: probe.addresses.clone() })
    }
}
