//! Contact objects (RFC 5733). One postal address: `int` where all of it is ASCII, else `loc`.

use epp::contact::{self, Change, Create, Email, Named, Person, Postal, PostalChange, Update, Voice};
use epp::{AuthValue, CommandBody};
use model::{Contact, ContactHandle};
use policy::{ObjectKey, Operation};

use super::{FrameFault, Surroundings, mismatch};

pub(super) fn body(operation: &Operation, handle: &ContactHandle, around: &Surroundings<'_>) -> Result<CommandBody, FrameFault> {
    let command = match operation {
        Operation::CreateContact { .. } => {
            let auth = if around.has_empty_auth() { AuthValue::empty() } else { AuthValue::from(&around.unknown_auth_info) };
            let person = Person::from_contact(known(handle, around)?);
            contact::Command::Create(Create { id: handle.into(), person, auth, disclose: None })
        }
        Operation::UpdateContact { .. } => contact::Command::Update(whole_update(handle, known(handle, around)?)),
        Operation::DeleteContact => contact::Command::Delete(Named::new(handle)),
        _ => return Err(mismatch(operation, &ObjectKey::Contact(handle.clone()))),
    };
    Ok(CommandBody::Contact(command))
}

/// Every part is written, also what became empty: an update that says all can be repeated without harm.
fn whole_update(handle: &ContactHandle, data: &Contact) -> Update {
    let Person { postal, voice, fax, email } = Person::from_contact(data);
    let mut update = Update::new(handle);
    update.change = Change {
        postal: postal.into_iter().map(whole_postal).collect(),
        voice: Some(voice.unwrap_or_else(|| Voice::new(""))),
        fax: Some(fax.unwrap_or_else(|| Voice::new(""))),
        email: Some(Email(email)),
        auth: None,
        disclose: None,
    };
    update
}

fn whole_postal(postal: Postal) -> PostalChange {
    PostalChange {
        form: postal.form,
        name: Some(postal.name),
        organisation: Some(postal.organisation.unwrap_or_default()),
        address: Some(postal.address),
    }
}

fn known<'a>(handle: &ContactHandle, around: &'a Surroundings<'_>) -> Result<&'a Contact, FrameFault> {
    around.contact.as_ref().ok_or_else(|| FrameFault::Missing {
        what: "the contact data",
        object: handle.to_string(),
        advice: "save the contact again",
    })
}
