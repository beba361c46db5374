//! A name from order to deletion over the gate, without trouble: the frames fit the registry, and the facts come back.

use model::Period;
use policy::{Phase, Registration};
use store::testing::TestDatabases;
use store::{StoreFault, registrations};

use super::books;
use crate::command::{DeleteDomain, IssueAuthInfo, LockDomain, RenewDomain, RestoreDomain, UnlockDomain};
use crate::gate::testing::{Rig, name};

fn registration(rig: &Rig, text: &str) -> Registration {
    let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name(text)));
    found.unwrap().unwrap()
}

#[test]
fn a_name_is_registered_renewed_locked_deleted_and_restored() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 1);
        let walk = name("walk.alpha");
        rig.order("walk.alpha");
        rig.settle(database);
        let registered = registration(&rig, "walk.alpha");
        assert_eq!(registered.phase, Phase::Registered, "{}", database.engine());
        assert_eq!(registered.expires_at.unwrap().to_string(), "2027-11-23T12:00:00Z");

        rig.act(RenewDomain { name: walk.clone(), period: Period::years(2).unwrap(), current_expiry: None, fee: None }).unwrap();
        rig.act(IssueAuthInfo { name: walk.clone() }).unwrap();
        rig.settle(database);
        assert_eq!(registration(&rig, "walk.alpha").expires_at.unwrap().to_string(), "2029-11-23T12:00:00Z");

        let lock = model::EppStatus::ClientTransferProhibited;
        rig.act(LockDomain { name: walk.clone(), statuses: [lock].into() }).unwrap();
        rig.settle(database);
        assert!(registration(&rig, "walk.alpha").actual.unwrap().statuses.contains(&lock));
        rig.act(UnlockDomain { name: walk.clone(), statuses: [lock].into() }).unwrap();
        rig.settle(database);
        assert!(!registration(&rig, "walk.alpha").actual.unwrap().statuses.contains(&lock));

        // Past the add and renew grace, so that the delete leads to redemption.
        rig.advance(10 * 86_400);
        rig.act(DeleteDomain { name: walk.clone(), cause: policy::DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        assert_eq!(registration(&rig, "walk.alpha").phase, Phase::Redemption);
        let fee = Some(model::Money::parse("40.00", model::Currency::parse("USD").unwrap()).unwrap());
        rig.act(RestoreDomain { name: walk, fee, reason: "registrant error".to_owned() }).unwrap();
        rig.settle(database);
        assert_eq!(registration(&rig, "walk.alpha").phase, Phase::Registered);
        books::agree(&rig);
    });
}

#[test]
fn a_name_deleted_in_add_grace_is_gone_and_credited() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 2);
        rig.order("brief.alpha");
        rig.settle(database);
        rig.act(DeleteDomain { name: name("brief.alpha"), cause: policy::DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        assert_eq!(registration(&rig, "brief.alpha").phase, Phase::Purged);
        books::agree(&rig);
        assert_eq!(rig.port.world().registry().charged_minor(&crate::gate::testing::us()), 0);
    });
}

#[test]
fn what_the_registry_refuses_ends_the_order_and_what_waits_for_it() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 3);
        rig.taken_by_another("taken.alpha");
        rig.order("taken.alpha");
        rig.settle(database);
        assert_eq!(registration(&rig, "taken.alpha").phase, Phase::Failed, "{}", database.engine());
        books::agree(&rig);
    });
}
