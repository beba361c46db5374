//! Money: our charges against the registries' billing lines, entry for entry, and years against terms (obligations 23.5).

use std::collections::{BTreeMap, HashMap};

use policy::{ChargeKind, Registration};
use sandbox::{BillingItem, BillingLine};
use store::{Store, StoreFault, charges};

use crate::simulate::summary::Books;
use crate::simulate::world::World;

/// What a line is for, as both sides call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Create,
    Renew,
    AutoRenew,
    Transfer,
    Restore,
    Credit,
}

/// A line of either side's books: what for, years, minor units.
type Line = (Item, i64, i64);

/// The lines of one name, sorted.
type Lines = Vec<Line>;

/// Compares; gives the sums of both sides by registry, and how many lines were compared.
pub(super) fn check(
    world: &World,
    store: &Store,
    portfolio: &[Registration],
    findings: &mut Vec<String>,
) -> Result<(BTreeMap<String, Books>, u64), StoreFault> {
    let mut sums: BTreeMap<String, Books> = BTreeMap::new();
    let mut compared = 0;
    let mut ours = our_lines(store, portfolio)?;
    for (registry, link) in world.registries() {
        let theirs = link.look(|registry| their_lines(registry, world));
        let sum = sums.entry(registry.to_string()).or_default();
        for (object, mut lines) in theirs {
            lines.sort_unstable();
            let (mine, _) = ours.remove(&object).unwrap_or_default();
            compared += lines.len() as u64;
            sum.theirs_minor += total(&lines);
            sum.ours_minor += total(&mine);
            if mine != lines {
                findings.push(format!("the books of `{object}` differ: ours {mine:?}, the registry's {lines:?}"));
            }
        }
    }
    for (object, (lines, registry)) in ours {
        if !lines.is_empty() {
            sums.entry(registry).or_default().ours_minor += total(&lines);
            findings.push(format!("we booked {lines:?} for `{object}`, of which its registry knows nothing"));
        }
    }
    Ok((sums, compared))
}

fn our_lines(store: &Store, portfolio: &[Registration]) -> Result<HashMap<String, (Lines, String)>, StoreFault> {
    let mut all: HashMap<String, (Lines, String)> = HashMap::new();
    for registration in portfolio {
        let (lines, registry) = all.entry(format!("domain:{}", registration.name)).or_default();
        *registry = registration.registry.to_string();
        for charge in store.read(|tx| charges::list_of(tx, registration.id))? {
            let minor = charge.amount.map(|amount| amount.minor).unwrap_or_default();
            lines.push((item_of(charge.kind), i64::from(charge.years), minor));
        }
        lines.sort_unstable();
    }
    Ok(all)
}

fn their_lines(registry: &sandbox::Registry, world: &World) -> HashMap<String, Lines> {
    let mut all: HashMap<String, Lines> = HashMap::new();
    for entry in registry.ledger() {
        for line in entry.lines.iter().filter(|line| line.registrar == world.ours) {
            all.entry(entry.object.clone()).or_default().push(line_of(line));
        }
    }
    all
}

fn line_of(line: &BillingLine) -> Line {
    let item = match line.item {
        BillingItem::Create => Item::Create,
        // The year that a restore adds is a renewal to us.
        BillingItem::Renew | BillingItem::RestoreRenew => Item::Renew,
        BillingItem::AutoRenew => Item::AutoRenew,
        BillingItem::Transfer => Item::Transfer,
        BillingItem::Restore => Item::Restore,
        BillingItem::Credit => Item::Credit,
    };
    (item, i64::from(line.years), line.minor)
}

fn item_of(kind: ChargeKind) -> Item {
    match kind {
        ChargeKind::Create => Item::Create,
        ChargeKind::Renew => Item::Renew,
        ChargeKind::AutoRenew => Item::AutoRenew,
        ChargeKind::Transfer => Item::Transfer,
        ChargeKind::Restore => Item::Restore,
        ChargeKind::CreateCredit | ChargeKind::RenewCredit | ChargeKind::AutoRenewCredit | ChargeKind::TransferCredit => Item::Credit,
    }
}

fn total(lines: &[Line]) -> i64 {
    lines.iter().map(|(_, _, minor)| minor).sum()
}
