//! Whom to visit, and how to get there.

use crate::form::address::is_public;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};
use std::net::IpAddr;
use url::{Host, Url};

/// A server to be visited.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// The base URL, with a slash at its end.
    pub base_url: String,
    /// Addresses to connect to instead of those that the host resolves to.
    pub addresses: Vec<IpAddr>,
    /// The port to connect to instead of the URL's own, for `https`.
    pub https_port: Option<u16>,
    /// The same for `http`.
    pub http_port: Option<u16>,
    /// Trust anchors besides those of the public web.
    pub roots: Vec<CertificateDer<'static>>,
    /// Revocation lists to look the server's certificate up in. Without any, revocation isn't seen.
    pub revocation_lists: Vec<CertificateRevocationListDer<'static>>,
    /// Whether addresses that the public can't reach may be connected to. Off, nobody can use the checker to look behind a firewall.
    pub allow_special_addresses: bool,
}

impl Target {
    /// The addresses of a URL's host.
    pub(super) async fn resolve(&self, url: &Url) -> Vec<IpAddr> {
        if !self.addresses.is_empty() {
            return self.addresses.clone();
        }
        match url.host() {
            Some(Host::Ipv4(address)) => vec![address.into()],
            Some(Host::Ipv6(address)) => vec![address.into()],
            Some(Host::Domain(name)) => match tokio::net::lookup_host((name, 0)).await {
                Ok(found) => found.map(|address| address.ip()).collect(),
                Err(_) => Vec::new(),
            },
            None => Vec::new(),
        }
    }

    /// Whether an address may be connected to.
    pub(super) fn may_connect_to(&self, address: IpAddr) -> bool {
        self.allow_special_addresses || is_public(address)
    }

    /// The port to connect to for a URL.
    pub(super) fn port(&self, url: &Url) -> u16 {
        let (instead, usual) = if url.scheme() == "https" { (self.https_port, 443) } else { (self.http_port, 80) };
        instead.or(url.port()).unwrap_or(usual)
    }
}
