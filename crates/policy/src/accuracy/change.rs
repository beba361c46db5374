//! What a change of contact data asks to be validated and verified anew (ACY-5), and what it does not (ACY-6).

use std::collections::BTreeSet;

use model::Contact;

use super::field::Field;

/// The fields whose data differs: these are validated and, as the programme asks, verified within 15 days (ACY-5). Compared as written;
/// even a corrected letter is other data. For what counts as another holder see [`crate::holder::material_difference`].
#[must_use]
pub fn changed_fields(before: &Contact, after: &Contact) -> BTreeSet<Field> {
    Field::ALL.iter().copied().filter(|&field| differs(before, after, field)).collect()
}

/// Whether nothing needs to be verified again, since `contact` is what was verified (ACY-6). The kind of contact is no datum of the
/// programme and may differ.
#[must_use]
pub fn is_same_verified_data(verified: &Contact, contact: &Contact) -> bool {
    changed_fields(verified, contact).is_empty()
}

fn differs(before: &Contact, after: &Contact, field: Field) -> bool {
    match field {
        Field::Name => before.name != after.name,
        Field::Organisation => before.organisation != after.organisation,
        Field::Street => before.address.street != after.address.street,
        Field::City => before.address.city != after.address.city,
        Field::Province => before.address.province != after.address.province,
        Field::Postcode => before.address.postcode != after.address.postcode,
        Field::Country => before.address.country != after.address.country,
        Field::Phone => before.phone != after.phone,
        Field::Fax => before.fax != after.fax,
        Field::Email => before.email != after.email,
    }
}
