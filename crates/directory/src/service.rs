//! What was asked, to an answer: without a connection, so that everything but the wire can be tested here.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use percent_encoding::percent_decode_str;
use policy::publication::PublicRecord;

use crate::database::Database;
use crate::limit::{Limiter, Rate};
use crate::metrics::{Counters, Kind};
use crate::query::{self, QueryFault};
use crate::rdap::{self, ErrorAnswer};
use crate::settings::Settings;
use crate::web::{self, Page};
use crate::whois;

/// Longest path with its query, in bytes: a name percent-encoded thrice over fits.
const MAX_PATH_BYTES: usize = 4096;

/// How soon to ask again while the records are loaded.
const LOADING: Duration = Duration::from_secs(5);

/// Lookups and searches of RFC 9082 that a registrar is not asked for (facts/rdap.md section 1).
const NOT_OFFERED: [&str; 9] = ["entity", "entities", "nameserver", "nameservers", "domains", "ip", "ips", "autnum", "autnums"];

/// What a directory serves with. Shared by all connections.
pub struct Service {
    database: Arc<Database>,
    rdap: rdap::Template,
    whois: whois::Template,
    web: Option<web::Template>,
    base_path: String,
    limiter: Limiter,
    counters: Arc<Counters>,
    started: Instant,
}

/// An answer in RDAP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// JSON.
    pub body: Vec<u8>,
    /// How long to wait before asking again.
    pub retry_after: Option<Duration>,
}

impl Service {
    /// A service that answers from `database`.
    #[must_use]
    pub fn new(settings: &Settings, database: Arc<Database>, rate: Rate) -> Self {
        Self {
            database,
            rdap: rdap::Template::new(settings),
            whois: whois::Template::new(settings),
            web: None,
            counters: Arc::default(),
            base_path: settings.base_url.path().to_owned(),
            limiter: Limiter::new(rate),
            started: Instant::now(),
        }
    }

    /// With pages for people besides.
    #[must_use]
    pub fn with_pages(self, pages: web::Template) -> Self {
        Self { web: Some(pages), ..self }
    }

    /// What was answered so far.
    #[must_use]
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// The records.
    #[must_use]
    pub fn database(&self) -> &Arc<Database> {
        &self.database
    }

    /// Answers a GET or HEAD of `path`: path and query exactly as they came.
    #[must_use]
    pub fn answer_rdap(&self, path: &str, from: IpAddr) -> Answer {
        if let Err(wait) = self.limiter.take(from, self.now_ms()) {
            let sentence = format!("You asked too often; ask again in {} seconds.", wait.as_secs());
            return Answer { retry_after: Some(wait), ..self.error(429, "Too many requests", &sentence, path) };
        }
        let answer = self.route(path);
        if answer.status != 200 {
            self.limiter.take_miss(from, self.now_ms());
        }
        answer
    }

    /// Answers a GET or HEAD of `path` with a page; nothing where it is no page, or there are none.
    #[must_use]
    pub fn answer_web(&self, path: &str, accepts_html: bool, from: IpAddr) -> Option<Page> {
        let pages = self.web.as_ref()?;
        if path.len() > MAX_PATH_BYTES {
            return None;
        }
        let typed = match web::read(path, accepts_html)? {
            web::Asked::Form => return Some(pages.form()),
            web::Asked::Style => return Some(web::style()),
            web::Asked::Name(typed) => typed,
        };
        let asked = typed.as_deref().unwrap_or_default();
        if let Err(wait) = self.limiter.take(from, self.now_ms()) {
            let sentence = format!("You asked too often; ask again in {} seconds.", wait.as_secs());
            return Some(pages.sentence(429, "Too many requests", &sentence, asked, Some(wait)));
        }
        let page = self.page(pages, typed.as_deref());
        if page.status != 200 {
            self.limiter.take_miss(from, self.now_ms());
        }
        Some(page)
    }

    fn page(&self, pages: &web::Template, typed: Option<&str>) -> Page {
        let asked = typed.unwrap_or_default();
        let name = match typed.ok_or(QueryFault::NotText).and_then(query::read) {
            Ok(name) => name,
            Err(fault) => return pages.sentence(400, "That is no domain name", &sentence(&fault), asked, None),
        };
        let Some(bytes) = self.database.find(&name) else {
            if !self.database.is_ready() {
                let words = "The records are being loaded; ask again in a few seconds.";
                return pages.sentence(503, "Not ready", words, asked, Some(LOADING));
            }
            let words = format!("This registrar does not sponsor {name}; its registry knows who does.");
            return pages.sentence(404, "Not one of our names", &words, asked, None);
        };
        match PublicRecord::from_bytes(&bytes) {
            Ok(record) => pages.found(&record, asked, self.database.updated_at()),
            Err(_) => {
                let words = "The record cannot be shown at the moment; ask again later.";
                pages.sentence(500, "Something broke here", words, asked, None)
            }
        }
    }

    /// What a path of RDAP asks for, for the counts.
    #[must_use]
    pub fn kind_of(&self, path: &str) -> Kind {
        match path.strip_prefix(self.base_path.as_str()) {
            Some(rest) if rest.starts_with("domain/") => Kind::Domain,
            Some(rest) if rest.starts_with("help") => Kind::Help,
            _ => Kind::Other,
        }
    }

    /// Answers a method that is not offered.
    #[must_use]
    pub fn refuse_method(&self, path: &str) -> Answer {
        self.error(405, "Method not allowed", "Ask with GET or HEAD; nothing can be changed here.", path)
    }

    /// Answers a line of WHOIS, without its end.
    #[must_use]
    pub fn answer_whois(&self, line: &[u8], from: IpAddr) -> String {
        let (status, answer) = self.whois(line, from);
        self.counters.count(Kind::Whois, status, from);
        answer
    }

    /// The answer, with the status that RDAP would give.
    fn whois(&self, line: &[u8], from: IpAddr) -> (u16, String) {
        if let Err(wait) = self.limiter.take(from, self.now_ms()) {
            return (429, self.whois_words(&format!("You asked too often; ask again in {} seconds.", wait.as_secs())));
        }
        let found = whois::read_line(line).map(|name| self.database.find(&name).ok_or_else(|| name.into_owned()));
        if let Ok(Ok(record)) = &found
            && let Ok(record) = PublicRecord::from_bytes(record)
        {
            return (200, whois::write_answer(&self.whois, &record, self.database.updated_at()));
        }
        self.limiter.take_miss(from, self.now_ms());
        match found {
            Ok(Err(_)) if !self.database.is_ready() => (503, self.whois_words("The records are being loaded; ask again in a few seconds.")),
            Ok(Err(name)) => (404, self.whois_words(&format!("No match for \"{name}\"."))),
            Ok(Ok(_)) => (500, self.whois_words("The record cannot be shown at the moment; ask again later.")),
            Err(fault) => (400, self.whois_words(&format!("Error: {fault}."))),
        }
    }

    fn route(&self, path: &str) -> Answer {
        if path.len() > MAX_PATH_BYTES {
            return self.error(400, "Bad request", "The path is longer than that of any question.", "");
        }
        let bare = path.split_once('?').map_or(path, |(bare, _)| bare);
        let Some(rest) = bare.strip_prefix(self.base_path.as_str()) else { return self.not_a_path(path) };
        let (kind, object) = rest.split_once('/').map_or((rest, None), |(kind, object)| (kind, Some(object)));
        match (kind, object) {
            ("domain", Some(name)) => self.domain(name, path),
            ("help", None | Some("")) => Answer { status: 200, body: rdap::write_help(&self.rdap, path), retry_after: None },
            (kind, _) if NOT_OFFERED.contains(&kind) => self.error(
                501,
                "Not implemented",
                "This service answers for domain names; it offers no other lookups and no searches.",
                path,
            ),
            _ => self.not_a_path(path),
        }
    }

    fn domain(&self, segment: &str, path: &str) -> Answer {
        let decoded = percent_decode_str(segment).decode_utf8().map_err(|_| QueryFault::NotText);
        let asked = decoded.as_deref().map_err(Clone::clone).and_then(query::read);
        let name = match asked {
            Ok(name) => name,
            Err(fault) => return self.error(400, "Bad request", &sentence(&fault), path),
        };
        let found = self.database.find(&name);
        if found.is_none() && !self.database.is_ready() {
            let answer = self.error(503, "Not ready", "The records are being loaded; ask again in a few seconds.", path);
            return Answer { retry_after: Some(LOADING), ..answer };
        }
        let Some(bytes) = found else {
            let sentence = format!("This registrar does not sponsor {name}; its registry knows who does.");
            return self.error(404, "Not found", &sentence, path);
        };
        match PublicRecord::from_bytes(&bytes) {
            Ok(record) => {
                let body = rdap::write_domain(&self.rdap, &record, path, self.database.updated_at());
                Answer { status: 200, body, retry_after: None }
            }
            Err(_) => self.error(500, "Internal error", "The record cannot be shown at the moment; ask again later.", path),
        }
    }

    fn not_a_path(&self, path: &str) -> Answer {
        self.error(400, "Bad request", "Ask for domain/NAME or for help below the base of this service.", path)
    }

    fn error(&self, status: u16, title: &str, sentence: &str, path: &str) -> Answer {
        let error = ErrorAnswer { status, title, description: &[sentence] };
        Answer { status, body: rdap::write_error(&self.rdap, &error, path), retry_after: None }
    }

    fn whois_words(&self, sentence: &str) -> String {
        let mut out = format!("{sentence}\r\n");
        self.whois.write_end(&mut out, self.database.updated_at());
        out
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

/// A fault as a sentence with a capital and a full stop.
fn sentence(fault: &QueryFault) -> String {
    let words = fault.to_string();
    let mut chars = words.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::testing::{record_of, settings};

    fn service() -> Service {
        let database = Arc::new(Database::new());
        for name in ["example.alpha", "xn--bcher-kva.alpha"] {
            database.put(&record_of(name).to_bytes().unwrap()).unwrap();
        }
        database.set_position(7, 1_787_306_400);
        Service::new(&settings(), database, Rate { burst: 1000, ..Rate::default() })
    }

    const FROM: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    /// What is asked, the status, and the name that is answered or the beginning of the sentence.
    #[test]
    fn every_path_has_its_answer() {
        let long = format!("/domain/{}", "a".repeat(5000));
        let cases = [
            ("/domain/example.alpha", 200, "example.alpha"),
            ("/domain/EXAMPLE.alpha.", 200, "example.alpha"),
            ("/domain/ex%61mple.alpha?x=y", 200, "example.alpha"),
            ("/domain/b%C3%BCcher.alpha", 200, "xn--bcher-kva.alpha"),
            ("/domain/B%C3%9CCHER.alpha", 200, "xn--bcher-kva.alpha"),
            ("/domain/xn--bcher-kva.ALPHA", 200, "xn--bcher-kva.alpha"),
            ("/domain/other.alpha", 404, "This registrar does not sponsor other.alpha"),
            ("/domain/www.example.alpha", 404, "This registrar does not sponsor www.example.alpha"),
            ("/domain/4.3.2.1.in-addr.arpa", 404, "This registrar does not sponsor"),
            ("/domain/", 400, "The query is not a domain name"),
            ("/domain", 400, "Ask for domain/NAME"),
            ("/domain/%FF.alpha", 400, "The query is not UTF-8"),
            ("/domain/ex*.alpha", 400, "Searches are not offered"),
            ("/domain/192.0.2.1", 400, "This service answers for domain names"),
            ("/domain/b%C3%BCcher.xn--bcher-kva.alpha", 400, "The query is not a domain name"),
            ("/domain/'%20or%201=1--.alpha", 400, "The query is not a domain name"),
            ("/domain/a/b.alpha", 400, "This service answers for domain names"),
            (long.as_str(), 400, "The path is longer"),
            ("/domains?name=ex*", 501, "This service answers for domain names"),
            ("/entity/X", 501, "This service answers for domain names"),
            ("/nameserver/ns1.example.alpha", 501, "This service answers for domain names"),
            ("/ip/192.0.2.1", 501, "This service answers for domain names"),
            ("/", 400, "Ask for domain/NAME"),
            ("/favicon.ico", 400, "Ask for domain/NAME"),
            ("/help", 200, ""),
        ];
        let service = service();
        for (path, status, want) in cases {
            let answer = service.answer_rdap(path, FROM);
            let body: Value = serde_json::from_slice(&answer.body).unwrap();
            assert_eq!(answer.status, status, "{path}: {body}");
            let said = if status == 200 { body["ldhName"].as_str() } else { body["description"][0].as_str() };
            assert!(said.unwrap_or_default().starts_with(want), "{path}: {said:?}");
            assert_eq!(body["errorCode"].as_u64(), (status != 200).then_some(u64::from(status)), "{path}");
        }
    }

    #[test]
    fn who_asks_too_much_is_told_when_to_come_back() {
        let database = Arc::new(Database::new());
        database.set_position(1, 1_787_306_400);
        let service = Service::new(&settings(), database, Rate { per_second: 1, burst: 4, miss_cost: 4, exempt: Vec::new() });
        assert_eq!(service.answer_rdap("/domain/a.alpha", FROM).status, 404);
        let answer = service.answer_rdap("/domain/a.alpha", FROM);
        assert_eq!((answer.status, answer.retry_after.is_some_and(|wait| wait.as_secs() >= 1)), (429, true));
        assert!(service.answer_whois(b"a.alpha", FROM).starts_with("You asked too often"));
    }

    #[test]
    fn before_the_records_are_here_nobody_is_told_that_there_are_none() {
        let service = Service::new(&settings(), Arc::new(Database::new()), Rate::default());
        let answer = service.answer_rdap("/domain/example.alpha", FROM);
        assert_eq!((answer.status, answer.retry_after), (503, Some(LOADING)));
        assert!(service.answer_whois(b"example.alpha", FROM).starts_with("The records are being loaded"));
    }

    #[test]
    fn whois_answers_the_same_names() {
        let service = service();
        for (line, want) in [
            (&b"example.alpha"[..], "Domain Name: example.alpha\r\n"),
            (b"-T dn EXAMPLE.alpha.", "Domain Name: example.alpha\r\n"),
            (b"domain b\xC3\xBCcher.alpha ", "Domain Name: xn--bcher-kva.alpha\r\n"),
            (b"other.alpha", "No match for \"other.alpha\".\r\n"),
            (b"", "Error: the query is not a domain name"),
            (b"\xFF", "Error: the query is not UTF-8"),
        ] {
            let answer = service.answer_whois(line, FROM);
            assert!(answer.starts_with(want), "{line:?}: {answer}");
            assert!(answer.contains(">>> Last update of WHOIS database: 2026-08-21T10:00:00Z <<<\r\n"), "{answer}");
        }
    }
}
