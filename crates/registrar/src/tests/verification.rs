//! Holders who are asked who they are: the letters with their token, the answer, and what follows for their names (ACY-3 to ACY-8).

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::{Contact, ContactId, Email, EppStatus, PostalAddress};
use policy::{DutyState, HolderStanding, Registration};
use store::duties;

use super::contacts::ada;
use super::world::{name, order};
use crate::contact::{HolderChanges, SaveContact};
use crate::portfolio::DomainInfo;
use crate::testing::{House, each};
use crate::timer::Clockwork;
use crate::verification::{CallHolder, DoubtHolder, ReadVerification, VerificationLetters, VerifyByCode, VerifyByHand, VerifyByToken};

fn registration(house: &House, text: &str) -> Registration {
    house.ask(DomainInfo { name: name(text) }).unwrap().registration
}

fn is_suspended(house: &House, text: &str) -> bool {
    registration(house, text).desired.statuses.wants(EppStatus::ClientHold)
}

fn standing(house: &House, contact: ContactId) -> HolderStanding {
    house.ask(ReadVerification { contact }).unwrap().0
}

/// Names of one holder, registered.
fn names(house: &House, texts: &[&str]) -> ContactId {
    let holder = house.unverified_holder();
    for text in texts {
        let receipt = house.act(order(text, holder)).unwrap();
        house.settle(&receipt);
    }
    holder
}

/// Lets days pass, a clock's step each, with everything that runs by itself.
fn pass(house: &House, days: u32) {
    for _ in 0..days {
        house.clock.advance(SignedDuration::from_hours(24));
        work(house);
    }
}

fn work(house: &House) {
    let (letters, changes, clock) =
        (VerificationLetters::new(&house.registrar), HolderChanges::new(&house.registrar), Clockwork::new(&house.registrar));
    while letters.step().unwrap() + changes.step().unwrap() + clock.step(100).unwrap() > 0 {}
    while house.carry() > 0 {}
}

/// The subjects of the letters that ask for an answer, oldest first.
fn asked(house: &House) -> Vec<String> {
    let with_token = house.mail().into_iter().filter(|message| token_in(message).is_some());
    with_token.map(|message| message.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap().to_owned()).collect()
}

fn token_in(message: &str) -> Option<String> {
    message.lines().find(|line| line.starts_with("nkv_")).map(str::to_owned)
}

fn tokens(house: &House) -> BTreeSet<String> {
    house.mail().iter().filter_map(|message| token_in(message)).collect()
}

/// The duties of an obligation over all names, by state.
fn owed(house: &House, obligation: &str) -> Vec<&'static str> {
    let filter = duties::DutyFilter { obligation: Some(obligation.to_owned()), ..Default::default() };
    let rows = house.registrar.store().read(|tx| duties::list(tx, &filter, None, 100)).unwrap();
    let word = |state: &DutyState| match state {
        DutyState::Open => "open",
        DutyState::Fulfilled { .. } => "fulfilled",
        DutyState::Released { .. } => "released",
        DutyState::Lapsed { .. } => "lapsed",
    };
    rows.iter().map(|duty| word(&duty.state)).collect()
}

#[test]
fn one_answer_counts_for_every_name_and_for_those_that_come_later() {
    each(|house| {
        let holder = names(house, &["one.alpha", "two.alpha"]);
        work(house);
        assert_eq!(asked(house), ["Please confirm your contact data for one.alpha"], "one letter for both");
        pass(house, 8);
        assert_eq!(asked(house).len(), 3, "and the reminders of days 3 and 7");
        let token = tokens(house).into_iter().next().unwrap();
        assert_eq!(tokens(house).len(), 1, "every letter carries the same");
        assert_eq!(house.act(VerifyByToken { token: format!("  {token}\n") }).unwrap(), holder);
        // Shown again it is answered the same way, and changes nothing.
        assert_eq!(house.act(VerifyByToken { token }).unwrap(), holder);
        work(house);
        assert_eq!(owed(house, "ACY-3"), ["fulfilled", "fulfilled"]);
        let receipt = house.act(order("three.alpha", holder)).unwrap();
        house.settle(&receipt);
        pass(house, 20);
        assert_eq!((asked(house).len(), standing(house, holder)), (3, HolderStanding::Verified));
        assert!(!is_suspended(house, "one.alpha") && !is_suspended(house, "three.alpha"));
    });
}

#[test]
fn silence_suspends_every_name_and_the_answer_brings_them_back() {
    each(|house| {
        let holder = names(house, &["one.alpha", "two.alpha"]);
        work(house);
        pass(house, 14);
        assert!(is_suspended(house, "one.alpha") && is_suspended(house, "two.alpha"));
        let subjects = asked(house);
        assert_eq!(subjects.len(), 7, "a request, four reminders, and a letter for each name that is off: {subjects:?}");
        pass(house, 3);
        assert_eq!(standing(house, holder), HolderStanding::Overdue);
        assert_eq!(house.act(order("three.alpha", holder)).unwrap_err().code(), "registrant.unverified");
        house.act(VerifyByToken { token: tokens(house).into_iter().next().unwrap() }).unwrap();
        work(house);
        assert!(!is_suspended(house, "one.alpha") && !is_suspended(house, "two.alpha"));
        assert!(house.act(order("three.alpha", holder)).is_ok());
    });
}

#[test]
fn a_forged_or_outdated_token_gets_one_answer_whoever_it_names() {
    each(|house| {
        let holder = names(house, &["one.alpha"]);
        work(house);
        let token = tokens(house).into_iter().next().unwrap();
        let mut forged = token.clone();
        let last = forged.pop().unwrap();
        forged.push(if last == 'A' { 'B' } else { 'A' });
        let nobody = format!("nkv_{}", "A".repeat(43));
        let long = format!("nkv_{}", "A".repeat(100_000));
        for bad in [forged.as_str(), &nobody, &long, "", "nkv_", "nkv_\u{1f600}", "DROP TABLE contact"] {
            let refused = house.act(VerifyByToken { token: bad.to_owned() }).unwrap_err();
            assert_eq!((refused.code(), refused.to_string().contains("not valid")), ("verification.token", true), "{refused}");
        }
        // Another address ends the token that was sent to the one before, and is asked itself.
        let moved = Contact { email: Email::parse("elsewhere@canary.example").unwrap(), ..ada() };
        house.act(SaveContact { id: Some(holder), contact: moved }).unwrap();
        assert_eq!(house.act(VerifyByToken { token: token.clone() }).unwrap_err().code(), "verification.token");
        work(house);
        let fresh = tokens(house).into_iter().find(|other| *other != token).unwrap();
        assert_eq!(house.act(VerifyByToken { token: fresh }).unwrap(), holder);
    });
}

#[test]
fn changed_data_is_verified_anew_and_the_same_data_is_not() {
    each(|house| {
        let holder = names(house, &["one.alpha"]);
        house.act(VerifyByHand { contact: holder, evidence: "case 7: register extract".to_owned() }).unwrap();
        work(house);
        house.act(SaveContact { id: Some(holder), contact: ada() }).unwrap();
        assert_eq!(standing(house, holder), HolderStanding::Verified);
        let moved = Contact { address: PostalAddress { city: "Leeds".to_owned(), ..ada().address }, ..ada() };
        house.act(SaveContact { id: Some(holder), contact: moved }).unwrap();
        work(house);
        assert_eq!((standing(house, holder), owed(house, "ACY-5")), (HolderStanding::Unverified, vec!["open"]));
        assert_eq!(asked(house).len(), 1);
        pass(house, 15);
        assert!(is_suspended(house, "one.alpha"));
    });
}

#[test]
fn doubt_asks_anew_by_its_own_obligation() {
    each(|house| {
        let holder = names(house, &["one.alpha"]);
        house.act(VerifyByHand { contact: holder, evidence: "case 7".to_owned() }).unwrap();
        work(house);
        house.act(DoubtHolder { contact: holder, is_inquiry: true, reference: "report 12".to_owned() }).unwrap();
        work(house);
        assert_eq!((owed(house, "ACY-8"), asked(house).len()), (vec!["open"], 1));
        for bad in ["", "  ", "line\nbreak", &"x".repeat(201)] {
            let refused = house.act(DoubtHolder { contact: holder, is_inquiry: false, reference: bad.to_owned() }).unwrap_err();
            assert_eq!(refused.code(), "verification.reference");
        }
    });
}

#[test]
fn a_code_on_the_telephone_is_good_for_one_call_and_five_tries() {
    each(|house| {
        let holder = names(house, &["one.alpha"]);
        let by = |code: &str| VerifyByCode { contact: holder, code: code.to_owned() };
        assert_eq!(house.act(by("123456")).unwrap_err().code(), "verification.no-call");
        let first = house.act(CallHolder { contact: holder }).unwrap();
        assert_eq!((first.phone.number(), first.code.len()), ("+44.1632960987", 6));
        let wrong = if first.code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert!(!house.act(by(wrong)).unwrap());
        }
        assert_eq!(house.act(by(&first.code)).unwrap_err().code(), "verification.no-call", "the sixth try comes too late");
        let second = house.act(CallHolder { contact: holder }).unwrap();
        assert!(house.act(by(&second.code)).unwrap());
        assert_eq!(standing(house, holder), HolderStanding::Verified);
        assert_eq!(house.act(by(&second.code)).unwrap_err().code(), "verification.no-call", "a code serves once");
    });
}

/// The token opens a name's way back to DNS, so nothing that lies about may hold it: neither the database nor the ledger.
#[test]
fn no_token_lies_in_the_database() {
    each(|house| {
        names(house, &["one.alpha"]);
        work(house);
        let token = tokens(house).into_iter().next().unwrap();
        house.act(VerifyByToken { token: token.clone() }).unwrap();
        work(house);
        let entries = house.registrar.store().read(|tx| store::ledger::list_entries(tx, 0, 1000)).unwrap();
        assert!(entries.iter().any(|row| row.kind == "holder-verified"));
        assert!(entries.iter().all(|row| !row.body.clone().unwrap_or_default().contains(&token)));
    });
}
