//! Pass a message on to whoever is reached under a name, without saying who that is (RDP-12), and log that it was (RDP-15).

use std::collections::BTreeMap;

use model::{ContactRole, NoticeId, ReceiptId, Timestamp};
use policy::desk::{FormKind, RelayOutcome, RelayRequest};
use policy::{Addressee, NoticeKind, NoticeOrder, Registration};
use serde::Serialize;
use store::vault::Place;
use store::{Tx, desk, notices, registrations};

use super::case::{blind_sender, keep_receipt, since};
use crate::actor::ledger_name;
use crate::execute::note;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::use_case::Work;

/// What the courier writes a relayed message from.
pub(crate) type Relayed = RelayRequest;

/// What the ledger keeps: that it happened, and what came of it.
#[derive(Serialize)]
struct Noted<'a> {
    receipt: ReceiptId,
    outcome: &'a str,
}

/// Orders the notice, or says in the log why not. The sender is told the same in every case.
pub(super) fn pass_on(
    work: &mut Work<'_, '_>,
    receipt: ReceiptId,
    posted_at: Timestamp,
    request: &RelayRequest,
) -> Result<RelayOutcome, Failure> {
    let found = registrations::find_open(work.tx, &request.domain)?;
    let addressee = found.as_ref().and_then(|registration| addressee(registration, request.is_technical));
    let sender = blind_sender(work.tx, work.registrar, &request.email)?;
    let outcome = match (&found, addressee) {
        (Some(registration), Some(addressee)) => {
            let ordered = RelayOutcome::Ordered.word();
            let (of_name, of_sender) = desk::count_receipts(work.tx, &request.domain, &sender, since(work.now), ordered)?;
            let outcome = RelayOutcome::after(of_name, of_sender);
            if outcome == RelayOutcome::Ordered {
                order(work, registration, addressee, receipt, request)?;
            }
            outcome
        }
        _ => RelayOutcome::NoAddressee,
    };
    let name = found.as_ref().map(|_| &request.domain);
    keep_receipt(work, receipt, posted_at, FormKind::Contact, name, Some(sender), outcome.word())?;
    Ok(outcome)
}

fn addressee(registration: &Registration, is_technical: bool) -> Option<Addressee> {
    let technical = registration.desired.contacts.get(&ContactRole::Tech).copied().filter(|_| is_technical);
    let contact = technical.or(registration.registrant)?;
    Some(Addressee { contact, revision: None })
}

fn order(
    work: &mut Work<'_, '_>,
    registration: &Registration,
    addressee: Addressee,
    receipt: ReceiptId,
    request: &RelayRequest,
) -> Result<(), Failure> {
    let id = NoticeId::new(work.now, &mut work.draw());
    let order = NoticeOrder {
        id,
        kind: NoticeKind::RelayedMessage,
        domain: registration.id,
        key: format!("{}:{receipt}", NoticeKind::RelayedMessage.word()),
        addressee: Some(addressee),
        duty: None,
        duty_key: None,
        decided_at: work.now,
        facts: BTreeMap::from([("receipt".to_owned(), receipt.to_string())]),
    };
    let (owner, row) = (addressee.contact.to_string(), id.to_string());
    let sealed = work.registrar.vault().seal(work.tx, &owner, &place(&row), request)?;
    desk::put_relayed(work.tx, id, &owner, &sealed)?;
    notices::insert(work.tx, &order)?;
    let noted = Noted { receipt, outcome: RelayOutcome::Ordered.word() };
    note(work.tx, work.registrar, &ledger_name(work.actor), &registration.id.to_string(), "message-relayed", &noted, work.now)
}

/// The message that a notice carries; none for other notices.
pub(crate) fn open_relayed(tx: &mut Tx<'_>, registrar: &Registrar, notice: NoticeId) -> Result<Option<Relayed>, Failure> {
    let Some((owner, sealed)) = desk::find_relayed(tx, notice)? else { return Ok(None) };
    Ok(Some(registrar.vault().open(tx, &owner, &place(&notice.to_string()), &sealed)?))
}

fn place(row: &str) -> Place<'_> {
    Place { table: "relayed_message", column: "sealed", row, version: 0 }
}
