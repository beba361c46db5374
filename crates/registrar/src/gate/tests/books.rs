//! Two sets of books: the sandbox's ledger of what was executed, and ours of what we mean to have done. They must agree entry for
//! entry.

use std::collections::BTreeMap;

use policy::IntentState;
use sandbox::LedgerEntry;
use store::intents::IntentRow;
use store::registrations::{self, DomainFilter};
use store::{StoreFault, charges, intents};

use crate::gate::testing::{Rig, us};

/// Rows read at once.
const PAGE: u32 = 1_000;

/// Every intent of every registration we know.
pub(super) fn intents_of(rig: &Rig) -> Vec<IntentRow> {
    let rows: Result<Vec<IntentRow>, StoreFault> = rig.registrar.store().read(|tx| {
        let mut rows = Vec::new();
        for registration in registrations::list(tx, &DomainFilter::default(), None, PAGE)? {
            rows.extend(intents::list_of(tx, registration.id)?);
        }
        Ok(rows)
    });
    rows.unwrap()
}

/// What the registry executed for each intent of ours, by its clTRIDs.
pub(super) fn executed(rig: &Rig) -> BTreeMap<String, Vec<LedgerEntry>> {
    let world = rig.port.world();
    let mut by_intent: BTreeMap<String, Vec<LedgerEntry>> = BTreeMap::new();
    for entry in world.registry().ledger().iter().filter(|entry| entry.registrar == us()) {
        let Some(intent) = entry.cltrid.as_deref().and_then(|cltrid| model::ClTrid::parse(cltrid).ok()).and_then(|cltrid| cltrid.intent())
        else {
            continue;
        };
        by_intent.entry(intent.0.to_string()).or_default().push(entry.clone());
    }
    by_intent
}

/// Every confirmed intent was executed once, nothing else was executed, and each charge is in both books once and with the same sum.
pub(super) fn agree(rig: &Rig) {
    let mut executed = executed(rig);
    let mut shared: BTreeMap<String, usize> = BTreeMap::new();
    for row in intents_of(rig) {
        let id = row.intent.id.to_string();
        let entries = executed.remove(&id).unwrap_or_default();
        let times = entries.len();
        let what = format!("{} {} {:?} {:?}", row.intent.operation.word(), row.intent.object, row.state, row.outcome);
        match row.state {
            IntentState::Confirmed if is_repeatable(&row) => assert!(times >= 1, "never executed: {what}"),
            // Several names can order one host or contact; the first create serves them all.
            IntentState::Confirmed if matches!(row.intent.operation.word(), "create-host" | "create-contact") => {
                *shared.entry(row.intent.object.to_string()).or_default() += times;
            }
            IntentState::Confirmed => assert_eq!(times, 1, "executed {times} times: {what}"),
            IntentState::Refused | IntentState::Cancelled => assert_eq!(times, 0, "executed though {what}"),
            open => panic!("{open:?} is not an end: {what}"),
        }
    }
    shared.iter().for_each(|(object, times)| assert_eq!(*times, 1, "created {times} times: {object}"));
    assert!(executed.is_empty(), "executed and not in our books: {executed:?}");
    assert_eq!(our_charges(rig), their_charges(rig), "the charges differ");
}

/// Setting the same authInfo or contact data again is how an unknown outcome of it is proven.
fn is_repeatable(row: &IntentRow) -> bool {
    matches!(row.intent.operation.word(), "set-authinfo" | "update-contact")
}

/// Every charge and credit by name, in minor units.
fn our_charges(rig: &Rig) -> BTreeMap<String, Vec<i64>> {
    let lines: Result<BTreeMap<String, Vec<i64>>, StoreFault> = rig.registrar.store().read(|tx| {
        let mut lines: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for registration in registrations::list(tx, &DomainFilter::default(), None, PAGE)? {
            for charge in charges::list_of(tx, registration.id)? {
                lines.entry(format!("domain:{}", registration.name)).or_default().push(charge.amount.unwrap().minor);
            }
        }
        Ok(lines)
    });
    sorted(lines.unwrap())
}

fn their_charges(rig: &Rig) -> BTreeMap<String, Vec<i64>> {
    let world = rig.port.world();
    let mut lines: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for entry in world.registry().ledger() {
        for line in entry.lines.iter().filter(|line| line.registrar == us()) {
            lines.entry(entry.object.clone()).or_default().push(line.minor);
        }
    }
    sorted(lines)
}

fn sorted(mut lines: BTreeMap<String, Vec<i64>>) -> BTreeMap<String, Vec<i64>> {
    lines.values_mut().for_each(|amounts| amounts.sort_unstable());
    lines
}
