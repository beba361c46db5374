//! `contact:transfer` (RFC 5733 section 3.2.4). A contact costs nothing and has no answer period here: the losing registrar decides.

use epp::contact::{Authorised, Data, TransferData};
use epp::{ResultCode, TransferOp};
use model::{ContactHandle, EppStatus, RegistrarHandle, TransferStatus};

use super::statuses::ensure_allowed;
use super::{Call, Reply, parse_contact};
use crate::registry::object::{ContactObject, Transfer};
use crate::registry::poll::Event;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn transfer(registry: &mut Registry, call: &mut Call<'_>, op: TransferOp, asked: &Authorised) -> Outcome<Reply> {
    let id = parse_contact(&asked.id)?;
    let contact = registry.contacts.get(&id).ok_or_else(|| Refusal::not_found(&id))?;
    let code = asked.auth.as_ref().and_then(|auth| auth.secret());
    let knows_code = code.is_some_and(|code| contact.auth.as_ref().is_some_and(|auth| auth.matches(code.expose())));
    match op {
        TransferOp::Query => {
            let is_party =
                contact.origin.sponsor == call.registrar || contact.transfer.as_ref().is_some_and(|t| t.gaining == call.registrar);
            ensure(is_party || knows_code, || Refusal::not_sponsor(&id))?;
            contact.transfer.as_ref().map(|transfer| reply(contact, transfer)).ok_or_else(not_pending)
        }
        TransferOp::Request => request(registry, call, &id, knows_code),
        TransferOp::Approve => end(registry, call, &id, TransferStatus::ClientApproved),
        TransferOp::Reject => end(registry, call, &id, TransferStatus::ClientRejected),
        TransferOp::Cancel => end(registry, call, &id, TransferStatus::ClientCancelled),
    }
}

fn request(registry: &mut Registry, call: &mut Call<'_>, id: &ContactHandle, knows_code: bool) -> Outcome<Reply> {
    let contact = registry.contacts.get_mut(id).ok_or_else(|| Refusal::not_found(id))?;
    ensure(contact.origin.sponsor != call.registrar, || {
        Refusal::new(ResultCode::NOT_ELIGIBLE_FOR_TRANSFER, "the contact is yours already")
    })?;
    ensure(knows_code, || Refusal::new(ResultCode::INVALID_AUTH_INFO, "the authorisation code is not the contact's"))?;
    ensure(!contact.has_pending_transfer(), || Refusal::new(ResultCode::PENDING_TRANSFER, "a transfer is pending already"))?;
    ensure_allowed(&contact.set, EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited)?;
    let transfer = Transfer {
        status: TransferStatus::Pending,
        gaining: call.registrar.clone(),
        requested: call.now,
        losing: contact.origin.sponsor.clone(),
        acted: call.now,
        years: 0,
        expires: None,
    };
    contact.transfer = Some(transfer.clone());
    let reply = reply(contact, &transfer).pending();
    registry.record(call, Verb::TransferRequest, object_key("contact", id), ResultCode::PENDING, Vec::new());
    announce(registry, call, id, &transfer);
    Ok(reply)
}

fn end(registry: &mut Registry, call: &mut Call<'_>, id: &ContactHandle, status: TransferStatus) -> Outcome<Reply> {
    let contact = registry.contacts.get_mut(id).ok_or_else(|| Refusal::not_found(id))?;
    let Some(mut transfer) = contact.transfer.clone().filter(|transfer| transfer.status.is_pending()) else { return Err(not_pending()) };
    let (actor, verb): (&RegistrarHandle, Verb) = match status {
        TransferStatus::ClientCancelled => (&transfer.gaining, Verb::TransferCancel),
        TransferStatus::ClientApproved => (&transfer.losing, Verb::TransferApprove),
        _ => (&transfer.losing, Verb::TransferReject),
    };
    ensure(*actor == call.registrar, || Refusal::not_sponsor(id))?;
    transfer.status = status;
    transfer.acted = call.now;
    if status.is_approved() {
        contact.origin.sponsor = transfer.gaining.clone();
        contact.origin.transferred = Some(call.now);
        contact.auth = None;
    }
    contact.transfer = Some(transfer.clone());
    let reply = reply(contact, &transfer);
    registry.record(call, verb, object_key("contact", id), ResultCode::COMPLETED, Vec::new());
    announce(registry, call, id, &transfer);
    Ok(reply)
}

fn announce(registry: &mut Registry, call: &Call<'_>, id: &ContactHandle, transfer: &Transfer) {
    let data = data(id, transfer);
    for registrar in [&transfer.losing, &transfer.gaining] {
        registry.tell(registrar, call.now, Event::ContactTransfer(data.clone()));
    }
}

fn reply(contact: &ContactObject, transfer: &Transfer) -> Reply {
    Reply::contact(Data::Transfer(data(&contact.id, transfer)))
}

fn data(id: &ContactHandle, transfer: &Transfer) -> TransferData {
    TransferData {
        name: id.into(),
        status: transfer.status,
        requested_by: (&transfer.gaining).into(),
        requested: transfer.requested,
        acted_by: (&transfer.losing).into(),
        acted: transfer.acted,
        expires: None,
    }
}

fn not_pending() -> Refusal {
    Refusal::new(ResultCode::NOT_PENDING_TRANSFER, "no transfer of the contact is pending")
}
