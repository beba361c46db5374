//! Intents: every arrow of their states, the queue of an object, and what waits for what.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{ClTrid, DomainName, HostName, IntentId, Period, SeededEntropy};
use policy::outcome::{Done, Outcome};
use policy::{Intent, IntentState, Lane, ObjectKey, Operation};

use super::portfolio::{alpha, day, domain_id};
use crate::fault::StoreFault;
use crate::intents::{self, ClaimFilter};
use crate::testing::{TestDatabase, TestDatabases};
use crate::tx::Tx;

const ALL: ClaimFilter = ClaimFilter { is_bulk_allowed: true, is_paid_allowed: true };

fn id(n: u64) -> IntentId {
    IntentId::new(day(0), &mut SeededEntropy::new(n))
}

fn cltrid(n: u64, attempt: u32) -> ClTrid {
    ClTrid::new(&id(n), attempt)
}

/// An intent on `example.com` or the host named, decided on day 0.
fn intent(n: u64, operation: Operation, after: &[u64]) -> Intent {
    Intent {
        id: id(n),
        registry: alpha(),
        object: ObjectKey::Domain(DomainName::parse("example.com").unwrap()),
        domain: domain_id(1),
        operation,
        business_key: format!("key:{n}"),
        lane: Lane::Interactive,
        after: after.iter().map(|n| id(*n)).collect(),
        decided_at: day(0),
    }
}

fn on(object: &str, intent: Intent) -> Intent {
    Intent { object: ObjectKey::Host(HostName::parse(object).unwrap()), ..intent }
}

fn renew() -> Operation {
    Operation::RenewDomain { current_expiry: day(30), period: Period::years(1).unwrap(), fee: None }
}

fn write<T: Send + 'static>(
    database: &TestDatabase,
    closure: impl FnMut(&mut Tx<'_>) -> Result<T, StoreFault> + Send + 'static,
) -> Result<T, StoreFault> {
    database.store().write(closure)
}

fn insert(database: &TestDatabase, intent: Intent) -> bool {
    let state = if intent.after.is_empty() { IntentState::Ready } else { IntentState::Waiting };
    write(database, move |tx| intents::insert(tx, &intent, state)).unwrap()
}

fn state(database: &TestDatabase, n: u64) -> IntentState {
    database.store().read(|tx| intents::find(tx, id(n))).unwrap().unwrap().state
}

/// The numbers of claimable intents, out of the first nine.
fn claimable(database: &TestDatabase, now: Timestamp, filter: ClaimFilter) -> Vec<u64> {
    let rows = database.store().read(|tx| intents::list_claimable(tx, &alpha(), now, &filter, 9)).unwrap();
    rows.iter().map(|row| (0..20).find(|n| id(*n) == row.intent.id).unwrap()).collect()
}

fn send(database: &TestDatabase, n: u64, attempt: u32) -> Result<(), StoreFault> {
    write(database, move |tx| intents::mark_sent(tx, id(n), attempt, &cltrid(n, attempt), day(1), 4))
}

fn settle(database: &TestDatabase, n: u64, state: IntentState) -> Result<(), StoreFault> {
    write(database, move |tx| intents::settle(tx, id(n), state, &Outcome::Done(Done::default()), day(2)))
}

#[test]
fn an_intent_goes_its_way_and_every_wrong_arrow_is_refused() {
    TestDatabases::each(|database| {
        assert!(insert(database, intent(1, renew(), &[])));
        assert!(!insert(database, Intent { id: id(2), ..intent(1, renew(), &[]) }), "the same business key");
        let outdated = |result: Result<(), StoreFault>| assert!(matches!(result, Err(StoreFault::Outdated { .. })), "{result:?}");
        let unknown = || write(database, |tx| intents::mark_unknown(tx, id(1), day(3)));
        let pending = || write(database, |tx| intents::mark_pending(tx, id(1), "SV-1"));
        let ready = || write(database, |tx| intents::mark_ready(tx, id(1), day(4), Some(&Operation::DeleteDomain)));
        outdated(unknown());
        outdated(pending());
        outdated(ready());
        send(database, 1, 1).unwrap();
        outdated(send(database, 1, 2));
        unknown().unwrap();
        assert!(database.store().read(|tx| intents::list_provable(tx, &alpha(), day(2), 9)).unwrap().is_empty());
        assert_eq!(database.store().read(|tx| intents::list_provable(tx, &alpha(), day(3), 9)).unwrap().len(), 1);
        ready().unwrap();
        assert_eq!(claimable(database, day(3), ALL), [0; 0], "not before its time");
        assert_eq!(claimable(database, day(4), ALL), [1]);
        send(database, 1, 2).unwrap();
        assert_eq!(database.store().read(|tx| intents::list_sent(tx, &alpha(), 9)).unwrap().len(), 1);
        pending().unwrap();
        assert_eq!(database.store().read(|tx| intents::list_pending(tx, &alpha(), day(1), 9)).unwrap().len(), 0);
        assert_eq!(database.store().read(|tx| intents::list_pending(tx, &alpha(), day(2), 9)).unwrap().len(), 1);
        let row = database.store().read(|tx| intents::find(tx, id(1))).unwrap().unwrap();
        assert_eq!((row.attempts, row.last_cltrid, row.sent_at, row.epoch), (2, Some(cltrid(1, 2)), Some(day(1)), 4));
        assert_eq!(
            (row.svtrid.as_deref(), row.remaining, row.intent),
            (Some("SV-1"), Some(Operation::DeleteDomain), intent(1, renew(), &[]))
        );
        unknown().unwrap();
        settle(database, 1, IntentState::Confirmed).unwrap();
        outdated(settle(database, 1, IntentState::Refused));
        outdated(unknown());
        assert!(!insert(database, intent(1, renew(), &[])), "the same business key, although settled");
        let row = database.store().read(|tx| intents::list_of(tx, domain_id(1))).unwrap().remove(0);
        assert_eq!((row.state, row.outcome), (IntentState::Confirmed, Some(Outcome::Done(Done::default()))));
    });
}

#[test]
fn attempts_are_kept_each_with_its_cltrid() {
    TestDatabases::each(|database| {
        insert(database, intent(1, renew(), &[]));
        send(database, 1, 1).unwrap();
        let end = || write(database, |tx| intents::end_attempt(tx, &cltrid(1, 1), day(2), "not-sent"));
        assert_eq!(end(), Ok(()));
        assert!(end().is_err(), "an attempt ends once");
        write(database, |tx| intents::mark_ready(tx, id(1), day(2), None)).unwrap();
        assert!(send(database, 1, 1).is_err(), "a clTRID is used once");
        send(database, 1, 2).unwrap();
        let attempts = database.store().read(|tx| intents::list_attempts(tx, id(1))).unwrap();
        let shown: Vec<_> = attempts.iter().map(|attempt| (attempt.attempt, attempt.ended_at, attempt.outcome.as_deref())).collect();
        assert_eq!(shown, [(1, Some(day(2)), Some("not-sent")), (2, None, None)]);
    });
}

#[test]
fn an_object_has_one_intent_in_flight_and_its_queue_keeps_its_order() {
    TestDatabases::each(|database| {
        for n in 1..=3 {
            insert(database, intent(n, renew(), &[]));
        }
        insert(database, on("ns1.example.com", intent(4, Operation::DeleteHost, &[])));
        assert_eq!(claimable(database, day(1), ALL), [1, 4]);
        send(database, 1, 1).unwrap();
        assert_eq!(claimable(database, day(1), ALL), [4]);
        let jumped = send(database, 2, 1);
        assert!(matches!(jumped, Err(StoreFault::Constraint { .. })), "the schema keeps the second one out: {jumped:?}");
        write(database, |tx| intents::mark_unknown(tx, id(1), day(9))).unwrap();
        assert_eq!(claimable(database, day(9), ALL), [4], "an unknown outcome keeps the object occupied");
        settle(database, 1, IntentState::Refused).unwrap();
        assert_eq!(claimable(database, day(1), ALL), [2, 4]);
    });
}

#[test]
fn what_waits_becomes_ready_when_all_it_needs_is_confirmed() {
    TestDatabases::each(|database| {
        insert(database, on("ns1.example.com", intent(1, Operation::CreateHost { addresses: Default::default() }, &[])));
        insert(database, on("ns2.example.com", intent(2, Operation::CreateHost { addresses: Default::default() }, &[])));
        insert(database, intent(3, renew(), &[1, 2]));
        insert(database, intent(4, Operation::DeleteDomain, &[3]));
        insert(database, intent(5, Operation::SetAuthInfo { clear: false }, &[]));
        assert_eq!(claimable(database, day(1), ALL), [1, 2], "nothing overtakes what waits on its object");
        settle(database, 1, IntentState::Confirmed).unwrap();
        assert_eq!(state(database, 3), IntentState::Waiting);
        settle(database, 2, IntentState::Confirmed).unwrap();
        assert_eq!((state(database, 3), state(database, 4)), (IntentState::Ready, IntentState::Waiting));
        assert_eq!(claimable(database, day(2), ALL), [3]);
        settle(database, 3, IntentState::Refused).unwrap();
        assert_eq!(state(database, 4), IntentState::Waiting, "the caller cancels it, with the rules' consent");
        let waiting = database.store().read(|tx| intents::list_waiting_on(tx, id(3))).unwrap();
        assert_eq!(waiting.iter().map(|row| row.intent.id).collect::<Vec<_>>(), [id(4)]);
        settle(database, 4, IntentState::Cancelled).unwrap();
        assert_eq!(claimable(database, day(2), ALL), [5]);
        insert(database, on("ns9.example.com", intent(6, Operation::DeleteHost, &[1, 2])));
        assert_eq!(state(database, 6), IntentState::Ready, "what it needs was confirmed before");
    });
}

/// The newer one must go first because the older one waits for it, on the same object.
#[test]
fn an_intent_is_not_held_back_by_what_waits_for_it() {
    TestDatabases::each(|database| {
        insert(database, intent(1, renew(), &[2]));
        insert(database, intent(2, Operation::DeleteDomain, &[]));
        assert_eq!(claimable(database, day(1), ALL), [2]);
    });
}

#[test]
fn lanes_and_money_decide_what_may_go() {
    TestDatabases::each(|database| {
        insert(database, on("a.example.com", Intent { lane: Lane::Bulk, ..intent(1, Operation::DeleteHost, &[]) }));
        insert(database, on("b.example.com", intent(2, renew(), &[])));
        insert(database, on("c.example.com", Intent { lane: Lane::Bulk, ..intent(3, renew(), &[]) }));
        insert(database, on("d.example.com", intent(4, Operation::DeleteHost, &[])));
        assert_eq!(claimable(database, day(1), ALL), [2, 4, 1, 3]);
        assert_eq!(claimable(database, day(1), ClaimFilter { is_bulk_allowed: false, ..ALL }), [2, 4]);
        assert_eq!(claimable(database, day(1), ClaimFilter { is_paid_allowed: false, ..ALL }), [4, 1]);
        send(database, 4, 1).unwrap();
        settle(database, 1, IntentState::Confirmed).unwrap();
        let counts = database.store().read(|tx| intents::count_by_state(tx, &alpha())).unwrap();
        assert_eq!(counts, BTreeMap::from([("ready".to_owned(), 2), ("sent".to_owned(), 1)]));
        let unsettled = |registry: Option<&model::RegistryId>| {
            let first = database.store().read(|tx| intents::list_unsettled(tx, registry, None, 2)).unwrap();
            let after = first.last().map(|row| row.intent.id);
            first.len() + database.store().read(|tx| intents::list_unsettled(tx, registry, after, 9)).unwrap().len()
        };
        assert_eq!((unsettled(None), unsettled(Some(&alpha()))), (3, 3));
    });
}
