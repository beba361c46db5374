//! Deposits: due once a day, written from what we sponsor, tried again until they arrive, watched, and equal to the database.

use std::path::{Path, PathBuf};

use escrow::deposit::{Placeholders, Settings};
use escrow::openpgp::{Form, OwnKey};
use escrow::sftp::{LoginKey, Target};
use escrow::verify::{Expect, Opener};
use escrow::{IanaId, Specification};
use model::LegalKind;
use policy::publication::PublicationRules;
use store::SignerKey;
use store::testing::TestDatabases;

use super::world::name;
use crate::Failure;
use crate::contact::{EraseRegistrant, SaveContact, SetCustomer};
use crate::deposit::{AskStanding, Comparison, DepositOrder, Depositor, ListDeposits, NoteVerdict, RunDeposit, compare, generic_tlds};
use crate::publish::Publisher;
use crate::registry::ListAlarms;
use crate::testing::House;

/// Noon of a day that no clock of a machine has reached: keys are certified by that clock.
const NOON: &str = "2100-11-30T12:00:00Z";

/// An agent's key and a folder for deposits.
struct Desk {
    agent: OwnKey,
    order: DepositOrder,
}

impl Desk {
    fn new(house: &House, folder: &Path, target: Option<Target>) -> Self {
        let now = house.at(NOON);
        let key = |name| OwnKey::generate(Form::V6, name, now).unwrap();
        let (signer, agent) = (key("ours"), key("agent"));
        let settings = Settings { workers: 1, ..Settings::of(IanaId::new(9999).unwrap(), Specification::Y2024) };
        let recipients = vec![agent.certificate().clone()];
        let order = DepositOrder { settings, folder: folder.to_owned(), signer, recipients, target, hour: 1 };
        Self { agent, order }
    }

    fn depositor(&self, house: &House) -> Depositor {
        Depositor::new(&house.registrar, self.order.clone())
    }

    /// How the newest deposit compares; none if anything is wrong with it by itself.
    fn compared(&self, house: &House) -> Option<Comparison> {
        let newest = house.ask(ListDeposits { limit: 1 }).unwrap().remove(0);
        let folder = self.order.folder.join(format!("{}-{}", policy::calendar::utc_date(newest.watermark), newest.id));
        let signers = [self.order.signer.certificate().clone()];
        let tlds = generic_tlds(&house.registrar);
        let expect = Expect {
            registrar: Some(self.order.settings.registrar),
            day: None,
            specification: None,
            opener: Some(Opener { key: &self.agent, signers: &signers, recipients: Some(&self.order.recipients) }),
            tlds: Some(&tlds),
            mapping: None,
            placeholders: &Placeholders::default(),
            now: house.registrar.now(),
        };
        let (report, comparison) =
            compare(&house.registrar, &house.authorised(RunDeposit), &folder, &expect, Some(newest.watermark)).unwrap();
        report.is_clean().then_some(comparison)
    }
}

fn publish(house: &House, folder: &Path) {
    let key = SignerKey::generate("feed.test").unwrap();
    Publisher::new(&house.registrar, PublicationRules::default(), &folder.join("feed"), key).catch_up().unwrap();
}

fn alarms(house: &House) -> Vec<String> {
    house.ask(ListAlarms::default()).unwrap().into_iter().map(|alarm| alarm.key).filter(|key| key.starts_with("deposit")).collect()
}

/// A host that nobody listens at.
fn nowhere() -> Target {
    let (key, host_key) = LoginKey::generate().unwrap();
    Target { host: "127.0.0.1".to_owned(), port: 1, user: "nobody".to_owned(), key, host_keys: vec![host_key], folder: String::new() }
}

fn each(mut script: impl FnMut(&House, PathBuf)) {
    TestDatabases::each(|database| script(&House::on(database), database.folder().to_owned()));
}

#[test]
fn a_deposit_is_written_once_a_day_and_is_what_the_database_holds() {
    each(|house, folder| {
        let desk = Desk::new(house, &folder.join("deposits"), None);
        for text in ["b.alpha", "a.alpha", "c.alpha"] {
            house.registered(text);
        }
        // What is only ordered is not ours yet.
        house.act(super::world::order("ordered.alpha", house.holder())).unwrap();
        publish(house, &folder);
        let mut depositor = desk.depositor(house);
        assert_eq!((depositor.step().unwrap(), depositor.step().unwrap()), (1, 0), "due since one in the morning, and done");
        let comparison = desk.compared(house).unwrap();
        assert_eq!((comparison.is_equal(), comparison.compared), (true, 3), "{comparison:?}");
        for (instant, wanted) in [("2100-12-01T00:59:00Z", 0), ("2100-12-01T01:00:00Z", 1), ("2100-12-01T23:00:00Z", 0)] {
            house.at(instant);
            assert_eq!(depositor.step().unwrap(), wanted, "{instant}");
        }
        let deposits = house.ask(ListDeposits { limit: 10 }).unwrap();
        assert_eq!(deposits.iter().map(|deposit| (deposit.names, deposit.gaps)).collect::<Vec<_>>(), [(3, 0), (3, 0)]);
    });
}

#[test]
fn what_changed_since_is_told_from_what_is_wrong() {
    each(|house, folder| {
        let desk = Desk::new(house, &folder.join("deposits"), None);
        let receipt = house.registered("a.alpha");
        house.registered("b.alpha");
        publish(house, &folder);
        desk.depositor(house).step().unwrap();
        house.at("2100-11-30T13:00:00Z");
        // A holder's new data, and a new name: told by the ledger.
        let holder = house.ask(crate::portfolio::DomainInfo { name: name("a.alpha") }).unwrap().registration.registrant;
        let contact = model::Contact { name: "Somebody Else".to_owned(), ..super::contacts::ada() };
        house.act(SaveContact { id: holder, contact }).unwrap();
        house.registered("later.alpha");
        publish(house, &folder);
        let comparison = desk.compared(house).unwrap();
        assert_eq!((comparison.is_equal(), comparison.changed_since), (true, 2), "{comparison:?}");
        // A row that vanished beside every command.
        let id = receipt.domain;
        let gone: Result<(), Failure> = house.registrar.store().write(move |tx| {
            let before = store::registrations::find(tx, id)?.unwrap();
            let after = policy::Registration { phase: policy::Phase::Purged, version: before.version + 1, ..before.clone() };
            Ok(store::registrations::update(tx, &after, &store::registrations::Outline::of(&before), None)?)
        });
        gone.unwrap();
        let comparison = desk.compared(house).unwrap();
        assert_eq!(comparison.changed_since, 2, "its holder changed, so it is not told from that: {comparison:?}");
    });
}

#[test]
fn a_deposit_that_cannot_be_sent_is_tried_ever_later_and_an_alarm_in_time() {
    each(|house, folder| {
        let desk = Desk::new(house, &folder.join("deposits"), Some(nowhere()));
        let mut depositor = desk.depositor(house);
        assert_eq!(depositor.step().unwrap(), 2, "written, and tried");
        let newest = |house: &House| house.ask(ListDeposits { limit: 1 }).unwrap().remove(0);
        let first = newest(house);
        assert!(first.last_fault.as_ref().is_some_and(|fault| fault.contains("127.0.0.1:1 cannot be reached")), "{first:?}");
        assert_eq!((first.tries, first.sent_at, alarms(house)), (1, None, vec![]));
        assert_eq!(depositor.step().unwrap(), 0, "its time has not come");
        house.at("2100-11-30T12:01:00Z");
        assert_eq!(depositor.step().unwrap(), 1);
        assert_eq!(newest(house).next_try_at, Some("2100-11-30T12:03:00Z".parse().unwrap()), "twice the pause");
        house.at("2100-12-01T14:01:00Z");
        depositor.step().unwrap();
        assert_eq!(alarms(house), ["deposit-overdue"]);
        assert!(house.ask(AskStanding).unwrap().is_overdue);
    });
}

#[test]
fn the_customer_behind_a_privacy_service_is_deposited_kept_and_missed_where_nobody_is_named() {
    for specification in [Specification::Y2024, Specification::Y2007] {
        each(|house, folder| {
            let mut desk = Desk::new(house, &folder.join("deposits"), None);
            desk.order.settings.specification = specification;
            let save = |kind, name: &str| {
                let contact = model::Contact { kind, name: name.to_owned(), ..super::contacts::ada() };
                house.act(SaveContact { id: None, contact }).unwrap()
            };
            let (service, customer) = (save(LegalKind::PrivacyService, "Names in Private"), save(LegalKind::Natural, "Cara Customer"));
            let receipt = house.act(super::world::order("private.alpha", service)).unwrap();
            house.settle(&receipt);
            publish(house, &folder);
            let mut depositor = desk.depositor(house);
            depositor.step().unwrap();
            assert_eq!(house.ask(ListDeposits { limit: 1 }).unwrap()[0].gaps, 1, "it stands for nobody");
            for (contact, wrong, code) in [(customer, service, "contact.customer"), (service, service, "contact.customer")] {
                assert_eq!(house.act(SetCustomer { contact, customer: wrong }).unwrap_err().code(), code);
            }
            house.act(SetCustomer { contact: service, customer }).unwrap();
            house.at("2100-12-01T02:00:00Z");
            depositor.step().unwrap();
            let newest = house.ask(ListDeposits { limit: 1 }).unwrap().remove(0);
            assert_eq!(newest.gaps, 0);
            let comparison = desk.compared(house).unwrap();
            assert!(comparison.is_equal(), "{comparison:?}");
            // Another customer: what was deposited is not what we hold, and the ledger knows why.
            let other = save(LegalKind::Natural, "Oda Other");
            house.act(SetCustomer { contact: service, customer: other }).unwrap();
            let comparison = desk.compared(house).unwrap();
            assert_eq!((comparison.is_equal(), comparison.changed_since), (true, 1), "{comparison:?}");
            house.act(SetCustomer { contact: service, customer }).unwrap();
            let erase = EraseRegistrant { contact: customer, reason: "request 7".to_owned(), when_due: false };
            assert_eq!(house.act(erase).unwrap_err().code(), "registrant.in_use", "a name in our care needs the customer");
        });
    }
}

/// A machine whose clock was years ahead for a while made a deposit: it counts for nothing once the clock is right.
#[test]
fn a_deposit_of_the_future_keeps_no_later_one_from_being_due() {
    each(|house, folder| {
        let desk = Desk::new(house, &folder.join("deposits"), None);
        let mut depositor = desk.depositor(house);
        house.at("2101-11-30T12:00:00Z");
        assert_eq!(depositor.step().unwrap(), 1);
        house.at(NOON);
        assert_eq!(depositor.step().unwrap(), 1, "due");
        house.at("2100-12-01T02:00:00Z");
        assert_eq!(depositor.step().unwrap(), 1, "and every day");
        house.at("2100-12-02T04:00:00Z");
        assert!(house.ask(AskStanding).unwrap().is_overdue, "what was sent in the future would not count either");
    });
}

#[test]
fn what_keeps_a_deposit_from_being_written_is_an_alarm_until_it_can() {
    each(|house, folder| {
        let file = folder.join("a file");
        std::fs::write(&file, "").unwrap();
        let mut desk = Desk::new(house, &file, None);
        assert!(desk.depositor(house).step().is_err());
        assert_eq!(alarms(house), ["deposit-failed"]);
        let said = house.ask(ListAlarms::default()).unwrap().remove(0).sentence;
        assert!(said.contains("Not a directory"), "the cause stands in the alarm: {said}");
        assert!(house.ask(ListDeposits { limit: 1 }).unwrap().is_empty(), "nothing counts as a deposit");
        desk.order.folder = folder.join("deposits");
        assert_eq!(desk.depositor(house).step().unwrap(), 1);
        assert_eq!(alarms(house), [""; 0]);
    });
}

#[test]
fn what_the_agent_says_is_kept_and_a_rejection_is_an_alarm() {
    each(|house, folder| {
        let desk = Desk::new(house, &folder.join("deposits"), None);
        desk.depositor(house).step().unwrap();
        let id = house.ask(ListDeposits { limit: 1 }).unwrap()[0].id;
        let say = |is_accepted, words: &str| NoteVerdict { id, is_accepted, words: words.to_owned() };
        assert_eq!(house.act(say(true, "")).unwrap_err().code(), "deposit.unsent");
        let now = house.registrar.now();
        house.registrar.store().write::<_, Failure>(move |tx| Ok(store::deposits::note_sent(tx, id, now)?)).unwrap();
        house.act(say(false, "row 7: no such country")).unwrap();
        assert_eq!((alarms(house), house.ask(AskStanding).unwrap().is_rejected), (vec!["deposit-rejected".to_owned()], true));
        house.act(say(true, "DVPN")).unwrap();
        assert_eq!((alarms(house), house.ask(AskStanding).unwrap().is_rejected), (vec![], false));
        let unknown = model::DepositId::from_bytes([9; 16]);
        assert_eq!(house.act(NoteVerdict { id: unknown, ..say(true, "") }).unwrap_err().code(), "deposit.unknown");
    });
}
