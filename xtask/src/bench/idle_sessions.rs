//! What a session costs in memory while nothing happens on it, on both sides.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use epp::conn::Deadlines;
use epp::pool::{Lane, PoolLimits};
use sandbox::{Fault, FaultPlan, Scope, Trigger};

use super::account::{exchange_all, open_pool, pool_size, runtime};
use super::far_registry::FarRegistry;
use super::process::Process;
use super::{Figure, Goal, Ratio, Setup, names};

/// Sessions that are opened; the profile allows a thousand.
const SESSIONS: usize = 990;

/// Sessions that are there before the measurement, so that what is made once is not counted.
const FIRST_SESSIONS: usize = 8;

/// How long every answer is held back, so that each command that waits opens one more session.
const HOLD_MS: u32 = 20_000;

/// Rest before memory is looked at.
const REST: Duration = Duration::from_secs(2);

/// The goal in kB.
const GOAL_KB: f64 = 64.0;

/// Opens a few sessions, then many, and looks at what the difference holds.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let registry = FarRegistry::start(&setup.dir)?;
    let runtime = runtime()?;
    let open = |sessions: usize| {
        runtime.block_on(async {
            let limits = PoolLimits {
                max_sessions: pool_size(sessions),
                window: 1,
                queue_wait: Duration::from_secs(600),
                deadlines: Deadlines { query: Duration::from_secs(120), ..Deadlines::default() },
                ..PoolLimits::default()
            };
            let pool = open_pool(&registry, registry.address()?, limits)?;
            exchange_all(&pool, Lane::Bulk, (0..sessions).map(names::check), sessions).await?;
            let status = pool.status().await.context("the pool is gone")?;
            anyhow::ensure!(status.sessions.len() >= sessions, "only {} sessions were opened", status.sessions.len());
            Ok::<_, anyhow::Error>(pool)
        })
    };
    let hold = FaultPlan::one(1, Trigger::Always, Scope::Queries, Fault::DelayMs(HOLD_MS));
    runtime.block_on(async { Ok::<_, anyhow::Error>(registry.control().await?.set_faults(None, hold).await?) })?;
    let first = open(FIRST_SESSIONS)?;
    let before = [Process::this().resident_bytes()?, registry.process().resident_bytes()?];
    let many = open(SESSIONS - FIRST_SESSIONS)?;
    thread::sleep(REST);
    let after = [Process::this().resident_bytes()?, registry.process().resident_bytes()?];
    let count = (SESSIONS - FIRST_SESSIONS) as f64;
    let ratios = ["client", "sandbox"].into_iter().zip(before.into_iter().zip(after)).map(|(side, (before, after))| Ratio {
        setting: format!("{side}: {count} idle sessions, TLS 1.3, logged in"),
        ours: Figure::new("resident memory for each", after.saturating_sub(before) as f64 / 1000.0 / count, "kB"),
        peer: Figure::new("the goal", GOAL_KB, "kB"),
        besides: Vec::new(),
        goal: Goal::AtMost(1.0),
    });
    let ratios = ratios.collect();
    drop((first, many));
    Ok(ratios)
}
