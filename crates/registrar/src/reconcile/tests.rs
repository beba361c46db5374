//! Drift: shown with both sides, and left alone until somebody decides.

use std::collections::BTreeMap;

use epp::domain::{Command, Update};
use model::{AuthInfo, EppStatus, SeededEntropy, TldName};
use policy::{DomainCommand, Phase};
use store::testing::TestDatabases;
use store::{StoreFault, registrations};

use super::*;
use crate::command::TransferDomainIn;
use crate::gate::testing::{Rig, name, other, us};
use crate::{DomainOrder, Target};

fn reconciler(rig: &Rig) -> Reconciler {
    Reconciler::open(&rig.may(crate::registry::ReconcileNames), rig.registrar.clone(), &rig.registry(), rig.port()).unwrap()
}

/// Another tool in our account puts the name on hold and changes its delegation.
fn meddle(rig: &Rig, text: &str) {
    let mut update = Update::new(text);
    update.add.statuses = vec![EppStatus::ClientHold.into()];
    update.remove.name_servers = Some(epp::domain::NameServers::objects(["ns1.elsewhere.example"]));
    let said = rig.port.say(&us(), Command::Update(update));
    assert!(said.is_success(), "{said:?}");
}

fn told(report: &DriftReport) -> String {
    let lines: Vec<String> =
        report.elements.iter().map(|element| format!("{}: {} | {}", element.element, element.desired, element.actual)).collect();
    lines.join("\n")
}

#[test]
fn drift_is_shown_and_pushed_or_accepted_only_when_told() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 61);
        for text in ["push.alpha", "accept.alpha"] {
            rig.order(text);
            rig.settle(database);
            let clean = rig.block_on(reconciler(&rig).one(&name(text))).unwrap();
            assert!(clean.is_clean(), "{}: {clean:?}", database.engine());
            meddle(&rig, text);
            let drifted = rig.block_on(reconciler(&rig).one(&name(text))).unwrap();
            insta::allow_duplicates! {
                insta::assert_snapshot!(told(&drifted), @r"
                nameservers: ns1.elsewhere.example | none
                status:clientHold: not set | set
                ");
            }
            assert_eq!(rig.open_intents(), 0, "nothing is done by itself");
        }
        let order = |text: &str, command| rig.act(DomainOrder::new(Target::Named(name(text)), command)).unwrap();
        assert!(!order("push.alpha", DomainCommand::PushDesired).intents.is_empty());
        order("accept.alpha", DomainCommand::AcceptActual);
        rig.settle(database);
        for text in ["push.alpha", "accept.alpha"] {
            let report = rig.block_on(reconciler(&rig).one(&name(text))).unwrap();
            assert!(report.is_clean(), "{}: {report:?}", database.engine());
        }
    });
}

#[test]
fn pages_show_only_what_differs_and_end() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 62);
        for at in 0..5 {
            rig.order(&format!("page{at}.alpha"));
        }
        rig.settle(database);
        // The first look takes the registry's word down; what changes after it is drift.
        let (mut after, mut checked, mut pages) = (None, 0, 0);
        let tld = TldName::parse("alpha").unwrap();
        for _ in 0..2 {
            after = None;
            checked = 0;
            pages = 0;
            loop {
                let page = rig.block_on(reconciler(&rig).page(Some(&tld), after.clone(), 2)).unwrap();
                assert_eq!(page.reports, [], "{}", database.engine());
                checked += page.checked;
                pages += 1;
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
        assert_eq!((checked, pages, after), (5, 3, None));
        meddle(&rig, "page3.alpha");
        let page = rig.block_on(reconciler(&rig).page(None, None, 100)).unwrap();
        assert_eq!(page.checked, 5);
        assert_eq!(page.reports.iter().map(|report| report.name.to_string()).collect::<Vec<_>>(), ["page3.alpha"]);
    });
}

/// The message that a transfer in is complete can be lost for good, as in a registry's own restore. The nightly look finds the name.
#[test]
fn a_transfer_in_whose_message_was_lost_is_found() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 65);
        rig.taken_by_another("coming.alpha");
        let code = AuthInfo::generate(&mut SeededEntropy::new(5));
        let mut set = Update::new("coming.alpha");
        set.change.auth = Some(epp::AuthChange::Set(epp::AuthValue::from(&code)));
        assert!(rig.port.say(&other(), Command::Update(set)).is_success());
        rig.advance(90 * 86_400);
        let order = TransferDomainIn {
            name: name("coming.alpha"),
            auth_info: code,
            registrant: Some(rig.holder),
            contacts: BTreeMap::new(),
            authorised_at: rig.registrar.now(),
            fee: None,
            token: None,
        };
        rig.act(order).unwrap();
        rig.settle(database);
        let phase = |rig: &Rig| {
            let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name("coming.alpha")));
            found.unwrap().unwrap().phase
        };
        let look = |rig: &Rig| {
            let page = rig.block_on(reconciler(rig).page(None, None, 100)).unwrap();
            (page.checked, page.reports.len(), phase(rig))
        };
        assert_eq!(look(&rig), (1, 0, Phase::TransferringIn), "{}: still another's", database.engine());
        rig.advance(6 * 86_400);
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        assert_eq!(look(&rig), (1, 0, Phase::Registered), "{}: ours, whatever became of the message", database.engine());
    });
}

#[test]
fn a_registry_that_does_not_answer_is_trouble_and_not_drift() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 63);
        rig.order("silent.alpha");
        rig.settle(database);
        *rig.port.closed.lock().unwrap() = Some(crate::gate::NotSent::passing("no session with the registry was free in time"));
        let report = rig.block_on(reconciler(&rig).one(&name("silent.alpha"))).unwrap();
        assert_eq!(report.trouble.as_deref(), Some("no session with the registry was free in time"), "{}", database.engine());
        assert!(report.elements.is_empty());
    });
}

#[test]
fn a_name_that_is_not_ours_is_refused() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 64);
        let refused = rig.block_on(reconciler(&rig).one(&name("nobody.alpha"))).unwrap_err();
        assert_eq!(refused.code(), "domain.unknown", "{}", database.engine());
    });
}
