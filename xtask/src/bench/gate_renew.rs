//! Bulk renewal as the house does it: each renewal is decided, claimed with its frame in the sealed journal before a byte leaves,
//! answered, and settled with ledger, charge and duties, all durable on SQLite; against the bound of the wire.

use std::time::{Duration, Instant};

use anyhow::Result;
use epp::pool::Lane;
use model::{DomainName, Period};
use registrar::command::RenewDomain;

use super::account::{open_sessions, runtime};
use super::cost::Cost;
use super::delay_proxy::{DelayProxy, measured_round_trip};
use super::far_registry::FarRegistry;
use super::house::House;
use super::names::name_of;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup};

/// Round trip in milliseconds, sessions that renew, and renewals: some seconds each.
const SETTINGS: &[(u64, usize, usize)] = &[(1, 1, 2_000), (1, 4, 6_000), (20, 4, 800), (80, 4, 200)];

/// Renews at every setting, in a fresh house each.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let mut ratios = Vec::new();
    for (turn, (round_trip_ms, sessions, count)) in SETTINGS.iter().enumerate() {
        let dir = setup.dir.join(turn.to_string());
        std::fs::create_dir_all(&dir)?;
        let registry = FarRegistry::start(&dir)?;
        // An operator's orders go over every session but the one for poll messages.
        let house = House::open(&dir.join("store.db"), if *sessions == 1 { 1 } else { sessions + 1 })?;
        let runtime = runtime()?;
        ratios.push(runtime.block_on(measure(&registry, &house, *round_trip_ms, *sessions, *count))?);
    }
    Ok(ratios)
}

async fn measure(registry: &FarRegistry, house: &House, round_trip_ms: u64, sessions: usize, count: usize) -> Result<Ratio> {
    house.submit_all((0..count).map(|number| house.order(number)))?;
    let near = house.port(registry, registry.address()?)?;
    house.empty_outbox(registry, &near).await?;
    near.shutdown().await;

    let renewal = |number: usize| {
        let name = DomainName::parse(&name_of(number))?;
        Ok(RenewDomain { name, period: Period::years(1)?, current_expiry: None, fee: None })
    };
    house.submit_all((0..count).map(renewal))?;
    let asked = Duration::from_millis(round_trip_ms);
    let round_trip = measured_round_trip(asked)?;
    let proxy = DelayProxy::start(registry.address()?, asked)?;
    let far = house.port(registry, proxy.address())?;
    open_sessions(far.pool(), Lane::Interactive, sessions).await?;
    let (cpu_before, start) = (Process::this().cpu_time()?, Instant::now());
    house.empty_outbox(registry, &far).await?;
    let cost = Cost { wall: start.elapsed(), cpu: Process::this().cpu_time()?.saturating_sub(cpu_before) };
    far.shutdown().await;
    Ok(Ratio {
        setting: format!(
            "{sessions} sessions, window 1, {round_trip_ms} ms: round trip measured {:.3} ms, {count} renewals, sessions opened before",
            round_trip.as_secs_f64() * 1e3
        ),
        ours: Figure { what: "settled", value: cost.per_second(count), unit: "renewals/s", cost: Some(cost) },
        peer: Figure::new("sessions / round trip", sessions as f64 / round_trip.as_secs_f64(), "renewals/s"),
        besides: vec![Figure::new("for each, proxy included", cost.cpu_micros(count), "us of processor")],
        goal: Goal::AtLeast(0.95),
    })
}
