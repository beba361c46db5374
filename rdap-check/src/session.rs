//! What a visit to a server brought back, and what can be said only from several answers together.
//!
//! Making the visit is `network`'s business; judging it needs no network, so every check here can be tried on made-up visits.

mod same;
mod trouble;

pub use trouble::Trouble;

use crate::answer::{Answer, Query, Registrar};
use crate::finding::{Finding, Findings};
use crate::form::address::is_public;
use crate::judge::check;
use same::is_same_content;
use std::collections::HashSet;
use std::net::IpAddr;
use url::Url;

/// The IP version of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

/// The media type asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// `application/json`.
    Json,
    /// `application/rdap+json`.
    RdapJson,
}

impl Accept {
    /// The header's value.
    #[must_use]
    pub fn value(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::RdapJson => "application/rdap+json",
        }
    }
}

/// One redirect that was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// The URL that was asked.
    pub from: String,
    /// The `Location` that was given.
    pub to: String,
}

/// One question and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// Over which IP version.
    pub family: Family,
    /// With which `Accept`.
    pub accept: Accept,
    /// The URL as asked.
    pub url: String,
    /// The redirects on the way.
    pub redirects: Vec<Redirect>,
    /// The last answer, or why there is none.
    pub outcome: Result<Answer, Trouble>,
}

impl Exchange {
    fn status(&self) -> Option<u16> {
        self.outcome.as_ref().ok().map(|answer| answer.status)
    }
}

/// A way to speak TLS that the profile forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TlsOffer {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2 with none but other cipher suites than the four allowed; the one the server took.
    Tls12WithOtherSuite(u16),
}

/// A whole visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The question.
    pub query: Query,
    /// What the host resolved to.
    pub addresses: Vec<IpAddr>,
    /// Whether addresses that the public can't reach are let pass, as for a server under test on this machine.
    pub allow_special_addresses: bool,
    /// The `GET`s: each IP version with each `Accept`.
    pub gets: Vec<Exchange>,
    /// The `HEAD`s: one for each IP version.
    pub heads: Vec<Exchange>,
    /// The name in another letter case.
    pub folded: Option<Exchange>,
    /// The same over plain HTTP, redirects not followed.
    pub plain: Option<Exchange>,
    /// `/help`, with its question.
    pub help: Option<(Query, Exchange)>,
    /// `/domain/not-a-domain.invalid`, with its question.
    pub unknown_name: Option<(Query, Exchange)>,
    /// `/domain/test.invalid`, redirects not followed.
    pub test_invalid: Option<Exchange>,
    /// The forbidden offers of TLS that the server took.
    pub accepted_offers: Vec<TlsOffer>,
}

/// Judges a visit: each answer for itself, then all together. A finding that several answers give is given once.
#[must_use]
pub fn check_session(session: &Session, registrar: &Registrar) -> Vec<Finding> {
    let mut found = Findings::default();
    judge_addresses(&mut found, session);
    judge_tls(&mut found, session);
    for exchange in &session.gets {
        judge_exchange(&mut found, &session.query, exchange, registrar);
    }
    for (query, exchange) in [&session.help, &session.unknown_name].into_iter().flatten() {
        judge_exchange(&mut found, query, exchange, registrar);
    }
    judge_statuses(&mut found, session);
    judge_folded(&mut found, session);
    judge_plain(&mut found, session);
    judge_test_invalid(&mut found, session);
    let mut seen = HashSet::new();
    found.into_vec().into_iter().filter(|finding| seen.insert((finding.id, finding.at.clone(), finding.message.clone()))).collect()
}

fn judge_addresses(found: &mut Findings, session: &Session) {
    if session.addresses.is_empty() {
        found.report_at(-13019, "dns", "The host doesn't resolve.");
    }
    let is_fine = |address: &IpAddr| session.allow_special_addresses || is_public(*address);
    let (v4, v6): (Vec<&IpAddr>, Vec<&IpAddr>) = session.addresses.iter().partition(|address| address.is_ipv4());
    for (id, family, addresses) in [(-20400, "IPv4", v4), (-20401, "IPv6", v6)] {
        if addresses.is_empty() || !addresses.into_iter().all(is_fine) {
            found.report_at(id, "dns", format!("The host has no {family} address, or one that the public can't reach."));
        }
    }
}

fn judge_tls(found: &mut Findings, session: &Session) {
    for offer in &session.accepted_offers {
        match offer {
            TlsOffer::Tls10 => found.report_at(-61100, "tls", "The server speaks TLS 1.0."),
            TlsOffer::Tls11 => found.report_at(-61100, "tls", "The server speaks TLS 1.1."),
            TlsOffer::Tls12WithOtherSuite(suite) => {
                found.report_at(-61101, "tls", format!("With TLS 1.2 the server takes the cipher suite {suite:#06x}."));
            }
        }
    }
}

fn judge_exchange(found: &mut Findings, query: &Query, exchange: &Exchange, registrar: &Registrar) {
    for redirect in &exchange.redirects {
        let query_string = |url: &str| url.split_once('?').map(|(_, query)| query.to_owned()).filter(|query| !query.is_empty());
        let copied = query_string(&redirect.from).is_some_and(|asked| query_string(&redirect.to) == Some(asked));
        if copied {
            found.report_at(-13004, "http", format!("The redirect to `{}` copies the query string of the request.", redirect.to));
        }
    }
    match &exchange.outcome {
        Ok(answer) => found.add(check(answer, query, registrar)),
        Err(trouble) => found.report_at(trouble.id(), "http", format!("For `{}`, {trouble}.", exchange.url)),
    }
}

fn judge_statuses(found: &mut Findings, session: &Session) {
    let statuses: HashSet<u16> = session.gets.iter().filter_map(Exchange::status).collect();
    if statuses.len() > 1 {
        found.report_at(-13018, "http", "The same question yields different statuses over IPv4 and IPv6 or with different `Accept`.");
    }
    for head in &session.heads {
        let get = session.gets.iter().find(|get| get.family == head.family && get.accept == head.accept);
        let same = get.is_none_or(|get| get.status() == head.status());
        if !same {
            found.report_at(-20300, "http", "`HEAD` yields another status than `GET`.");
        }
    }
}

/// The first `GET` that was answered, with its URL.
fn first_answer(session: &Session) -> Option<(&Answer, &str)> {
    session.gets.iter().find_map(|get| get.outcome.as_ref().ok().map(|answer| (answer, get.url.as_str())))
}

fn judge_folded(found: &mut Findings, session: &Session) {
    let (Some(folded), Some((answer, url))) = (&session.folded, first_answer(session)) else { return };
    let is_same = match &folded.outcome {
        Ok(other) => other.status == answer.status && is_same_content((answer, url), (other, &folded.url)),
        Err(_) => false,
    };
    if !is_same {
        found.report_at(-10403, "http", format!("`{}` isn't answered as `{url}` is.", folded.url));
    }
}

fn judge_plain(found: &mut Findings, session: &Session) {
    let (Some(plain), Some((answer, url))) = (&session.plain, first_answer(session)) else { return };
    if let Ok(other) = &plain.outcome
        && other.status == answer.status
        && is_same_content((answer, url), (other, &plain.url))
    {
        found.report_at(-20101, "http", format!("`{}` is answered with the same data, over plain HTTP.", plain.url));
    }
}

fn judge_test_invalid(found: &mut Findings, session: &Session) {
    let Some(exchange) = &session.test_invalid else { return };
    let Ok(answer) = &exchange.outcome else { return };
    if answer.status == 200 {
        found.report_at(-13006, "http", "`test.invalid` is answered with status 200.");
    }
    let location = answer.header("location").filter(|_| answer.is_redirect());
    let target = location.and_then(|location| Url::parse(&exchange.url).ok()?.join(location).ok());
    if target.is_some_and(|target| target.as_str() == exchange.url) {
        found.report_at(-13005, "http", "`test.invalid` is redirected to itself.");
    }
}
