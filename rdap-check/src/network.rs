//! Visiting a server as ICANN's tool does, and bringing back a [`Session`] for [`check_session`].
//!
//! For each of IPv4 and IPv6, with each `Accept`, one `GET`; one `HEAD` each; the name in alternating letter case; the same over plain
//! HTTP; `/help`; two names that must be unknown; and offers of TLS that the server should turn down.

mod connection;
mod hello;
mod probe;
mod request;
mod target;

pub use target::Target;

use crate::answer::{Query, QueryKind, Registrar};
use crate::finding::Finding;
use crate::session::{Accept, Exchange, Family, Session, check_session};
use connection::Connector;
use request::{Method, REDIRECTS_FOLLOWED};
use std::net::IpAddr;
use thiserror::Error;
use url::Url;

/// Why a visit can't even be set out on.
#[derive(Debug, Error)]
pub enum VisitError {
    /// The base URL or the name makes no URL.
    #[error("`{0}` makes no URL to ask at: {1}")]
    Url(String, url::ParseError),
    /// The trust anchors or revocation lists can't be used.
    #[error("the trust anchors can't be used: {0}")]
    Trust(String),
}

/// Visits a server and judges what it answers about a name it sponsors.
///
/// # Errors
/// If no visit can be set out on; whatever goes wrong on the way is a finding.
pub async fn judge(target: &Target, name: &str, registrar: &Registrar) -> Result<Vec<Finding>, VisitError> {
    Ok(check_session(&visit(target, name).await?, registrar))
}

/// Visits a server, asking about a name it sponsors.
///
/// # Errors
/// If no visit can be set out on; whatever goes wrong on the way is in the session.
pub async fn visit(target: &Target, name: &str) -> Result<Session, VisitError> {
    let url = url_of(target, &format!("domain/{name}"))?;
    let visitor = Visitor { connector: Connector::new(target)?, addresses: target.resolve(&url).await, target };
    let mut session = Session {
        query: Query::domain(url.as_str()),
        addresses: visitor.addresses.clone(),
        allow_special_addresses: target.allow_special_addresses,
        gets: Vec::new(),
        heads: Vec::new(),
        folded: None,
        plain: None,
        help: None,
        unknown_name: None,
        test_invalid: None,
        accepted_offers: Vec::new(),
    };
    let families: Vec<Family> = [Family::V4, Family::V6].into_iter().filter(|family| visitor.address(*family).is_some()).collect();
    for &family in &families {
        for accept in [Accept::Json, Accept::RdapJson] {
            session.gets.extend(visitor.ask(Method::Get, &url, family, accept, REDIRECTS_FOLLOWED).await);
        }
        session.heads.extend(visitor.ask(Method::Head, &url, family, Accept::RdapJson, REDIRECTS_FOLLOWED).await);
    }
    if let Some(&family) = families.first() {
        visitor.ask_the_rest(&mut session, &url, name, family).await?;
    }
    Ok(session)
}

/// A path below the base, as a URL.
fn url_of(target: &Target, path: &str) -> Result<Url, VisitError> {
    let text = format!("{}{path}", target.base_url);
    Url::parse(&text).map_err(|fault| VisitError::Url(text, fault))
}

/// Who goes on the visit.
struct Visitor<'a> {
    connector: Connector,
    addresses: Vec<IpAddr>,
    target: &'a Target,
}

impl Visitor<'_> {
    /// The address to connect to over an IP version; none that the public can't reach, unless that is allowed.
    fn address(&self, family: Family) -> Option<IpAddr> {
        let is_of_family = |address: &&IpAddr| address.is_ipv4() == (family == Family::V4);
        self.addresses.iter().filter(is_of_family).find(|address| self.target.may_connect_to(**address)).copied()
    }

    /// One exchange, if there is an address to have it with.
    async fn ask(&self, method: Method, url: &Url, family: Family, accept: Accept, redirects: usize) -> Option<Exchange> {
        let address = self.address(family)?;
        Some(request::exchange(&self.connector, self.target, address, method, url, (family, accept), redirects).await)
    }

    /// What is asked only once.
    async fn ask_the_rest(&self, session: &mut Session, url: &Url, name: &str, family: Family) -> Result<(), VisitError> {
        let get = |url: Url, redirects| async move { self.ask(Method::Get, &url, family, Accept::RdapJson, redirects).await };
        if name.is_ascii() {
            let folded = url_of(self.target, &format!("domain/{}", in_alternating_case(name)))?;
            session.folded = get(folded, REDIRECTS_FOLLOWED).await;
        }
        let mut plain = url.clone();
        if plain.set_scheme("http").is_ok() {
            session.plain = get(plain, 0).await;
        }
        let help = url_of(self.target, "help")?;
        let question = Query::of(QueryKind::Help, help.as_str());
        session.help = get(help, REDIRECTS_FOLLOWED).await.map(|exchange| (question, exchange));
        let unknown = url_of(self.target, "domain/not-a-domain.invalid")?;
        let question = Query::of(QueryKind::UnknownName, unknown.as_str());
        session.unknown_name = get(unknown, REDIRECTS_FOLLOWED).await.map(|exchange| (question, exchange));
        session.test_invalid = get(url_of(self.target, "domain/test.invalid")?, 0).await;
        if let Some(address) = self.address(family) {
            session.accepted_offers = probe::accepted_offers(self.target, address, url).await;
        }
        Ok(())
    }
}

/// A name with every second letter in upper case.
fn in_alternating_case(name: &str) -> String {
    let fold = |(index, letter): (usize, char)| if index % 2 == 0 { letter.to_ascii_lowercase() } else { letter.to_ascii_uppercase() };
    name.chars().enumerate().map(fold).collect()
}
