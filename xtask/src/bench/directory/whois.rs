//! WHOIS, a connection for each question: ours against a bare responder that returns the same bytes.

use std::net::SocketAddr;

use anyhow::Result;

use super::super::{Figure, Goal, Ratio, Setup};
use super::load::{Load, Way};
use super::median::median;
use super::records::Feed;
use super::server::ServerProcess;

/// Names.
const NAMES: usize = 100_000;

/// Clients that ask at once.
const CLIENTS: usize = 8;

/// How long a round of one server takes, in milliseconds.
const ROUND_MS: u64 = 2_000;

/// Rounds, in which the servers take turns.
const ROUNDS: usize = 7;

/// Measures.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let feed = Feed::write(&setup.dir, NAMES)?;
    let ours = ServerProcess::ours(&feed, &setup.dir)?;
    let question = whois(ours.served.whois);
    let text = question.ask_once()?;
    let bare = ServerProcess::bare(&setup.dir, Vec::new(), text.clone())?;
    let peers = [(&question, ours.process()), (&whois(bare.served.whois), bare.process())];
    let mut rounds: [Vec<(f64, f64)>; 2] = Default::default();
    for _ in 0..ROUNDS {
        for ((load, process), rounds) in peers.iter().zip(&mut rounds) {
            let (asked, cost) = load.put_on(process)?;
            rounds.push((asked.rate(), cost.cpu_micros(asked.count)));
        }
    }
    let [ours, bare] = rounds.map(|rounds| (median(rounds.iter().map(|round| round.0)), median(rounds.iter().map(|round| round.1))));
    Ok(vec![Ratio {
        setting: format!("WHOIS, a connection for each question, {CLIENTS} clients, answers of {} bytes", text.len()),
        ours: Figure::new("ours", ours.0, "lookups/s"),
        peer: Figure::new("bare responder", bare.0, "lookups/s"),
        besides: vec![Figure::new("our processor for each", ours.1, "us"), Figure::new("its processor for each", bare.1, "us")],
        goal: Goal::AtLeast(0.8),
    }])
}

fn whois(address: SocketAddr) -> Load {
    Load { way: Way::Whois, address, names: NAMES, clients: CLIENTS, millis: ROUND_MS, rate: None }
}
