//! A registrant who changes: the lock, both letters, and the data of before (Transfer Policy part II).

use std::collections::BTreeMap;

use model::{Contact, ContactId, Email, EppStatus, PostalAddress};
use policy::{Reason, ReasonOwner, Registration};
use store::contacts;

use super::contacts::ada;
use super::world::{asked_for, name, order};
use crate::command::{ChangeContacts, HoldDomain, UnlockDomain};
use crate::contact::{HolderChanges, ReadContact, ReadContactRevision, SaveContact};
use crate::portfolio::DomainInfo;
use crate::testing::{House, each};

const LOCK: EppStatus = EppStatus::ClientTransferProhibited;

fn grace() -> Contact {
    Contact { name: "Grace Hopper".to_owned(), email: Email::parse("grace@elsewhere.example").unwrap(), ..ada() }
}

fn registration(house: &House, text: &str) -> Registration {
    house.ask(DomainInfo { name: name(text) }).unwrap().registration
}

fn is_locked(house: &House, text: &str) -> bool {
    registration(house, text).desired.statuses.reasons(LOCK).any(|reason| reason.owner == ReasonOwner::ChangeOfRegistrant)
}

fn give_to(text: &str, registrant: ContactId, opt_out: Option<&str>) -> ChangeContacts {
    ChangeContacts { name: name(text), registrant: Some(registrant), contacts: BTreeMap::new(), lock_opt_out: opt_out.map(str::to_owned) }
}

/// Carries out what follows for the names of a holder.
fn follow(house: &House) -> usize {
    let worker = HolderChanges::new(&house.registrar);
    std::iter::from_fn(|| Some(worker.step().unwrap()).filter(|taken| *taken > 0)).count()
}

/// The addressees of the letters that wait, which are carried, with the subjects.
fn letters(house: &House) -> Vec<String> {
    let before = house.mail();
    house.carry();
    let new = house.mail().into_iter().filter(|message| !before.contains(message));
    let line = |message: &str, head: &str| message.lines().find_map(|line| line.strip_prefix(head)).unwrap_or_default().to_owned();
    let mut told: Vec<String> = new.map(|message| format!("{} | {}", line(&message, "To: "), line(&message, "Subject: "))).collect();
    told.sort();
    told
}

#[test]
fn another_registrant_locks_the_name_tells_both_and_keeps_the_data_of_before() {
    each(|house| {
        let receipt = house.registered("moved.alpha");
        house.carry();
        let prior = registration(house, "moved.alpha").registrant.unwrap();
        let new = house.act(SaveContact { id: None, contact: grace() }).unwrap();
        house.act(give_to("moved.alpha", new, None)).unwrap();
        house.settle(&receipt);
        assert!(is_locked(house, "moved.alpha"));
        assert_eq!(house.act(UnlockDomain { name: name("moved.alpha"), statuses: [LOCK].into() }).unwrap_err().code(), "lock.not-set");
        insta::allow_duplicates! {
            insta::assert_snapshot!(letters(house).join("\n"), @r"
            Canaria Namefield <canarymail@canary.example> | The registrant of moved.alpha has changed
            Grace Hopper <grace@elsewhere.example> | You are the registrant of moved.alpha
            ");
        }
        // The prior holder has other data now, and holds nothing; theirs of then is kept all the same.
        let later = Contact { email: Email::parse("later@canary.example").unwrap(), ..ada() };
        house.act(SaveContact { id: Some(prior), contact: later.clone() }).unwrap();
        assert_eq!(house.ask(ReadContact { id: prior }).unwrap(), later);
        assert_eq!(house.ask(ReadContactRevision { id: prior, revision: 1 }).unwrap(), ada());
        let refused = house.ask(ReadContactRevision { id: prior, revision: 7 }).unwrap_err();
        assert_eq!((refused.code(), refused.hint()), ("contact.revision.unknown", Some("kept are: 1 (until 2028-02-23)")));

        // A transfer that the registry lets through all the same is denied (TRF-8).
        house.announced(asked_for("moved.alpha", house.registrar.now()), "moved.alpha");
        let answer = registration(house, "moved.alpha").transfer.and_then(|case| case.answer);
        assert!(format!("{answer:?}").contains("ChangeOfRegistrantLock"), "{answer:?}");
        assert!(house.ledger_of(&receipt).contains("operator holder-changed"));
    });
}

#[test]
fn an_opt_out_given_beforehand_leaves_the_name_free() {
    each(|house| {
        house.registered("free.alpha");
        let new = house.act(SaveContact { id: None, contact: grace() }).unwrap();
        house.act(give_to("free.alpha", new, Some("terms 2026-11, box 3"))).unwrap();
        let case = registration(house, "free.alpha").holder_change.unwrap();
        assert_eq!((is_locked(house, "free.alpha"), case.opt_out.as_deref()), (false, Some("terms 2026-11, box 3")));
    });
}

#[test]
fn a_holder_put_right_is_the_same_holder() {
    each(|house| {
        house.registered("same.alpha");
        house.carry();
        let twin = house.act(SaveContact { id: None, contact: Contact { name: "Canaria Namefeild".to_owned(), ..ada() } }).unwrap();
        house.act(give_to("same.alpha", twin, None)).unwrap();
        assert_eq!((is_locked(house, "same.alpha"), registration(house, "same.alpha").holder_change), (false, None));
        let moved = Contact { address: PostalAddress { city: "Akureyri".to_owned(), ..ada().address }, ..ada() };
        house.act(SaveContact { id: Some(twin), contact: Contact { name: "Canaria Namefeild".to_owned(), ..moved } }).unwrap();
        assert_eq!((follow(house), letters(house)), (0, vec![]));
    });
}

/// Another address of the same contact is a change of registrant for each name it holds, and for none that it only serves.
#[test]
fn other_data_of_a_holder_reaches_every_name_it_holds() {
    each(|house| {
        let holder = house.holder();
        for text in ["one.alpha", "two.alpha", "three.alpha"] {
            let receipt = house.act(order(text, holder)).unwrap();
            house.settle(&receipt);
        }
        house.registered("other.alpha");
        house.carry();
        let other = Contact { email: Email::parse("other@canary.example").unwrap(), ..ada() };
        house.act(SaveContact { id: Some(holder), contact: other.clone() }).unwrap();
        assert!(!is_locked(house, "one.alpha"), "what follows for the names is a job of its own");
        assert_eq!(follow(house), 1);
        let locked = ["one.alpha", "two.alpha", "three.alpha", "other.alpha"].map(|text| is_locked(house, text));
        assert_eq!(locked, [true, true, true, false]);
        assert_eq!(follow(house), 0, "once");
        assert_eq!(house.ask(ReadContactRevision { id: holder, revision: 1 }).unwrap(), ada());
        assert_eq!(house.ask(ReadContactRevision { id: holder, revision: 2 }).unwrap(), other);
        let told = letters(house);
        assert_eq!(told.len(), 6);
        assert_eq!(
            told.iter().filter(|line| line.contains("canarymail@canary.example") && line.contains("has changed")).count(),
            3,
            "{told:?}"
        );
        assert_eq!(told.iter().filter(|line| line.contains("other@canary.example") && line.contains("You are")).count(), 3, "{told:?}");
    });
}

/// COR-2: while a proceeding is pending, nothing of it is done, not even the saving.
#[test]
fn the_holder_of_a_name_in_dispute_does_not_change() {
    each(|house| {
        house.registered("quarrel.alpha");
        let holder = registration(house, "quarrel.alpha").registrant.unwrap();
        let reason = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2026-1".to_owned() };
        house.act(HoldDomain { name: name("quarrel.alpha"), status: EppStatus::ClientHold, reason }).unwrap();
        let refused = house.act(SaveContact { id: Some(holder), contact: grace() }).unwrap_err();
        assert_eq!(refused.code(), "contact.in_dispute");
        assert_eq!(house.ask(ReadContact { id: holder }).unwrap(), ada());
        let moved = Contact { address: PostalAddress { city: "Akureyri".to_owned(), ..ada().address }, ..ada() };
        house.act(SaveContact { id: Some(holder), contact: moved }).unwrap();
    });
}

/// Data of nobody's registrant is not hoarded.
#[test]
fn a_contact_that_holds_no_name_leaves_no_trace_of_its_old_data() {
    each(|house| {
        let contact = house.holder();
        house.act(SaveContact { id: Some(contact), contact: grace() }).unwrap();
        let kept = house.registrar.store().read::<_, crate::Failure>(|tx| Ok(contacts::list_revisions(tx, contact)?)).unwrap();
        assert_eq!((kept, follow(house)), (vec![], 0));
    });
}
