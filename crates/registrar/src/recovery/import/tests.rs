//! A registrar that is rebuilt from its own deposit, and from somebody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Instant;

use escrow::deposit::{Entry, Person as Deposited, Placeholders, Settings, Writer};
use escrow::openpgp::{Certificate, Form, OwnKey, Sealer};
use escrow::verify::{Expect, Mapping, Opener};
use escrow::{IanaId, Specification};
use model::{Contact, ContactRole, DomainName, EppStatus, Timestamp};
use policy::Registration;
use store::registrations::{self, DomainFilter};
use store::testing::TestDatabases;

use super::*;
use crate::command::{HoldDomain, LockDomain};
use crate::contact::ReadContact;
use crate::deposit::{DepositOrder, Depositor, RunDeposit};
use crate::gate::testing::{Rig, holder, name};
use crate::recovery::{FreezeRegistrar, RecoveryRun, ThawRegistrar};
use crate::registry::ReconcileNames;

/// Noon of a day that no clock of a machine has reached: keys are certified by that clock.
const NOON: &str = "2100-11-30T12:00:00Z";

struct Keys {
    ours: OwnKey,
    agent: OwnKey,
    signers: Vec<Certificate>,
}

impl Keys {
    fn new(now: Timestamp) -> Self {
        let key = |name| OwnKey::generate(Form::V6, name, now).unwrap();
        let (ours, agent) = (key("ours"), key("agent"));
        let signers = vec![ours.certificate().clone()];
        Self { ours, agent, signers }
    }

    fn expect<'k>(&'k self, placeholders: &'k Placeholders, now: Timestamp) -> Expect<'k> {
        let opener = Some(Opener { key: &self.agent, signers: &self.signers, recipients: None });
        Expect { registrar: None, day: None, specification: None, opener, tlds: None, mapping: None, placeholders, now }
    }

    fn settings(specification: Specification) -> Settings {
        let placeholders = Placeholders { state: Some("No-State-Land".to_owned()), postcode: None };
        Settings { workers: 1, placeholders, ..Settings::of(IanaId::new(9999).unwrap(), specification) }
    }

    fn deposit(&self, rig: &Rig, folder: &Path, specification: Specification) -> PathBuf {
        let order = DepositOrder {
            settings: Self::settings(specification),
            folder: folder.to_owned(),
            signer: self.ours.clone(),
            recipients: vec![self.agent.certificate().clone()],
            target: None,
            hour: 1,
        };
        Depositor::new(&rig.registrar, order).write(&rig.may(RunDeposit)).unwrap().folder
    }
}

fn books(rig: &Rig) -> BTreeMap<DomainName, Registration> {
    let rows = rig.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list(tx, &DomainFilter::default(), None, 10_000)?)).unwrap();
    rows.into_iter().map(|row| (row.name.clone(), row)).collect()
}

fn contact(rig: &Rig, of: Option<model::ContactId>) -> Contact {
    rig.ask(ReadContact { id: of.unwrap() }).unwrap()
}

fn take_on(rig: &Rig, folder: &Path, expect: &Expect<'_>) -> Result<Imported, Failure> {
    import(&rig.registrar, &rig.may(ImportDeposit), folder, expect, &mut |_| {})
}

/// D2: the database is lost, the deposit is all there is, and the registry tells the rest.
#[test]
fn a_deposit_alone_brings_names_holders_and_dates_back_and_the_registry_the_rest() {
    for specification in [Specification::Y2024, Specification::Y2007] {
        let database = &mut TestDatabases::sqlite();
        let mut rig = Rig::new(database, 401);
        let empty = database.backup();
        rig.clock.set(NOON.parse().unwrap());
        let keys = Keys::new(rig.registrar.now());
        for text in ["a.alpha", "b.alpha"] {
            rig.order(text);
        }
        rig.new_holder();
        rig.order("c.alpha");
        rig.settle(database);
        let lock = BTreeSet::from([EppStatus::ClientTransferProhibited]);
        rig.act(LockDomain { name: name("b.alpha"), statuses: lock }).unwrap();
        let reason = policy::Reason { owner: policy::ReasonOwner::Abuse, reference: "case 7".to_owned() };
        rig.act(HoldDomain { name: name("c.alpha"), status: EppStatus::ClientHold, reason }).unwrap();
        rig.settle(database);
        let before = books(&rig);
        let people: BTreeMap<&DomainName, Contact> = before.iter().map(|(name, row)| (name, contact(&rig, row.registrant))).collect();
        let folder = keys.deposit(&rig, &database.folder().join("deposits"), specification);

        rig.put_back(database, &empty);
        assert!(books(&rig).is_empty());
        let placeholders = Placeholders::default();
        let refused = take_on(&rig, &folder, &keys.expect(&placeholders, rig.registrar.now())).unwrap_err();
        assert_eq!(refused.code(), "adopt.awake");
        rig.act(FreezeRegistrar { source: "the last deposit".to_owned(), point: None }).unwrap();
        let imported = take_on(&rig, &folder, &keys.expect(&placeholders, rig.registrar.now())).unwrap();
        // The flat layout cannot tell two holders whose every cell is the same.
        let people_wanted = if specification == Specification::Y2024 { 1 } else { 2 };
        assert_eq!((imported.names, imported.people, imported.exceptions), (3, people_wanted, 0), "{specification}: {imported:?}");
        assert_eq!(imported.source, "deposit of 2100-11-30 by registrar 9999");
        let taken = books(&rig);
        for (name, row) in &before {
            let now = &taken[name];
            assert_eq!(now.expires_at.map(|at| at.as_second()), row.expires_at.map(|at| at.as_second()), "{name}");
            let found = contact(&rig, now.registrant);
            let wanted = Contact { kind: model::LegalKind::Unknown, ..people[name].clone() };
            assert!(found == wanted, "{specification}: the holder of {name} is another");
            assert!(now.actual.is_none() && now.is_adopting, "it waits for the registry");
        }
        assert_eq!(rig.open_intents(), 0);

        let run = RecoveryRun::open(&rig.may(ReconcileNames), &rig.registrar, &rig.registry(), rig.port()).unwrap();
        let found = rig.block_on(run.run(&[], &mut |_| {})).unwrap();
        assert_eq!((found.standing.checked, found.standing.exceptions, found.standing.unanswered), (3, 0, 0), "{specification}: {found:?}");
        let holders: BTreeSet<_> = books(&rig).values().map(|row| row.registrant).collect();
        assert_eq!(holders.len(), 2, "{specification}: the registry tells them apart");
        for (name, row) in &before {
            let now = &books(&rig)[name];
            assert_eq!(now.desired.nameservers, row.desired.nameservers, "{name}");
            let wanted: Vec<_> = row.desired.statuses.wanted().collect();
            assert_eq!(now.desired.statuses.wanted().collect::<Vec<_>>(), wanted, "{name}");
            assert_eq!(now.created_at, row.created_at, "{name}");
        }
        rig.act(ThawRegistrar { reason: None }).unwrap();
        // Again, onto what is there already: nothing is doubled.
        rig.act(FreezeRegistrar { source: "once more".to_owned(), point: None }).unwrap();
        let again = take_on(&rig, &folder, &keys.expect(&placeholders, rig.registrar.now())).unwrap();
        assert_eq!((again.names, again.already_held, again.people), (0, 3, 0));
    }
}

/// A column of each kind of trouble, in somebody else's layout of 2007, explained by their mapping.
const MAPPING: &str = "ICANN RDE Spec,Field Name,Abbreviation\n\
    4.1.2,registeredName,domainname\n4.1.2,nameservers,nameservers\n4.1.2,expirationDate,expire\n4.1.2,registrant,rt-handle\n\
    4.1.2,technical,tc-handle\n4.1.9,handleid,handle\n4.1.9,fullName,name\n4.1.9,street,address\n4.1.9,town,city\n\
    4.1.9,region,state\n4.1.9,pc,zip\n4.1.9,cc,country\n4.1.9,mail,email\n4.1.9,tel,phone\n";

const HANDLES: &str = "tel,handleid,fullName,street,town,region,pc,cc,mail\n\
    +44.1632960777,H-1,\"Ada \"\"the\"\" Lovelace\",\"1 Row, Flat 2\",London,No-State-Land,N1 1AA,GB,ada@example.net\n\
    0163 2960,H-2,Bad Phone,2 Row,London,Greater London,N1 1AA,gb,bob@example.net\n\
    +44.1632960777,H-3,Bad Mail,3 Row,London,,N1 1AA,GB,nobody\n";

const NAMES: &str = "expirationDate,registeredName,registrant,technical,nameservers,unexplained\n\
    2101-01-31 23:59:59,ada.alpha,H-1,H-2,ns1.elsewhere.example ns2.elsewhere.example,x\n\
    2101-02-28T00:00:00Z,bob.alpha,H-2,H-2,,x\n\
    2101-03-31,mail.alpha,H-3,,,x\n\
    2101-03-31T00:00:00Z,nobody.alpha,H-9,,,x\n\
    2101-03-31T00:00:00Z,elsewhere.unserved,H-1,,,x\n";

fn foreign(folder: &Path) -> PathBuf {
    let folder = folder.join("foreign");
    std::fs::create_dir_all(&folder).unwrap();
    let mut hashes = String::new();
    for (file, text) in [("1234_RDE_2100-11-29_full_1.csv", NAMES), ("1234_RDE_2100-11-29_hdl_1.csv", HANDLES)] {
        std::fs::write(folder.join(file), text).unwrap();
        let hex: String = store::sha256(&[text.as_bytes()]).iter().map(|byte| format!("{byte:02x}")).collect();
        hashes.push_str(&format!("{hex}  {file}\n"));
    }
    std::fs::write(folder.join("1234_RDE_2100-11-29_hash.txt"), hashes).unwrap();
    folder
}

#[test]
fn a_foreign_deposit_is_read_by_its_mapping_and_nobody_is_refused_for_a_doubt() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 402);
        rig.clock.set(NOON.parse().unwrap());
        let folder = foreign(database.folder());
        let (mapping, placeholders) = (Mapping::parse(MAPPING).unwrap(), Placeholders::default());
        let now = rig.registrar.now();
        let bare = Expect {
            registrar: None,
            day: None,
            specification: None,
            opener: None,
            tlds: None,
            mapping: None,
            placeholders: &placeholders,
            now,
        };
        rig.act(FreezeRegistrar { source: "a registrar that failed".to_owned(), point: None }).unwrap();
        let unread = take_on(&rig, &folder, &bare).unwrap_err();
        assert!(unread.to_string().contains("header.differs"), "{}: {unread}", database.engine());
        let imported = take_on(&rig, &folder, &Expect { mapping: Some(&mapping), ..bare }).unwrap();
        assert_eq!((imported.names, imported.people), (4, 2), "{}: {imported:?}", database.engine());
        let told: Vec<&str> = imported.first_exceptions.iter().map(|row| row.why.as_str()).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.join("\n"), @r"
            `mail.alpha`: its holder's e-mail address cannot be read, so the holder was not taken on: enter them by hand
            `nobody.alpha`: its holder is in no file of handles
            `elsewhere.unserved` is below no TLD that we serve, and was not taken on
            ");
        }
        assert_eq!(imported.doubts.get("phone.form"), Some(&1), "{:?}", imported.doubts);
        let books = books(&rig);
        let ada = contact(&rig, books[&name("ada.alpha")].registrant);
        assert_eq!((ada.name.as_str(), ada.address.street.join("|").as_str()), ("Ada \"the\" Lovelace", "1 Row, Flat 2"));
        assert_eq!(ada.address.province, None, "what stands for nothing is never stored (Q12)");
        let bob = contact(&rig, books[&name("bob.alpha")].registrant);
        assert_eq!((bob.phone, bob.address.country.as_str(), bob.address.province.as_deref()), (None, "GB", Some("Greater London")));
        assert_eq!(books[&name("ada.alpha")].desired.contacts.get(&ContactRole::Tech), books[&name("bob.alpha")].registrant.as_ref());
        let ends: Vec<String> = books.values().filter_map(|row| row.expires_at).map(|at| at.to_string()).collect();
        assert_eq!(ends, ["2101-01-31T23:59:59Z", "2101-02-28T00:00:00Z", "2101-03-31T00:00:00Z", "2101-03-31T00:00:00Z"]);
        assert!(books[&name("mail.alpha")].registrant.is_none());
    });
}

#[test]
fn a_deposit_that_is_not_whole_is_not_taken_on() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 403);
        rig.clock.set(NOON.parse().unwrap());
        let folder = foreign(database.folder());
        let names = folder.join("1234_RDE_2100-11-29_full_1.csv");
        std::fs::write(&names, NAMES.replace("bob.alpha,H-2", "bob.alpha,H-1")).unwrap();
        rig.act(FreezeRegistrar { source: "a registrar that failed".to_owned(), point: None }).unwrap();
        let (mapping, placeholders) = (Mapping::parse(MAPPING).unwrap(), Placeholders::default());
        let expect = Expect {
            registrar: None,
            day: None,
            specification: None,
            opener: None,
            tlds: None,
            mapping: Some(&mapping),
            placeholders: &placeholders,
            now: rig.registrar.now(),
        };
        let refused = take_on(&rig, &folder, &expect).unwrap_err();
        assert_eq!(refused.code(), "recovery.deposit");
        assert!(refused.to_string().contains("hash.differs"), "{}: {refused}", database.engine());
        assert!(books(&rig).is_empty());
    });
}

/// The rate is printed; `NAMEKEEP_IMPORT_NAMES` makes it a measurement.
#[test]
fn many_names_are_taken_on_in_batches() {
    let names: u32 = std::env::var("NAMEKEEP_IMPORT_NAMES").ok().and_then(|count| count.parse().ok()).unwrap_or(1_201);
    let people = names / 4 + 1;
    let database = &mut TestDatabases::sqlite();
    let rig = Rig::new(database, 404);
    rig.clock.set(NOON.parse().unwrap());
    let keys = Keys::new(rig.registrar.now());
    let folder = database.folder().join("many");
    let sealer = Sealer::new(keys.ours.clone(), vec![keys.agent.certificate().clone()], rig.registrar.now()).unwrap();
    let mut writer = Writer::begin(Keys::settings(Specification::Y2024), &folder, sealer, rig.registrar.now()).unwrap();
    for at in 0..names {
        let person = Deposited { handle: format!("H{at}"), contact: Contact { name: format!("Holder {}", at % people), ..holder() } };
        let name = DomainName::parse(&format!("n{at:08}.alpha")).unwrap();
        let entry = Entry {
            name: &name,
            expires_at: Some(NOON.parse().unwrap()),
            name_servers: &[],
            holder: Some(&person),
            customer: None,
            tech: None,
            admin: None,
            billing: None,
        };
        writer.add(&entry).unwrap();
    }
    writer.finish().unwrap();
    rig.act(FreezeRegistrar { source: "the last deposit".to_owned(), point: None }).unwrap();
    let placeholders = Placeholders::default();
    let started = Instant::now();
    let mut heard = 0;
    let expect = keys.expect(&placeholders, rig.registrar.now());
    let imported = import(&rig.registrar, &rig.may(ImportDeposit), &folder, &expect, &mut |count| heard = count).unwrap();
    let seconds = started.elapsed().as_secs_f64();
    println!("{names} names and {people} people in {seconds:.2} s: {:.0} names a second", f64::from(names) / seconds);
    assert_eq!((imported.names, imported.people, heard), (u64::from(names), u64::from(people), u64::from(names)), "{imported:?}");
}
