//! What durability costs us above what it costs anybody: commands through the store, each acknowledged only when it is on
//! disk, against the same rows in a bare loop.
//!
//! A command here is what deciding leaves behind: two ledger entries (chained into the tree, each commit signed) and a job
//! in the outbox.

use std::collections::VecDeque;

use anyhow::Result;
use model::{JobId, SeededEntropy, Timestamp};
use store::jobs::{self, NewJob};
use store::ledger::{self, NewEntry};
use store::{DatabaseUrl, Pending, SignerKey, Store, StoreFault, Tx};

use super::bare_inserts::Rows;
use super::cost::Cost;
use super::{Figure, Goal, Ratio, Setup};

/// Commands of one run: some seconds of work.
const COMMANDS: usize = 40_000;

/// Commands that wait for their commit at a time, as many callers would.
const UNDER_WAY: usize = 1024;

/// The start of the clock; any date would do.
const START_S: i64 = 1_800_000_000;

/// Fills the store, then inserts what it holds once more without it.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let dir = &setup.dir;
    let file = dir.join("store.db");
    let store = Store::open_with_signer(&DatabaseUrl::sqlite(&file), SignerKey::generate("bench.namekeep.example")?)?;
    let ((), ours) = Cost::of(|| submit_all(&store))?;
    drop(store);
    let rows = Rows::of(&file)?;
    let bare = rows.insert_into(&dir.join("bare.db"), rows.commits())?;
    let figure = |what, cost: Cost| Figure { what, value: cost.per_second(COMMANDS), unit: "commands/s", cost: Some(cost) };
    Ok(vec![Ratio {
        setting: format!("{COMMANDS} commands, {} rows in {} commits", rows.count(), rows.commits()),
        ours: figure("through the store", ours),
        peer: figure("bare batched inserts", bare),
        besides: vec![
            Figure::new("ours, for each command", ours.cpu_micros(COMMANDS), "us of processor"),
            Figure::new("bare, for each command", bare.cpu_micros(COMMANDS), "us of processor"),
        ],
        goal: Goal::AtLeast(0.8),
    }])
}

/// Keeps a queue of commands before the store and waits for each to be durable.
fn submit_all(store: &Store) -> Result<()> {
    let mut under_way: VecDeque<Pending<(), StoreFault>> = VecDeque::with_capacity(UNDER_WAY);
    for number in 0..COMMANDS {
        if under_way.len() == UNDER_WAY
            && let Some(oldest) = under_way.pop_front()
        {
            oldest.wait()?;
        }
        let command = Command::new(number)?;
        under_way.push_back(store.submit(move |tx| command.write(tx))?);
    }
    under_way.into_iter().try_for_each(Pending::wait)?;
    Ok(())
}

/// One command with everything that was decided before it reaches the store.
struct Command {
    at: Timestamp,
    subject: String,
    job: JobId,
    events: [(&'static str, String); 2],
    salts: [[u8; 16]; 2],
    payload: String,
}

impl Command {
    fn new(number: usize) -> Result<Self> {
        let at = Timestamp::from_second(START_S + i64::try_from(number)?)?;
        let mut entropy = SeededEntropy::new(u64::try_from(number)?);
        let mut salt = || (u128::from(entropy.next_u64()) << 64 | u128::from(entropy.next_u64())).to_be_bytes();
        let salts = [salt(), salt()];
        let name = format!("name-{number}.example");
        let ordered = format!(r#"{{"name":"{name}","years":2,"registrant":"con_{number:026}","registry":"alpha","profile":"example@3"}}"#);
        let decided = format!(r#"{{"intent":"int_{number:026}","operation":"create","lane":"interactive","after":[],"fee":"12.50 USD"}}"#);
        Ok(Self {
            at,
            subject: format!("dom_{number:026}"),
            job: JobId::new(at, &mut entropy),
            payload: format!(r#"{{"intent":"int_{number:026}","name":"{name}"}}"#),
            events: [("DomainOrdered", ordered), ("IntentDecided", decided)],
            salts,
        })
    }

    fn write(&self, tx: &mut Tx<'_>) -> Result<(), StoreFault> {
        for ((kind, body), salt) in self.events.iter().zip(self.salts) {
            ledger::append(tx, &NewEntry { at: self.at, actor: "operator", subject: &self.subject, kind, body, salt })?;
        }
        let job = NewJob { id: self.job, kind: "carry-intent", key: &self.subject, ready_at: self.at, payload: &self.payload };
        jobs::enqueue(tx, &job)?;
        Ok(())
    }
}
