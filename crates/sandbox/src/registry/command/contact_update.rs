//! `contact:update` (RFC 5733 section 3.2.5).

use epp::ResultCode;
use epp::contact::{Person, Postal, PostalChange, Update};
use model::ObjectKind;

use super::contact_create::check_person;
use super::statuses::{changed, ensure_updatable};
use super::{Call, Reply, parse_contact};
use crate::registry::authinfo::AuthHash;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn update(registry: &mut Registry, call: &mut Call<'_>, update: &Update) -> Outcome<Reply> {
    let id = parse_contact(&update.id)?;
    let contact = registry.contacts.get(&id).ok_or_else(|| Refusal::not_found(&id))?;
    ensure(contact.origin.sponsor == call.registrar, || Refusal::not_sponsor(&id))?;
    ensure_updatable(&contact.set, &update.remove)?;
    ensure(!contact.has_pending_transfer(), || Refusal::status("`pendingTransfer` is set"))?;
    let mut after = contact.clone();
    after.set = changed(ObjectKind::Contact, &contact.set, &update.add, &update.remove)?;
    change_person(&mut after.person, update)?;
    check_person(&after.person)?;
    if let Some(auth) = &update.change.auth {
        after.auth = auth.secret().map(|code| AuthHash::of(code.expose(), call.entropy));
    }
    if let Some(disclose) = &update.change.disclose {
        after.disclose = Some(disclose.clone());
    }
    after.origin.touch(&call.registrar, call.now);
    registry.contacts.insert(id.clone(), after);
    registry.record(call, Verb::Update, object_key("contact", &id), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::done())
}

fn change_person(person: &mut Person, update: &Update) -> Outcome<()> {
    for change in &update.change.postal {
        change_postal(person, change)?;
    }
    for (number, change) in [(&mut person.voice, &update.change.voice), (&mut person.fax, &update.change.fax)] {
        if let Some(change) = change {
            *number = Some(change.clone()).filter(|voice| !voice.number.is_empty());
        }
    }
    if let Some(email) = &update.change.email {
        person.email.clone_from(&email.0);
    }
    Ok(())
}

fn change_postal(person: &mut Person, change: &PostalChange) -> Outcome<()> {
    if let Some(postal) = person.postal.iter_mut().find(|postal| postal.form == change.form) {
        if let Some(name) = &change.name {
            postal.name.clone_from(name);
        }
        if let Some(organisation) = &change.organisation {
            postal.organisation = Some(organisation.clone()).filter(|organisation| !organisation.is_empty());
        }
        if let Some(address) = &change.address {
            postal.address.clone_from(address);
        }
        return Ok(());
    }
    let (Some(name), Some(address)) = (&change.name, &change.address) else {
        return Err(Refusal::missing("a new form of the postal address needs name and address"));
    };
    let organisation = change.organisation.clone().filter(|organisation| !organisation.is_empty());
    person.postal.push(Postal { form: change.form, name: name.clone(), organisation, address: address.clone() });
    Ok(())
}
