//! RDAP lookups a second: ours against a bare axum handler that returns the same bytes, against ICANN's server, and against ourselves
//! with fewer names. Plain HTTP, since the peers speak nothing else.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Result;

use super::super::process::Process;
use super::super::{Figure, Goal, Ratio, Setup};
use super::icann::{INSTALL, IcannServer};
use super::load::{Load, Way};
use super::median::median;
use super::records::Feed;
use super::server::ServerProcess;

/// Names with all peers; ICANN's server needs 25 kB for each.
const NAMES: usize = 100_000;
/// The same behind `--long`.
const NAMES_LONG: [usize; 2] = [100_000, 300_000];
/// Names behind `--long` that the rate must not depend on.
const NAMES_MANY: usize = 1_000_000;

/// Clients that ask at once.
const CLIENTS: usize = 8;

/// How long a round of one server takes, in milliseconds.
const ROUND_MS: u64 = 2_000;

/// Rounds, in which the servers take turns.
const ROUNDS: usize = 7;

/// A server that is asked.
struct Peer {
    what: &'static str,
    load: Load,
    process: Process,
}

/// What a server reached: medians of the rounds.
struct Reached {
    what: &'static str,
    rate: f64,
    cpu_micros: f64,
}

/// Compares at each size.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    if !IcannServer::is_here() {
        println!("  without ICANN's server, which is not installed: {INSTALL}");
    }
    if !setup.is_long {
        return beside_peers(&setup.dir, NAMES);
    }
    let mut ratios = Vec::new();
    for names in NAMES_LONG {
        ratios.extend(beside_peers(&setup.dir, names)?);
    }
    ratios.push(beside_ourselves(&setup.dir)?);
    Ok(ratios)
}

fn http(address: SocketAddr, names: usize) -> Load {
    Load { way: Way::Http { base: "/".to_owned() }, address, names, clients: CLIENTS, millis: ROUND_MS, rate: None }
}

fn beside_peers(dir: &Path, names: usize) -> Result<Vec<Ratio>> {
    let feed = Feed::write(dir, names)?;
    let ours = ServerProcess::ours(&feed, dir)?;
    let question = http(ours.served.http, names);
    let body = question.ask_once()?;
    let bare = ServerProcess::bare(dir, body.clone(), b"Domain Name: none".to_vec())?;
    let icann = if IcannServer::is_here() { Some(IcannServer::start(dir, names, &body)?) } else { None };
    let mut peers = vec![
        Peer { what: "ours", load: question, process: ours.process() },
        Peer { what: "bare axum handler", load: http(bare.served.http, names), process: bare.process() },
    ];
    if let Some(icann) = &icann {
        let load = Load { way: icann.way(), ..http(icann.address(), names) };
        peers.push(Peer { what: "icann-rdap-srv, in memory", load, process: icann.process() });
    }
    let reached = in_turns(&peers)?;
    let goals = [Goal::AtLeast(0.8), Goal::AtLeast(2.5)];
    let setting = format!("RDAP, plain HTTP, {names} names, {CLIENTS} kept connections, answers of {} bytes", body.len());
    let mut ratios: Vec<Ratio> =
        reached[1..].iter().zip(goals).map(|(peer, goal)| ratio(setting.clone(), &reached[0], peer, goal)).collect();
    if let (Some(icann), Some(last)) = (&icann, ratios.last_mut()) {
        let bytes = |process: &Process| Ok::<_, anyhow::Error>(process.resident_bytes()? as f64 / names as f64);
        last.besides.push(Figure::new("our memory for each name", bytes(&ours.process())?, "bytes"));
        last.besides.push(Figure::new("its memory for each name", bytes(&icann.process())?, "bytes"));
    }
    Ok(ratios)
}

fn beside_ourselves(dir: &Path) -> Result<Ratio> {
    let few = Feed::write(dir, NAMES)?;
    let many = Feed::write(dir, NAMES_MANY)?;
    let (few, many) = (ServerProcess::ours(&few, dir)?, ServerProcess::ours(&many, dir)?);
    let peer = |what, server: &ServerProcess, names| Peer { what, load: http(server.served.http, names), process: server.process() };
    let reached = in_turns(&[peer("1,000,000 names", &many, NAMES_MANY), peer("100,000 names", &few, NAMES)])?;
    Ok(ratio("RDAP, plain HTTP, ours with many names against ours with few".to_owned(), &reached[0], &reached[1], Goal::AtLeast(0.9)))
}

/// Asks the peers round by round.
fn in_turns(peers: &[Peer]) -> Result<Vec<Reached>> {
    let mut rounds = vec![Vec::new(); peers.len()];
    for _ in 0..ROUNDS {
        for (peer, rounds) in peers.iter().zip(&mut rounds) {
            let (asked, cost) = peer.load.put_on(&peer.process)?;
            rounds.push((asked.rate(), cost.cpu_micros(asked.count)));
        }
    }
    let reached = peers.iter().zip(&rounds).map(|(peer, rounds)| Reached {
        what: peer.what,
        rate: median(rounds.iter().map(|round| round.0)),
        cpu_micros: median(rounds.iter().map(|round| round.1)),
    });
    Ok(reached.collect())
}

fn ratio(setting: String, ours: &Reached, peer: &Reached, goal: Goal) -> Ratio {
    let lookups = |reached: &Reached| Figure::new(reached.what, reached.rate, "lookups/s");
    Ratio {
        setting,
        ours: lookups(ours),
        peer: lookups(peer),
        besides: vec![
            Figure::new("our processor for each", ours.cpu_micros, "us"),
            Figure::new("its processor for each", peer.cpu_micros, "us"),
        ],
        goal,
    }
}
