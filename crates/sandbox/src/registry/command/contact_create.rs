//! `contact:create` (RFC 5733 section 3.2.1): lengths, country, telephone and e-mail are judged, the rest is taken as it is.

use std::collections::BTreeSet;

use epp::ResultCode;
use epp::contact::{Create, CreateData, Data, Person, Postal, PostalForm, Voice};
use model::{CountryCode, Email, Phone};

use super::host_create::out_of_roids;
use super::{Call, Reply, parse_contact};
use crate::registry::authinfo::AuthHash;
use crate::registry::object::{ContactObject, Origin};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

/// Longest postal line, in characters (contact-1.0 `postalLineType`).
const MAX_LINE_CHARS: usize = 255;
/// Longest postcode, in characters (contact-1.0 `pcType`).
const MAX_POSTCODE_CHARS: usize = 16;

pub(crate) fn create(registry: &mut Registry, call: &mut Call<'_>, create: &Create) -> Outcome<Reply> {
    let id = parse_contact(&create.id)?;
    ensure(!registry.contacts.contains_key(&id), || Refusal::exists(&id))?;
    check_person(&create.person)?;
    let auth = create.auth.secret().map(|code| AuthHash::of(code.expose(), call.entropy));
    let roid = registry.next_roid('C').ok_or_else(out_of_roids)?;
    let contact = ContactObject {
        id: id.clone(),
        origin: Origin::new(roid, &call.registrar, &call.registrar, call.now),
        person: create.person.clone(),
        disclose: create.disclose.clone(),
        auth,
        set: BTreeSet::new(),
        linked_by: BTreeSet::new(),
        transfer: None,
    };
    registry.contacts.insert(id.clone(), contact);
    registry.record(call, Verb::Create, object_key("contact", &id), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::contact(Data::Create(CreateData { name: (&id).into(), created: call.now, expires: None })))
}

/// Judges the personal part. The sentences name the element, never its value.
pub(crate) fn check_person(person: &Person) -> Outcome<()> {
    ensure(!person.postal.is_empty(), || Refusal::missing("a contact needs one postal address at least"))?;
    let is_doubled = person.postal.len() > 1 && person.postal.iter().all(|postal| postal.form == person.postal[0].form);
    ensure(!is_doubled && person.postal.len() <= 2, || Refusal::policy("a contact has at most one address of each form"))?;
    person.postal.iter().try_for_each(check_postal)?;
    check_voice("voice", person.voice.as_ref())?;
    check_voice("fax", person.fax.as_ref())?;
    Email::parse(&person.email).map(|_| ()).map_err(|_| Refusal::syntax("`contact:email` is not an e-mail address"))
}

fn check_postal(postal: &Postal) -> Outcome<()> {
    let address = &postal.address;
    let required = [("name", Some(&postal.name)), ("city", Some(&address.city))];
    let optional = [("org", postal.organisation.as_ref()), ("sp", address.province.as_ref()), ("pc", address.postcode.as_ref())];
    let street = address.street.iter().map(|line| ("street", Some(line)));
    for (element, text) in required {
        ensure(text.is_some_and(|text| !text.trim().is_empty()), || Refusal::missing(format!("`contact:{element}` is empty")))?;
    }
    for (element, text) in required.into_iter().chain(optional).chain(street) {
        let Some(text) = text else { continue };
        let most = if element == "pc" { MAX_POSTCODE_CHARS } else { MAX_LINE_CHARS };
        let fits = text.chars().count() <= most;
        ensure(fits, || Refusal::range(format!("`contact:{element}` is longer than {most} characters")))?;
        let is_plain = text.is_ascii() || postal.form == PostalForm::Localised;
        ensure(is_plain, || Refusal::syntax(format!("`contact:{element}` of an international address holds characters beyond ASCII")))?;
    }
    CountryCode::parse(&address.country).map(|_| ()).map_err(|_| Refusal::syntax("`contact:cc` is not an ISO 3166-1 country code"))
}

fn check_voice(element: &'static str, voice: Option<&Voice>) -> Outcome<()> {
    let Some(voice) = voice.filter(|voice| !voice.number.is_empty()) else { return Ok(()) };
    let phone = Phone::parse(&voice.number, voice.extension.as_deref());
    phone.map(|_| ()).map_err(|_| Refusal::syntax(format!("`contact:{element}` is not a number of the form +44.2071234567")))
}
