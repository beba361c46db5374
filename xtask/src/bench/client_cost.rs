//! What a command costs our own processors: encode, pool, connection, TLS, sockets, decode. The registry pays in its own process.

use anyhow::Result;
use epp::encode_command;
use epp::pool::{Lane, PoolLimits};

use super::account::{exchange_all, open_pool, pool_size, runtime, warm_up};
use super::bare_client::{BareClient, unit};
use super::cost::Cost;
use super::far_registry::FarRegistry;
use super::names::{self, Names};
use super::{Figure, Goal, Ratio, Setup};

/// Commands of one run: some seconds.
const COMMANDS: usize = 20_000;

/// Names that are renewed.
const NAMES: usize = 5_000;

/// The goal in microseconds of processor for each command, TLS included.
const GOAL_MICROS: f64 = 100.0;

/// Commands under way in the pool.
const UNDER_WAY: usize = 64;

/// One session with a window of sixteen checks, then four with one renewal each.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let registry = FarRegistry::start(&setup.dir)?;
    Ok(vec![checks(&registry)?, renewals(&registry)?])
}

fn checks(registry: &FarRegistry) -> Result<Ratio> {
    let limits = PoolLimits { max_sessions: 1, ..PoolLimits::default() };
    let window = limits.window;
    let runtime = runtime()?;
    let pool = runtime.block_on(async { open_pool(registry, registry.address()?, limits) })?;
    runtime.block_on(warm_up(&pool, Lane::Bulk, 1, window, names::check))?;
    let commands = (0..COMMANDS).map(names::check);
    let (_, ours) = Cost::of(|| runtime.block_on(exchange_all(&pool, Lane::Bulk, commands, UNDER_WAY)))?;
    runtime.block_on(pool.shutdown());
    Ok(ratio(format!("{COMMANDS} checks of a name, one session, window {window}"), ours, bare_checks(registry, window)?))
}

fn renewals(registry: &FarRegistry) -> Result<Ratio> {
    const SESSIONS: usize = 4;
    let limits = PoolLimits { max_sessions: pool_size(SESSIONS), ..PoolLimits::default() };
    let runtime = runtime()?;
    let pool = runtime.block_on(async { open_pool(registry, registry.address()?, limits) })?;
    let mut names = runtime.block_on(Names::register(&pool, NAMES))?;
    runtime.block_on(warm_up(&pool, Lane::Bulk, SESSIONS, UNDER_WAY, names::check))?;
    let commands = names.renewals(COMMANDS)?;
    let (_, ours) = Cost::of(|| runtime.block_on(exchange_all(&pool, Lane::Bulk, commands, UNDER_WAY)))?;
    runtime.block_on(pool.shutdown());
    let peer = bare_checks(registry, 1)?;
    Ok(ratio(format!("{COMMANDS} renewals, {SESSIONS} sessions, window 1 (bare: checks, one session)"), ours, peer))
}

/// The same over a bare connection: frames made before, answers not looked at.
fn bare_checks(registry: &FarRegistry, window: usize) -> Result<Cost> {
    let mut client = BareClient::log_in(registry, registry.address()?)?;
    let frame = unit(&encode_command(&names::check(1)?)?)?;
    let run = || {
        let mut sent = 0;
        for received in 0..COMMANDS {
            while sent < COMMANDS && sent < received + window {
                client.send(&frame)?;
                sent += 1;
            }
            client.receive()?;
        }
        Ok(())
    };
    Ok(Cost::of(run)?.1)
}

fn ratio(setting: String, ours: Cost, bare: Cost) -> Ratio {
    let figure = |what, cost: Cost| Figure { what, value: cost.cpu_micros(COMMANDS), unit: "us of processor", cost: Some(cost) };
    Ratio {
        setting,
        ours: figure("ours, for each command", ours),
        peer: Figure::new("the goal", GOAL_MICROS, "us of processor"),
        besides: vec![figure("a bare TLS connection", bare)],
        goal: Goal::AtMost(1.0),
    }
}
