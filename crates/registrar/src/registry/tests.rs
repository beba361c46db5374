//! Accounts: passwords through their change, certificates before their end, names and prices, and how it all stands.

use std::sync::Arc;

use epp::pool::{CredentialSource, InForce};
use epp::tls::ExpiryAlarm;
use model::Secret;
use sandbox::AdminAction;
use store::testing::TestDatabases;

use super::*;
use crate::gate::testing::{PASSWORD, Rig, name};

fn alarms(rig: &Rig) -> Vec<String> {
    rig.ask(ListAlarms { registry: Some(rig.registry()) }).unwrap().into_iter().map(|alarm| alarm.key).collect()
}

fn credentials(rig: &Rig, file: Option<&std::path::Path>) -> Result<Arc<VaultCredentials>, crate::Failure> {
    VaultCredentials::open(rig.registrar.clone(), &rig.registry(), file)
}

#[test]
fn a_password_is_read_once_and_changed_in_two_phases() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 71);
        let file = database.folder().join("password");
        std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
        credentials(&rig, Some(&file)).unwrap();
        std::fs::remove_file(&file).unwrap();
        rig.restart(database);
        // Sealed: the file is needed no more.
        let source = credentials(&rig, None).unwrap();
        assert_eq!(source.credentials().unwrap().password.expose(), PASSWORD, "{}", database.engine());
        let propose = |text: &str| rig.act(ProposeRegistryPassword { registry: rig.registry(), password: Secret::new(text) });

        propose("New-password-1").unwrap();
        assert_eq!(propose("New-password-2").unwrap_err().code(), "registry.password_pending");
        let pending = source.credentials().unwrap().pending.unwrap();
        assert!(!pending.is_attempted);
        source.begin_change().unwrap();
        assert!(source.credentials().unwrap().pending.unwrap().is_attempted);
        source.settle(InForce::Pending).unwrap();
        let now = source.credentials().unwrap();
        assert_eq!((now.password.expose(), now.pending.is_none()), ("New-password-1", true));

        propose("New-password-3").unwrap();
        source.begin_change().unwrap();
        source.settle(InForce::Current).unwrap();
        let now = source.credentials().unwrap();
        assert_eq!((now.password.expose(), now.pending.is_none()), ("New-password-1", true));
        assert_eq!(alarms(&rig), ["password:alpha"], "the owner is told that the change did not happen");
    });
}

#[test]
fn what_is_wrong_with_a_password_is_said_without_it() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 72);
        let missing = credentials(&rig, None).unwrap_err();
        assert!(format!("{missing:?}").contains("password_file"), "{missing:?}");
        let empty = database.folder().join("empty");
        std::fs::write(&empty, "\n").unwrap();
        assert!(format!("{:?}", credentials(&rig, Some(&empty)).unwrap_err()).contains("is empty"));
        let file = database.folder().join("password");
        std::fs::write(&file, PASSWORD).unwrap();
        credentials(&rig, Some(&file)).unwrap();
        for (text, code) in [
            ("short", "registry.password_length"),
            (" canary-pass", "registry.password_form"),
            ("canary\u{7}pass", "registry.password_form"),
            ("[LOGIN-SECURITY]", "registry.password_form"),
        ] {
            let refused = rig.act(ProposeRegistryPassword { registry: rig.registry(), password: Secret::new(text) }).unwrap_err();
            assert_eq!(refused.code(), code, "{text}");
            assert!(!format!("{refused} {refused:?}").contains("canary"), "{refused:?}");
        }
    });
}

#[test]
fn a_certificate_is_an_alarm_before_it_ends() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 73);
        let line = |not_after: &str| {
            let not_after = not_after.parse().unwrap();
            CertificateLine {
                subject: "CN=namekeep".to_owned(),
                issuer: "CN=ca".to_owned(),
                serial: "01".to_owned(),
                not_before: "2026-01-01T00:00:00Z".parse().unwrap(),
                not_after,
                client_auth: Some(true),
                alarm: ExpiryAlarm::at(not_after, rig.registrar.now()),
            }
        };
        let watch = |lines: &[CertificateLine]| watch_certificates(&rig.registrar, &rig.registry(), lines).unwrap();
        watch(&[line("2028-01-01T00:00:00Z")]);
        assert_eq!(alarms(&rig), Vec::<String>::new(), "{}", database.engine());
        watch(&[line("2026-12-10T00:00:00Z")]);
        assert_eq!(alarms(&rig), ["certificate:alpha"]);
        watch(&[line("2026-12-10T00:00:00Z"), line("2028-01-01T00:00:00Z")]);
        assert_eq!(alarms(&rig), Vec::<String>::new(), "the new one takes over");
        watch(&[line("2026-11-01T00:00:00Z")]);
        let expired = rig.ask(ListAlarms::default()).unwrap();
        insta::allow_duplicates! {
            insta::assert_snapshot!(expired[0].sentence, @"our certificate at registry `alpha` has expired; no login is possible. Install a new one");
        }
    });
}

#[test]
fn names_are_checked_with_their_prices() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 74);
        rig.order("mine.alpha");
        rig.settle(database);
        let asked = [name("gold.alpha"), name("mine.alpha"), name("free.alpha"), name("nic.alpha"), name("free.beta")];
        let found = rig.block_on(check_names(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &asked, None)).unwrap();
        let told: Vec<String> = found
            .iter()
            .map(|found| {
                let create = found.fees.get("create").map(ToString::to_string).unwrap_or_default();
                let free = if found.is_available { "free" } else { "taken" };
                format!("{} {free} {create}{}", found.name, if found.is_premium { " premium" } else { "" })
            })
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.join("\n"), @r"
            gold.alpha free 500.00 USD premium
            mine.alpha taken 8.00 USD
            free.alpha free 8.00 USD
            nic.alpha taken 8.00 USD
            free.beta free 12.00 USD
            ");
        }
        let refused = rig
            .block_on(check_names(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &[name("free.gamma")], None))
            .unwrap_err();
        assert_eq!(refused.code(), "tld.not_served", "{}", database.engine());
    });
}

#[test]
fn the_status_tells_what_an_operator_has_to_know() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 75);
        rig.order("open.alpha");
        let now = rig.registrar.now();
        let broke = AdminAction::Balance { registrar: crate::gate::testing::us(), minor: 0 };
        rig.port.world().registry_mut().administer(&broke, now, &mut model::SeededEntropy::new(1)).unwrap();
        let registry = rig.registry();
        let status = rig.block_on(registry_status(&rig.may(AskRegistry), &rig.registrar, &registry, Some(rig.port.as_ref()))).unwrap();
        assert_eq!((status.title.as_str(), status.account.unwrap().as_str()), ("Alpha Registry", "NAMEKEEP-1"));
        assert_eq!(status.intents.values().sum::<u64>(), 3, "{}: {:?}", database.engine(), status.intents);
        assert_eq!((status.unprocessed_messages, status.paid_stopped_since, status.sessions.is_none()), (0, None, true));
    });
}

#[test]
fn who_cleared_an_alarm_and_who_read_the_journal_is_in_the_ledger() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 76);
        rig.order("spoken.alpha");
        rig.settle(database);
        let newest = |rig: &Rig| {
            let rows = rig.registrar.store().read(|tx| store::ledger::list_newest_entries(tx, i64::MAX.unsigned_abs(), 1)).unwrap();
            (rows[0].kind.clone(), rows[0].subject.clone(), rows[0].seq)
        };
        let raised = alarm::Raised::at(&rig.registry(), "certificate", "ends soon");
        let now = rig.registrar.now();
        rig.registrar.store().write(move |tx| alarm::raise(tx, &raised, now)).unwrap();
        assert!(rig.act(ClearAlarm { key: "certificate:alpha".to_owned() }).unwrap());
        let cleared = newest(&rig);
        assert_eq!((cleared.0.as_str(), cleared.1.as_str()), ("alarm-cleared", "certificate:alpha"), "{}", database.engine());
        assert!(!rig.act(ClearAlarm { key: "certificate:alpha".to_owned() }).unwrap());
        assert_eq!(newest(&rig), cleared, "nothing was cleared, so nothing is noted");

        let read = |name: Option<&str>, with_frames| {
            let name = name.map(self::name);
            rig.act(ReadJournal { registry: rig.registry(), name, intent: None, before: None, limit: None, with_frames }).unwrap()
        };
        let of_name = read(Some("spoken.alpha"), true);
        assert!(of_name.iter().any(|line| line.verb == "domain:create" && line.code == Some(1000)), "{of_name:?}");
        let frames = of_name[0].frames.as_ref().unwrap();
        assert!(frames.request.contains("spoken.alpha") && frames.response.is_some(), "{frames:?}");
        assert_eq!(newest(&rig).0, "journal-read");
        let all = read(None, false);
        assert!(all.len() > of_name.len() && all.iter().all(|line| line.frames.is_none()), "{all:?}");
        let attempts = rig.act(ReadJournal {
            registry: rig.registry(),
            name: None,
            intent: of_name.iter().find_map(|line| line.intent),
            before: None,
            limit: None,
            with_frames: false,
        });
        assert_eq!(attempts.unwrap().len(), 1);
    });
}
