//! What TLS costs: lookups on kept connections against plain HTTP, and fresh handshakes of TLS 1.3 without resumption.

use anyhow::{Context, Result};

use super::super::{Figure, Goal, Ratio, Setup};
use super::load::{Load, Way};
use super::median::median;
use super::records::Feed;
use super::server::{ServerProcess, certificate};

/// Names.
const NAMES: usize = 100_000;

/// Clients that ask at once.
const CLIENTS: usize = 8;

/// How long a round takes, in milliseconds.
const ROUND_MS: u64 = 2_000;

/// Rounds, in which the ways take turns.
const ROUNDS: usize = 5;

/// Measures.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let feed = Feed::write(&setup.dir, NAMES)?;
    let server = ServerProcess::ours(&feed, &setup.dir)?;
    let https = server.served.https.context("the directory offers no TLS")?;
    let trust = certificate(&setup.dir);
    let load = |way, address| Load { way, address, names: NAMES, clients: CLIENTS, millis: ROUND_MS, rate: None };
    let loads = [
        load(Way::Https { trust: trust.clone() }, https),
        load(Way::Http { base: "/".to_owned() }, server.served.http),
        load(Way::FreshHttps { trust }, https),
    ];
    let mut rounds: [Vec<(f64, f64)>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (load, rounds) in loads.iter().zip(&mut rounds) {
            let (asked, cost) = load.put_on(&server.process())?;
            rounds.push((asked.rate(), cost.cpu_micros(asked.count)));
        }
    }
    let [kept, plain, fresh] =
        rounds.map(|rounds| (median(rounds.iter().map(|round| round.0)), median(rounds.iter().map(|round| round.1))));
    Ok(vec![
        Ratio {
            setting: format!("RDAP on {CLIENTS} kept connections"),
            ours: Figure::new("over TLS 1.3", kept.0, "lookups/s"),
            peer: Figure::new("over plain HTTP", plain.0, "lookups/s"),
            besides: vec![Figure::new("processor for each over TLS", kept.1, "us"), Figure::new("over plain HTTP", plain.1, "us")],
            goal: Goal::None,
        },
        Ratio {
            setting: "a fresh handshake for each lookup: TLS 1.3, hybrid key exchange, P-256 certificate, no resumption".to_owned(),
            ours: Figure::new("as asked", fresh.0, "connections/s"),
            peer: Figure::new("by the processor of the server", 1e6 / fresh.1, "connections/s"),
            besides: vec![Figure::new("processor for each", fresh.1, "us")],
            goal: Goal::None,
        },
    ])
}
