//! What is counted while answering: numbers that only grow, and connections that are open.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A domain, in RDAP.
    Domain,
    /// The help of RDAP.
    Help,
    /// Something else under RDAP's base, or nothing that is offered.
    Other,
    /// A page for people.
    Web,
    /// A page of a form, or a form that was sent.
    Form,
    /// A line of WHOIS. It is counted with the status that RDAP would have answered with.
    Whois,
}

/// What connections speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// HTTPS: RDAP and the pages.
    Https,
    /// WHOIS.
    Whois,
}

impl Kind {
    pub(super) const ALL: [Self; 6] = [Self::Domain, Self::Help, Self::Other, Self::Web, Self::Form, Self::Whois];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Domain => "domain",
            Self::Help => "help",
            Self::Other => "other",
            Self::Web => "web",
            Self::Form => "form",
            Self::Whois => "whois",
        }
    }
}

impl Protocol {
    pub(super) const ALL: [Self; 2] = [Self::Https, Self::Whois];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Whois => "whois",
        }
    }
}

/// The statuses that are counted; the last one stands for any other.
pub(super) const STATUSES: [u16; 13] = [200, 303, 400, 404, 405, 408, 413, 415, 422, 429, 501, 503, 500];

/// IP versions.
const FAMILIES: usize = 2;

/// The numbers. One relaxed addition for a question, so that counting costs nothing.
#[derive(Debug, Default)]
pub struct Counters {
    requests: [[[AtomicU64; FAMILIES]; STATUSES.len()]; Kind::ALL.len()],
    handshakes_failed: AtomicU64,
    open: [AtomicI64; Protocol::ALL.len()],
}

/// A connection that is counted as open until this is dropped.
pub struct Open {
    counters: Arc<Counters>,
    protocol: Protocol,
}

impl Counters {
    /// An answer was given.
    pub fn count(&self, kind: Kind, status: u16, from: IpAddr) {
        let status = STATUSES.iter().position(|known| *known == status).unwrap_or(STATUSES.len() - 1);
        let family = usize::from(from.to_canonical().is_ipv6());
        self.requests[kind as usize][status][family].fetch_add(1, Ordering::Relaxed);
    }

    /// A TLS handshake did not come about.
    pub fn count_failed_handshake(&self) {
        self.handshakes_failed.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection is open.
    #[must_use]
    pub fn open(self: &Arc<Self>, protocol: Protocol) -> Open {
        self.open[protocol as usize].fetch_add(1, Ordering::Relaxed);
        Open { counters: Arc::clone(self), protocol }
    }

    /// Answers so far: kind, status, whether over IPv6, how many; those that never occurred are left out.
    pub(super) fn requests(&self) -> impl Iterator<Item = (Kind, u16, bool, u64)> {
        Kind::ALL
            .into_iter()
            .flat_map(move |kind| {
                STATUSES.iter().enumerate().flat_map(move |(at, status)| {
                    let counts = &self.requests[kind as usize][at];
                    [false, true]
                        .into_iter()
                        .map(move |is_ipv6| (kind, *status, is_ipv6, counts[usize::from(is_ipv6)].load(Ordering::Relaxed)))
                })
            })
            .filter(|(_, _, _, count)| *count > 0)
    }

    pub(super) fn handshakes_failed(&self) -> u64 {
        self.handshakes_failed.load(Ordering::Relaxed)
    }

    pub(super) fn connections(&self, protocol: Protocol) -> i64 {
        self.open[protocol as usize].load(Ordering::Relaxed)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.counters.open[self.protocol as usize].fetch_sub(1, Ordering::Relaxed);
    }
}
