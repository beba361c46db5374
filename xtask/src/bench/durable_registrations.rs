//! The command write as it is: a registration decided by the rules and committed with its registration, ledger entries, duties and
//! intent, acknowledged only when it is on disk; against the same rows in a bare loop.

use anyhow::Result;

use super::bare_inserts::Rows;
use super::cost::Cost;
use super::house::House;
use super::{Figure, Goal, Ratio, Setup};

/// Commands of one run: some seconds of work.
const COMMANDS: usize = 20_000;

/// Registers, then inserts what that left once more without the house.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let file = setup.dir.join("store.db");
    let house = House::open(&file, 1)?;
    let ((), ours) = Cost::of(|| house.submit_all((0..COMMANDS).map(|number| house.order(number))))?;
    drop(house);
    let rows = Rows::of(&file)?;
    let bare = rows.insert_into(&setup.dir.join("bare.db"), rows.commits())?;
    let figure = |what, cost: Cost| Figure { what, value: cost.per_second(COMMANDS), unit: "commands/s", cost: Some(cost) };
    Ok(vec![Ratio {
        setting: format!("{COMMANDS} registrations decided and durable, {} rows in {} commits", rows.count(), rows.commits()),
        ours: figure("through the registrar", ours),
        peer: figure("bare batched inserts", bare),
        besides: vec![
            Figure::new("ours, for each command", ours.cpu_micros(COMMANDS), "us of processor"),
            Figure::new("bare, for each command", bare.cpu_micros(COMMANDS), "us of processor"),
        ],
        goal: Goal::AtLeast(0.8),
    }])
}
