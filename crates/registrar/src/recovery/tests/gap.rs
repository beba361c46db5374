//! The gap behind the recovery point, at random (D3): people order while the machine works, it dies, a state from somewhere in between is put
//! back. After the reconciliation our books say of every name what the registry says, and nothing was paid for twice.

use std::collections::{BTreeMap, BTreeSet};

use model::{Entropy, EppStatus, SeededEntropy, Timestamp};
use policy::drift;
use store::testing::TestDatabase;

use super::*;
use crate::command::{LockDomain, UnlockDomain};

/// Names that are ordered in a life.
const NAMES: usize = 8;
/// Orders before and after the recovery point.
const ORDERS: usize = 24;

struct Life<'d> {
    rig: Rig,
    database: &'d mut TestDatabase,
    chance: SeededEntropy,
    /// Years that were ordered of each name.
    ordered_years: BTreeMap<String, u32>,
}

impl Life<'_> {
    fn draw(&mut self, below: usize) -> usize {
        let mut byte = [0; 1];
        self.chance.fill(&mut byte);
        usize::from(byte[0]) % below
    }

    /// One order, of whatever kind; one that the rules refuse is none.
    fn order(&mut self) {
        let text = format!("name{}.alpha", self.draw(NAMES));
        let which = self.draw(8);
        let name = name(&text);
        let lock = BTreeSet::from([EppStatus::ClientTransferProhibited]);
        match which {
            0..=2 if !self.ordered_years.contains_key(&text) => {
                self.rig.order(&text);
                self.ordered_years.insert(text, 1);
            }
            0..=2 => {
                let renewal = RenewDomain { name, period: Period::ONE_YEAR, current_expiry: None, fee: None };
                if self.rig.act(renewal).is_ok()
                    && let Some(years) = self.ordered_years.get_mut(&text)
                {
                    *years += 1;
                }
            }
            3 => drop(self.rig.act(LockDomain { name, statuses: lock })),
            4 => drop(self.rig.act(UnlockDomain { name, statuses: lock })),
            5 => {
                let host = format!("ns{}.elsewhere.example", self.draw(3));
                let nameservers = BTreeMap::from([(host.parse().unwrap(), Default::default())]);
                drop(self.rig.act(ChangeNameservers { name, nameservers }));
            }
            // The gate comes round now and then, and the rest waits in the outbox.
            _ => drop(self.rig.step(self.database)),
        }
        let seconds = 60 + i64::try_from(self.draw(200)).unwrap();
        self.rig.advance(seconds);
    }
}

fn info(rig: &Rig, text: &str) -> Option<epp::domain::InfoData> {
    let said = rig.port.say(&us(), Command::Info(epp::domain::Info::new(text)));
    match said.domain() {
        Some(epp::domain::Data::Info(info)) => Some(info.as_ref().clone()),
        _ => None,
    }
}

/// The end of the term, the delegation, and whether it is locked.
type Said = (Timestamp, String, bool);

fn said(info: &epp::domain::InfoData) -> Said {
    let is_locked = info.statuses.iter().any(|status| status.known() == Some(EppStatus::ClientTransferProhibited));
    (info.expires.unwrap(), format!("{:?}", info.name_servers), is_locked)
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

#[test]
fn whatever_was_lost_our_books_say_what_the_registry_says_and_nothing_is_paid_twice() {
    for seed in 1..=8 {
        let database = &mut TestDatabases::sqlite();
        let rig = Rig::new(database, 600 + seed).in_turn();
        let mut life = Life { rig, database, chance: SeededEntropy::new(seed), ordered_years: BTreeMap::new() };
        for _ in 0..ORDERS {
            life.order();
        }
        let (backup, point) = (life.database.backup(), life.rig.registrar.now());
        let known: BTreeMap<String, u32> = life.ordered_years.clone();
        for _ in 0..ORDERS {
            life.order();
        }
        // Now and then everything had arrived, now and then the disaster came in the middle of it.
        if seed % 2 == 0 {
            life.rig.settle(life.database);
        }
        let Life { mut rig, database, ordered_years, .. } = life;
        rig.advance(600);
        rig.put_back(database, &backup);
        frozen(&rig, point);
        let there_before: BTreeMap<String, Said> =
            ordered_years.keys().filter_map(|text| Some((text.clone(), said(&info(&rig, text)?)))).collect();
        rig.settle(database);
        let list: Vec<DomainName> = (0..NAMES).map(|at| name(&format!("name{at}.alpha"))).collect();
        reconcile(&rig, &list);
        // What differs in the lock or the delegation by an order that was given up is for a person, who takes it as it is.
        let found = reconcile(&rig, &list);
        for exception in &found.exceptions {
            assert!(exception.report.trouble.is_none(), "seed {seed}: {exception:?}");
            let is_of_change = |element: &str| element == drift::NAMESERVERS || element.starts_with("status:");
            assert!(exception.report.elements.iter().all(|element| is_of_change(&element.element)), "seed {seed}: {exception:?}");
            rig.act(DomainOrder::new(Target::Named(exception.report.name.clone()), DomainCommand::AcceptActual)).unwrap();
        }
        let found = reconcile(&rig, &list);
        assert_eq!((found.standing.exceptions, found.standing.unanswered), (0, 0), "seed {seed}: {found:?}");
        rig.act(ThawRegistrar { reason: None }).unwrap();
        let mut compared = 0;
        for (text, years) in &ordered_years {
            let Some(there) = info(&rig, text) else {
                assert!(!known.contains_key(text), "seed {seed}: {text} was ordered before the recovery point and is not there");
                continue;
            };
            compared += 1;
            let here = registration(&rig, text);
            let expires = there.expires.unwrap();
            assert_eq!(here.expires_at.map(day), Some(day(expires)), "seed {seed}: {text}");
            let created = there.provenance.created.unwrap();
            let paid = (expires.as_second() - created.as_second() + 86_400 * 180) / (86_400 * 365);
            assert!(paid <= i64::from(*years), "seed {seed}: {text} was paid for {paid} years, and {years} were ordered");
            // The outbox that was put back undid nothing that had been ordered after the recovery point.
            if let Some(before) = there_before.get(text) {
                assert!(expires >= before.0, "seed {seed}: {text}");
                let now = said(&there);
                assert_eq!((&now.1, now.2), (&before.1, before.2), "seed {seed}: {text}");
            }
            assert_eq!(here.desired.statuses.wants(EppStatus::ClientTransferProhibited), said(&there).2, "seed {seed}: {text}");
        }
        assert!(compared > 0, "seed {seed}: nothing was there to compare");
        assert_eq!(rig.open_intents(), 0, "seed {seed}");
    }
}
