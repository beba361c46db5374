//! Lives of names: what an order leaves behind, what the clock and the courier make of it.

use std::collections::BTreeMap;
use std::time::Duration;

use model::{Contact, ContactRole, Email, Period, Phone};
use policy::{DutyState, IntentState, NoticeKind};

use store::testing::TestDatabases;
use store::{SignerKey, Store};

use super::contacts::ada;
use super::world::{asked_for, name, order};
use crate::command::{ChangeContacts, RegisterDomain, RenewDomain};
use crate::contact::SaveContact;
use crate::notice::Courier;
use crate::portfolio::{DomainInfo, DutyFilter, DutyLine, ListDuties};
use crate::sole::{InFreeze, Sole};
use crate::testing::{House, each, profile, registrar_with, seen_alike};
use crate::timer::Clockwork;
use crate::{Failure, PageRequest, Receipt, Registrar, authorise};

/// Runs the clock until nothing is due any more.
fn run_clock(house: &House) {
    while Clockwork::new(&house.registrar).step(100).unwrap() > 0 {}
}

#[test]
fn an_order_is_a_row_of_ledger_entries_and_intents() {
    let (ledger, intents) = seen_alike(|house| {
        let receipt = house.act(order("first.alpha", house.holder())).unwrap();
        assert_eq!(receipt.ledger.end - receipt.ledger.start, house.ledger_of(&receipt).lines().count() as u64);
        (house.ledger_of(&receipt), house.intents_of(&receipt))
    });
    insta::assert_snapshot!(ledger, @r"
    operator domain-ordered
    operator intent-decided
    operator intent-decided
    operator intent-decided
    ");
    insta::assert_snapshot!(intents, @r"
    Ready create-contact contact:* after 0
    Ready create-host host:ns1.elsewhere.example after 0
    Waiting create-domain domain:first.alpha after 2
    ");
}

#[test]
fn what_cannot_be_ordered_leaves_nothing() {
    each(|house| {
        let holder = house.holder();
        house.act(order("taken.alpha", holder)).unwrap();
        let nobody = model::ContactId::from_bytes([9; 16]);
        let refused = [
            ("taken.alpha", holder, "domain.held"),
            ("name.unserved", holder, "tld.not_served"),
            ("deep.down.alpha", holder, "tld.not_served"),
            ("other.alpha", nobody, "contact.unknown"),
        ];
        for (text, registrant, code) in refused {
            let before = house.ask(DomainInfo { name: name("taken.alpha") }).unwrap().registration.version;
            let failure = house.act(order(text, registrant)).unwrap_err();
            assert_eq!(failure.code(), code, "{failure}");
            assert_eq!(house.ask(DomainInfo { name: name("taken.alpha") }).unwrap().registration.version, before);
        }
        assert_eq!(house.ask(DomainInfo { name: name("other.alpha") }).unwrap_err().code(), "domain.unknown");
    });
}

/// Design rule 2: a renewal that is asked for twice is done once.
#[test]
fn a_renewal_is_not_done_twice() {
    each(|house| {
        let receipt = house.registered("renewed.alpha");
        let seen = house.ask(DomainInfo { name: name("renewed.alpha") }).unwrap().registration.expires_at;
        let renewal = RenewDomain { name: name("renewed.alpha"), period: Period::years(1).unwrap(), current_expiry: seen, fee: None };
        house.act(renewal.clone()).unwrap();
        house.settle(&receipt);
        assert!(matches!(house.act(renewal), Err(Failure::Refused(_))));
        let charges = house.ask(DomainInfo { name: name("renewed.alpha") }).unwrap().charges;
        assert_eq!(charges.iter().map(|charge| charge.years).collect::<Vec<_>>(), [1, 1]);
    });
}

#[test]
fn the_expiry_chain_writes_its_letters_once() {
    let (letter, duties) = seen_alike(|house| {
        house.registered("expiring.alpha");
        house.carry();
        house.at("2027-10-10T12:00:00Z");
        run_clock(house);
        assert_eq!(house.carry(), 1, "the yearly letter with the data");
        house.at("2027-10-23T12:00:00Z");
        run_clock(house);
        let letter = house.letter();
        run_clock(house);
        assert_eq!(house.carry(), 0, "a notice left twice");
        let duties = house.ask(ListDuties { filter: DutyFilter::default(), page: PageRequest::default() }).unwrap().items;
        let line = |line: &DutyLine| format!("{} due {} {}", line.duty.key, line.duty.hard_due, standing(&line.duty.state));
        (letter, duties.iter().map(line).collect::<Vec<_>>().join("\n"))
    });
    insta::assert_snapshot!(letter, @r#"
    Date: Sat, 23 Oct 2027 12:00:00 +0000
    From: "Example Registrar, Inc." <notices@registrar.example>
    To: Canaria Namefield <canarymail@canary.example>
    Subject: expiring.alpha expires on 2027-11-23 (UTC)
    Message-ID: <ntc_*@registrar.example>
    MIME-Version: 1.0
    Auto-Submitted: auto-generated
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    Dear Canaria Namefield,

    your domain name expiring.alpha expires on 2027-11-23 (UTC).

    To renew it, go to https://registrar.example/renew or answer this
    message. The fee for a year is 8.00 USD.

    If it is not renewed, its DNS is interrupted after expiry: web sites and
    mail under it stop working.

    It is deleted 40 days after expiry.

    Once deleted it can be restored for a limited time; the fee for that is
    40.00 USD.

    Example Registrar, Inc.
    notices@registrar.example
    "#);
    insta::assert_snapshot!(duties, @r"
    EXP-1:2027-11-23 due 2027-10-28T12:00:00Z fulfilled 2027-10-23T12:00:00Z
    EXP-2:2027-11-23 due 2027-11-19T12:00:00Z open
    ACY-10:2027-11-23 due 2027-11-23T12:00:00Z fulfilled 2027-10-10T12:00:00Z
    ACY-10:2028-11-23 due 2028-11-23T12:00:00Z open
    ");
}

/// EXP-4: not only to an address that dies with the name.
#[test]
fn a_notice_leaves_the_name_it_is_about() {
    each(|house| {
        let contact = |email: &str| Contact { email: Email::parse(email).unwrap(), ..ada() };
        let holder = house.act(SaveContact { id: None, contact: contact("me@mine.alpha") }).unwrap();
        let tech = house.act(SaveContact { id: None, contact: contact("tech@elsewhere.example") }).unwrap();
        let contacts = BTreeMap::from([(ContactRole::Tech, tech)]);
        let receipt = house.act(RegisterDomain { contacts, ..order("mine.alpha", holder) }).unwrap();
        house.settle(&receipt);
        let letter = house.letter();
        let heads: Vec<&str> = letter.lines().filter(|line| line.starts_with("To:") || line.starts_with("Cc:")).collect();
        assert_eq!(heads, ["To: Canaria Namefield <me@mine.alpha>", "Cc: Canaria Namefield <tech@elsewhere.example>"]);
    });
}

/// `lapsed.alpha` a second after its term, with every notice so far carried.
fn lapsed(house: &House) -> Receipt {
    let receipt = house.registered("lapsed.alpha");
    house.carry();
    house.at("2027-11-23T12:00:01Z");
    run_clock(house);
    house.carry();
    receipt
}

/// EXP-5: what somebody changed after expiry takes nothing from the registrant at expiration.
#[test]
fn after_expiry_the_registrant_at_expiration_is_told() {
    each(|house| {
        let receipt = lapsed(house);
        let other = Contact { email: Email::parse("other@elsewhere.example").unwrap(), ..ada() };
        let other = house.act(SaveContact { id: None, contact: other }).unwrap();
        house
            .act(ChangeContacts { name: name("lapsed.alpha"), registrant: Some(other), contacts: BTreeMap::new(), lock_opt_out: None })
            .unwrap();
        house.settle(&receipt);
        assert_eq!(house.carry(), 2, "of the change itself both are told (COR-6)");
        house.at("2027-11-24T12:00:01Z");
        run_clock(house);
        assert!(house.letter().contains("To: Canaria Namefield <canarymail@canary.example>"));
    });
}

/// EXP-5: nor does other data of the same contact. A correction that makes it nobody else comes first, then another address.
#[test]
fn after_expiry_the_address_of_then_is_written_to() {
    each(|house| {
        let receipt = lapsed(house);
        let question = authorise(&house.operator, DomainInfo { name: name("lapsed.alpha") }).unwrap();
        let holder = house.registrar.ask(question).unwrap().registration.registrant.unwrap();
        let phone = Contact { phone: Some(Phone::parse("+44.2079460000", None).unwrap()), ..ada() };
        house.act(SaveContact { id: Some(holder), contact: phone.clone() }).unwrap();
        let moved = Contact { email: Email::parse("other@elsewhere.example").unwrap(), ..phone };
        house.act(SaveContact { id: Some(holder), contact: moved }).unwrap();
        house.settle(&receipt);
        house.at("2027-11-24T12:00:01Z");
        run_clock(house);
        assert!(house.letter().contains("To: Canaria Namefield <canarymail@canary.example>"));
    });
}

/// A changed profile moves what is due, and the clock follows it without anything happening to a name.
#[test]
fn the_clock_follows_a_changed_profile() {
    TestDatabases::each(|database| {
        let house = House::on(database);
        house.registered("planned.alpha");
        // The add grace is forgotten, and the yearly letter ordered; the first notice is what comes next.
        house.at("2027-10-10T12:00:00Z");
        run_clock(&house);
        let next = |registrar: &Registrar| {
            let question = authorise(&house.operator, DomainInfo { name: name("planned.alpha") }).unwrap();
            registrar.ask(question).unwrap().next_due.unwrap()
        };
        assert_eq!(Clockwork::new(&house.registrar).follow_profiles().unwrap(), 1);
        assert_eq!(Clockwork::new(&house.registrar).follow_profiles().unwrap(), 0, "nothing changed");
        let mut profile = profile();
        profile.tlds[0].expiry.first_notice_days_before = 35;
        let changed = registrar_with(database.store().clone(), house.clock.clone(), house.maildrop.clone(), profile);
        assert!(next(&changed) < next(&house.registrar));
        house.clock.set(next(&changed));
        assert_eq!(Clockwork::new(&changed).step(10).unwrap(), 0, "the index knows the old profile only");
        assert_eq!(Clockwork::new(&changed).follow_profiles().unwrap(), 1);
        let ordered = changed.ask(authorise(&house.operator, DomainInfo { name: name("planned.alpha") }).unwrap()).unwrap().notices;
        assert!(ordered.iter().any(|notice| notice.kind == NoticeKind::ExpiryFirst), "{ordered:?}");
    });
}

/// Whoever waits for an intent sees it settle, and gives up when the time is over.
#[test]
fn waiting_ends_with_the_intents_or_with_patience() {
    each(|house| {
        let receipt = house.act(order("awaited.alpha", house.holder())).unwrap();
        let early = house.registrar.await_settled(&receipt.intents, Duration::from_millis(1)).unwrap();
        assert!(early.iter().all(|settlement| settlement.state.is_open()));
        std::thread::scope(|scope| {
            scope.spawn(|| house.settle(&receipt));
            let late = house.registrar.await_settled(&receipt.intents, Duration::from_secs(60)).unwrap();
            assert!(late.iter().all(|settlement| settlement.state == IntentState::Confirmed), "{late:?}");
        });
    });
}

/// Two processes have one clock and one courier between them; a crashed one gives way when its lease lapses.
#[test]
fn one_process_at_a_time_runs_the_clock_and_carries() {
    each(|house| {
        house.registered("sole.alpha");
        let other = Sole::new(&house.registrar, "courier", InFreeze::Idles);
        let blocked = other.alone(|_| Ok(house.carry())).unwrap();
        assert_eq!((blocked, house.carry()), (Some(0), 1));
        house.at("2027-10-10T12:00:00Z");
        run_clock(house);
        assert_eq!(house.carry(), 1);
        house.at("2027-10-23T12:00:00Z");
        run_clock(house);
        let crashed = Sole::new(&house.registrar, "courier", InFreeze::Idles);
        let panicked =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crashed.alone(|_| -> Result<(), Failure> { panic!("a crash") })));
        assert!(panicked.is_err());
        assert_eq!(house.carry(), 0, "the lease of the crashed one still runs");
        house.at("2027-10-23T12:05:01Z");
        assert_eq!(house.carry(), 1);
    });
}

#[test]
fn a_silent_courier_fulfils_duties_and_hands_nothing_out() {
    each(|house| {
        house.registered("quiet.alpha");
        assert_eq!(Courier::silent(&house.registrar).step(10).unwrap(), 1);
        assert!(house.mail().is_empty());
        assert_eq!(house.carry(), 0);
    });
}

#[test]
fn a_transfer_away_is_told_by_the_standard_form() {
    let letter = seen_alike(|house| {
        house.registered("wanted.alpha");
        house.carry();
        let now = house.at("2027-03-01T08:00:00Z");
        house.announced(asked_for("wanted.alpha", now), "wanted.alpha");
        house.letter()
    });
    insta::assert_snapshot!(letter, @r#"
    Date: Mon, 01 Mar 2027 08:00:00 +0000
    From: "Example Registrar, Inc." <notices@registrar.example>
    To: Canaria Namefield <canarymail@canary.example>
    Subject: Domain name transfer: wanted.alpha
    Message-ID: <ntc_*@registrar.example>
    MIME-Version: 1.0
    Auto-Submitted: auto-generated
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    DOMAIN NAME TRANSFER

    Attention: Canaria Namefield

    Re: Transfer of wanted.alpha

    Example Registrar, Inc. received notification on 2027-03-01 that you have
    requested/pre-approved a transfer to another domain name registrar. If
    you want to proceed with this transfer, you do not need to respond to
    this message. If you wish to cancel the transfer, please contact us
    before 2027-03-06 by:

    send an email to notices@registrar.example

    If we do not hear from you by 2027-03-06, the transfer will proceed.
    "#);
}

/// A lost race to another node is decided again: of two registrars on one database exactly one gets the name.
#[test]
fn two_nodes_never_hold_one_name_twice() {
    TestDatabases::each(|database| {
        let house = House::on(database);
        let neighbour = Store::open_with_signer(database.url(), SignerKey::read(database.key_path()).unwrap()).unwrap();
        let nodes = [house.registrar.clone(), house.registrar_on(neighbour)];
        let holder = house.holder();
        let codes: Vec<String> = std::thread::scope(|scope| {
            let race = |number: usize| {
                let order = house.authorised(order(&format!("race{}.alpha", number / 2), holder));
                let node = &nodes[number % 2];
                scope.spawn(move || node.carry_out(order).map_or_else(|failure| failure.code().to_owned(), |_| "held".to_owned()))
            };
            let threads: Vec<_> = (0..20).map(race).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |word: &str| codes.iter().filter(|code| *code == word).count();
        assert_eq!((count("held"), count("domain.held")), (10, 10), "{} {codes:?}", database.engine());
    });
}

/// Where a duty stands, without ids.
fn standing(state: &DutyState) -> String {
    match state {
        DutyState::Open => "open".to_owned(),
        DutyState::Fulfilled { at, .. } => format!("fulfilled {at}"),
        DutyState::Released { at, reason } => format!("released {at}: {reason}"),
        DutyState::Lapsed { at } => format!("lapsed {at}"),
    }
}
