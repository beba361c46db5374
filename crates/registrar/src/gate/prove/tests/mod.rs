//! The proof table, row by row: what is found, and what it proves.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{
    Contact, ContactHandle, ContactRole, CountryCode, DomainName, DsData, Email, EppStatus, HostName, LegalKind, Period, PostalAddress,
    RgpStatus, TransferStatus,
};
use policy::{Actual, Deletion, DomainChange, TransferState};

use super::*;

mod objects;

const SENT: &str = "2026-11-23T12:00:00Z";
const DEADLINE: &str = "2026-11-23T12:00:20Z";
const LATER: &str = "2026-11-23T12:01:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn us() -> RegistrarHandle {
    RegistrarHandle::parse("NAMEKEEP-1").unwrap()
}

fn other() -> RegistrarHandle {
    RegistrarHandle::parse("OTHER-1").unwrap()
}

fn domain() -> ObjectKey {
    ObjectKey::Domain(DomainName::parse("example.alpha").unwrap())
}

fn host_key() -> ObjectKey {
    ObjectKey::Host(HostName::parse("ns1.example.alpha").unwrap())
}

/// Ours, created by us in the window, two years to go, nothing special.
fn actual() -> Actual {
    Actual {
        roid: None,
        sponsor: us(),
        created_by: Some(us()),
        created_at: Some(at("2026-11-23T12:00:03Z")),
        updated_at: None,
        expires_at: Some(at("2028-11-23T12:00:03Z")),
        transferred_at: None,
        statuses: BTreeSet::from([EppStatus::Ok]),
        rgp: BTreeSet::new(),
        nameservers: BTreeMap::new(),
        ds: BTreeSet::new(),
        contacts: BTreeSet::new(),
        hosts: BTreeSet::new(),
        observed_at: at(LATER),
        is_inferred: false,
    }
}

fn found(change: impl FnOnce(&mut Actual)) -> Finding {
    let mut found = actual();
    change(&mut found);
    Finding::Domain(Box::new(found))
}

fn transfer(status: TransferStatus, by: RegistrarHandle, requested_at: &str) -> Finding {
    let (requested_at, act_at) = (at(requested_at), at("2026-11-28T12:00:00Z"));
    Finding::Transfer(Box::new(TransferState { status, requested_by: by, requested_at, acts: other(), act_at, expires_at: None }))
}

fn failed() -> Finding {
    Finding::Failed { reason: "no session".to_owned() }
}

fn proof_at(operation: &Operation, object: &ObjectKey, now: &str, findings: &[Finding]) -> Proof {
    let us = us();
    let person = person();
    let evidence = Evidence { us: &us, first_sent_at: at(SENT), settled_from: at(DEADLINE), now: at(now), contact: Some(&person) };
    prove(operation, object, &evidence, findings)
}

/// The proof in a few words, asked after the registry's deadline.
fn word(operation: &Operation, object: &ObjectKey, findings: &[Finding]) -> String {
    said(&proof_at(operation, object, LATER, findings))
}

fn said(proof: &Proof) -> String {
    match proof {
        Proof::Done(done) => {
            assert!(done.by_reconciliation, "proof comes from reconciliation");
            match (&done.deletion, &done.transfer, done.expires_at) {
                (Some(deletion), ..) => format!("done {deletion:?}"),
                (_, Some(state), _) => format!("done {}", state.status),
                (.., Some(expires_at)) => format!("done until {expires_at}"),
                _ => "done".to_owned(),
            }
        }
        Proof::Pending => "pending".to_owned(),
        Proof::NotDone { remaining: None } => "repeat".to_owned(),
        Proof::NotDone { remaining: Some(operation) } => format!("repeat {}", serde_json::to_string(operation).unwrap()),
        Proof::Lost { code, .. } => format!("lost {code}"),
        Proof::StillUnknown { .. } => "unknown".to_owned(),
    }
}

fn create() -> Operation {
    let (nameservers, contacts, ds) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
    Operation::CreateDomain { period: Period::years(2).unwrap(), nameservers, contacts, ds, fee: None, launch: None, has_token: false }
}

#[test]
fn a_create_is_done_if_the_name_is_ours_and_from_our_window() {
    let created = |text: &'static str| found(move |actual| actual.created_at = Some(at(text)));
    for (case, finding, expected) in [
        ("not there", Finding::Absent, "repeat"),
        ("ours", found(|_| {}), "done until 2028-11-23T12:00:03Z"),
        ("a clock five minutes behind", created("2026-11-23T11:55:00Z"), "done until 2028-11-23T12:00:03Z"),
        ("a clock five minutes ahead", created("2026-11-23T12:05:20Z"), "done until 2028-11-23T12:00:03Z"),
        ("ours from before", created("2026-11-23T11:54:59Z"), "lost 2302"),
        ("from after the window", created("2026-11-23T12:05:21Z"), "lost 2302"),
        ("without a date", found(|actual| actual.created_at = None), "lost 2302"),
        ("another sponsor", found(|actual| actual.sponsor = other()), "lost 2302"),
        ("created by another, sponsored by us", found(|actual| actual.created_by = Some(other())), "lost 2302"),
        ("no creator shown", found(|actual| actual.created_by = None), "done until 2028-11-23T12:00:03Z"),
        ("hidden from us", Finding::Foreign, "lost 2302"),
        ("waiting for the registry", found(|actual| actual.statuses = BTreeSet::from([EppStatus::PendingCreate])), "pending"),
        ("no answer", failed(), "unknown"),
        ("nonsense", Finding::NoTransfer, "unknown"),
    ] {
        assert_eq!(word(&create(), &domain(), &[finding]), expected, "{case}");
    }
}

#[test]
fn a_renewal_is_done_if_the_expiry_moved_by_the_period_and_by_us() {
    let operation = Operation::RenewDomain { current_expiry: at("2026-12-01T08:00:00Z"), period: Period::ONE_YEAR, fee: None };
    let until = |text: &'static str, rgp: &'static [RgpStatus]| {
        found(move |actual| {
            actual.expires_at = Some(at(text));
            actual.rgp = rgp.iter().copied().collect();
        })
    };
    use RgpStatus::{AutoRenewPeriod as Auto, RenewPeriod as Renew};
    for (case, finding, expected) in [
        ("as before", until("2026-12-01T08:00:00Z", &[]), "repeat"),
        ("as before, another hour", until("2026-12-01T09:30:00Z", &[]), "repeat"),
        ("a year later", until("2027-12-01T08:00:00Z", &[]), "done until 2027-12-01T08:00:00Z"),
        ("a year later in renew grace", until("2027-12-01T08:00:00Z", &[Renew]), "done until 2027-12-01T08:00:00Z"),
        ("a year later by the registry", until("2027-12-01T08:00:00Z", &[Auto]), "lost 2306"),
        ("two years later by both", until("2028-12-01T08:00:00Z", &[Auto, Renew]), "done until 2028-12-01T08:00:00Z"),
        ("two years later by nobody we know", until("2028-12-01T08:00:00Z", &[]), "lost 2306"),
        ("earlier than before", until("2025-12-01T08:00:00Z", &[]), "lost 2306"),
        ("transferred away", found(|actual| actual.sponsor = other()), "lost 2201"),
        ("hidden", Finding::Foreign, "lost 2201"),
        ("gone", Finding::Absent, "lost 2303"),
        ("waiting for the registry", found(|actual| actual.statuses = BTreeSet::from([EppStatus::PendingRenew])), "pending"),
        ("without a date", found(|actual| actual.expires_at = None), "unknown"),
    ] {
        assert_eq!(word(&operation, &domain(), &[finding]), expected, "{case}");
    }
}

#[test]
fn a_transfer_request_is_done_if_it_is_pending_for_us_or_the_name_came() {
    use TransferStatus::{ClientApproved, ClientRejected, Pending};
    let operation = Operation::RequestTransfer { period: Period::ONE_YEAR, fee: None, has_token: false };
    let theirs = || found(|actual| actual.sponsor = other());
    let came = || found(|actual| actual.transferred_at = Some(at("2026-11-23T12:00:05Z")));
    let before = || found(|actual| actual.transferred_at = Some(at("2025-01-01T00:00:00Z")));
    for (case, transfer, info, expected) in [
        ("pending for us", transfer(Pending, us(), "2026-11-23T12:00:04Z"), theirs(), "done pending"),
        ("approved already", transfer(ClientApproved, us(), "2026-11-23T12:00:04Z"), came(), "done clientApproved"),
        ("pending for another", transfer(Pending, other(), "2026-11-23T12:00:04Z"), theirs(), "lost 2300"),
        ("an old one of ours", transfer(ClientRejected, us(), "2025-06-01T00:00:00Z"), theirs(), "repeat"),
        ("an old one of another", transfer(ClientRejected, other(), "2025-06-01T00:00:00Z"), theirs(), "repeat"),
        ("none", Finding::NoTransfer, theirs(), "repeat"),
        ("none, hidden", Finding::NoTransfer, Finding::Foreign, "repeat"),
        ("none shown, the name came at once", Finding::NoTransfer, came(), "done until 2028-11-23T12:00:03Z"),
        ("none, and the name was ours before", Finding::NoTransfer, before(), "repeat"),
        ("gone", Finding::Absent, Finding::Absent, "lost 2303"),
        ("no answer", failed(), theirs(), "unknown"),
        ("half an answer", Finding::NoTransfer, failed(), "unknown"),
    ] {
        assert_eq!(word(&operation, &domain(), &[transfer, info]), expected, "{case}");
    }
}

#[test]
fn an_answer_to_a_transfer_is_proven_by_its_status() {
    use Operation::{ApproveTransfer as Approve, CancelTransfer as Cancel, RejectTransfer as Reject};
    use TransferStatus::{ClientApproved, ClientCancelled, ClientRejected, Pending, ServerApproved, ServerCancelled};
    let state = |status| transfer(status, other(), "2026-11-22T12:00:00Z");
    let ours = || found(|_| {});
    let theirs = || found(|actual| actual.sponsor = other());
    for (operation, transfer, info, expected) in [
        (Approve, state(Pending), ours(), "repeat"),
        (Approve, state(ClientApproved), theirs(), "done clientApproved"),
        (Approve, state(ServerApproved), theirs(), "done serverApproved"),
        (Approve, state(ClientCancelled), ours(), "lost 2301"),
        (Approve, Finding::NoTransfer, theirs(), "done"),
        (Approve, Finding::Foreign, Finding::Foreign, "done"),
        (Approve, Finding::NoTransfer, ours(), "lost 2301"),
        (Reject, state(Pending), ours(), "repeat"),
        (Reject, state(ClientRejected), ours(), "done clientRejected"),
        (Reject, state(ServerApproved), theirs(), "lost 2301"),
        (Reject, state(ServerCancelled), ours(), "lost 2301"),
        (Reject, Finding::NoTransfer, theirs(), "lost 2301"),
        (Cancel, state(Pending), theirs(), "repeat"),
        (Cancel, state(ClientCancelled), theirs(), "done clientCancelled"),
        (Cancel, state(ServerApproved), ours(), "lost 2301"),
        (Cancel, Finding::NoTransfer, theirs(), "lost 2301"),
        (Cancel, Finding::Absent, Finding::Absent, "lost 2303"),
    ] {
        assert_eq!(word(&operation, &domain(), &[transfer.clone(), info]), expected, "{operation:?} {transfer:?}");
    }
}

#[test]
fn a_delete_is_done_if_the_name_is_gone_or_going() {
    let shows = |status: Option<EppStatus>, rgp: Option<RgpStatus>| {
        found(move |actual| {
            actual.statuses = status.into_iter().collect();
            actual.rgp = rgp.into_iter().collect();
        })
    };
    let pending = Some(EppStatus::PendingDelete);
    for (case, finding, expected) in [
        ("gone", Finding::Absent, "done Purged"),
        ("in redemption", shows(pending, Some(RgpStatus::RedemptionPeriod)), "done Redemption"),
        ("in pending delete", shows(pending, Some(RgpStatus::PendingDelete)), "done PendingDelete"),
        ("in pending delete without grace status", shows(pending, None), "done PendingDelete"),
        ("as before", shows(Some(EppStatus::Ok), None), "repeat"),
        ("in add grace", shows(Some(EppStatus::Ok), Some(RgpStatus::AddPeriod)), "repeat"),
        ("transferred away", found(|actual| actual.sponsor = other()), "lost 2201"),
        ("hidden", Finding::Foreign, "lost 2201"),
    ] {
        assert_eq!(word(&Operation::DeleteDomain, &domain(), &[finding]), expected, "{case}");
    }
}

#[test]
fn a_restore_is_proven_by_the_grace_status() {
    let request = Operation::RequestRestore { fee: None };
    let report = Operation::ReportRestore { deleted_at: at(SENT), restored_at: at(SENT), reason: "error".to_owned() };
    let shows = |rgp: Option<RgpStatus>| {
        found(move |actual| {
            actual.statuses = rgp.map(|_| EppStatus::PendingDelete).into_iter().collect();
            actual.rgp = rgp.into_iter().collect();
        })
    };
    let back = "done until 2028-11-23T12:00:03Z";
    for (operation, finding, expected) in [
        (&request, shows(Some(RgpStatus::RedemptionPeriod)), "repeat"),
        (&request, shows(Some(RgpStatus::PendingRestore)), back),
        (&request, shows(None), back),
        (&request, shows(Some(RgpStatus::PendingDelete)), "lost 2304"),
        (&request, Finding::Absent, "lost 2303"),
        (&report, shows(Some(RgpStatus::PendingRestore)), "repeat"),
        (&report, shows(None), back),
        (&report, shows(Some(RgpStatus::RedemptionPeriod)), "lost 2304"),
        (&report, found(|actual| actual.sponsor = other()), "lost 2201"),
    ] {
        assert_eq!(word(operation, &domain(), std::slice::from_ref(&finding)), expected, "{} {finding:?}", operation.word());
    }
}

#[test]
fn an_update_repeats_what_is_missing() {
    let host = |name: &str| HostName::parse(name).unwrap();
    let handle = |text: &str| ContactHandle::parse(text).unwrap();
    let glue: BTreeSet<IpAddr> = BTreeSet::from(["192.0.2.1".parse().unwrap()]);
    let ds = DsData::new(1, 13, 2, vec![0xab; 32]).unwrap();
    let change = DomainChange {
        add_statuses: BTreeSet::from([EppStatus::ClientHold]),
        remove_statuses: BTreeSet::from([EppStatus::ClientTransferProhibited]),
        add_nameservers: BTreeMap::from([(host("ns2.example.alpha"), glue.clone())]),
        remove_nameservers: BTreeSet::from([host("ns1.example.alpha")]),
        add_ds: BTreeSet::from([ds.clone()]),
        remove_ds: BTreeSet::new(),
        add_contacts: BTreeSet::from([(ContactRole::Tech, handle("NK-2"))]),
        remove_contacts: BTreeSet::from([(ContactRole::Tech, handle("NK-1"))]),
        registrant: Some(handle("NK-3")),
    };
    let operation = Operation::UpdateDomain { change: change.clone() };
    let untouched = || {
        found(|actual| {
            actual.statuses = BTreeSet::from([EppStatus::ClientTransferProhibited]);
            actual.nameservers = BTreeMap::from([(host("ns1.example.alpha"), BTreeSet::new())]);
            actual.contacts = BTreeSet::from([(ContactRole::Tech, handle("NK-1")), (ContactRole::Registrant, handle("NK-9"))]);
        })
    };
    let after = |actual: &mut Actual| {
        actual.statuses = BTreeSet::from([EppStatus::ClientHold]);
        actual.nameservers = BTreeMap::from([(host("ns2.example.alpha"), BTreeSet::new())]);
        actual.ds = BTreeSet::from([ds.clone()]);
        actual.contacts = BTreeSet::from([(ContactRole::Tech, handle("NK-2")), (ContactRole::Registrant, handle("NK-3"))]);
    };
    assert_eq!(word(&operation, &domain(), &[untouched()]), "repeat");
    assert_eq!(word(&operation, &domain(), &[found(after)]), "done");
    let only = |part: DomainChange| format!("repeat {}", serde_json::to_string(&Operation::UpdateDomain { change: part }).unwrap());
    let hold = found(|actual| {
        after(actual);
        actual.statuses.remove(&EppStatus::ClientHold);
    });
    let expected = DomainChange { add_statuses: change.add_statuses.clone(), ..DomainChange::default() };
    assert_eq!(word(&operation, &domain(), &[hold]), only(expected), "only the status is missing");
    let other_glue = found(|actual| {
        after(actual);
        actual.nameservers = BTreeMap::from([(host("ns2.example.alpha"), BTreeSet::from(["192.0.2.9".parse().unwrap()]))]);
    });
    let expected = DomainChange { add_nameservers: change.add_nameservers, ..DomainChange::default() };
    assert_eq!(word(&operation, &domain(), &[other_glue]), only(expected), "an attribute with other glue is not it");
    let pending = found(|actual| actual.statuses = BTreeSet::from([EppStatus::PendingUpdate]));
    assert_eq!(word(&operation, &domain(), &[pending]), "pending");
    assert_eq!(word(&operation, &domain(), &[Finding::Absent]), "lost 2303");
    assert_eq!(word(&operation, &domain(), &[Finding::Foreign]), "lost 2201");
}

#[test]
fn new_glue_for_a_host_is_removed_and_added_until_it_is_right() {
    let ns = HostName::parse("ns1.example.alpha").unwrap();
    let (old, new): (IpAddr, IpAddr) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
    let change = DomainChange {
        add_nameservers: BTreeMap::from([(ns.clone(), BTreeSet::from([new]))]),
        remove_nameservers: BTreeSet::from([ns.clone()]),
        ..DomainChange::default()
    };
    let operation = Operation::UpdateDomain { change };
    let with = |address: IpAddr| {
        let ns = ns.clone();
        found(move |actual| actual.nameservers = BTreeMap::from([(ns, BTreeSet::from([address]))]))
    };
    assert_eq!(word(&operation, &domain(), &[with(old)]), "repeat");
    assert_eq!(word(&operation, &domain(), &[with(new)]), "done");
}

#[test]
fn an_auth_info_is_set_again_because_nobody_shows_it() {
    for clear in [false, true] {
        let operation = Operation::SetAuthInfo { clear };
        assert_eq!(word(&operation, &domain(), &[found(|_| {})]), "repeat");
        assert_eq!(word(&operation, &domain(), &[Finding::Absent]), "lost 2303");
        assert_eq!(word(&operation, &domain(), &[found(|actual| actual.sponsor = other())]), "lost 2201");
    }
}

fn person() -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: "Jane Holder".to_owned(),
        organisation: None,
        address: PostalAddress {
            street: vec!["1 Main Street".to_owned()],
            city: "Reykjavik".to_owned(),
            province: None,
            postcode: None,
            country: CountryCode::parse("IS").unwrap(),
        },
        phone: None,
        fax: None,
        email: Email::parse("holder@example.net").unwrap(),
    }
}

#[test]
fn not_done_is_believed_only_after_the_registrys_deadline() {
    let before = "2026-11-23T12:00:19Z";
    for (finding, early, late) in [
        (Finding::Absent, "unknown", "repeat"),
        (Finding::Foreign, "unknown", "lost 2302"),
        (found(|_| {}), "done until 2028-11-23T12:00:03Z", "done until 2028-11-23T12:00:03Z"),
    ] {
        assert_eq!(said(&proof_at(&create(), &domain(), before, std::slice::from_ref(&finding))), early, "{finding:?}");
        assert_eq!(said(&proof_at(&create(), &domain(), DEADLINE, std::slice::from_ref(&finding))), late, "{finding:?}");
    }
}

#[test]
fn a_purged_name_was_deleted() {
    let Proof::Done(done) = proof_at(&Operation::DeleteDomain, &domain(), SENT, &[Finding::Absent]) else {
        panic!("a name that is gone was deleted");
    };
    assert_eq!((done.deletion, done.by_reconciliation), (Some(Deletion::Purged), true));
}
