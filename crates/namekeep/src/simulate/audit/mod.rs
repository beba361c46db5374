//! The audit: everything that must hold at any quiet moment, looked at from outside (obligations 23.3 and 23.5).
//!
//! | part | what it holds against what |
//! | --- | --- |
//! | `agreement` | our intents and attempts against the registries' ledgers: each transform once |
//! | `books` | our charges against their billing lines, entry for entry |
//! | `truth` | our columns against the registries' objects |
//! | `duties` | the duties against their windows |
//! | `holders` | the names against what is known of their holders |
//! | `erasures` | who was erased against what is left of them, and what they were sent since |
//! | `history` | the course of events against the rules of the course, and the ledger against the state |

pub mod agreement;
pub mod books;
mod duties;
pub mod erasures;
mod history;
mod holders;
mod truth;

use std::collections::BTreeSet;

use model::{ContactId, DomainId, DomainName, Timestamp};
use policy::Registration;
use store::registrations::{self, DomainFilter};
use store::{Store, StoreFault, ledger, polls};

use super::house::House;
use super::summary::Tally;
use super::world::World;
use crate::failure::Failure;
use crate::instance::store_failure;

pub use books::Books;
use history::Histories;

/// Rows read at once.
const PAGE_ROWS: u32 = 500;

/// What is looked at.
#[derive(Clone, Copy)]
pub struct Scene<'s> {
    /// The registries and the other registrar.
    pub world: &'s World,
    /// Our registrar.
    pub house: &'s House,
    /// When nothing of ours ran.
    pub outages: &'s [(Timestamp, Timestamp)],
    /// Who asked to be erased.
    pub forgotten: &'s BTreeSet<ContactId>,
    /// Whether it is the end.
    pub is_last: bool,
}

/// The auditor, who remembers what was read before.
pub struct Audit {
    histories: Histories,
    is_small: bool,
}

impl Audit {
    /// An auditor at the beginning of a life. A small portfolio is built a second time from its ledger.
    pub fn new(is_small: bool) -> Self {
        Self { histories: Histories::new(is_small), is_small }
    }

    /// Checks everything; gives what does not hold, in sentences. The last time, the tally is filled in.
    pub fn check(&mut self, scene: &Scene<'_>, tally: &mut Tally) -> Result<Vec<String>, Failure> {
        let Scene { world, house, outages, forgotten, is_last } = *scene;
        let store = house.registrar.store();
        let mut findings = Vec::new();
        let mut checks = 0;
        let portfolio = portfolio(store).map_err(store_failure)?;
        self.histories.follow(store, &mut findings).map_err(store_failure)?;
        self.histories.compare(&portfolio, &mut findings);
        checks += self.histories.entries();
        checks += truth::check(world, &portfolio, &mut findings);
        let owed = duties::check(store, world.now(), &portfolio, outages, &mut findings).map_err(store_failure)?;
        checks += owed.count;
        checks += holders::check(store, world.now(), &portfolio, &mut findings).map_err(store_failure)?;
        let erasures = erasures::check(&house.registrar, forgotten, &mut findings)?;
        checks += erasures.checks;
        tally.erased = erasures.erased.len() as u64;
        tally.excused = owed.excused;
        let ledgers: Vec<_> = world.registries().map(|(id, link)| (id.clone(), link.look(|registry| registry.ledger().to_vec()))).collect();
        let (books, lines) = books::check(&ledgers, &world.ours, store, &portfolio, &mut findings).map_err(store_failure)?;
        checks += lines;
        let mut transforms = 0;
        if is_last {
            let verification = ledger::verify_store(store, &house.ledger_key).map_err(store_failure)?;
            findings.extend(verification.finding.map(|finding| format!("the ledger does not hold: {finding}")));
        }
        if self.is_small || is_last {
            for (registry, ledger) in &ledgers {
                let agreement = agreement::compare(store, registry, &world.ours, ledger).map_err(store_failure)?;
                transforms += agreement.transforms;
                checks += agreement.intents + agreement.transforms;
                findings.extend(agreement.findings);
            }
        }
        unprocessed(world, store, &mut findings).map_err(store_failure)?;
        tally.checks += checks;
        if is_last {
            self.histories.fill(tally);
            tally.charges = books;
            tally.transforms = transforms;
            tally.duties = store.read(store::duties::count_by_state).map_err(store_failure)?;
        }
        Ok(findings)
    }
}

/// Every registration, open and ended.
fn portfolio(store: &Store) -> Result<Vec<Registration>, StoreFault> {
    let mut all = Vec::new();
    let mut after: Option<(DomainName, DomainId)> = None;
    loop {
        let page = store.read(|tx| registrations::list(tx, &DomainFilter::default(), after.clone(), PAGE_ROWS))?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some((last.name.clone(), last.id));
        all.extend(page);
    }
}

/// Messages that wait at a registry or with us at a quiet moment.
fn unprocessed(world: &World, store: &Store, findings: &mut Vec<String>) -> Result<(), StoreFault> {
    for (registry, link) in world.registries() {
        let waiting = link.look(|registry| registry.message_count(&world.ours));
        if waiting > 0 {
            findings.push(format!("{waiting} messages wait at registry `{registry}` that nobody fetched"));
        }
        let (open, _) = store.read(|tx| polls::count_open(tx, registry.as_str()))?;
        if open > 0 {
            findings.push(format!("{open} messages of registry `{registry}` were fetched and not processed"));
        }
    }
    Ok(())
}
