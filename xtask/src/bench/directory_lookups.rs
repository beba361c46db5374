//! Lookups at the directory, RDAP and WHOIS, against the least a server can do: a bare handler that returns the same bytes.
//!
//! RDAP is asked over plain HTTP, since the peer speaks nothing else; servers and clients share this process and its cores, so the ratio
//! is told, not the rate.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use directory::http::{HttpLimits, Server};
use directory::limit::Rate;
use directory::settings::BaseUrl;
use directory::whois::{self, WhoisLimits};
use directory::{Database, Registrar, Service, Settings};
use policy::publication::{Element, PublicAddress, PublicContact, PublicEmail, PublicRecord, PublicStatuses};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::account::runtime;
use super::cost::Cost;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup};

/// Names, usually and behind `--long`.
const NAMES: [usize; 2] = [100_000, 1_000_000];

/// Clients that ask at once, each on a connection of its own.
const CLIENTS: usize = 4;

/// RDAP questions of one client.
const QUESTIONS: usize = 20_000;

/// WHOIS questions of one client; each takes a connection.
const WHOIS_QUESTIONS: usize = 5_000;

/// What p99 at half of the load should be, in ms.
const P99_GOAL_MS: f64 = 2.0;

/// Fills a directory and asks it and its peers.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let names = NAMES[usize::from(setup.is_long)];
    let before = Process::this().resident_bytes()?;
    let database = Arc::new(Database::new());
    let (loaded, cost) = Cost::of(|| fill(&database, names))?;
    let held = Process::this().resident_bytes()?.saturating_sub(before);
    let service = Arc::new(Service::new(&settings()?, database, Rate { exempt: vec![(Ipv4Addr::LOCALHOST.into(), 8)], ..Rate::default() }));
    let runtime = runtime()?;
    let (_stop, stopped) = watch::channel(false);
    let ours = runtime.block_on(serve(Arc::clone(&service), stopped))?;
    let body = ask_once(ours.rdap, &path(0))?;
    let text = whois_once(ours.whois, 0)?;
    let peer = runtime.block_on(serve_bare(body.clone(), text.clone()))?;
    let memory = Ratio {
        setting: format!("{loaded} records of {} bytes, taken in {:.2} s", record_bytes()?, cost.wall.as_secs_f64()),
        ours: Figure::new("resident memory for each name", held as f64 / names as f64, "bytes"),
        peer: Figure::new("the goal", 1000.0, "bytes"),
        besides: Vec::new(),
        goal: Goal::AtMost(1.0),
    };
    let (rdap, bare) = (ask_all(ours.rdap, names, None)?, ask_all(peer.rdap, names, None)?);
    let count = CLIENTS * QUESTIONS;
    let lookups = Ratio {
        setting: format!("RDAP, plain HTTP, {names} names, {CLIENTS} connections, answers of {} bytes", body.len()),
        ours: Figure { what: "lookups", value: rdap.cost.per_second(count), unit: "a second", cost: Some(rdap.cost) },
        peer: Figure { what: "bare axum handler", value: bare.cost.per_second(count), unit: "a second", cost: Some(bare.cost) },
        besides: Vec::new(),
        goal: Goal::AtLeast(0.8),
    };
    let half = Duration::from_secs_f64(2.0 * rdap.cost.wall.as_secs_f64() / QUESTIONS as f64);
    let calm = ask_all(ours.rdap, names, Some(half))?;
    let latency = Ratio {
        setting: "RDAP at half of that load".to_owned(),
        ours: Figure::new("99th percentile", calm.percentile_ms(99), "ms"),
        peer: Figure::new("the goal", P99_GOAL_MS, "ms"),
        besides: vec![Figure::new("median", calm.percentile_ms(50), "ms")],
        goal: Goal::AtMost(1.0),
    };
    let (whois, bare) = (whois_all(ours.whois, names)?, whois_all(peer.whois, names)?);
    let count = CLIENTS * WHOIS_QUESTIONS;
    let whois = Ratio {
        setting: format!("WHOIS, a connection for each question, answers of {} bytes", text.len()),
        ours: Figure { what: "lookups", value: whois.per_second(count), unit: "a second", cost: Some(whois) },
        peer: Figure { what: "bare responder", value: bare.per_second(count), unit: "a second", cost: Some(bare) },
        besides: Vec::new(),
        goal: Goal::AtLeast(0.8),
    };
    Ok(vec![memory, lookups, latency, whois])
}

/// Where a server answers.
struct Served {
    rdap: SocketAddr,
    whois: SocketAddr,
}

async fn serve(service: Arc<Service>, stopped: watch::Receiver<bool>) -> Result<Served> {
    let (http, port43) = (TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    let served = Served { rdap: http.local_addr()?, whois: port43.local_addr()? };
    tokio::spawn(Arc::new(Server::new(Arc::clone(&service), HttpLimits::default())).run_plain(http, stopped.clone()));
    tokio::spawn(Arc::new(whois::Server::new(service, WhoisLimits::default())).run(port43, stopped));
    Ok(served)
}

/// The least a server can do: the same bytes for every question.
async fn serve_bare(body: Vec<u8>, text: Vec<u8>) -> Result<Served> {
    let (http, port43) = (TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?);
    let served = Served { rdap: http.local_addr()?, whois: port43.local_addr()? };
    let body = Bytes::from(body);
    let headers = [(header::CONTENT_TYPE, "application/rdap+json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    let answer = get(move || async move { (headers, body.clone()) });
    tokio::spawn(async move { axum::serve(http, Router::new().route("/domain/{name}", answer)).await });
    let text = Bytes::from(text);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = port43.accept().await {
            let text = text.clone();
            tokio::spawn(async move {
                let mut line = [0; 512];
                let _ = stream.read(&mut line).await?;
                stream.write_all(&text).await?;
                stream.shutdown().await
            });
        }
    });
    Ok(served)
}

/// What a run of questions took, and how long each.
struct Asked {
    cost: Cost,
    micros: Vec<u32>,
}

impl Asked {
    fn percentile_ms(&self, percent: usize) -> f64 {
        let mut sorted = self.micros.clone();
        sorted.sort_unstable();
        sorted.get(sorted.len() * percent / 100).copied().unwrap_or_default() as f64 / 1e3
    }
}

/// Every client asks for names all over the directory; at most one question in `pace`, where one is given.
fn ask_all(address: SocketAddr, names: usize, pace: Option<Duration>) -> Result<Asked> {
    let (micros, cost) = Cost::of(|| {
        let clients: Vec<_> = (0..CLIENTS).map(|client| thread::spawn(move || ask(address, names, client, pace))).collect();
        let mut micros = Vec::with_capacity(CLIENTS * QUESTIONS);
        for client in clients {
            micros.extend(client.join().map_err(|_| anyhow::anyhow!("a client broke"))??);
        }
        Ok(micros)
    })?;
    Ok(Asked { cost, micros })
}

fn ask(address: SocketAddr, names: usize, client: usize, pace: Option<Duration>) -> Result<Vec<u32>> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let (mut writer, mut reader) = (stream.try_clone()?, BufReader::with_capacity(32 * 1024, stream));
    let (start, mut body, mut line) = (Instant::now(), Vec::new(), String::new());
    let mut micros = Vec::with_capacity(QUESTIONS);
    for turn in 0..QUESTIONS {
        let due = start + pace.unwrap_or_default() * u32::try_from(turn)?;
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let began = if pace.is_some() { due } else { Instant::now() };
        let question = format!("GET {} HTTP/1.1\r\nHost: rdap.registrar.example\r\n\r\n", path((turn * CLIENTS + client) * 7919 % names));
        writer.write_all(question.as_bytes())?;
        read_answer(&mut reader, &mut line, &mut body)?;
        micros.push(u32::try_from(began.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(micros)
}

/// An answer of HTTP/1.1 with a length.
fn read_answer(reader: &mut impl BufRead, line: &mut String, body: &mut Vec<u8>) -> Result<()> {
    let mut length = 0;
    line.clear();
    reader.read_line(line)?;
    ensure!(line.starts_with("HTTP/1.1 200"), "the answer is `{}`", line.trim());
    loop {
        line.clear();
        reader.read_line(line)?;
        match line.trim_end().split_once(": ") {
            None => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse()?,
            Some(_) => {}
        }
    }
    body.resize(length, 0);
    Ok(reader.read_exact(body)?)
}

fn ask_once(address: SocketAddr, path: &str) -> Result<Vec<u8>> {
    let stream = TcpStream::connect(address)?;
    let (mut writer, mut reader) = (stream.try_clone()?, BufReader::new(stream));
    write!(writer, "GET {path} HTTP/1.1\r\nHost: rdap.registrar.example\r\n\r\n")?;
    let mut body = Vec::new();
    read_answer(&mut reader, &mut String::new(), &mut body)?;
    Ok(body)
}

fn whois_all(address: SocketAddr, names: usize) -> Result<Cost> {
    let ((), cost) = Cost::of(|| {
        let ask = move |client: usize| {
            (0..WHOIS_QUESTIONS).try_for_each(|turn| whois_once(address, (turn * CLIENTS + client) * 7919 % names).map(drop))
        };
        let clients: Vec<_> = (0..CLIENTS).map(|client| thread::spawn(move || ask(client))).collect();
        clients.into_iter().try_for_each(|client| client.join().map_err(|_| anyhow::anyhow!("a client broke"))?)
    })?;
    Ok(cost)
}

fn whois_once(address: SocketAddr, number: usize) -> Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(format!("{}\r\n", name(number)).as_bytes())?;
    let mut answer = Vec::with_capacity(4096);
    stream.read_to_end(&mut answer)?;
    ensure!(answer.starts_with(b"Domain Name: "), "WHOIS did not know a name");
    Ok(answer)
}

fn fill(database: &Database, names: usize) -> Result<usize> {
    for number in 0..names {
        let name = name(number);
        database.put(&record(&name).to_bytes()?)?;
    }
    database.set_position(1, 1_787_306_400);
    Ok(database.names())
}

fn record_bytes() -> Result<usize> {
    Ok(record(&name(0)).to_bytes()?.len())
}

fn name(number: usize) -> String {
    format!("name-{number:07}.alpha")
}

fn path(number: usize) -> String {
    format!("/domain/{}", name(number))
}

/// A name as most are: delegated, locked, its holder and its technical contact withheld.
fn record(name: &str) -> PublicRecord<'_> {
    let contact = |is_registrant: bool| PublicContact {
        roid: Element::Withheld,
        name: Element::Withheld,
        organisation: Element::Absent,
        address: is_registrant.then_some(PublicAddress {
            street: Element::Withheld,
            city: Element::Withheld,
            province: Some("QC"),
            postcode: Element::Withheld,
            country: "CA",
        }),
        phone: Element::Withheld,
        phone_extension: Element::Absent,
        fax: Element::Absent,
        fax_extension: Element::Absent,
        email: PublicEmail::Form,
    };
    PublicRecord {
        name,
        roid: Element::Shown("2336799_DOMAIN-ALPHA"),
        statuses: PublicStatuses::of(&[model::EppStatus::ClientTransferProhibited].into(), &[].into(), true),
        created_at: 874_296_000,
        expires_at: 1_852_516_800,
        registrar_expires_at: 1_852_516_800,
        changed_at: Some(1_722_565_053),
        transferred_at: None,
        nameservers: vec!["ns1.dnshost.example", "ns2.dnshost.example", "ns3.dnshost.example", "ns4.dnshost.example"],
        ds: Vec::new(),
        registrant: contact(true),
        technical: Some(contact(false)),
        reseller: None,
    }
}

fn settings() -> Result<Settings> {
    Ok(Settings {
        registrar: Registrar {
            iana_id: 9999,
            name: "Example Registrar LLC".to_owned(),
            url: "https://www.registrar.example/".to_owned(),
            abuse_phone: "+1.2025550101".to_owned(),
            abuse_email: "abuse@registrar.example".to_owned(),
        },
        base_url: BaseUrl::parse("https://rdap.registrar.example/").context("the base is none")?,
        terms_url: "https://www.registrar.example/rdap-terms".to_owned(),
        terms: "Access to this registration data is provided for lawful purposes only.".to_owned(),
        contact_form_url: "https://www.registrar.example/contact".to_owned(),
        whois_host: Some("whois.registrar.example".to_owned()),
    })
}
