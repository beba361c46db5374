//! `contact:delete` (RFC 5733 section 3.2.2): refused while a domain refers to the contact.

use epp::ResultCode;
use epp::contact::Named;
use model::EppStatus;

use super::statuses::ensure_allowed;
use super::{Call, Reply, parse_contact};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn delete(registry: &mut Registry, call: &mut Call<'_>, delete: &Named) -> Outcome<Reply> {
    let id = parse_contact(&delete.name)?;
    let contact = registry.contacts.get(&id).ok_or_else(|| Refusal::not_found(&id))?;
    ensure(contact.origin.sponsor == call.registrar, || Refusal::not_sponsor(&id))?;
    ensure_allowed(&contact.set, EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited)?;
    ensure(!contact.has_pending_transfer(), || Refusal::status("`pendingTransfer` is set"))?;
    ensure(contact.linked_by.is_empty(), || {
        Refusal::linked(format!("{} domains refer to the contact; change them first", contact.linked_by.len()))
    })?;
    registry.contacts.remove(&id);
    registry.record(call, Verb::Delete, object_key("contact", &id), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::done())
}
