//! An erased person is nowhere: not in the database, not in its files, not in what was published, and not in yesterday's backup.

use std::collections::BTreeMap;
use std::path::Path;

use model::{Contact, ContactId, ContactRole, Email, Phone, Timestamp};
use policy::publication::{ConsentElement, PublicationRules};
use policy::{DeletionCause, retention};
use store::testing::{TestDatabase, TestDatabases};
use store::{SignerKey, StoreFault, contact_buckets, journal, ledger};

use crate::command::{ChangeContacts, DeleteDomain};
use crate::contact::{
    CancelErasure, Clue, DossierOf, EraseRegistrant, Erasure, FindRegistrant, HoldRegistrant, HolderChanges, ListContacts, ListErasures,
    ReadContact, ReleaseRegistrant, SaveContact, SetConsent, index_contacts,
};
use crate::gate::testing::{Rig, holder, name, registrar};
use crate::notice::Courier;
use crate::publish::Publisher;
use crate::registry::ListAlarms;
use crate::retention::PurgeRecords;
use crate::testing::profile;
use crate::timer::Clockwork;
use crate::{Registrar, actor, authorise};

const DAY: i64 = 86_400;

/// Words of the holder that occur nowhere else.
const CANARIES: [&str; 5] = ["Canaria", "canaryholder", "Canary Lane", "Canarytown", "CA7 7NN"];

fn purge(rig: &Rig) -> u64 {
    let case = || authorise(&actor::timer(), PurgeRecords { limit: 1_000 }).unwrap();
    std::iter::from_fn(|| Some(rig.registrar.carry_out(case()).unwrap()).filter(|purged| *purged > 0)).sum()
}

fn erase(rig: &Rig, contact: ContactId, when_due: bool) -> Result<Erasure, crate::Failure> {
    let erased = rig.act(EraseRegistrant { contact, reason: "request 4711".to_owned(), when_due });
    rig.registrar.sweep_keys().unwrap();
    erased
}

fn refused(result: Result<Erasure, crate::Failure>) -> String {
    result.unwrap_err().code().to_owned()
}

/// Every file below a folder, but what was handed to the mail system.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path).into_iter().filter(|_| !path.ends_with("maildrop")));
        } else {
            found.insert(path.display().to_string(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn holding<'f>(files: &'f BTreeMap<String, Vec<u8>>, needle: &[u8]) -> Vec<&'f str> {
    let has = |bytes: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    files.iter().filter(|(_, bytes)| has(bytes)).map(|(path, _)| path.as_str()).collect()
}

/// Whether any frame of the journal about an object opens.
fn frames_open(registrar: &Registrar, object: &str) -> Vec<bool> {
    let read: Result<Vec<bool>, StoreFault> = registrar.store().read(|tx| {
        let exchanges = journal::list_of_object(tx, object, Timestamp::MAX, 100)?;
        Ok(exchanges.iter().map(|exchange| journal::get_frames(tx, registrar.vault(), &exchange.cltrid).is_ok()).collect())
    });
    read.unwrap()
}

/// The holder's contact object at the registry.
fn handle(rig: &Rig, contact: ContactId) -> String {
    let handles: Result<_, StoreFault> = rig.registrar.store().read(|tx| store::contacts::list_handles_of(tx, contact));
    handles.unwrap()[0].1.to_string()
}

/// A person whose data is saved, used at the registry, published, changed, written to and replaced: gives who it is and who came after.
fn lived(rig: &mut Rig, database: &mut TestDatabase, publisher: &mut Publisher) -> (ContactId, ContactId) {
    let person = rig.holder;
    rig.order("lived.alpha");
    rig.order("left.alpha");
    rig.settle(database);
    let elements = vec![ConsentElement::Name, ConsentElement::City, ConsentElement::Street, ConsentElement::Email];
    rig.act(SetConsent { contact: person, elements, is_given: true, source: "form 3".to_owned() }).unwrap();
    publisher.catch_up().unwrap();
    rig.act(SaveContact { id: Some(person), contact: Contact { name: "Canaria Secondname".to_owned(), ..moved() } }).unwrap();
    let changes = HolderChanges::new(&rig.registrar);
    while changes.step().unwrap() > 0 {}
    rig.settle(database);
    Courier::new(&rig.registrar).step(100).unwrap();
    publisher.catch_up().unwrap();
    let other = Contact { name: "Somebody Else".to_owned(), email: Email::parse("else@elsewhere.example").unwrap(), ..plain() };
    let other = rig.act(SaveContact { id: None, contact: other }).unwrap();
    let registrant = Some(other);
    rig.act(ChangeContacts { name: name("left.alpha"), registrant, contacts: BTreeMap::new(), lock_opt_out: None }).unwrap();
    rig.settle(database);
    rig.act(DeleteDomain { name: name("lived.alpha"), cause: DeletionCause::Registrant }).unwrap();
    rig.settle(database);
    Courier::new(&rig.registrar).step(100).unwrap();
    publisher.catch_up().unwrap();
    (person, other)
}

fn moved() -> Contact {
    Contact { email: Email::parse("canaryholder@other.example").unwrap(), ..holder() }
}

fn plain() -> Contact {
    let mut contact = holder();
    contact.address.street = vec!["1 Plain Street".to_owned()];
    contact.address.city = "Plaintown".to_owned();
    contact.address.postcode = Some("EC1A 1BB".to_owned());
    contact
}

#[test]
fn an_erased_person_is_nowhere_and_not_in_yesterdays_backup() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 71).in_turn();
        let feed = database.folder().join("feed");
        let key = SignerKey::generate("feed.test").unwrap();
        let mut publisher = Publisher::new(&rig.registrar, PublicationRules::default(), &feed, key);
        let key_file = database.folder().join("kek");
        let (person, other) = lived(&mut rig, database, &mut publisher);
        let root = std::fs::read(&key_file).unwrap()[35..67].to_vec();
        let wrapped = database.wrapped_key(&person.to_string()).unwrap();
        let is_file = database.engine() == "sqlite";

        // What there is to find, so that finding nothing later means something.
        let before = files(database.folder());
        assert!(holding(&before, b"Canaria").iter().any(|path| path.contains("feed")), "{:?}", holding(&before, b"Canaria"));
        assert_eq!(holding(&before, &root).len(), 1, "the key file alone");
        let object = handle(&rig, person);
        assert!(frames_open(&rig.registrar, &object).len() >= 2 && frames_open(&rig.registrar, &object).iter().all(|opens| *opens));
        let dossier = rig.ask(DossierOf { contact: person }).unwrap();
        assert!(dossier.notices.iter().any(|notice| notice.message.as_ref().is_some_and(|letter| letter.contains("Canaria"))));
        assert!(!dossier.revisions.is_empty() && dossier.consents.len() == 4 && dossier.contact.is_some());
        let yesterday = is_file.then(|| database.backup());

        // The clocks: fifteen months for the name that another holds now, two years for the one that ended.
        assert_eq!(refused(erase(&rig, person, false)), "registrant.retained");
        let Erasure::Ordered { due, clocks } = erase(&rig, person, true).unwrap() else { panic!("a clock runs") };
        assert_eq!(due, retention::CONTACT.keep_until(clocks[0].keep_until.min(rig.registrar.now())));
        let rules: Vec<&str> = clocks.iter().map(|clock| clock.rule.as_str()).collect();
        assert_eq!(rules, ["RET-2", "COR-10", "RET-3"]);
        assert_eq!(rig.ask(ListErasures).unwrap()[0].due, Some(due));
        rig.advance(500 * DAY);
        purge(&rig);
        assert!(rig.ask(ReadContact { id: person }).is_ok(), "one clock still runs");
        rig.advance(300 * DAY);
        purge(&rig);
        let swept = rig.registrar.sweep_keys().unwrap();
        assert!(swept.cut >= 1 && swept.is_scrubbed, "{swept:?}");
        publisher.catch_up().unwrap();

        // The living.
        assert_eq!(rig.ask(ReadContact { id: person }).unwrap_err().code(), "contact.erased");
        assert!(rig.ask(ReadContact { id: other }).is_ok());
        let dossier = rig.ask(DossierOf { contact: person }).unwrap();
        assert!(dossier.contact.is_none() && dossier.revisions.is_empty() && dossier.consents.is_empty());
        assert!(dossier.notices.iter().all(|notice| notice.message.is_none()));
        let lines = rig.ask(ListContacts::default()).unwrap().items;
        let line = lines.iter().find(|line| line.id == person).unwrap();
        assert!(line.erased_at.is_some() && line.name.is_empty());
        assert!(
            frames_open(&rig.registrar, &object).iter().all(|opens| !opens),
            "what the journal still has of the person is sealed for good"
        );
        assert!(rig.ask(FindRegistrant { clue: Clue::Name("secondname".to_owned()) }).unwrap().is_empty());
        let noted = rig.registrar.store().read(|tx| ledger::list_subject_entries(tx, &person.to_string(), 0, 100));
        let noted: Vec<_> = noted.unwrap_or_else(|fault: StoreFault| panic!("{fault}"));
        assert_eq!(noted.last().unwrap().kind, "registrant-erased");
        assert!(noted.last().unwrap().body.as_ref().unwrap().contains("request 4711"));

        // The files: nothing in clear, nothing that opens anything.
        let after = files(database.folder());
        for canary in CANARIES {
            assert_eq!(holding(&after, canary.as_bytes()), [""; 0], "{canary} on {}", database.engine());
        }
        assert_eq!(holding(&after, &root), [""; 0], "the root of the key tree");
        assert_eq!(holding(&after, &wrapped), [""; 0], "the wrapped key");
        assert!(database.dump().iter().all(|(_, bytes)| !bytes.windows(wrapped.len()).any(|window| window == wrapped)));

        // Yesterday's backup, put back beside today's key file.
        let Some(yesterday) = yesterday else { return };
        assert!(yesterday.windows(wrapped.len()).any(|window| window == wrapped), "the backup has the wrapped key");
        let mut elsewhere = TestDatabases::sqlite();
        std::fs::copy(database.key_path(), elsewhere.key_path()).unwrap();
        elsewhere.restore(&yesterday);
        let put_back = registrar(elsewhere.store().clone(), &rig.clock, &key_file, elsewhere.folder(), profile(), 77);
        let read = |id| put_back.ask(authorise(&rig.operator, ReadContact { id }).unwrap()).map(drop);
        assert_eq!(read(person).unwrap_err().code(), "fault", "it cannot be opened");
        assert!(read(other).is_ok(), "and everybody else can");
        assert!(frames_open(&put_back, &object).iter().all(|opens| !opens));
        let swept = put_back.sweep_keys().unwrap();
        assert!(swept.erased_again >= 1, "{swept:?}");
        assert_eq!(read(person).unwrap_err().code(), "contact.erased");
        assert_eq!(put_back.sweep_keys().unwrap().erased_again, 0);
    });
}

/// A process that dies between the database and the key file is made good by the next.
#[test]
fn an_erasure_that_was_cut_short_is_finished_at_the_next_start() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 72);
        let person = rig.holder;
        let key_file = database.folder().join("kek");
        let before = std::fs::read(&key_file).unwrap();
        assert_eq!(rig.act(EraseRegistrant { contact: person, reason: "request 1".to_owned(), when_due: false }).unwrap(), Erasure::Erased);
        assert_eq!(std::fs::read(&key_file).unwrap(), before);
        rig.restart(database);
        assert_eq!(rig.registrar.count_unswept_keys().unwrap(), 1);
        assert_eq!(rig.registrar.sweep_keys().unwrap().cut, 1);
        assert_eq!(rig.registrar.count_unswept_keys().unwrap(), 0);
        assert_ne!(std::fs::read(&key_file).unwrap(), before);
        assert_eq!(rig.registrar.sweep_keys().unwrap().cut, 0);
    });
}

#[test]
fn a_name_in_our_care_and_a_hold_stand_in_the_way() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 73);
        let person = rig.holder;
        rig.order("held.alpha");
        rig.settle(database);
        assert_eq!(refused(erase(&rig, person, true)), "registrant.in_use");
        let (reference, reason) = ("27 O 411/26".to_owned(), "preservation order".to_owned());
        rig.act(HoldRegistrant { contact: person, reference: reference.clone(), reason }).unwrap();
        rig.act(DeleteDomain { name: name("held.alpha"), cause: DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        assert_eq!(refused(erase(&rig, person, true)), "registrant.held");
        rig.advance(800 * DAY);
        purge(&rig);
        assert!(rig.ask(ReadContact { id: person }).is_ok(), "every clock has ended, and it is held");
        assert!(!rig.ask(DossierOf { contact: person }).unwrap().names.is_empty());
        assert_eq!(
            rig.act(ReleaseRegistrant { contact: person, reference: "another".to_owned() }).unwrap_err().code(),
            "registrant.not_held"
        );
        rig.act(ReleaseRegistrant { contact: person, reference }).unwrap();
        rig.advance(DAY);
        purge(&rig);
        assert_eq!(rig.ask(ReadContact { id: person }).unwrap_err().code(), "contact.erased");
    });
}

#[test]
fn who_is_erased_or_about_to_be_is_named_by_nothing_new() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 74);
        let person = rig.holder;
        rig.order("first.alpha");
        rig.settle(database);
        rig.act(DeleteDomain { name: name("first.alpha"), cause: DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        erase(&rig, person, true).unwrap();
        let change = |contact| ChangeContacts {
            name: name("second.alpha"),
            registrant: Some(contact),
            contacts: BTreeMap::new(),
            lock_opt_out: None,
        };
        rig.new_holder();
        rig.order("second.alpha");
        rig.settle(database);
        assert_eq!(rig.act(change(person)).unwrap_err().code(), "registrant.leaving");
        rig.act(CancelErasure { contact: person }).unwrap();
        assert_eq!(rig.act(CancelErasure { contact: person }).unwrap_err().code(), "registrant.not_ordered");
        rig.advance(800 * DAY);
        purge(&rig);
        assert_eq!(rig.act(change(person)).unwrap_err().code(), "contact.erased");
        assert_eq!(rig.act(SaveContact { id: Some(person), contact: holder() }).unwrap_err().code(), "contact.erased");
        assert_eq!(refused(erase(&rig, person, true)), "contact.erased");
    });
}

/// A notice for somebody who is gone goes to nobody, and nobody is woken for it.
#[test]
fn nothing_is_written_to_an_erased_person() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 75);
        let person = rig.holder;
        rig.order("quiet.alpha");
        rig.settle(database);
        let other = Contact { email: Email::parse("else@elsewhere.example").unwrap(), ..plain() };
        let registrant = Some(rig.act(SaveContact { id: None, contact: other }).unwrap());
        rig.act(ChangeContacts { name: name("quiet.alpha"), registrant, contacts: BTreeMap::new(), lock_opt_out: None }).unwrap();
        let waiting: Result<_, StoreFault> =
            rig.registrar.store().read(|tx| store::notices::list_uncarried(tx, None, rig.registrar.now(), 100));
        let waiting = waiting.unwrap().into_iter().filter(|(order, _)| order.addressee.is_some_and(|to| to.contact == person)).count();
        assert_eq!(waiting, 1, "the prior holder is told of the change");
        // The courier stood still for all that time.
        rig.advance(800 * DAY);
        purge(&rig);
        assert_eq!(rig.ask(ReadContact { id: person }).unwrap_err().code(), "contact.erased");
        Courier::new(&rig.registrar).step(100).unwrap();
        let left: Result<_, StoreFault> =
            rig.registrar.store().read(|tx| store::notices::list_uncarried(tx, None, rig.registrar.now(), 100));
        assert_eq!(left.unwrap(), []);
        assert!(rig.ask(ListAlarms::default()).unwrap().iter().all(|alarm| !alarm.key.starts_with("notice:")));
        let letters = files(&database.folder().join("maildrop"));
        assert!(!letters.is_empty() && holding(&letters, b"canaryholder").is_empty(), "{:?}", letters.keys());
    });
}

/// What was written to a person, where it can still be read.
fn letters(rig: &Rig, of: ContactId) -> Vec<Option<String>> {
    rig.ask(DossierOf { contact: of }).unwrap().notices.into_iter().map(|notice| notice.message).collect()
}

/// A letter that names two people goes with either of them.
#[test]
fn a_letter_with_a_copy_goes_with_whoever_got_the_copy() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 77);
        let under = Contact { email: Email::parse("me@copied.alpha").unwrap(), ..plain() };
        let holder = rig.act(SaveContact { id: None, contact: under }).unwrap();
        let technician = rig.act(SaveContact { id: None, contact: self::holder() }).unwrap();
        let order = rig.order_of("copied.alpha", holder, [(ContactRole::Tech, technician)].into());
        rig.settle(database);
        rig.advance(340 * DAY);
        while Clockwork::new(&rig.registrar).step(100).unwrap() > 0 {}
        Courier::new(&rig.registrar).step(100).unwrap();
        for of in [holder, technician] {
            let kept = letters(&rig, of);
            assert!(
                kept.iter().flatten().any(|letter| letter.contains("me@copied.alpha") && letter.contains("canaryholder")),
                "{}",
                kept.len()
            );
        }
        let none = ChangeContacts { name: order.name, registrant: None, contacts: BTreeMap::new(), lock_opt_out: None };
        rig.act(none).unwrap();
        rig.settle(database);
        rig.advance(480 * DAY);
        purge(&rig);
        assert_eq!(rig.ask(ReadContact { id: technician }).unwrap_err().code(), "contact.erased");
        assert!(rig.ask(ReadContact { id: holder }).is_ok());
        let kept = letters(&rig, holder);
        assert!(kept.iter().any(Option::is_none), "what went to both is gone with one of them");
        assert!(kept.iter().flatten().all(|letter| !letter.contains("canaryholder")), "what went to the holder alone names nobody else");
    });
}

#[test]
fn people_are_found_by_what_they_are_asked_for() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 76);
        let with_phone = Contact {
            name: "Zoë Müller-Lüdenscheid".to_owned(),
            organisation: Some("Ærø Færgen".to_owned()),
            phone: Some(Phone::parse("+45.62521234", None).unwrap()),
            email: Email::parse("Zoe.Mueller@bücher.example").unwrap(),
            ..plain()
        };
        let zoe = rig.act(SaveContact { id: None, contact: with_phone.clone() }).unwrap();
        let found =
            |clue: Clue| -> Vec<ContactId> { rig.ask(FindRegistrant { clue }).unwrap().into_iter().map(|found| found.id).collect() };
        for (clue, wanted) in [
            (Clue::Email("zoe.mueller@xn--bcher-kva.example".to_owned()), vec![zoe]),
            (Clue::Email(" ZOE.MUELLER@BÜCHER.example".to_owned()), vec![zoe]),
            (Clue::Phone("+45 62 52 12 34".to_owned()), vec![zoe]),
            (Clue::Phone("62521234".to_owned()), vec![]),
            (Clue::Name("muller".to_owned()), vec![zoe]),
            (Clue::Name("LÜDENSCHEID zoe".to_owned()), vec![zoe]),
            (Clue::Name("færgen".to_owned()), vec![zoe]),
            (Clue::Name("zoe holdername".to_owned()), vec![]),
            (Clue::Name("canaria".to_owned()), vec![rig.holder]),
        ] {
            assert_eq!(found(clue.clone()), wanted, "{} {:?}", database.engine(), wanted);
        }
        for clue in [Clue::Email("zoe".to_owned()), Clue::Phone("none".to_owned()), Clue::Name(" - ".to_owned())] {
            assert_eq!(rig.ask(FindRegistrant { clue }).unwrap_err().code(), "registrant.clue");
        }
        rig.act(SaveContact { id: Some(zoe), contact: Contact { name: "Zoë Berg".to_owned(), ..with_phone } }).unwrap();
        assert_eq!((found(Clue::Name("muller".to_owned())), found(Clue::Name("berg".to_owned()))), (vec![], vec![zoe]));
        // As it is for contacts that were saved before there were buckets.
        let registrar = rig.registrar.clone();
        let emptied: Result<(), StoreFault> =
            rig.registrar.store().write(move |tx| contact_buckets::put(tx, registrar.vault(), zoe, &[], 0));
        emptied.unwrap();
        assert_eq!(found(Clue::Name("berg".to_owned())), []);
        index_contacts(&rig.registrar).unwrap();
        assert_eq!(found(Clue::Name("berg".to_owned())), [zoe]);
        erase(&rig, zoe, false).unwrap();
        assert_eq!(found(Clue::Name("berg".to_owned())), []);
        let dump: Vec<u8> = database.dump().into_iter().flat_map(|(_, bytes)| bytes).collect();
        assert!(!dump.windows(4).any(|window| window == b"berg" || window == b"Berg"));
    });
}
