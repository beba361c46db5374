//! What people and programs read: lists by page, a name in full, its charges, its proof.

use model::{ContactId, DomainName, RegistryId, TldName};
use policy::Phase;
use store::ledger;
use store::testing::TestDatabases;

use super::world::{name, order};
use crate::portfolio::{DomainFilter, DomainInfo, ListCharges, ListDomains};
use crate::prove::ProofOf;
use crate::testing::{House, each};
use crate::{PageRequest, ledger_subject};

/// Every name that a filter shows, in the order of the pages.
fn listed(house: &House, filter: &DomainFilter, limit: u32) -> Vec<String> {
    let mut seen = Vec::new();
    let mut page = PageRequest { after: None, limit };
    loop {
        let answer = house.ask(ListDomains { filter: filter.clone(), page: page.clone() }).unwrap();
        assert!(answer.items.len() <= limit as usize);
        seen.extend(answer.items.iter().map(|line| line.name.to_string()));
        match answer.next {
            Some(next) => page.after = Some(next),
            None => return seen,
        }
    }
}

#[test]
fn names_are_listed_page_by_page_under_a_filter() {
    each(|house| {
        let holder = house.holder();
        for text in ["d.alpha", "b.beta", "a.alpha", "c.alpha", "e.beta"] {
            house.act(order(text, holder)).unwrap();
        }
        let all = ["a.alpha", "b.beta", "c.alpha", "d.alpha", "e.beta"];
        for limit in 1..=6 {
            assert_eq!(listed(house, &DomainFilter::default(), limit), all, "pages of {limit}");
        }
        let alpha = DomainFilter { tld: Some(TldName::parse("alpha").unwrap()), ..DomainFilter::default() };
        assert_eq!(listed(house, &alpha, 2), ["a.alpha", "c.alpha", "d.alpha"]);
        let nobody = DomainFilter { registrant: Some(ContactId::from_bytes([9; 16])), ..DomainFilter::default() };
        let elsewhere = DomainFilter { registry: Some(RegistryId::parse("elsewhere").unwrap()), ..DomainFilter::default() };
        let registered = DomainFilter { phase: Some(Phase::Registered), ..DomainFilter::default() };
        for filter in [nobody, elsewhere, registered] {
            assert_eq!(listed(house, &filter, 2), Vec::<String>::new(), "{filter:?}");
        }
    });
}

#[test]
fn a_name_is_shown_whole() {
    each(|house| {
        let receipt = house.act(order("shown.alpha", house.holder())).unwrap();
        let view = house.ask(DomainInfo { name: name("shown.alpha") }).unwrap();
        assert_eq!(view.intents.iter().map(|intent| intent.intent).collect::<Vec<_>>(), receipt.intents);
        house.settle(&receipt);
        let view = house.ask(DomainInfo { name: name("shown.alpha") }).unwrap();
        assert_eq!((view.registration.phase, view.intents.len()), (Phase::Registered, 0));
        assert_eq!(view.duties.iter().map(|duty| duty.obligation.as_str()).collect::<Vec<_>>(), ["EXP-1", "EXP-2", "ACY-10"]);
        assert!(view.next_due.is_some(), "the clock has nothing to do for a name that expires");
        let charges = house.ask(ListCharges { name: name("shown.alpha") }).unwrap();
        assert_eq!(
            charges,
            view.charges.into_iter().map(|charge| crate::portfolio::ChargeLine { domain: receipt.domain, charge }).collect::<Vec<_>>()
        );
        assert_eq!(charges.len(), 1);
        // Programs read it as JSON.
        let json = serde_json::to_value(house.ask(DomainInfo { name: name("shown.alpha") }).unwrap()).unwrap();
        assert_eq!(json["registration"]["phase"], "registered");
    });
}

/// A stranger checks the proof with the public key alone; it covers every entry of the name.
#[test]
fn the_proof_of_a_name_holds_without_our_database() {
    TestDatabases::each(|database| {
        let house = House::on(database);
        let receipt = house.registered("proven.alpha");
        let proof = house.ask(ProofOf { name: name("proven.alpha") }).unwrap();
        let life = &proof.lives[0];
        let report = ledger::verify_proof(&life.ledger.to_string(), database.verifier()).unwrap();
        assert_eq!(report.subject, ledger_subject(receipt.domain, &receipt.name));
        assert_eq!(report.entries.len(), house.ledger_of(&receipt).lines().count());
        assert_eq!(life.duties, house.ask(DomainInfo { name: name("proven.alpha") }).unwrap().duties);
        let forged = life.ledger.to_string().replace("proven.alpha", "forged.alpha");
        assert!(ledger::verify_proof(&forged, database.verifier()).is_err(), "a forged proof holds");
        let nothing: DomainName = name("nothing.alpha");
        assert_eq!(house.ask(ProofOf { name: nothing }).unwrap_err().code(), "domain.unknown");
    });
}
