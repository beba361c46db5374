//! Each use case puts its own order on the way, and no other.

use std::collections::{BTreeMap, BTreeSet};

use model::{AuthInfo, DsData, EppStatus, Money, Period};
use policy::{Deletion, DeletionCause, DenialReason, Done, Event, ExtenuatingCircumstance, Outcome, Reason, ReasonOwner};
use store::ledger;

use super::world::{asked_for, host, name, order};
use crate::command::{
    ApproveTransferOut, CancelTransferIn, ChangeContacts, ChangeDs, ChangeNameservers, DeleteDomain, DenyTransferOut, HoldDomain,
    IssueAuthInfo, LockDomain, PostponeDeletion, ReleaseDomain, RenewDomain, RestoreDomain, SetAutoRenew, TransferDomainIn, UnlockDomain,
};
use crate::testing::{House, seen_alike};
use crate::timer::Clockwork;
use crate::{Failure, Receipt, UseCase, ledger_subject};

const NAME: &str = "ordered.alpha";

/// What an order left behind: its events, without the bookkeeping of intents.
fn left<U: UseCase<Answer = Receipt>>(house: &House, case: U) -> String {
    let receipt = house.act(case).unwrap();
    let subject = ledger_subject(receipt.domain, &receipt.name);
    let (from, count) = (receipt.ledger.start, u32::try_from(receipt.ledger.end - receipt.ledger.start).unwrap());
    let rows = house.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_subject_entries(tx, &subject, from, count)?)).unwrap();
    let word = |body: &str| match serde_json::from_str::<Event>(body).unwrap() {
        Event::IntentDecided { operation, .. } => format!("[{}]", operation.word()),
        event => serde_json::to_value(event).unwrap()["event"].as_str().unwrap().to_owned(),
    };
    rows.iter().map(|row| word(row.body.as_deref().unwrap())).collect::<Vec<_>>().join(" ")
}

/// Orders on a registered name, one after the other, each settled.
fn on_a_registered_name(house: &House) -> Vec<(&'static str, String)> {
    let receipt = house.registered(NAME);
    let settled = |said: String| {
        house.settle(&receipt);
        said
    };
    let lock = BTreeSet::from([EppStatus::ClientTransferProhibited]);
    let reason = Reason { owner: ReasonOwner::Abuse, reference: "case 7".to_owned() };
    let ds = DsData::new(7, 13, 2, vec![7; 32]).unwrap();
    let nameservers = BTreeMap::from([(host("ns2.elsewhere.example"), BTreeSet::new())]);
    let (name, status) = (name(NAME), EppStatus::ClientHold);
    let other = house.holder();
    vec![
        (
            "renew",
            settled(left(house, RenewDomain { name: name.clone(), period: Period::years(1).unwrap(), current_expiry: None, fee: None })),
        ),
        ("auto-renew", settled(left(house, SetAutoRenew { name: name.clone(), auto_renew: true }))),
        ("nameservers", settled(left(house, ChangeNameservers { name: name.clone(), nameservers }))),
        ("ds", settled(left(house, ChangeDs { name: name.clone(), ds: BTreeSet::from([ds]) }))),
        (
            "contacts",
            settled(left(
                house,
                ChangeContacts { name: name.clone(), registrant: Some(other), contacts: BTreeMap::new(), lock_opt_out: None },
            )),
        ),
        ("lock", settled(left(house, LockDomain { name: name.clone(), statuses: lock.clone() }))),
        ("unlock", settled(left(house, UnlockDomain { name: name.clone(), statuses: lock }))),
        ("hold", settled(left(house, HoldDomain { name: name.clone(), status, reason: reason.clone() }))),
        ("release", settled(left(house, ReleaseDomain { name: name.clone(), status, reason }))),
        ("authInfo", settled(left(house, IssueAuthInfo { name }))),
    ]
}

fn at_the_end(house: &House) -> Vec<(&'static str, String)> {
    let receipt = house.registered("ending.alpha");
    let name = name("ending.alpha");
    house.at("2027-11-23T12:00:01Z");
    while Clockwork::new(&house.registrar).step(10).unwrap() > 0 {}
    let until = "2028-01-06T00:00:00Z".parse().unwrap();
    let postponed = left(house, PostponeDeletion { name: name.clone(), until, circumstance: ExtenuatingCircumstance::Udrp });
    let deleted = left(house, DeleteDomain { name: name.clone(), cause: DeletionCause::Registrant });
    let delete = house.settle_until(&receipt, "delete-domain");
    house.settle_one(delete, |_, _| Outcome::Done(Done { deletion: Some(Deletion::Redemption), ..Done::default() }));
    let fee = Money::parse("40.00", model::Currency::parse("USD").unwrap()).unwrap();
    let restored = left(house, RestoreDomain { name, fee: Some(fee), reason: "deleted by mistake".to_owned() });
    vec![("postpone", postponed), ("delete", deleted), ("restore", restored)]
}

fn in_transfers(house: &House) -> Vec<(&'static str, String)> {
    house.registered("leaving.alpha");
    house.registered("staying.alpha");
    let now = house.at("2026-12-01T00:00:00Z");
    house.announced(asked_for("leaving.alpha", now), "leaving.alpha");
    house.announced(asked_for("staying.alpha", now), "staying.alpha");
    let approved = left(house, ApproveTransferOut { name: name("leaving.alpha") });
    let denied = left(house, DenyTransferOut { name: name("staying.alpha"), reason: DenialReason::RecentlyCreated });
    let auth_info = AuthInfo::from_registrant("from-the-other-side").unwrap();
    let (registrant, authorised_at) = (Some(house.holder()), house.registrar.now());
    let coming = TransferDomainIn {
        name: name("coming.alpha"),
        auth_info,
        registrant,
        contacts: BTreeMap::new(),
        authorised_at,
        fee: None,
        token: None,
    };
    let receipt = house.act(coming).unwrap();
    let request = house.settle_until(&receipt, "request-transfer");
    house.settle_one(request, |_, now| {
        Outcome::Done(Done { transfer: Some(super::world::pending(now, "NAMEKEEP-1", "LOSING-9")), ..Done::default() })
    });
    let cancelled = left(house, CancelTransferIn { name: name("coming.alpha") });
    vec![("approve", approved), ("deny", denied), ("cancel", cancelled)]
}

#[test]
fn each_use_case_leaves_its_own_traces() {
    let table = |rows: Vec<(&str, String)>| rows.iter().map(|(case, left)| format!("{case}: {left}")).collect::<Vec<_>>().join("\n");
    let registered = seen_alike(|house| table(on_a_registered_name(house)));
    insta::assert_snapshot!(registered, @r"
    renew: renewal-ordered [renew-domain]
    auto-renew: auto-renew-set
    nameservers: nameservers-changed [create-host] [update-domain]
    ds: ds-changed [update-domain]
    contacts: contacts-changed [create-contact] [update-domain]
    lock: reason-added [update-domain]
    unlock: reason-lifted duty-opened [update-domain]
    hold: reason-added [update-domain]
    release: reason-lifted [update-domain]
    authInfo: duty-opened [set-authinfo]
    ");
    let ended = seen_alike(|house| table(at_the_end(house)));
    insta::assert_snapshot!(ended, @r"
    postpone: deletion-postponed duty-closed duty-opened duty-closed duty-opened
    delete: deletion-ordered [delete-domain]
    restore: restore-ordered [request-restore]
    ");
    let transferred = seen_alike(|house| table(in_transfers(house)));
    insta::assert_snapshot!(transferred, @r"
    approve: transfer-out-approved [approve-transfer]
    deny: transfer-out-denied [reject-transfer] duty-opened notice-ordered
    cancel: [cancel-transfer]
    ");
    let ordered = seen_alike(|house| left(house, order("new.alpha", house.holder())));
    insta::assert_snapshot!(ordered, @"domain-ordered [create-contact] [create-host] [create-domain]");
}
