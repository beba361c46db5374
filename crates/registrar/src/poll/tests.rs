//! Messages: each kind read, and each taken exactly once.

use epp::extension::change_poll::{ChangeData, Operation as Changed};
use epp::extension::unhandled;
use epp::xml::Element;
use epp::{
    EppResult, MessageQueue, Namespace, PendingData, Response, ResponseData, ResultCode, TransactionIds, TransferData, domain, host,
    maintenance,
};
use model::{SeededEntropy, Timestamp, TransferStatus};
use policy::{Phase, RegistryEvent};
use sandbox::{AdminAction, Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
use store::testing::TestDatabases;
use store::{StoreFault, registrations};

use super::read::{Said, read};
use super::*;
use crate::gate::testing::{Crash, Rig, name, other, us};
use crate::registry::TakeMessages;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A message with this text and data.
fn message(text: &str, data: Vec<ResponseData>) -> Response {
    let mut response = Response::new(ResultCode::ACK_TO_DEQUEUE, Some("nkq-1".into()), "SV-1");
    response.queue = Some(MessageQueue { count: 1, id: "7".to_owned(), queued: None, message: Some(text.into()) });
    response.data = data;
    response
}

fn info() -> domain::InfoData {
    let mut info = domain::InfoData::new("example.alpha", "D1-ALPHA", "NAMEKEEP-1");
    info.expires = Some(at("2028-11-23T12:00:00Z"));
    info
}

fn shown(info: domain::InfoData) -> ResponseData {
    ResponseData::Domain(domain::Data::Info(Box::new(info)))
}

fn change(operation: Changed, is_before: bool) -> ChangeData {
    ChangeData {
        is_before,
        operation,
        sub_operation: None,
        date: at("2026-11-23T12:00:00Z"),
        svtrid: "SV-9".into(),
        who: "registry".to_owned(),
        case: None,
        reason: Some("Expiry".into()),
    }
}

/// What a message says, in a few words.
fn word(response: &Response) -> String {
    match read(response, at("2026-11-23T12:00:00Z")) {
        Said::PendingObject { cltrid, svtrid, done } => format!("pending object {} {svtrid} {done}", cltrid.unwrap_or_default()),
        Said::Event(event) => match event {
            RegistryEvent::Transfer { name, transfer } => format!("transfer {name} {}", transfer.status),
            RegistryEvent::AutoRenewed { name, expires_at } => format!("auto-renewed {name} {expires_at}"),
            RegistryEvent::Changed { name, what, info } => {
                format!("changed {name} [{what}] {}", if info.is_some() { "shown" } else { "not shown" })
            }
            RegistryEvent::Purged { name } => format!("purged {name}"),
            RegistryEvent::PendingResult { name, cltrid, svtrid, done } => {
                format!("pending {name} {} {svtrid} {done}", cltrid.unwrap_or_default())
            }
            RegistryEvent::HostChanged { host, .. } => format!("host {host}"),
            RegistryEvent::LowBalance { what } => format!("low balance [{what}]"),
            RegistryEvent::Maintenance { from, to, what } => format!("maintenance {from} {to} [{what}]"),
            RegistryEvent::Other { what } => format!("other [{what}]"),
        },
    }
}

#[test]
fn every_kind_of_message_is_read() {
    let transfer = TransferData {
        name: "example.alpha".into(),
        status: TransferStatus::ServerApproved,
        requested_by: "OTHER-1".into(),
        requested: at("2026-11-20T12:00:00Z"),
        acted_by: "NAMEKEEP-1".into(),
        acted: at("2026-11-23T12:00:00Z"),
        expires: None,
    };
    let pending = |name: &str| PendingData {
        name: name.into(),
        is_approved: true,
        transaction: TransactionIds { client: Some("int-1".into()), server: "SV-5".into() },
        decided: at("2026-11-23T12:00:00Z"),
    };
    let changed = |operation, is_before| message("Told.", vec![shown(info())]).with(change(operation, is_before));
    let mut outage = maintenance_item();
    outage.descriptions.clear();
    let raw = |namespace: &str, child: &str| {
        let element = Element::new(namespace, "pollData").with_child(Element::new(namespace, "name").with_text(child));
        message("Vendor.", vec![ResponseData::Raw(element)])
    };
    let host = host::Data::Info(Box::new(host::InfoData::new("ns1.example.alpha", "H1-ALPHA", "NAMEKEEP-1")));
    let renewed = domain::RenewData { name: "example.alpha".into(), expires: Some(at("2028-11-23T12:00:00Z")) };
    for (response, expected) in [
        (message("", vec![ResponseData::Domain(domain::Data::Transfer(transfer))]), "transfer example.alpha serverApproved"),
        (message("", vec![ResponseData::Domain(domain::Data::Pending(pending("example.alpha")))]), "pending example.alpha int-1 SV-5 true"),
        (message("", vec![ResponseData::Host(host::Data::Pending(pending("ns1.example.alpha")))]), "pending object int-1 SV-5 true"),
        (message("", vec![ResponseData::Domain(domain::Data::Renew(renewed))]), "auto-renewed example.alpha 2028-11-23T12:00:00Z"),
        (message("Grace.", vec![shown(info())]), "changed example.alpha [Grace.] shown"),
        (changed(Changed::AutoRenew, false), "auto-renewed example.alpha 2028-11-23T12:00:00Z"),
        (changed(Changed::AutoPurge, true), "purged example.alpha"),
        (changed(Changed::AutoDelete, false), "changed example.alpha [Told. (autoDelete by registry: Expiry)] shown"),
        (changed(Changed::AutoDelete, true), "changed example.alpha [Told. (autoDelete by registry: Expiry)] not shown"),
        (changed(Changed::Update, false), "changed example.alpha [Told. (update by registry: Expiry)] shown"),
        (message("", vec![ResponseData::Host(host)]), "host ns1.example.alpha"),
        (
            message("Upgrade.", vec![ResponseData::Maintenance(maintenance::InfoData::Item(Box::new(outage)))]),
            "maintenance 2026-12-01T02:00:00Z 2026-12-01T04:00:00Z [Upgrade.]",
        ),
        (raw("http://www.verisign.com/epp/lowbalance-poll-1.0", "x"), "low balance [Vendor.]"),
        (raw("http://www.verisign.com/epp/rgp-poll-1.0", "example.alpha"), "changed example.alpha [Vendor.] not shown"),
        (raw("urn:example:nobody-knows-1.0", "x"), "other [Vendor.]"),
        (message("Low balance: 12.00 USD left.", vec![]), "low balance [Low balance: 12.00 USD left.]"),
        (message("Happy new year!", vec![]), "other [Happy new year!]"),
        (Response { queue: None, ..message("", vec![]) }, "other []"),
    ] {
        assert_eq!(word(&response), expected);
    }
}

/// A message is read when we come to it, perhaps long after a change of ours that it knows nothing of.
#[test]
fn what_a_message_shows_is_as_old_as_the_message() {
    let mut response = message("Grace.", vec![shown(info())]);
    let observed_at = |response: &Response| match read(response, at("2026-11-23T12:00:00Z")) {
        Said::Event(RegistryEvent::Changed { info: Some(info), .. }) => info.observed_at,
        other => panic!("{other:?}"),
    };
    assert_eq!(observed_at(&response), at("2026-11-23T12:00:00Z"));
    response.queue.as_mut().unwrap().queued = Some(at("2026-11-23T11:15:00Z"));
    assert_eq!(observed_at(&response), at("2026-11-23T11:15:00Z"));
    response.queue.as_mut().unwrap().queued = Some(at("2026-11-23T12:03:00Z"));
    assert_eq!(observed_at(&response), at("2026-11-23T12:00:00Z"), "a clock that is ahead");
}

fn maintenance_item() -> maintenance::Item {
    maintenance::Item {
        id: maintenance::MaintenanceId::new("m-1"),
        types: Vec::new(),
        poll_type: None,
        systems: Vec::new(),
        environment: maintenance::Environment::Production,
        environment_name: None,
        start: at("2026-12-01T02:00:00Z"),
        end: at("2026-12-01T04:00:00Z"),
        cause: maintenance::Cause::Planned,
        detail: None,
        descriptions: Vec::new(),
        tlds: Vec::new(),
        intervention: None,
        created: at("2026-11-01T00:00:00Z"),
        updated: None,
    }
}

/// RFC 9038: what the session did not declare arrives beside the result, and is read as if it stood in its place.
#[test]
fn an_undeclared_namespace_does_not_hide_the_message() {
    let mut response = message("Told.", vec![shown(info())]).with(change(Changed::AutoRenew, false));
    unhandled::lift(&mut response, |namespace| *namespace == Namespace::Domain).unwrap();
    assert!(response.extensions.is_empty() && !response.results[0].ext_values.is_empty());
    assert_eq!(word(&response), "auto-renewed example.alpha 2028-11-23T12:00:00Z");
    response.results = vec![EppResult::new(ResultCode::ACK_TO_DEQUEUE)];
    assert_eq!(word(&response), "changed example.alpha [Told.] shown");
}

fn poller(rig: &Rig) -> Poller {
    let (registrar, registry, port) = (rig.registrar.clone(), rig.registry(), rig.port());
    Poller::open(PollerParts { registrar, registry, port, owner: "node-1".to_owned() }).unwrap()
}

fn administer(rig: &Rig, action: &AdminAction) {
    let now = rig.registrar.now();
    rig.port.world().registry_mut().administer(action, now, &mut SeededEntropy::new(1)).unwrap();
}

fn outcomes(rig: &Rig) -> Vec<String> {
    let lines = rig.ask(ListMessages::default()).unwrap();
    let mut outcomes: Vec<(String, String)> = lines.into_iter().map(|line| (line.id, line.outcome.unwrap_or("open".to_owned()))).collect();
    outcomes.sort();
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

#[test]
fn messages_become_commands_and_the_queue_is_emptied() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 51);
        rig.order("held.alpha");
        rig.settle(database);
        let poller = poller(&rig);
        administer(&rig, &AdminAction::Hold { name: name("held.alpha"), on: true });
        administer(&rig, &AdminAction::LowBalanceMark { registrar: us(), minor: i64::MAX });
        rig.order("spends.alpha");
        rig.settle(database);
        let round = rig.block_on(poller.step(&rig.may(TakeMessages), 100)).unwrap();
        assert!(round.is_owner && round.trouble.is_none(), "{}: {round:?}", database.engine());
        assert_eq!((round.received, round.repeated, round.waiting_at_registry), (round.processed, 0, 0), "{:?}", outcomes(&rig));
        assert!(round.received >= 2, "{:?}", outcomes(&rig));
        assert_eq!(rig.port.world().registry().message_count(&us()), 0);
        let held: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name("held.alpha")));
        assert!(held.unwrap().unwrap().actual.unwrap().statuses.contains(&model::EppStatus::ServerHold));
        let again = rig.block_on(poller.step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!((again.received, again.processed, again.kept), (0, 0, 0));
    });
}

/// The year ends, the registry renews, nobody pays, the name is deleted and purged: all of it told by messages, none of it lost.
#[test]
fn a_year_of_messages_is_taken() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 52);
        rig.order("year.alpha");
        rig.settle(database);
        let poller = poller(&rig);
        rig.advance(366 * 86_400);
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        let round = rig.block_on(poller.step(&rig.may(TakeMessages), 100)).unwrap();
        assert!(round.processed > 0 && round.trouble.is_none(), "{}: {round:?}", database.engine());
        assert!(outcomes(&rig).contains(&"`auto-renewed` for year.alpha".to_owned()), "{:?}", outcomes(&rig));
    });
}

#[test]
fn a_message_about_a_name_that_we_do_not_hold_is_kept_and_shown() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 53);
        // A name that another tool registered in our account.
        let person = epp::contact::Person::from_contact(&crate::gate::testing::holder());
        let contact = epp::contact::Create { id: "X-1".into(), person, auth: epp::AuthValue::empty(), disclose: None };
        assert!(rig.port.say(&us(), epp::contact::Command::Create(contact)).is_success());
        let create = domain::Create { registrant: Some("X-1".into()), ..domain::Create::new("stray.alpha", None, epp::AuthValue::empty()) };
        assert!(rig.port.say(&us(), domain::Command::Create(create)).is_success());
        administer(&rig, &AdminAction::Hold { name: name("stray.alpha"), on: true });
        let round = rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!((round.received, round.kept, round.processed), (1, 1, 0), "{}: {round:?}", database.engine());
        assert_eq!(outcomes(&rig), ["kept: `stray.alpha` is not in our care"]);
    });
}

#[test]
fn a_maintenance_notice_reaches_gate_and_port() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 54);
        administer(
            &rig,
            &AdminAction::Maintenance { id: "m-1".to_owned(), start: at("2026-12-01T02:00:00Z"), end: at("2026-12-01T04:00:00Z") },
        );
        let round = rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!(round.processed, 1, "{}: {round:?}", database.engine());
        assert_eq!(*rig.port.outages.lock().unwrap(), 1);
    });
}

/// Exactly once: the answer to `req` or `ack` is lost again and again, and the process dies at every command in turn.
#[test]
fn a_message_is_taken_once_whatever_is_lost() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 55);
        rig.order("once.alpha");
        rig.settle(database);
        for on in [true, false, true, false] {
            administer(&rig, &AdminAction::Hold { name: name("once.alpha"), on });
        }
        let cut = FaultRule {
            when: Trigger::PerMillion(400_000),
            only: Scope::Queries,
            fault: Fault::CutResponse(Position::Random),
            times: Some(20),
        };
        rig.faults(Some(FaultPlan { seed: 55, rules: vec![cut] }));
        let (mut received, mut rounds) = (0, 0);
        while rig.port.world().registry().message_count(&us()) > 0 && rounds < 100 {
            rounds += 1;
            rig.crash(if rounds % 2 == 0 { Crash::Before(rig.port.count() + 3) } else { Crash::After(rig.port.count() + 3) });
            let poller = poller(&rig);
            let round = rig.block_on(async {
                let by = rig.may(TakeMessages);
                tokio::select! {
                    round = poller.step(&by, 100) => Some(round.unwrap()),
                    () = rig.port.broke_down() => None,
                }
            });
            match round {
                Some(round) => received += round.received,
                None => rig.restart(database),
            }
        }
        rig.faults(None);
        rig.crash(Crash::Never);
        rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
        assert!(rounds < 100, "{}: the queue was not emptied", database.engine());
        assert_eq!(outcomes(&rig), ["`changed` for once.alpha"; 4], "{} after {rounds} rounds, {received} seen", database.engine());
    });
}

/// Exactly once, wherever the process dies: before or after each command of two messages in turn.
#[test]
fn a_message_is_taken_once_wherever_the_process_dies() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 59);
        rig.order("dies.alpha");
        rig.settle(database);
        let (mut expected, mut deaths) = (0, 0);
        for nth in 1..=6 {
            for crash in [Crash::Before, Crash::After] {
                for on in [true, false] {
                    administer(&rig, &AdminAction::Hold { name: name("dies.alpha"), on });
                }
                expected += 2;
                rig.crash(crash(rig.port.count() + nth));
                let dying = poller(&rig);
                let has_died = rig.block_on(async {
                    let by = rig.may(TakeMessages);
                    tokio::select! {
                        _ = dying.step(&by, 100) => false,
                        () = rig.port.broke_down() => true,
                    }
                });
                if has_died {
                    deaths += 1;
                    rig.restart(database);
                }
                rig.crash(Crash::Never);
                let round = rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
                assert!(round.trouble.is_none(), "{}: {round:?} after command {nth}", database.engine());
                assert_eq!(rig.port.world().registry().message_count(&us()), 0);
                assert_eq!(outcomes(&rig), vec!["`changed` for dies.alpha"; expected], "{}: command {nth}", database.engine());
            }
        }
        assert_eq!(deaths, 12, "two messages are six commands: req, ack and info each");
    });
}

/// Every command of the poller is in the journal with its answer, and a message costs no more than two commits.
#[test]
fn a_message_costs_two_commits_and_leaves_three_exchanges() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 60);
        rig.order("cheap.alpha");
        rig.settle(database);
        for turn in 0..20 {
            administer(&rig, &AdminAction::Hold { name: name("cheap.alpha"), on: turn % 2 == 0 });
        }
        let before = rig.registrar.store().wait_for_commit(0, std::time::Duration::ZERO);
        let round = rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
        let commits = rig.registrar.store().wait_for_commit(0, std::time::Duration::ZERO) - before;
        assert_eq!((round.received, round.processed), (20, 20), "{}: {round:?}", database.engine());
        // The lease and the alarm that is cleared are two more.
        assert!(commits <= 2 * 20 + 2, "{}: {commits} commits", database.engine());
        let exchanges: Result<_, StoreFault> =
            rig.registrar.store().read(|tx| store::journal::list_of_account(tx, rig.registry().as_str(), Timestamp::MAX, 1_000));
        let exchanges = exchanges.unwrap();
        for verb in ["poll req", "poll ack", "domain:info"] {
            let of_verb: Vec<_> = exchanges.iter().filter(|exchange| exchange.verb == verb).collect();
            assert_eq!(of_verb.len(), 20, "{}: {verb}", database.engine());
            assert!(of_verb.iter().all(|exchange| exchange.code.is_some()), "{}: {verb} without an answer", database.engine());
        }
    });
}

/// The lease is held over many messages, and prolonged in time.
#[test]
fn the_lease_is_prolonged_when_half_of_it_has_passed() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 65);
        let poller = poller(&rig);
        let until = |rig: &Rig| {
            let lease: Result<_, StoreFault> =
                rig.registrar.store().read(|tx| store::leases::find(tx, &format!("poll/{}", rig.registry())));
            let lease = lease.unwrap().unwrap();
            (lease.epoch, lease.until.duration_since(at("2026-11-23T12:00:00Z")).as_secs())
        };
        for (advance, expected) in [(0, (1, 120)), (59, (1, 120)), (1, (1, 180)), (119, (1, 299)), (120, (2, 419))] {
            rig.advance(advance);
            assert!(rig.block_on(poller.step(&rig.may(TakeMessages), 1)).unwrap().is_owner);
            assert_eq!(until(&rig), expected, "{}: {advance} s later", database.engine());
        }
    });
}

/// A create that the registry decides later: the intent waits, the message settles it, with the dates of the registry.
#[test]
fn a_pending_create_is_settled_by_its_message() {
    for (is_granted, phase) in [(true, Phase::Registered), (false, Phase::Failed)] {
        TestDatabases::each(|database| {
            let mut rig = Rig::new(database, 56);
            rig.with_options(|options| {
                options.pending_create_suffix = "-later".to_owned();
                if !is_granted {
                    options.refused_pending_creates.insert(name("new-later.alpha"));
                }
            });
            rig.order("new-later.alpha");
            for _ in 0..5 {
                rig.step(database);
            }
            assert_eq!(rig.states().get("pending"), Some(&1), "{}: {:?}", database.engine(), rig.states());
            rig.advance(25 * 3_600);
            let now = rig.registrar.now();
            rig.port.world().registry_mut().advance(now);
            let round = rig.block_on(poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
            assert_eq!((round.processed, round.kept), (1, 0), "{}: {:?}", database.engine(), outcomes(&rig));
            rig.settle(database);
            let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name("new-later.alpha")));
            assert_eq!(found.unwrap().unwrap().phase, phase, "{}", database.engine());
        });
    }
}

/// The transfer away: another registrar asks, both are told, five days pass, the name is gone.
#[test]
fn a_transfer_away_is_told_from_request_to_end() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 57);
        rig.order("leaves.alpha");
        rig.settle(database);
        rig.advance(90 * 86_400);
        rig.act(crate::command::IssueAuthInfo { name: name("leaves.alpha") }).unwrap();
        rig.settle(database);
        let code = rig.act(crate::command::ReadAuthInfo { name: name("leaves.alpha") }).unwrap();
        let mut request = domain::Transfer::new(epp::TransferOp::Request, "leaves.alpha");
        request.auth = Some(epp::AuthValue::password(code.expose()));
        let said = rig.port.say(&other(), domain::Command::Transfer(request));
        assert!(said.is_success(), "{said:?}");
        let poller = poller(&rig);
        rig.block_on(poller.step(&rig.may(TakeMessages), 100)).unwrap();
        let phase = |rig: &Rig| {
            let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name("leaves.alpha")));
            found.unwrap().unwrap().phase
        };
        assert_eq!(phase(&rig), Phase::TransferringOut, "{}: {:?}", database.engine(), outcomes(&rig));
        rig.advance(6 * 86_400);
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        rig.block_on(poller.step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!(phase(&rig), Phase::TransferredAway, "{}: {:?}", database.engine(), outcomes(&rig));
    });
}

#[test]
fn one_poller_at_a_time() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 58);
        let first = poller(&rig);
        assert!(rig.block_on(first.step(&rig.may(TakeMessages), 1)).unwrap().is_owner);
        let (registrar, registry, port) = (rig.registrar.clone(), rig.registry(), rig.port());
        let second = Poller::open(PollerParts { registrar, registry, port, owner: "node-2".to_owned() }).unwrap();
        assert!(!rig.block_on(second.step(&rig.may(TakeMessages), 1)).unwrap().is_owner, "{}", database.engine());
        rig.block_on(first.release()).unwrap();
        assert!(rig.block_on(second.step(&rig.may(TakeMessages), 1)).unwrap().is_owner);
    });
}

/// A message that cannot be taken, for a reason that does not pass by itself, is set aside and shown; those behind it are taken. Here the
/// profile of its TLD was taken out of the configuration while names below it are in our care.
#[test]
fn a_message_that_cannot_be_taken_holds_up_no_other() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 59).in_turn();
        rig.order("poison.beta");
        rig.order("behind.alpha");
        rig.settle(database);
        administer(&rig, &AdminAction::Hold { name: name("poison.beta"), on: true });
        administer(&rig, &AdminAction::Hold { name: name("behind.alpha"), on: true });
        let mut profile = crate::testing::profile();
        profile.tlds.retain(|tld| tld.name.as_domain() != &name("beta"));
        assert_eq!(profile.tlds.len(), 1);
        let kek = database.folder().join("kek");
        let registrar = crate::gate::testing::registrar(database.store().clone(), &rig.clock, &kek, database.folder(), profile, 60);
        let parts = || PollerParts { registrar: registrar.clone(), registry: rig.registry(), port: rig.port(), owner: "node-1".to_owned() };
        let poller = Poller::open(parts()).unwrap();
        for _ in 0..2 {
            // Whatever the round says of the first message, it is not the end of polling.
            drop(rig.block_on(poller.step(&rig.may(TakeMessages), 100)));
        }
        assert_eq!(rig.port.world().registry().message_count(&us()), 0, "{}: messages were left at the registry", database.engine());
        let behind: Result<_, StoreFault> = registrar.store().read(|tx| registrations::find_latest(tx, &name("behind.alpha")));
        let actual = behind.unwrap().unwrap().actual.unwrap();
        assert!(actual.statuses.contains(&model::EppStatus::ServerHold), "{}: the message behind was not taken", database.engine());
        let shown = outcomes(&rig);
        assert!(shown.iter().any(|outcome| outcome != "open" && outcome.contains("poison.beta")), "{}: {shown:?}", database.engine());
        let alarms = || rig.ask(crate::registry::ListAlarms::default()).unwrap().into_iter().map(|alarm| alarm.key).collect::<Vec<_>>();
        assert!(alarms().contains(&"messages-aside:alpha".to_owned()), "{:?}", alarms());
        rig.block_on(poller.release()).unwrap();
        // The profile is put right, and what was kept is taken.
        assert_eq!(rig.act(TakeKeptMessages { registry: rig.registry(), message: None }).unwrap(), 1);
        let round = rig.block_on(self::poller(&rig).step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!((round.processed, round.kept, alarms()), (1, 0, vec![]), "{}: {:?}", database.engine(), outcomes(&rig));
        let taken: Result<_, StoreFault> = rig.registrar.store().read(|tx| registrations::find_latest(tx, &name("poison.beta")));
        assert!(taken.unwrap().unwrap().actual.unwrap().statuses.contains(&model::EppStatus::ServerHold));
    });
}
