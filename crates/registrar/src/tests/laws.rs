//! Laws that hold whatever is ordered, in whatever order: a no changes nothing, nothing ever breaks, and the ledger alone tells
//! what every registration is.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use model::{ContactId, EppStatus, IntentId, Period};
use policy::{DeletionCause, Event, IntentState, Outcome, Reason, ReasonOwner, Registration};
use proptest::prelude::*;
use store::ledger::{self, LedgerRow};
use store::testing::{TestDatabase, TestDatabases};
use store::{SignerKey, Store, intents, registrations};

use super::world::{host, name, order};
use crate::command::{
    ChangeNameservers, DeleteDomain, HoldDomain, IssueAuthInfo, LockDomain, ReadAuthInfo, ReleaseDomain, RenewDomain, RestoreDomain,
    SetAutoRenew, UnlockDomain,
};
use crate::testing::House;
use crate::timer::Clockwork;
use crate::{Failure, authorise, ledger_subject};

/// One thing that happens: an order, a registry's answer, time.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Register,
    Renew,
    AutoRenew(bool),
    Nameservers(u8),
    Lock,
    Unlock,
    Hold,
    Release,
    Delete,
    Restore,
    AuthInfo,
    Yes,
    No,
    Days(u8),
    Carry,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    prop_oneof![
        3 => Just(H::Register),
        2 => Just(H::Renew),
        1 => any::<bool>().prop_map(H::AutoRenew),
        2 => (0u8..3).prop_map(H::Nameservers),
        1 => Just(H::Lock),
        1 => Just(H::Unlock),
        1 => Just(H::Hold),
        1 => Just(H::Release),
        1 => Just(H::Delete),
        1 => Just(H::Restore),
        1 => Just(H::AuthInfo),
        8 => Just(H::Yes),
        1 => Just(H::No),
        4 => (1u8..60).prop_map(H::Days),
        2 => Just(H::Carry),
    ]
}

const NAMES: [&str; 2] = ["one.alpha", "two.beta"];

/// Makes it happen; what was refused comes back as the failure.
fn happen(house: &House, holder: ContactId, text: &str, happening: Happening) -> Result<(), Failure> {
    use Happening as H;
    let name = name(text);
    let lock = BTreeSet::from([EppStatus::ClientTransferProhibited, EppStatus::ClientDeleteProhibited]);
    let (status, reason) = (EppStatus::ClientHold, Reason { owner: ReasonOwner::Abuse, reference: "case 7".to_owned() });
    match happening {
        H::Register => house.act(order(text, holder)).map(drop),
        H::Renew => house.act(RenewDomain { name, period: Period::years(1).unwrap(), current_expiry: None, fee: None }).map(drop),
        H::AutoRenew(auto_renew) => house.act(SetAutoRenew { name, auto_renew }).map(drop),
        H::Nameservers(count) => {
            let hosts = (0..count).map(|number| (host(&format!("ns{number}.else.example")), BTreeSet::new())).collect();
            house.act(ChangeNameservers { name, nameservers: hosts }).map(drop)
        }
        H::Lock => house.act(LockDomain { name, statuses: lock }).map(drop),
        H::Unlock => house.act(UnlockDomain { name, statuses: lock }).map(drop),
        H::Hold => house.act(HoldDomain { name, status, reason }).map(drop),
        H::Release => house.act(ReleaseDomain { name, status, reason }).map(drop),
        H::Delete => house.act(DeleteDomain { name, cause: DeletionCause::Registrant }).map(drop),
        H::Restore => house.act(RestoreDomain { name, fee: None, reason: "by mistake".to_owned() }).map(drop),
        H::AuthInfo => house.act(IssueAuthInfo { name: name.clone() }).and_then(|_| house.act(ReadAuthInfo { name }).map(drop)),
        H::Yes | H::No => {
            if let Some(id) = first_ready(house, text) {
                match happening {
                    H::Yes => house.settle_yes(id),
                    _ => house.settle_one(id, |_, _| Outcome::Refused { code: 2400, message: "Command failed".to_owned() }),
                }
            }
            Ok(())
        }
        H::Days(days) => {
            house.clock.advance(SignedDuration::from_hours(24 * i64::from(days)));
            Clockwork::new(&house.registrar).step(100).map(drop)
        }
        H::Carry => {
            house.carry();
            Ok(())
        }
    }
}

fn first_ready(house: &House, text: &str) -> Option<IntentId> {
    house
        .registrar
        .store()
        .read::<_, Failure>(|tx| {
            let Some(registration) = registrations::find_latest(tx, &name(text))? else { return Ok(None) };
            let rows = intents::list_of(tx, registration.id)?;
            Ok(rows.iter().find(|row| row.state == IntentState::Ready).map(|row| row.intent.id))
        })
        .unwrap()
}

fn ledger_rows(house: &House) -> Vec<LedgerRow> {
    house.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_entries(tx, 0, 10_000)?)).unwrap()
}

/// The registration as its ledger entries tell it.
fn retold(rows: &[LedgerRow], subject: &str) -> Registration {
    let bodies = rows.iter().filter(|row| row.subject == subject).filter_map(|row| row.body.as_deref());
    let mut events = bodies.filter_map(|body| serde_json::from_str::<Event>(body).ok());
    let mut registration = Registration::begin(&events.next().unwrap()).unwrap();
    events.for_each(|event| registration.apply(&event));
    registration
}

fn check_laws(database: &TestDatabase, story: &[(usize, Happening)]) -> Result<(), TestCaseError> {
    let house = House::on(database);
    let holder = house.holder();
    for (which, happening) in story {
        let before = ledger_rows(&house).len();
        if let Err(failure) = happen(&house, holder, NAMES[which % NAMES.len()], *happening) {
            prop_assert!(matches!(failure, Failure::Refused(_)), "{happening:?} broke: {failure:?}");
            let is_half = matches!(happening, Happening::AuthInfo);
            prop_assert!(is_half || ledger_rows(&house).len() == before, "{happening:?} was refused and left something");
        }
    }
    let rows = ledger_rows(&house);
    for text in NAMES {
        let lives = house.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_by_name(tx, &name(text))?)).unwrap();
        for life in lives {
            prop_assert_eq!(&retold(&rows, &ledger_subject(life.id, &life.name)), &life);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_no_changes_nothing_and_the_ledger_tells_all(story in prop::collection::vec((0usize..2, happening()), 1..40)) {
        check_laws(&TestDatabases::sqlite(), &story)?;
    }
}

/// Two nodes change one registration at the same time; nobody's change is lost and none is made twice.
#[test]
fn no_change_is_lost_between_two_nodes() {
    TestDatabases::each(|database| {
        let house = House::on(database);
        let receipt = house.registered("shared.alpha");
        let neighbour = Store::open_with_signer(database.url(), SignerKey::read(database.key_path()).unwrap()).unwrap();
        let nodes = [house.registrar.clone(), house.registrar_on(neighbour)];
        std::thread::scope(|scope| {
            for number in 0..20 {
                let reason = Reason { owner: ReasonOwner::Abuse, reference: format!("case {number}") };
                let order = HoldDomain { name: name("shared.alpha"), status: EppStatus::ClientHold, reason };
                let case = authorise(&house.operator, order).unwrap();
                let node = &nodes[number % 2];
                scope.spawn(move || node.carry_out(case).unwrap());
            }
        });
        let stored = house.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find(tx, receipt.domain)?)).unwrap().unwrap();
        assert_eq!(stored.desired.statuses.reasons(EppStatus::ClientHold).count(), 20, "{}", database.engine());
        assert_eq!(retold(&ledger_rows(&house), &ledger_subject(stored.id, &stored.name)), stored);
    });
}
