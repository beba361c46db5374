//! Money: our charges against the registries' billing lines, entry for entry, and years against terms (obligations 23.5).

use std::collections::{BTreeMap, HashMap};

use model::{RegistrarHandle, RegistryId};
use policy::calendar::years_between;
use policy::{ChargeKind, Registration};
use sandbox::{BillingItem, BillingLine, LedgerEntry};
use serde::Serialize;
use store::{Store, StoreFault, charges};

/// What stands in the books of both sides, in minor units of the registry's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Books {
    /// In ours.
    pub ours_minor: i64,
    /// In the registry's.
    pub theirs_minor: i64,
}

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

/// Compares the charges of `portfolio` with the ledgers of its registries; gives the sums of both sides by registry, and how many
/// lines were compared.
///
/// # Errors
/// If the database cannot be read.
pub fn check(
    ledgers: &[(RegistryId, Vec<LedgerEntry>)],
    us: &RegistrarHandle,
    store: &Store,
    portfolio: &[Registration],
    findings: &mut Vec<String>,
) -> Result<(BTreeMap<String, Books>, u64), StoreFault> {
    let mut sums: BTreeMap<String, Books> = BTreeMap::new();
    let mut compared = 0;
    let mut ours = our_lines(store, portfolio, findings)?;
    for (registry, ledger) in ledgers {
        let sum = sums.entry(registry.to_string()).or_default();
        for (object, mut lines) in their_lines(ledger, us) {
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
    findings.sort();
    Ok((sums, compared))
}

fn our_lines(
    store: &Store,
    portfolio: &[Registration],
    findings: &mut Vec<String>,
) -> Result<HashMap<String, (Lines, String)>, StoreFault> {
    let mut all: HashMap<String, (Lines, String)> = HashMap::new();
    for registration in portfolio {
        let (lines, registry) = all.entry(format!("domain:{}", registration.name)).or_default();
        *registry = registration.registry.to_string();
        let mut years = 0;
        for charge in store.read(|tx| charges::list_of(tx, registration.id))? {
            let minor = charge.amount.map(|amount| amount.minor).unwrap_or_default();
            lines.push((item_of(charge.kind), i64::from(charge.years), minor));
            years += i64::from(charge.years);
        }
        lines.sort_unstable();
        findings.extend(unpaid_years(registration, years));
    }
    Ok(all)
}

/// 23.5: every year of the term has exactly one charge, as far as the whole of it was ours.
fn unpaid_years(registration: &Registration, paid: i64) -> Option<String> {
    let created_at = registration.created_at.filter(|_| registration.phase.is_sponsored() && registration.transferred_at.is_none())?;
    let ends_at = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to).or(registration.expires_at)?;
    let years = i64::from(years_between(created_at, ends_at));
    (years != paid).then(|| format!("`{}` has a term of {years} years, and {paid} are charged", registration.name))
}

fn their_lines(ledger: &[LedgerEntry], us: &RegistrarHandle) -> HashMap<String, Lines> {
    let mut all: HashMap<String, Lines> = HashMap::new();
    for entry in ledger {
        for line in entry.lines.iter().filter(|line| line.registrar == *us) {
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
