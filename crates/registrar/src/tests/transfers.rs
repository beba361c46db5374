//! Transfers in both directions, and the authInfo that carries them.

use std::collections::BTreeMap;

use model::AuthInfo;
use policy::{DenialReason, IntentState, Operation, Outcome};

use super::world::{asked_for, name};
use crate::command::{DenyTransferOut, IssueAuthInfo, ReadAuthInfo, TransferDomainIn, auth_info};
use crate::testing::{House, each, seen_alike};
use crate::{Failure, Receipt};

fn kept(house: &House, receipt: &Receipt) -> Option<AuthInfo> {
    let (registrar, domain) = (&house.registrar, receipt.domain);
    registrar.store().read::<_, Failure>(|tx| auth_info::find(tx, registrar, domain)).unwrap()
}

/// TRF-13, TRF-16: set on demand, read once the registry has it, other every time, each handing out in the ledger.
#[test]
fn an_auth_info_is_set_first_and_handed_out_after() {
    each(|house| {
        let receipt = house.registered("moving.alpha");
        assert_eq!(house.act(ReadAuthInfo { name: name("moving.alpha") }).unwrap_err().code(), "authinfo.not_set");
        house.act(IssueAuthInfo { name: name("moving.alpha") }).unwrap();
        let early = house.act(ReadAuthInfo { name: name("moving.alpha") });
        assert_eq!(early.unwrap_err().code(), "authinfo.not_set", "it was handed out before the registry had it");
        house.settle(&receipt);
        let first = house.act(ReadAuthInfo { name: name("moving.alpha") }).unwrap();
        assert!(first.expose().len() >= 22, "fewer than 128 bits");
        assert_eq!(kept(house, &receipt).unwrap().secret(), &first);
        house.act(IssueAuthInfo { name: name("moving.alpha") }).unwrap();
        house.settle(&receipt);
        assert_ne!(house.act(ReadAuthInfo { name: name("moving.alpha") }).unwrap(), first);
        let handed_out = house.ledger_of(&receipt).lines().filter(|line| *line == "operator auth-info-handed-out").count();
        assert_eq!(handed_out, 2);
    });
}

/// TRF-16: what another registrar's customer entrusted to us is dropped once it was presented.
#[test]
fn an_auth_info_to_present_lies_in_the_vault_until_it_has_served() {
    each(|house| {
        let given = AuthInfo::from_registrant("from-the-other-side").unwrap();
        let order = TransferDomainIn {
            name: name("coming.alpha"),
            auth_info: given.clone(),
            registrant: Some(house.holder()),
            contacts: BTreeMap::new(),
            authorised_at: house.registrar.now(),
            fee: None,
            token: None,
        };
        let receipt = house.act(order).unwrap();
        assert_eq!(kept(house, &receipt), Some(given));
        let request = *receipt.intents.last().unwrap();
        house.settle_one(request, |operation, _| {
            assert!(matches!(operation, Operation::RequestTransfer { .. }));
            Outcome::Refused { code: 2202, message: "Invalid authorization information".to_owned() }
        });
        assert_eq!(kept(house, &receipt), None);
        let said = house.registrar.settlements(&[request]).unwrap();
        assert_eq!(said[0].state, IntentState::Refused);
        assert_eq!(said[0].message.as_deref(), Some("2202: Invalid authorization information"));
    });
}

#[test]
fn a_denial_is_told_with_its_reason() {
    let letter = seen_alike(|house| {
        house.registered("disputed.alpha");
        house.carry();
        let now = house.at("2026-12-01T08:00:00Z");
        house.announced(asked_for("disputed.alpha", now), "disputed.alpha");
        house.carry();
        let wrong = DenyTransferOut { name: name("disputed.alpha"), reason: DenialReason::RecentlyTransferred };
        assert!(matches!(house.act(wrong), Err(Failure::Refused(_))), "a reason that does not hold was taken");
        house.act(DenyTransferOut { name: name("disputed.alpha"), reason: DenialReason::RecentlyCreated }).unwrap();
        house.letter()
    });
    insta::assert_snapshot!(letter, @r#"
    Date: Tue, 01 Dec 2026 08:00:00 +0000
    From: "Example Registrar, Inc." <notices@registrar.example>
    To: Canaria Namefield <canarymail@canary.example>
    Subject: Transfer of disputed.alpha denied
    Message-ID: <ntc_*@registrar.example>
    MIME-Version: 1.0
    Auto-Submitted: auto-generated
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: 7bit

    Dear Canaria Namefield,

    a transfer of your domain name disputed.alpha to another registrar was
    requested, and we denied it.

    The other registrar's handle at the registry is GAINING-9.

    The reason: the name was created less than 60 days ago.

    If you want the transfer and the reason no longer holds, answer this
    message.

    Example Registrar, Inc.
    notices@registrar.example
    "#);
}
