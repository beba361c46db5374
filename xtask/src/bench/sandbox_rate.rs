//! What the sandbox can take: commands for each second of its processors, over TLS, from a client that costs it nothing but them.

use anyhow::Result;
use epp::{encode_command, encode_hello};

use super::bare_client::{BareClient, unit};
use super::cost::Cost;
use super::far_registry::FarRegistry;
use super::{Figure, Goal, Ratio, Setup, names};

/// Commands of one run: some seconds.
const COMMANDS: usize = 50_000;

/// Commands that are sent in one write: as many as a pool has on the wire by default.
const WINDOW: usize = 16;

/// The goal in commands a second on one core.
const GOAL_RATE: f64 = 10_000.0;

/// Checks, then hellos.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let registry = FarRegistry::start(&setup.dir)?;
    let check = unit(&encode_command(&names::check(1)?)?)?;
    let hello = unit(&encode_hello()?)?;
    [("checks of a name", check), ("hellos", hello)].into_iter().map(|(what, frame)| measure(&registry, what, &frame)).collect()
}

/// The rate is counted on the time that the registry's process was on a processor, so that a loaded machine does not change it.
fn measure(registry: &FarRegistry, what: &str, frame: &[u8]) -> Result<Ratio> {
    let mut client = BareClient::log_in(registry, registry.address()?)?;
    let batch = frame.repeat(WINDOW);
    let run = || {
        for _ in 0..COMMANDS / WINDOW {
            client.send(&batch)?;
            for _ in 0..WINDOW {
                client.receive()?;
            }
        }
        Ok(())
    };
    let ((), cost) = Cost::on(&registry.process(), run)?;
    Ok(Ratio {
        setting: format!("{COMMANDS} {what}, one session, {WINDOW} on the wire"),
        ours: Figure {
            what: "for each second of processor",
            value: COMMANDS as f64 / cost.cpu.as_secs_f64(),
            unit: "commands",
            cost: Some(cost),
        },
        peer: Figure::new("the goal", GOAL_RATE, "commands"),
        besides: vec![Figure::new("on the wall", cost.per_second(COMMANDS), "commands/s")],
        goal: Goal::AtLeast(1.0),
    })
}
