//! Registrations, duties, notices, charges, hosts, contacts, operators and single sealed values.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use model::{
    ActorId, ContactHandle, ContactId, ContactRole, Currency, DomainId, DomainName, DutyId, EppStatus, HostName, Money, NoticeId, Period,
    RegistryId, SeededEntropy, TldName,
};
use policy::charge::{Charge, ChargeKind};
use policy::duty::{ClockKind, Duty, DutyChange, DutyState, Evidence};
use policy::notice::{NoticeKind, NoticeOrder};
use policy::{Event, Phase, Reason, ReasonOwner, Registration};

use crate::fault::StoreFault;
use crate::ledger::{self, NewEntry};
use crate::notices::{NoticeFilter, NoticeOutcome};
use crate::registrations::{self, DomainFilter, Outline};
use crate::testing::{TestDatabase, TestDatabases};
use crate::tx::Tx;
use crate::{auth_infos, charges, contacts, duties, hosts, notices, operators, sealed_values};

/// The instant `days` after the tests' beginning.
pub(super) fn day(days: i64) -> Timestamp {
    let beginning: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
    beginning + SignedDuration::from_hours(24 * days)
}

pub(super) fn alpha() -> RegistryId {
    RegistryId::parse("alpha").unwrap()
}

pub(super) fn domain_id(n: u64) -> DomainId {
    DomainId::new(day(n as i64), &mut SeededEntropy::new(n))
}

fn contact_id(n: u64) -> ContactId {
    ContactId::new(day(0), &mut SeededEntropy::new(n))
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

fn host(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

/// A registration just ordered.
fn ordered(n: u64, domain: &str, nameservers: &[&str], registrant: Option<u64>) -> Registration {
    let event = Event::DomainOrdered {
        id: domain_id(n),
        name: name(domain),
        registry: alpha(),
        period: Period::years(2).unwrap(),
        registrant: registrant.map(contact_id),
        contacts: BTreeMap::new(),
        nameservers: nameservers.iter().map(|text| (host(text), BTreeSet::new())).collect(),
        ds: BTreeSet::new(),
        auto_renew: true,
        at: day(n as i64),
    };
    Registration::begin(&event).unwrap()
}

fn write<T: Send + 'static>(
    database: &TestDatabase,
    closure: impl FnMut(&mut Tx<'_>) -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, StoreFault> {
    database.store().write(closure)
}

fn insert(database: &TestDatabase, registration: &Registration, next_due: Option<Timestamp>) -> Result<(), StoreFault> {
    let registration = registration.clone();
    write(database, move |tx| registrations::insert(tx, &registration, next_due))
}

fn update(database: &TestDatabase, before: &Registration, after: &Registration) {
    let (outline, after) = (Outline::of(before), after.clone());
    write(database, move |tx| registrations::update(tx, &after, &outline, None)).unwrap();
}

/// The next version after `change`, without events: what the rules allow is not this room's matter.
fn changed(registration: &Registration, change: impl FnOnce(&mut Registration)) -> Registration {
    let mut next = registration.clone();
    next.version += 1;
    change(&mut next);
    next
}

#[test]
fn a_registration_comes_back_as_it_was_and_a_lost_race_is_told() {
    TestDatabases::each(|database| {
        let first = ordered(1, "example.com", &["ns1.example.net"], Some(1));
        insert(database, &first, Some(day(5))).unwrap();
        let read = |id| database.store().read(|tx| registrations::find(tx, id)).unwrap();
        assert_eq!(read(first.id), Some(first.clone()));
        assert_eq!(read(domain_id(9)), None);

        let second = changed(&first, |next| next.phase = Phase::Registered);
        for answer in [true, false] {
            let (second, before) = (second.clone(), Outline::of(&first));
            let result = write(database, move |tx| registrations::update(tx, &second, &before, None));
            assert_eq!(result.is_ok(), answer);
            if let Err(fault) = result {
                assert_eq!(
                    fault.to_string(),
                    "the registration of example.com was changed by somebody else since it was read; read it again and repeat the decision"
                );
            }
        }
        assert_eq!(read(first.id), Some(second));
    });
}

/// The columns that are listed by are written where they change and left where they do not.
#[test]
fn a_list_by_any_column_follows_every_version() {
    TestDatabases::each(|database| {
        let first = ordered(1, "example.com", &["ns1.example.net"], Some(1));
        insert(database, &first, Some(day(5))).unwrap();
        let listed = |filter: DomainFilter| {
            let found = database.store().read(|tx| registrations::list(tx, &filter, None, 10)).unwrap();
            found.iter().map(|registration| registration.version).max()
        };
        let of = |registration: &Registration| {
            let Registration { phase, registrant, expires_at, .. } = registration;
            let (phase, registrant, expires_from) = (Some(*phase), *registrant, *expires_at);
            listed(DomainFilter { phase, registrant, expires_from, expires_before: None, ..DomainFilter::default() })
        };
        let mut before = first;
        let changes: [&dyn Fn(&mut Registration); 5] = [
            &|next| next.auto_renew = false,
            &|next| next.phase = Phase::Registered,
            &|next| next.expires_at = Some(day(400)),
            &|next| next.registrant = Some(contact_id(2)),
            &|next| next.is_adopting = true,
        ];
        for change in changes {
            let after = changed(&before, change);
            update(database, &before, &after);
            assert_eq!(database.store().read(|tx| registrations::find(tx, after.id)).unwrap().as_ref(), Some(&after));
            assert_eq!(of(&after), Some(after.version), "{}", database.engine());
            before = after;
        }
    });
}

#[test]
fn an_extract_says_what_the_whole_says() {
    TestDatabases::each(|database| {
        let bare = ordered(1, "c.alpha", &[], None);
        let actual = policy::Actual {
            roid: None,
            sponsor: model::RegistrarHandle::parse("NAMEKEEP").unwrap(),
            created_by: None,
            created_at: None,
            updated_at: None,
            expires_at: Some(day(400)),
            transferred_at: None,
            statuses: BTreeSet::new(),
            rgp: BTreeSet::new(),
            nameservers: BTreeMap::new(),
            ds: BTreeSet::new(),
            contacts: BTreeSet::new(),
            hosts: BTreeSet::new(),
            observed_at: day(3),
            is_inferred: false,
        };
        let told = changed(&ordered(2, "a.alpha", &["ns2.example.net", "ns1.example.net"], Some(7)), |next| {
            next.desired.contacts.insert(ContactRole::Tech, contact_id(8));
            next.actual = Some(actual.clone());
        });
        let known = changed(&told, |next| {
            (next.id, next.name, next.phase) = (domain_id(3), name("b.alpha"), Phase::Redemption);
            next.expires_at = Some(day(365));
        });
        for registration in [&bare, &told, &known] {
            insert(database, registration, None).unwrap();
        }
        let wanted = |registration: &Registration, expires_at| registrations::Extract {
            id: registration.id,
            name: registration.name.clone(),
            phase: registration.phase,
            expires_at,
            registrant: registration.registrant,
            nameservers: registration.desired.nameservers.keys().map(ToString::to_string).collect(),
            contacts: registration.desired.contacts.clone(),
        };
        let all = [wanted(&told, Some(day(400))), wanted(&known, Some(day(365))), wanted(&bare, None)];
        let read = |after: Option<(DomainName, DomainId)>, limit| {
            database.store().read(|tx| registrations::list_extracts(tx, after.as_ref(), limit)).unwrap()
        };
        assert_eq!(read(None, 10), all);
        assert_eq!([&told, &known, &bare].map(registrations::Extract::from), all, "also where the whole is at hand");
        let (first, rest) = (read(None, 1), read(Some((told.name.clone(), told.id)), 10));
        assert_eq!([first, rest].concat(), all);
    });
}

#[test]
fn a_name_has_one_open_registration_and_many_past_lives() {
    TestDatabases::each(|database| {
        let first = ordered(1, "example.com", &[], None);
        insert(database, &first, None).unwrap();
        let again = ordered(2, "example.com", &[], None);
        assert!(matches!(insert(database, &again, None), Err(StoreFault::Constraint { .. })));
        let purged = changed(&first, |next| next.phase = Phase::Purged);
        update(database, &first, &purged);
        let look = |database: &TestDatabase| {
            database
                .store()
                .read(|tx| {
                    let open = registrations::find_open(tx, &name("example.com"))?.map(|registration| registration.id);
                    let latest = registrations::find_latest(tx, &name("example.com"))?.map(|registration| registration.id);
                    let lives = registrations::list_by_name(tx, &name("example.com"))?.len();
                    Ok::<_, StoreFault>((open, latest, lives))
                })
                .unwrap()
        };
        assert_eq!(look(database), (None, Some(first.id), 1));
        insert(database, &again, None).unwrap();
        assert_eq!(look(database), (Some(again.id), Some(again.id), 2));
    });
}

#[test]
fn lists_are_filtered_paged_by_name_and_due_by_time() {
    TestDatabases::each(|database| {
        for n in 0..10 {
            let suffix = if n % 2 == 0 { "com" } else { "co.uk" };
            let mut registration = ordered(n, &format!("n{n}.{suffix}"), &[], Some(n % 3));
            registration.phase = if n < 4 { Phase::Registered } else { Phase::Redemption };
            registration.expires_at = (n != 0).then(|| day(n as i64 * 10));
            insert(database, &registration, (n != 1).then(|| day(n as i64))).unwrap();
        }
        let names = |filter: DomainFilter| {
            let mut names = Vec::new();
            let mut after = None;
            loop {
                let page = database.store().read(|tx| registrations::list(tx, &filter, after.clone(), 3)).unwrap();
                let Some(last) = page.last() else { break };
                after = Some((last.name.clone(), last.id));
                names.extend(page.iter().map(|registration| registration.name.labels().next().unwrap().to_owned()));
            }
            names.concat()
        };
        let all = DomainFilter::default;
        let tld = |text: &str| Some(TldName::parse(text).unwrap());
        for (filter, wanted) in [
            (all(), "n0n1n2n3n4n5n6n7n8n9"),
            (DomainFilter { tld: tld("co.uk"), ..all() }, "n1n3n5n7n9"),
            (DomainFilter { registry: Some(alpha()), tld: tld("com"), ..all() }, "n0n2n4n6n8"),
            (DomainFilter { registry: Some(RegistryId::parse("beta").unwrap()), ..all() }, ""),
            (DomainFilter { phase: Some(Phase::Registered), ..all() }, "n0n1n2n3"),
            (DomainFilter { registrant: Some(contact_id(1)), phase: Some(Phase::Redemption), ..all() }, "n4n7"),
            (DomainFilter { expires_from: Some(day(30)), expires_before: Some(day(60)), ..all() }, "n3n4n5"),
        ] {
            assert_eq!(names(filter.clone()), wanted, "{filter:?}");
        }
        let due = |after, limit| database.store().read(|tx| registrations::list_due(tx, day(4), after, limit)).unwrap();
        let first = due(None, 3);
        assert_eq!(first.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [day(0), day(2), day(3)]);
        assert_eq!(due(first.last().copied(), 3), [(day(4), domain_id(4))]);
    });
}

#[test]
fn delegations_follow_registrations_so_that_linked_hosts_are_known() {
    TestDatabases::each(|database| {
        let own = ordered(1, "example.com", &["ns1.example.com"], None);
        let other = ordered(2, "other.com", &["ns1.example.com", "deep.ns.example.com", "ns.myexample.com", "ns.example.com.net"], None);
        insert(database, &own, None).unwrap();
        insert(database, &other, None).unwrap();
        let linked = || {
            let hosts = database.store().read(|tx| hosts::list_linked_subordinates(tx, &alpha(), &name("example.com"))).unwrap();
            hosts.iter().map(|host| host.as_str().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(linked(), "deep.ns.example.com ns1.example.com");
        let moved = changed(&other, |next| drop(next.desired.nameservers.remove(&host("ns1.example.com"))));
        update(database, &other, &moved);
        assert_eq!(linked(), "deep.ns.example.com");
        let gone = changed(&moved, |next| next.phase = Phase::TransferredAway);
        update(database, &moved, &gone);
        assert_eq!(linked(), "");
    });
}

#[test]
fn contacts_are_linked_in_every_role_while_a_registration_is_open() {
    TestDatabases::each(|database| {
        let mut first = ordered(1, "example.com", &[], Some(1));
        first.desired.contacts.insert(ContactRole::Tech, contact_id(2));
        insert(database, &first, None).unwrap();
        let beta = RegistryId::parse("beta").unwrap();
        let of = |registry: &RegistryId, n| {
            database.store().read(|tx| registrations::find_open_by_contact(tx, registry, contact_id(n))).unwrap()
        };
        assert_eq!([of(&alpha(), 1), of(&alpha(), 2), of(&alpha(), 3), of(&beta, 1)], [Some(first.id), Some(first.id), None, None]);
        let changed = |before: &Registration, change: &dyn Fn(&mut Registration)| {
            let next = changed(before, change);
            update(database, before, &next);
            next
        };
        let second = changed(&first, &|next| {
            next.desired.contacts.insert(ContactRole::Tech, contact_id(3));
        });
        assert_eq!([of(&alpha(), 1), of(&alpha(), 2), of(&alpha(), 3)], [Some(first.id), None, Some(first.id)]);
        changed(&second, &|next| next.phase = Phase::Purged);
        assert_eq!([of(&alpha(), 1), of(&alpha(), 3)], [None, None]);
    });
}

fn duty(n: u64, key: &str, hard_due: Timestamp) -> Duty {
    Duty {
        id: DutyId::new(day(0), &mut SeededEntropy::new(n)),
        subject: domain_id(1),
        obligation: "EXP-1".to_owned(),
        clause: "ERRP 2.1.1".to_owned(),
        key: key.to_owned(),
        clock: ClockKind::CalendarDays,
        opens_at: day(0),
        soft_due: day(1),
        hard_due,
        state: DutyState::Open,
    }
}

#[test]
fn a_duty_is_opened_once_closed_once_and_knows_its_ledger_entries() {
    TestDatabases::each(|database| {
        let apply = |change: DutyChange| {
            write(database, move |tx| {
                let new = NewEntry { at: day(0), actor: "act_1", subject: "dom_1", kind: "DutyChanged", body: "{}", salt: [1; 16] };
                ledger::append(tx, &new)?;
                duties::apply(tx, domain_id(1), &change)
            })
            .unwrap()
        };
        let first = duty(1, "EXP-1:2027", day(30));
        assert!(apply(DutyChange::Open(first.clone())));
        assert!(!apply(DutyChange::Open(duty(2, "EXP-1:2027", day(31)))));
        let second = duty(3, "EXP-1:2028", day(20));
        assert!(apply(DutyChange::Open(second.clone())));
        let evidence = Evidence::Decision { event: "domain-renewed".to_owned() };
        let fulfil = |key: &str| DutyChange::Fulfil { key: key.to_owned(), at: day(2), evidence: evidence.clone() };
        assert!(apply(DutyChange::Lapse { key: "EXP-1:2028".to_owned(), at: day(21) }));
        assert!(!apply(DutyChange::Lapse { key: "EXP-1:2028".to_owned(), at: day(22) }));
        assert!(apply(fulfil("EXP-1:2028")), "late is better than never");
        assert!(!apply(fulfil("EXP-1:2028")));
        assert!(!apply(fulfil("EXP-1:never")));

        let store = database.store();
        let filter = |state: Option<&str>| duties::DutyFilter { state: state.map(str::to_owned), ..Default::default() };
        let keys = |filter: duties::DutyFilter, after| {
            let found = store.read(|tx| duties::list(tx, &filter, after, 9)).unwrap();
            found.into_iter().map(|duty| duty.key).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(keys(filter(None), None), "EXP-1:2028 EXP-1:2027");
        assert_eq!(keys(filter(Some("open")), None), "EXP-1:2027");
        assert_eq!(keys(filter(Some("lapsed")), None), "");
        assert_eq!(keys(filter(None), Some((second.hard_due, second.id))), "EXP-1:2027");
        assert_eq!(keys(duties::DutyFilter { due_before: Some(day(25)), ..Default::default() }, None), "EXP-1:2028");
        assert_eq!(keys(duties::DutyFilter { obligation: Some("EXP-2".to_owned()), ..Default::default() }, None), "");
        let closed = store.read(|tx| duties::find_by_id(tx, second.id)).unwrap().unwrap();
        assert_eq!(closed, Duty { state: DutyState::Fulfilled { at: day(2), evidence: evidence.clone() }, ..second.clone() });
        assert_eq!(store.read(|tx| duties::get_ledger_entries(tx, first.id)), Ok((Some(0), None)));
        assert_eq!(store.read(|tx| duties::get_ledger_entries(tx, second.id)), Ok((Some(2), Some(5))));
        assert_eq!(store.read(|tx| duties::list_of(tx, domain_id(1))).unwrap().len(), 2);
        let counts = store.read(duties::count_by_state).unwrap();
        assert_eq!(counts, BTreeMap::from([("fulfilled".to_owned(), 1), ("open".to_owned(), 1)]));
    });
}

/// COR-10: earlier data stays as it was sealed until its time is over.
#[test]
fn a_revision_of_a_contact_is_kept_for_its_time() {
    TestDatabases::each(|database| {
        write(database, |tx| contacts::insert(tx, contact_id(1), b"one", day(0))).unwrap();
        let keep = |revision, until| write(database, move |tx| contacts::keep_revision(tx, contact_id(1), revision, day(until)));
        assert_eq!((keep(1, 10), keep(1, 5), keep(1, 20)), (Ok(true), Ok(false), Ok(true)), "the longer time counts");
        assert_eq!(keep(2, 10), Ok(false), "there is no such revision");
        write(database, |tx| contacts::update(tx, contact_id(1), 2, b"two", day(1))).unwrap();
        assert_eq!(keep(1, 30), Ok(false), "only the present data can be kept");
        assert_eq!(keep(2, 15), Ok(true));
        let find = |revision| database.store().read(|tx| contacts::find_revision(tx, contact_id(1), revision)).unwrap();
        assert_eq!((find(1).as_deref(), find(2).as_deref(), find(3)), (Some(&b"one"[..]), Some(&b"two"[..]), None));
        let purge = |now| write(database, move |tx| contacts::purge_revisions(tx, day(now), 1)).unwrap();
        assert_eq!((purge(14), purge(20), purge(20), purge(20)), (0, 1, 1, 0));
        assert_eq!(database.store().read(|tx| contacts::list_revisions(tx, contact_id(1))), Ok(vec![]));
    });
}

#[test]
fn a_registrant_is_known_by_open_names_and_by_those_in_dispute() {
    TestDatabases::each(|database| {
        let reason = |owner, reference: &str| Reason { owner, reference: reference.to_owned() };
        insert(database, &ordered(1, "plain.com", &[], Some(1)), None).unwrap();
        let kept = changed(&ordered(2, "kept.com", &[], Some(2)), |next| {
            next.desired.statuses.add(EppStatus::ClientHold, reason(ReasonOwner::Dispute, "UDRP 1"));
        });
        insert(database, &kept, None).unwrap();
        // Words in a reference are not an owner.
        let quoting = changed(&ordered(3, "quoting.com", &[], Some(3)), |next| {
            next.desired.statuses.add(EppStatus::ClientHold, reason(ReasonOwner::Abuse, "says \"owner\":\"court\""));
        });
        insert(database, &quoting, None).unwrap();
        insert(database, &changed(&ordered(4, "gone.com", &[], Some(4)), |next| next.phase = Phase::Purged), None).unwrap();
        for (n, is_registrant, in_dispute) in
            [(1, true, None), (2, true, Some("kept.com")), (3, true, None), (4, false, None), (5, false, None)]
        {
            let found = database.store().read(|tx| registrations::is_registrant(tx, contact_id(n)));
            assert_eq!(found, Ok(is_registrant), "{n}");
            let found = database.store().read(|tx| registrations::find_legally_kept_of(tx, contact_id(n)));
            assert_eq!(found, Ok(in_dispute.map(name)), "{n}");
        }
    });
}

#[test]
fn what_is_owed_comes_by_due_across_its_two_states_and_our_own_target_is_asked_of_the_database() {
    TestDatabases::each(|database| {
        let dues = [("a", 10, 1), ("b", 20, 19), ("c", 30, 2), ("d", 40, 39)];
        write(database, move |tx| {
            for (n, (key, hard, soft)) in dues.into_iter().enumerate() {
                let opened = Duty { soft_due: day(soft), ..duty(10 + n as u64, key, day(hard)) };
                duties::apply(tx, domain_id(1), &DutyChange::Open(opened))?;
            }
            for key in ["a", "c"] {
                duties::apply(tx, domain_id(1), &DutyChange::Lapse { key: key.to_owned(), at: day(31) })?;
            }
            Ok::<_, StoreFault>(())
        })
        .unwrap();
        let list = |filter: duties::DutyFilter, after: Option<&Duty>, limit| {
            let after = after.map(|last| (last.hard_due, last.id));
            database.store().read(|tx| duties::list(tx, &filter, after, limit)).unwrap()
        };
        let keys = |found: &[Duty]| found.iter().map(|duty| duty.key.clone()).collect::<String>();
        let owed = duties::DutyFilter { state: Some(duties::OWED.to_owned()), ..Default::default() };
        let first = list(owed.clone(), None, 3);
        assert_eq!(keys(&first), "abc", "{}", database.engine());
        assert_eq!(keys(&list(owed, first.last(), 3)), "d");
        let due_by = |n| duties::DutyFilter { state: Some("open".to_owned()), soft_due_by: Some(day(n)), ..Default::default() };
        assert_eq!(keys(&list(due_by(18), None, 9)), "");
        assert_eq!(keys(&list(due_by(19), None, 9)), "b");
        assert_eq!(keys(&list(due_by(39), None, 9)), "bd");
    });
}

#[test]
fn a_notice_is_ordered_once_and_carried_once() {
    TestDatabases::each(|database| {
        let order = |n: u64, key: &str| NoticeOrder {
            id: NoticeId::new(day(n as i64), &mut SeededEntropy::new(n)),
            kind: NoticeKind::ExpiryFirst,
            domain: domain_id(1),
            key: key.to_owned(),
            addressee: None,
            duty: None,
            duty_key: Some("EXP-1:2027".to_owned()),
            decided_at: day(n as i64),
            facts: BTreeMap::from([("expires".to_owned(), "2027-01-01".to_owned())]),
        };
        let orders = [order(1, "a"), order(2, "b")];
        let repeat = order(3, "a");
        let inserted = orders.clone();
        let added = write(database, move |tx| {
            Ok([notices::insert(tx, &inserted[0])?, notices::insert(tx, &inserted[1])?, notices::insert(tx, &repeat)?])
        });
        assert_eq!(added, Ok([true, true, false]));
        let uncarried_at = |after, at| -> Vec<NoticeOrder> {
            let rows = database.store().read(|tx| notices::list_uncarried(tx, after, at, 9)).unwrap();
            rows.into_iter().map(|(order, _)| order).collect()
        };
        let uncarried = |after| uncarried_at(after, day(3));
        assert_eq!(uncarried(None), orders);
        assert_eq!(uncarried(Some(orders[0].id)), orders[1..]);
        let id = orders[0].id;
        let carry = || {
            write(database, move |tx| {
                let departure = notices::Departure { at: day(3), language: "en", key_owner: "con_1", sealed: b"sealed", reply: None };
                notices::set_carried(tx, id, &departure)
            })
        };
        assert_eq!(carry(), Ok(()));
        assert!(matches!(carry(), Err(StoreFault::Outdated { .. })));
        assert_eq!(uncarried(None), orders[1..]);
        let rows = database.store().read(|tx| notices::list_of(tx, domain_id(1))).unwrap();
        assert_eq!((rows[0].carried_at, rows[0].sealed.as_deref()), (Some(day(3)), Some(&b"sealed"[..])));
        assert_eq!((&rows[1].order, rows[1].carried_at), (&orders[1], None));
    });
}

#[test]
fn a_notice_that_was_put_off_waits_its_time() {
    TestDatabases::each(|database| {
        let id = ordered_notice(database);
        let due = |at| {
            database
                .store()
                .read(|tx| notices::list_uncarried(tx, None, at, 9))
                .unwrap()
                .into_iter()
                .map(|(_, tries)| tries)
                .collect::<Vec<_>>()
        };
        assert_eq!(due(day(1)), [0]);
        write(database, move |tx| notices::put_off(tx, id, day(2), "4.2.0")).unwrap();
        assert_eq!((due(day(1)), due(day(2))), (vec![], vec![1]));
        let row = database.store().read(|tx| notices::find(tx, id)).unwrap().unwrap();
        assert_eq!((row.outcome, row.reason.as_deref(), row.attempts, row.next_try_at), (None, Some("4.2.0"), 1, Some(day(2))));
        let waiting = database.store().read(|tx| notices::list(tx, NoticeFilter::Waiting, None, 9)).unwrap();
        assert_eq!(waiting, [row]);
    });
}

#[test]
fn only_what_is_worse_changes_what_became_of_a_notice() {
    TestDatabases::each(|database| {
        let id = ordered_notice(database);
        let hear = |outcome, at| {
            let word = move |tx: &mut Tx<'_>| {
                let word = notices::Word { outcome, at, reason: Some("5.1.1"), reply: Some(b"sealed reply") };
                notices::set_outcome(tx, id, &word)
            };
            write(database, word).unwrap()
        };
        assert!(!hear(NoticeOutcome::BouncedHard, day(1)), "it has not left");
        let departure = notices::Departure { at: day(2), language: "en", key_owner: "con_1", sealed: b"sealed", reply: None };
        write(database, move |tx| notices::set_carried(tx, id, &departure)).unwrap();
        let heard = [
            NoticeOutcome::Carried,
            NoticeOutcome::Delayed,
            NoticeOutcome::BouncedHard,
            NoticeOutcome::BouncedHard,
            NoticeOutcome::BouncedSoft,
        ];
        assert_eq!(heard.map(|outcome| hear(outcome, day(3))), [false, true, true, false, false]);
        let of = |filter| database.store().read(|tx| notices::list(tx, filter, None, 9)).unwrap();
        let [row] = of(NoticeFilter::Of(NoticeOutcome::BouncedHard)).try_into().unwrap();
        assert_eq!(
            (row.outcome, row.language.as_deref(), row.reply.as_deref()),
            (Some((NoticeOutcome::BouncedHard, day(3))), Some("en"), Some(&b"sealed reply"[..]))
        );
        assert_eq!((of(NoticeFilter::All).len(), of(NoticeFilter::Waiting).len()), (1, 0));
        let before = database.store().read(|tx| notices::list(tx, NoticeFilter::All, Some(id), 9)).unwrap();
        assert_eq!(before, []);
    });
}

/// A notice that waits.
fn ordered_notice(database: &TestDatabase) -> NoticeId {
    let order = NoticeOrder {
        id: NoticeId::new(day(0), &mut SeededEntropy::new(1)),
        kind: NoticeKind::ExpiryFirst,
        domain: domain_id(1),
        key: "a".to_owned(),
        addressee: None,
        duty: None,
        duty_key: None,
        decided_at: day(0),
        facts: BTreeMap::new(),
    };
    let id = order.id;
    write(database, move |tx| notices::insert(tx, &order)).unwrap();
    id
}

#[test]
fn a_charge_is_stored_once_and_summed_by_currency() {
    TestDatabases::each(|database| {
        let charge = |key: &str, kind, years, amount: Option<(i64, &str)>, at| Charge {
            kind,
            years,
            amount: amount.map(|(minor, code)| Money::new(minor, Currency::parse(code).unwrap())),
            intent: None,
            key: key.to_owned(),
            at,
        };
        let lines = [
            charge("create:1", ChargeKind::Create, 1, Some((850, "USD")), day(1)),
            charge("renew:2027", ChargeKind::Renew, 2, Some((1700, "USD")), day(2)),
            charge("renew-credit:2027", ChargeKind::RenewCredit, -2, Some((-1700, "USD")), day(3)),
            charge("transfer:1", ChargeKind::Transfer, 1, None, day(4)),
        ];
        let stored = lines.clone();
        let added = write(database, move |tx| {
            stored.iter().chain(&stored[..1]).map(|charge| charges::insert(tx, domain_id(1), charge)).collect::<Result<Vec<_>, _>>()
        });
        assert_eq!(added, Ok(vec![true, true, true, true, false]));
        assert_eq!(database.store().read(|tx| charges::list_of(tx, domain_id(1))).unwrap(), lines);
        let sums = database.store().read(|tx| charges::sum(tx, day(2), day(9))).unwrap();
        let shown: BTreeSet<String> = sums
            .iter()
            .map(|sum| format!("{} {} {} {}", sum.kind, sum.lines, sum.years, sum.amount.map_or("?".to_owned(), |money| money.to_string())))
            .collect();
        let wanted = ["renew 1 2 17.00 USD", "renew-credit 1 -2 -17.00 USD", "transfer 1 1 ?"].map(str::to_owned);
        assert_eq!(shown, BTreeSet::from(wanted));
    });
}

#[test]
fn hosts_are_known_by_registry() {
    TestDatabases::each(|database| {
        let addresses: BTreeSet<IpAddr> = ["192.0.2.1", "2001:db8::1"].iter().map(|text| text.parse().unwrap()).collect();
        let glue = addresses.clone();
        write(database, move |tx| {
            hosts::upsert(tx, &alpha(), &host("ns1.example.com"), Some(domain_id(1)), &BTreeSet::new(), day(0))?;
            hosts::upsert(tx, &alpha(), &host("ns1.example.com"), Some(domain_id(1)), &glue, day(1))
        })
        .unwrap();
        let found = database.store().read(|tx| hosts::find(tx, &alpha(), &host("ns1.example.com"))).unwrap().unwrap();
        assert_eq!((found.addresses, found.changed_at, found.domain), (addresses, day(1), Some(domain_id(1))));
        let wanted = BTreeSet::from([host("ns1.example.com"), host("ns2.example.com")]);
        let known = database.store().read(|tx| hosts::list_known(tx, &alpha(), &wanted)).unwrap();
        assert_eq!(known, BTreeSet::from([host("ns1.example.com")]));
        assert_eq!(database.store().read(|tx| hosts::list_below(tx, domain_id(1))).unwrap().len(), 1);
        write(database, |tx| hosts::remove(tx, &alpha(), &host("ns1.example.com"))).unwrap();
        assert_eq!(database.store().read(|tx| hosts::find(tx, &alpha(), &host("ns1.example.com"))), Ok(None));
    });
}

#[test]
fn contacts_have_revisions_and_handles() {
    TestDatabases::each(|database| {
        let handle = |text: &str| ContactHandle::parse(text).unwrap();
        write(database, |tx| (1..=3).try_for_each(|n| contacts::insert(tx, contact_id(n), b"one", day(0)))).unwrap();
        let update = |revision| write(database, move |tx| contacts::update(tx, contact_id(1), revision, b"two", day(1)));
        assert!(update(3).is_err());
        assert_eq!(update(2), Ok(()));
        assert!(matches!(update(2), Err(StoreFault::Outdated { .. })));
        let row = database.store().read(|tx| contacts::find(tx, contact_id(1))).unwrap().unwrap();
        assert_eq!((row.revision, row.sealed.as_slice(), row.created_at, row.changed_at), (2, &b"two"[..], day(0), day(1)));
        let page = database.store().read(|tx| contacts::list(tx, None, 2)).unwrap();
        let rest = database.store().read(|tx| contacts::list(tx, Some(page[1].id), 2)).unwrap();
        assert_eq!((page.len(), rest.len()), (2, 1));

        let set = |n, text: &str| {
            let handle = handle(text);
            write(database, move |tx| contacts::set_handle(tx, &alpha(), contact_id(n), &handle, day(0)))
        };
        assert_eq!((set(1, "NK-0001"), set(2, "NK-0002"), set(2, "NK-0003")), (Ok(()), Ok(()), Ok(())));
        assert!(set(3, "NK-0001").is_err(), "a handle belongs to one contact");
        assert!(set(9, "NK-0009").is_err(), "a contact must be stored first");
        let wanted = (1..=3).map(contact_id).collect();
        let handles = database.store().read(|tx| contacts::list_handles(tx, &alpha(), &wanted)).unwrap();
        assert_eq!(handles, BTreeMap::from([(contact_id(1), handle("NK-0001")), (contact_id(2), handle("NK-0003"))]));
        let whose = |text: &str| database.store().read(|tx| contacts::find_by_handle(tx, &alpha(), &handle(text))).unwrap();
        assert_eq!((whose("NK-0003"), whose("NK-0002")), (Some(contact_id(2)), None));
        write(database, move |tx| contacts::remove_handle(tx, &alpha(), &ContactHandle::parse("NK-0001").unwrap())).unwrap();
        assert_eq!(database.store().read(|tx| contacts::list_handles_of(tx, contact_id(1))), Ok(vec![]));
    });
}

#[test]
fn operators_are_found_and_revoked_once() {
    TestDatabases::each(|database| {
        let id = ActorId::new(day(0), &mut SeededEntropy::new(1));
        let operator = operators::Operator { id, name: "Ada".to_owned(), token_sha256: [7; 32], created_at: day(0), revoked_at: None };
        let stored = operator.clone();
        write(database, move |tx| operators::insert(tx, &stored)).unwrap();
        assert_eq!(database.store().read(operators::list), Ok(vec![operator]));
        let revoke = || write(database, move |tx| operators::revoke(tx, id, day(1)));
        assert_eq!((revoke(), revoke()), (Ok(true), Ok(false)));
        assert_eq!(database.store().read(|tx| operators::find(tx, id)).unwrap().unwrap().revoked_at, Some(day(1)));
    });
}

#[test]
fn single_sealed_values_are_replaced_and_forgotten() {
    TestDatabases::each(|database| {
        write(database, |tx| {
            auth_infos::set(tx, domain_id(1), b"one", day(0))?;
            auth_infos::set(tx, domain_id(1), b"two", day(1))?;
            sealed_values::put(tx, "password", "alpha", b"one", day(0))?;
            sealed_values::put(tx, "password", "alpha", b"two", day(1))
        })
        .unwrap();
        let look = || {
            database
                .store()
                .read(|tx| Ok::<_, StoreFault>((auth_infos::find(tx, domain_id(1))?, sealed_values::find(tx, "password", "alpha")?)))
                .unwrap()
        };
        assert_eq!(look(), (Some(b"two".to_vec()), Some(b"two".to_vec())));
        write(database, |tx| {
            auth_infos::remove(tx, domain_id(1))?;
            sealed_values::remove(tx, "password", "alpha")
        })
        .unwrap();
        assert_eq!(look(), (None, None));
    });
}
