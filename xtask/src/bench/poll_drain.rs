//! A full poll queue: each message is asked for, stored, acknowledged and taken as a command, which costs two round trips at least.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use epp::pool::Lane;
use model::DomainName;
use registrar::gate::RegistryPort;
use registrar::poll::{Poller, PollerParts};
use registrar::registry::TakeMessages;
use sandbox::AdminAction;

use super::account::{open_sessions, pool_size, runtime};
use super::cost::Cost;
use super::delay_proxy::{DelayProxy, measured_round_trip};
use super::far_registry::FarRegistry;
use super::house::House;
use super::names::name_of;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup};

/// Round trip in milliseconds, and messages, usually and behind `--long`.
const SETTINGS: &[(u64, [usize; 2])] = &[(1, [2_000, 10_000]), (20, [200, 10_000])];

/// Names that the messages are about.
const NAMES: usize = 50;

/// Messages in one round of the poller, as in service.
const ROUND_LIMIT: u32 = 1_000;

/// Drains the queue over every distance, in a fresh house each.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let mut ratios = Vec::new();
    for (turn, (round_trip_ms, counts)) in SETTINGS.iter().enumerate() {
        let dir = setup.dir.join(turn.to_string());
        std::fs::create_dir_all(&dir)?;
        let registry = FarRegistry::start(&dir)?;
        let house = House::open(&dir.join("store.db"), pool_size(1))?;
        ratios.push(runtime()?.block_on(measure(&registry, &house, *round_trip_ms, counts[usize::from(setup.is_long)]))?);
    }
    Ok(ratios)
}

async fn measure(registry: &FarRegistry, house: &House, round_trip_ms: u64, count: usize) -> Result<Ratio> {
    house.submit_all((0..NAMES).map(|number| house.order(number)))?;
    let near = house.port(registry, registry.address()?)?;
    house.empty_outbox(registry, &near).await?;
    near.shutdown().await;
    fill_queue(registry, count).await?;

    let asked = Duration::from_millis(round_trip_ms);
    let round_trip = measured_round_trip(asked)?;
    let proxy = DelayProxy::start(registry.address()?, asked)?;
    let far = house.port(registry, proxy.address())?;
    open_sessions(far.pool(), Lane::Poll, 1).await?;
    let by = house.authorised(TakeMessages)?;
    let poller = Poller::open(PollerParts {
        registrar: house.registrar.clone(),
        registry: registry.id()?,
        port: Arc::clone(&far) as Arc<dyn RegistryPort>,
        owner: "bench".to_owned(),
    })?;
    let (cpu_before, start) = (Process::this().cpu_time()?, Instant::now());
    let mut processed = 0;
    loop {
        let round = poller.step(&by, ROUND_LIMIT).await?;
        ensure!(round.is_owner && round.trouble.is_none(), "polling stopped: {}", round.trouble.unwrap_or_default());
        ensure!(round.kept == 0 && round.repeated == 0, "{} messages were kept, {} came again", round.kept, round.repeated);
        processed += round.processed;
        if round.received == 0 || round.waiting_at_registry == 0 {
            break;
        }
    }
    let cost = Cost { wall: start.elapsed(), cpu: Process::this().cpu_time()?.saturating_sub(cpu_before) };
    far.shutdown().await;
    ensure!(processed >= count, "{processed} of {count} messages were processed");
    let each = cost.wall.as_secs_f64() * 1e3 / processed as f64;
    Ok(Ratio {
        setting: format!("{processed} messages at {round_trip_ms} ms, stored before acknowledged, processed, session opened before"),
        ours: Figure { what: "for each message", value: each, unit: "ms", cost: Some(cost) },
        peer: Figure::new("two round trips, measured", round_trip.as_secs_f64() * 2e3, "ms"),
        besides: vec![Figure::new("for each message, proxy included", cost.cpu_micros(processed), "us of processor")],
        goal: Goal::AtMost(2.0),
    })
}

/// Sets and lifts server holds, each of which the registry tells us of.
async fn fill_queue(registry: &FarRegistry, count: usize) -> Result<()> {
    let (control, id) = (registry.control().await?, registry.id()?);
    for number in 0..count {
        let name = DomainName::parse(&name_of(number % NAMES))?;
        let is_held = (number / NAMES).is_multiple_of(2);
        control.administer(&id, AdminAction::Hold { name, on: is_held }).await.context("a hold was not taken")?;
    }
    Ok(())
}
