//! Every cell of the state x command matrix for domains.

use epp::TransferOp;
use model::EppStatus::{self, *};
use model::{RgpStatus, Timestamp};

use crate::rig::*;

const NAME: &str = "example.thick";

/// Who sponsors the name in the state, and who wants it.
struct Scene {
    rig: Rig,
    sponsor: &'static str,
    other: &'static str,
}

fn scene(state: &str) -> Scene {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let (mut sponsor, mut other) = (A, B);
    match state {
        "addPeriod" => rig.days(1),
        "ok" => rig.days(10),
        "inactive" => {
            rig.days(10);
            rig.must(
                A,
                update(NAME, |u| {
                    u.remove.name_servers = Some(epp::domain::NameServers::objects(["ns1.elsewhere.example", "ns2.elsewhere.example"]))
                }),
            );
        }
        "renewPeriod" => {
            rig.days(10);
            let expires = rig.domain(NAME).expires;
            rig.must(A, renew(NAME, expires, 1));
        }
        "autoRenewPeriod" => rig.days(365 + 10),
        "pendingTransfer" => {
            rig.days(10);
            rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        }
        "transferPeriod" => {
            rig.days(10);
            rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
            rig.must(A, transfer(TransferOp::Approve, NAME, None));
            rig.must(B, set_code(NAME, STRONG));
            (sponsor, other) = (B, A);
        }
        "redemptionPeriod" | "pendingRestore" | "pendingDelete" | "purged" => {
            rig.days(10);
            assert_eq!(rig.code(A, delete(NAME)), 1001);
            match state {
                "pendingRestore" => assert!(rig.send_with(A, update(NAME, |_| ()), restore()).is_success()),
                "pendingDelete" => rig.days(31),
                "purged" => rig.days(36),
                _ => {}
            }
        }
        status => {
            let status: EppStatus = status.parse().unwrap();
            rig.days(10);
            if status.is_server() {
                let action = match status {
                    ServerHold => sandbox::AdminAction::Hold { name: name(NAME), on: true },
                    _ => sandbox::AdminAction::Lock { name: name(NAME), on: true },
                };
                rig.administer(&action).unwrap();
            } else {
                rig.must(A, add_status(NAME, status));
            }
        }
    }
    Scene { rig, sponsor, other }
}

#[test]
fn every_cell_of_the_matrix() {
    #[rustfmt::skip]
    let table: &[(&str, [u16; 5])] = &[
        // state                        update renew transfer delete restore
        ("addPeriod",                  [1000, 1000, 1001, 1000, 2304]),
        ("ok",                         [1000, 1000, 1001, 1001, 2304]),
        ("inactive",                   [1000, 1000, 1001, 1001, 2304]),
        ("autoRenewPeriod",            [1000, 1000, 1001, 1001, 2304]),
        ("renewPeriod",                [1000, 1000, 1001, 1001, 2304]),
        ("transferPeriod",             [1000, 1000, 1001, 1001, 2304]),
        ("pendingTransfer",            [2304, 2304, 2300, 2304, 2304]),
        ("clientHold",                 [1000, 1000, 1001, 1001, 2304]),
        ("serverHold",                 [1000, 1000, 1001, 1001, 2304]),
        ("clientUpdateProhibited",     [2304, 1000, 1001, 1001, 2304]),
        ("clientRenewProhibited",      [1000, 2304, 1001, 1001, 2304]),
        ("clientTransferProhibited",   [1000, 1000, 2304, 1001, 2304]),
        ("clientDeleteProhibited",     [1000, 1000, 1001, 2304, 2304]),
        // A registry lock sets all three of these at once.
        ("serverUpdateProhibited",     [2304, 1000, 2304, 2304, 2304]),
        ("serverTransferProhibited",   [2304, 1000, 2304, 2304, 2304]),
        ("serverDeleteProhibited",     [2304, 1000, 2304, 2304, 2304]),
        ("redemptionPeriod",           [2304, 2304, 2304, 2304, 1000]),
        ("pendingRestore",             [2304, 2304, 2304, 2304, 2304]),
        ("pendingDelete",              [2304, 2304, 2304, 2304, 2304]),
        ("purged",                     [2303, 2303, 2303, 2303, 2303]),
    ];
    for (state, expected) in table {
        let codes = std::array::from_fn(|column| cell(scene(state), column));
        assert_eq!(codes, *expected, "in state {state}");
    }
}

/// The code of one command in one state, and what it must leave behind.
fn cell(mut scene: Scene, column: usize) -> u16 {
    let before = scene.rig.registry.domain_state_of(&name(NAME));
    let expires = before.as_ref().map_or(Timestamp::UNIX_EPOCH, |domain| domain.expires);
    let entries = scene.rig.registry.ledger().len();
    let (rig, sponsor, other) = (&mut scene.rig, scene.sponsor, scene.other);
    let code = match column {
        0 => rig.code(sponsor, set_code(NAME, "Another-4strong!code+Zq")),
        1 => rig.code(sponsor, renew(NAME, expires, 2)),
        2 => rig.code(other, transfer(TransferOp::Request, NAME, Some(STRONG))),
        3 => rig.code(sponsor, delete(NAME)),
        _ => rig.send_with(sponsor, update(NAME, |_| ()), restore()).code().get(),
    };
    if code >= 2000 {
        assert_eq!(rig.registry.domain_state_of(&name(NAME)), before, "a refusal changes nothing");
        assert_eq!(rig.registry.ledger().len(), entries, "a refusal is not in the ledger");
    } else {
        assert_eq!(rig.registry.ledger().len(), entries + 1, "an executed transform is in the ledger once");
    }
    rig.money_adds_up();
    code
}

#[test]
fn others_and_strangers_change_nothing() {
    let commands: Vec<(&str, epp::domain::Command)> = vec![
        ("update", set_code(NAME, STRONG)),
        ("renew", renew(NAME, "2027-06-01T12:00:00Z".parse().unwrap(), 1)),
        ("delete", delete(NAME)),
        ("approve", transfer(TransferOp::Approve, NAME, None)),
    ];
    for (what, command) in commands {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        let expected = if what == "approve" { 2301 } else { 2201 };
        assert_eq!(rig.code(B, command.clone()), expected, "{what} by another registrar");
        rig.sessions.insert(B, sandbox::SessionState::new());
        assert_eq!(rig.code(B, command), 2002, "{what} without login");
    }
}

#[test]
fn lifting_the_update_prohibition_may_come_with_other_changes() {
    let mut scene = scene("clientUpdateProhibited");
    let both = update(NAME, |u| {
        u.remove.statuses.push(ClientUpdateProhibited.into());
        u.add.statuses.push(ClientHold.into());
    });
    assert_eq!(scene.rig.code(A, both), 1000);
    assert_eq!(scene.rig.domain(NAME).statuses, [ClientHold].into());
}

#[test]
fn statuses_and_graces_are_shown_as_the_state_has_them() {
    #[rustfmt::skip]
    let table: &[(&str, &[EppStatus], &[RgpStatus])] = &[
        ("addPeriod",        &[Ok], &[RgpStatus::AddPeriod]),
        ("ok",               &[Ok], &[]),
        ("inactive",         &[Inactive], &[]),
        ("autoRenewPeriod",  &[Ok], &[RgpStatus::AutoRenewPeriod]),
        ("renewPeriod",      &[Ok], &[RgpStatus::RenewPeriod]),
        ("transferPeriod",   &[Ok], &[RgpStatus::TransferPeriod]),
        ("pendingTransfer",  &[PendingTransfer], &[]),
        ("redemptionPeriod", &[PendingDelete], &[RgpStatus::RedemptionPeriod]),
        ("pendingRestore",   &[PendingDelete], &[RgpStatus::PendingRestore]),
        ("pendingDelete",    &[PendingDelete], &[RgpStatus::PendingDelete]),
    ];
    for (state, statuses, rgp) in table {
        let shown = scene(state).rig.domain(NAME);
        assert_eq!((shown.statuses, shown.rgp), (statuses.iter().copied().collect(), rgp.iter().copied().collect()), "{state}");
    }
}
