//! One round of questions to the public address: over each IP version, as ICANN's probes ask.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use rustls::ClientConfig;
use serde_json::Value;
use thiserror::Error;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

use super::allowance::UNANSWERED_MS;
use crate::http::client::{Client, ClientFault};
use crate::rdap::MEDIA_TYPE;
use crate::settings::BaseUrl;

/// The longest a question may take.
const LIMIT: Duration = Duration::from_millis(UNANSWERED_MS);

/// The longest a round takes, but for answers that are slow and come: two look-ups of an address and a question to each service.
pub(super) const LONGEST_ROUND: Duration = Duration::from_millis(4 * UNANSWERED_MS);

/// Most bytes of an answer of WHOIS.
const WHOIS_BYTES: u64 = 256 * 1024;

/// What has to stand in every answer of RDAP (TIG 1.3, RP 1.2).
const CONFORMANCE: [&str; 2] = ["icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1"];

/// What is asked.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The base of RDAP, as the public has it.
    pub base_url: BaseUrl,
    /// Names of ours, in A-labels.
    pub names: Vec<String>,
    /// Host and port of WHOIS, where there is one.
    pub whois: Option<(String, u16)>,
    /// Addresses to ask in the place of those that DNS gives.
    pub addresses: Vec<IpAddr>,
}

/// Asks.
pub struct Prober {
    asked: Asked,
    client: Client,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// RDAP.
    Rdap,
    /// WHOIS.
    Whois,
}

/// What came of one round.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// When, in seconds since 1970.
    pub at_s: i64,
    /// The questions.
    pub visits: Vec<Visit>,
    /// When the store was as the feed's head says, in seconds since 1970; none where the feed cannot be read here.
    pub feed_updated_at_s: Option<i64>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// What was asked.
    pub service: Service,
    /// Which name, in A-labels.
    pub name: String,
    /// Over which IP version.
    pub is_ipv6: bool,
    /// Where; none where no address is known.
    pub address: Option<IpAddr>,
    /// From the connection's beginning to the last byte, in microseconds.
    pub trip_us: u64,
    /// What was answered.
    pub outcome: Result<Outcome, VisitFault>,
}

/// A right answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its `last update of RDAP database`, or of WHOIS's, in seconds since 1970.
    pub updated_at_s: i64,
}

/// Why a question counts as unanswered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VisitFault {
    /// Nothing to ask at.
    #[error("the host has no address of this IP version")]
    NoAddress,
    /// Too slow.
    #[error("there was no whole answer within {} s", LIMIT.as_secs())]
    TimedOut,
    /// No connection, or no trust.
    #[error("{0}")]
    Connection(String),
    /// Another status.
    #[error("the status was {0}, not 200")]
    Status(u16),
    /// An answer that is none.
    #[error("the answer is not right: {0}")]
    Answer(&'static str),
}

impl Round {
    /// How far the public answer of RDAP was behind the feed, in seconds, at worst; none where either is unknown.
    #[must_use]
    pub fn lag_s(&self) -> Option<u64> {
        let feed = self.feed_updated_at_s?;
        let answers = self.visits.iter().filter(|visit| visit.service == Service::Rdap).filter_map(|visit| visit.outcome.as_ref().ok());
        let oldest = answers.map(|outcome| outcome.updated_at_s).min()?;
        u64::try_from((feed - oldest).max(0)).ok()
    }

    /// Whether every question was answered rightly.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.visits.iter().all(|visit| visit.outcome.is_ok())
    }
}

impl Prober {
    /// Asks with that trust.
    #[must_use]
    pub fn new(asked: Asked, tls: Arc<ClientConfig>) -> Self {
        Self { asked, client: Client::new(tls) }
    }

    /// Asks every question, over both IP versions at once.
    pub async fn visit(&self) -> Vec<Visit> {
        let (mut visits, more) = tokio::join!(self.visit_family(false), self.visit_family(true));
        visits.extend(more);
        visits
    }

    /// Asks over one IP version. A service that keeps silent is not asked for its other names too, so that a round has an end:
    /// [`LONGEST_ROUND`].
    async fn visit_family(&self, is_ipv6: bool) -> Vec<Visit> {
        let mut visits = Vec::new();
        let base = &self.asked.base_url;
        let address = self.address(base.host(), is_ipv6).await;
        for name in &self.asked.names {
            let timed = timed(address, |address| self.ask_rdap(SocketAddr::new(address, base.port()), name)).await;
            let is_last = timed.has_waited_in_vain();
            visits.push(timed.of(Service::Rdap, name, is_ipv6));
            if is_last {
                break;
            }
        }
        let Some((host, port)) = &self.asked.whois else { return visits };
        let address = self.address(host, is_ipv6).await;
        for name in &self.asked.names {
            let timed = timed(address, |address| ask_whois(SocketAddr::new(address, *port), name)).await;
            let is_last = timed.has_waited_in_vain();
            visits.push(timed.of(Service::Whois, name, is_ipv6));
            if is_last {
                break;
            }
        }
        visits
    }

    /// The first address of that IP version.
    async fn address(&self, host: &str, is_ipv6: bool) -> Option<IpAddr> {
        let is_wanted = |address: &IpAddr| address.is_ipv6() == is_ipv6;
        if !self.asked.addresses.is_empty() {
            return self.asked.addresses.iter().copied().find(is_wanted);
        }
        let found = timeout(LIMIT, lookup_host((host.trim_matches(['[', ']']), 0))).await.ok()?.ok()?;
        found.map(|address| address.ip()).find(is_wanted)
    }

    async fn ask_rdap(&self, address: SocketAddr, name: &str) -> Result<Outcome, VisitFault> {
        let request = Request::get(format!("{}domain/{name}", self.asked.base_url.as_str())).header(ACCEPT, MEDIA_TYPE).body(Vec::new());
        let request = request.map_err(|error| VisitFault::Connection(error.to_string()))?;
        let response = self.client.exchange(address, request).await?;
        if response.status() != http::StatusCode::OK {
            return Err(VisitFault::Status(response.status().as_u16()));
        }
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if media_type.split(';').next().map(str::trim) != Some(MEDIA_TYPE) {
            return Err(VisitFault::Answer("it is not of the media type of RDAP"));
        }
        read_rdap(response.body(), name)
    }
}

impl From<ClientFault> for VisitFault {
    fn from(fault: ClientFault) -> Self {
        Self::Connection(fault.to_string())
    }
}

/// What was asked where, and what came of it.
struct Timed {
    address: Option<IpAddr>,
    trip_us: u64,
    outcome: Result<Outcome, VisitFault>,
}

impl Timed {
    fn of(self, service: Service, name: &str, is_ipv6: bool) -> Visit {
        let Self { address, trip_us, outcome } = self;
        Visit { service, name: name.to_owned(), is_ipv6, address, trip_us, outcome }
    }

    fn has_waited_in_vain(&self) -> bool {
        self.outcome == Err(VisitFault::TimedOut)
    }
}

async fn timed<F>(address: Option<IpAddr>, ask: impl FnOnce(IpAddr) -> F) -> Timed
where
    F: Future<Output = Result<Outcome, VisitFault>>,
{
    let Some(at) = address else { return Timed { address, trip_us: 0, outcome: Err(VisitFault::NoAddress) } };
    let start = Instant::now();
    let outcome = timeout(LIMIT, ask(at)).await.unwrap_or(Err(VisitFault::TimedOut));
    let trip_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Timed { address, trip_us, outcome }
}

/// Whether a body is the answer for a name, as far as one can tell without the record.
fn read_rdap(body: &[u8], name: &str) -> Result<Outcome, VisitFault> {
    let body: Value = serde_json::from_slice(body).map_err(|_| VisitFault::Answer("it is not JSON"))?;
    if body["objectClassName"] != "domain" {
        return Err(VisitFault::Answer("it is not about a domain"));
    }
    if body["ldhName"] != name {
        return Err(VisitFault::Answer("it is about another name"));
    }
    let conformance = body["rdapConformance"].as_array();
    if !conformance.is_some_and(|ids| CONFORMANCE.iter().all(|wanted| ids.iter().any(|id| id == wanted))) {
        return Err(VisitFault::Answer("it does not say that it conforms to ICANN's profile"));
    }
    let mut events = body["events"].as_array().into_iter().flatten();
    let update = events.find(|event| event["eventAction"] == "last update of RDAP database");
    let date = update.and_then(|event| event["eventDate"].as_str()).ok_or(VisitFault::Answer("it does not say how old it is"))?;
    read_time(date)
}

async fn ask_whois(address: SocketAddr, name: &str) -> Result<Outcome, VisitFault> {
    let connection = |error: std::io::Error| VisitFault::Connection(error.to_string());
    let mut stream = TcpStream::connect(address).await.map_err(connection)?;
    stream.write_all(format!("{name}\r\n").as_bytes()).await.map_err(connection)?;
    let mut answer = Vec::new();
    stream.take(WHOIS_BYTES).read_to_end(&mut answer).await.map_err(connection)?;
    read_whois(&String::from_utf8_lossy(&answer), name)
}

fn read_whois(answer: &str, name: &str) -> Result<Outcome, VisitFault> {
    if answer.lines().next().and_then(|line| line.strip_prefix("Domain Name: ")).map(str::trim) != Some(name) {
        return Err(VisitFault::Answer("it is not about the name"));
    }
    let mut dates = answer.lines().filter_map(|line| line.strip_prefix(">>> Last update of WHOIS database: "));
    let date = dates.next().and_then(|line| line.trim_end().strip_suffix(" <<<"));
    read_time(date.ok_or(VisitFault::Answer("it does not say how old it is"))?)
}

fn read_time(date: &str) -> Result<Outcome, VisitFault> {
    let at: jiff::Timestamp = date.parse().map_err(|_| VisitFault::Answer("its last update is no date"))?;
    Ok(Outcome { updated_at_s: at.as_second() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_answer_is_right_or_it_says_why_not() {
        let right = json!({
            "rdapConformance": ["rdap_level_0", CONFORMANCE[0], CONFORMANCE[1]],
            "objectClassName": "domain",
            "ldhName": "example.alpha",
            "events": [{"eventAction": "last update of RDAP database", "eventDate": "2026-08-21T10:00:00Z"}],
        });
        let changes: [(&str, Value, Result<i64, &str>); 6] = [
            ("/lang", json!("en"), Ok(1_787_306_400)),
            ("/objectClassName", json!("entity"), Err("it is not about a domain")),
            ("/ldhName", json!("other.alpha"), Err("it is about another name")),
            ("/rdapConformance", json!(["rdap_level_0", CONFORMANCE[0]]), Err("it does not say that it conforms to ICANN's profile")),
            ("/events", json!([]), Err("it does not say how old it is")),
            ("/events/0/eventDate", json!("yesterday"), Err("its last update is no date")),
        ];
        for (pointer, value, want) in changes {
            let mut body = right.clone();
            match body.pointer_mut(pointer) {
                Some(place) => *place = value,
                None => body["lang"] = value,
            }
            let want = want.map(|updated_at_s| Outcome { updated_at_s }).map_err(VisitFault::Answer);
            assert_eq!(read_rdap(body.to_string().as_bytes(), "example.alpha"), want, "{pointer}");
        }
        assert_eq!(read_rdap(b"<html>", "example.alpha"), Err(VisitFault::Answer("it is not JSON")));
    }

    #[test]
    fn whois_is_read_to_its_last_update() {
        let right = "Domain Name: example.alpha\r\nDNSSEC: unsigned\r\n>>> Last update of WHOIS database: 2026-08-21T10:00:00Z <<<\r\n\r\nTerms\r\n";
        assert_eq!(read_whois(right, "example.alpha"), Ok(Outcome { updated_at_s: 1_787_306_400 }));
        for wrong in ["No match for \"example.alpha\".\r\n", "", "Domain Name: other.alpha\r\n", "Domain Name: example.alpha\r\n"] {
            assert!(read_whois(wrong, "example.alpha").is_err(), "{wrong}");
        }
    }
}
