//! ICANN's registry system tests (RST v2.0), the cases on transfers, and what the registry does at somebody's order. Named after the cases.

use epp::{AuthValue, Extension, Period, TransferOp, domain};
use jiff::SignedDuration;
use model::EppStatus::{self, *};
use model::RgpStatus;
use sandbox::{AdminAction, Options};

use crate::rig::*;

const NAME: &str = "example.thick";

#[test]
fn epp_19_transfer() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(A, host_create("ns1.example.thick", &["192.0.2.1"]));
    rig.days(20);
    let before = rig.domain(NAME).expires;
    let request = |code| transfer(TransferOp::Request, NAME, code);
    assert_eq!(rig.code(B, request(None)), 2202);
    assert_eq!(rig.code(B, request(Some("Wr0ng-but-long+enough!Code"))), 2202);
    assert_eq!(rig.code(A, request(Some(STRONG))), 2106, "a name of one's own");
    let mut two_years = domain::Transfer::new(TransferOp::Request, NAME);
    (two_years.auth, two_years.period) = (Some(AuthValue::password(STRONG)), Some(Period::years(2)));
    assert_eq!(rig.code(B, domain::Command::Transfer(two_years)), 2004);
    assert_eq!(rig.code(B, transfer(TransferOp::Query, NAME, None)), 2201);
    assert_eq!(rig.code(B, request(Some(STRONG))), 1001);
    assert_eq!(rig.domain(NAME).statuses, [PendingTransfer].into());
    assert_eq!(rig.code(C, request(Some(STRONG))), 2300);
    assert_eq!(rig.code(B, transfer(TransferOp::Query, NAME, None)), 1000);
    assert_eq!(rig.code(B, transfer(TransferOp::Approve, NAME, None)), 2201, "the gaining registrar cannot approve");
    assert_eq!(rig.code(A, transfer(TransferOp::Cancel, NAME, None)), 2201, "the losing registrar cannot cancel");
    assert_eq!(rig.code(A, transfer(TransferOp::Approve, NAME, None)), 1000);
    let domain = rig.domain(NAME);
    assert_eq!((domain.sponsor.as_str(), domain.creator.as_str()), (B, A));
    assert_eq!((domain.expires, domain.transferred), (model::expiry::add_years(before, 1), Some(rig.now)));
    assert!(!domain.has_code && domain.rgp.contains(&RgpStatus::TransferPeriod));
    let host = rig.registry.host_state_of(&model::HostName::parse("ns1.example.thick").unwrap()).unwrap();
    assert_eq!(host.sponsor.as_str(), B, "hosts below the name follow it");
    assert_eq!(rig.code(A, transfer(TransferOp::Approve, NAME, None)), 2301, "decided already");
    assert_eq!(rig.code(C, request(Some(STRONG))), 2202, "the old code opens nothing");
}

#[test]
fn epp_20_rejected_or_cancelled_transfer_leaves_all_as_it_was() {
    for (op, who) in [(TransferOp::Reject, A), (TransferOp::Cancel, B)] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(20);
        let before = rig.domain(NAME);
        rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
        assert_eq!(rig.code(who, transfer(op, NAME, None)), 1000);
        let after = rig.domain(NAME);
        assert!(after.transfer.is_some_and(|status| !status.is_pending()));
        assert_eq!(sandbox::DomainState { transfer: None, ..after }, before);
        assert_eq!(rig.last().charge(), 0);
        assert_eq!(rig.drain(A).len(), 2);
    }
}

#[test]
fn transfers_too_early_are_refused_where_the_registry_says_so() {
    let options = Options { bans_early_transfers: true, ..Options::default() };
    let mut rig = Rig::with(profile("thick"), options);
    rig.furnish(NAME);
    let request = || transfer(TransferOp::Request, NAME, Some(STRONG));
    rig.wait(SignedDuration::from_hours(24 * 60) - SignedDuration::from_secs(1));
    assert_eq!(rig.code(B, request()), 2106);
    rig.wait(SignedDuration::from_secs(1));
    assert_eq!(rig.code(B, request()), 1001);
    rig.must(A, transfer(TransferOp::Approve, NAME, None));
    rig.must(B, set_code(NAME, STRONG));
    rig.days(59);
    assert_eq!(rig.code(C, request()), 2106);
    rig.days(1);
    assert_eq!(rig.code(C, request()), 1001);
}

#[test]
fn a_server_hold_and_a_urs_lock_are_announced() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.must(B, transfer(TransferOp::Request, NAME, Some(STRONG)));
    rig.drain(A);
    rig.administer(&AdminAction::Urs { name: name(NAME), case: "URS-2026-17".into() }).unwrap();
    let domain = rig.domain(NAME);
    let locked: [EppStatus; 3] = [ServerDeleteProhibited, ServerTransferProhibited, ServerUpdateProhibited];
    assert_eq!(domain.statuses, locked.into());
    assert_eq!(rig.drain(B).last().unwrap(), &format!("Transfer of {NAME}: serverCancelled."), "a pending transfer ends");
    let message = loop {
        let response = rig.must(A, epp::Poll::Request);
        let queue = response.queue.clone().unwrap();
        rig.must(A, epp::Poll::Acknowledge { message_id: queue.id });
        if queue.message.unwrap().text.contains("URS lock") {
            break response;
        }
    };
    let change = message.extensions.iter().find_map(|extension| match extension {
        Extension::ChangePoll(change) => Some(change),
        _ => None,
    });
    assert_eq!(change.unwrap().case.as_ref().unwrap().id, "URS-2026-17");
    assert!(matches!(message.domain(), Some(domain::Data::Info(_))));
}
