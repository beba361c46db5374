//! Record, consent and rules to the public record.

use model::{Contact, ContactRole, LegalKind, Phone, PostalAddress, Timestamp};
use serde::{Deserialize, Serialize};

use super::consent::{Consent, ConsentElement};
use super::element::Element;
use super::record::{DelegationSigner, PublicAddress, PublicContact, PublicEmail, PublicRecord};
use super::statuses::PublicStatuses;
use crate::registration::Registration;

/// What the house publishes beyond what it must. The strictest reading is the default: everything that may be withheld is (RDP-10, RDP-11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PublicationRules {
    /// Whether the data of legal persons is published without their consent.
    pub publishes_legal_persons: bool,
    /// Whether the city is published without consent; it may be withheld, not must (RDP-11).
    pub publishes_cities: bool,
    /// Whether the registry's id of the name is withheld.
    pub withholds_registry_ids: bool,
}

/// A contact of a name, with what it agreed to.
#[derive(Clone, Copy, Debug)]
pub struct Subjects<'a> {
    /// The registrant; none where its data was erased.
    pub registrant: Option<(&'a Contact, &'a Consent)>,
    /// The technical contact, where there is one.
    pub technical: Option<(&'a Contact, &'a Consent)>,
}

/// The public record of a name; none while it is not ours to answer for (RP 2.11.1): not sponsored, not known to exist, or without data
/// of its registrant.
#[must_use]
pub fn project<'a>(registration: &'a Registration, subjects: Subjects<'a>, rules: &PublicationRules) -> Option<PublicRecord<'a>> {
    if !registration.phase.is_sponsored() {
        return None;
    }
    let actual = registration.actual.as_ref()?;
    let created_at = registration.created_at.or(actual.created_at)?;
    let expires_at = actual.expires_at.or(registration.expires_at)?;
    let (registrant, consent) = subjects.registrant?;
    Some(PublicRecord {
        name: registration.name.as_str(),
        roid: Element::of(actual.roid.as_ref().map(model::Roid::as_str), !rules.withholds_registry_ids),
        statuses: PublicStatuses::of(&actual.statuses, &actual.rgp, !actual.nameservers.is_empty()),
        created_at: created_at.as_second(),
        expires_at: expires_at.as_second(),
        registrar_expires_at: registration.expires_at.unwrap_or(expires_at).as_second(),
        changed_at: actual.updated_at.map(Timestamp::as_second),
        transferred_at: registration.transferred_at.or(actual.transferred_at).map(Timestamp::as_second),
        nameservers: actual.nameservers.keys().map(model::HostName::as_str).collect(),
        ds: actual.ds.iter().map(signer).collect(),
        registrant: contact(ContactRole::Registrant, registrant, consent, rules),
        technical: subjects.technical.map(|(technical, consent)| contact(ContactRole::Tech, technical, consent, rules)),
        reseller: None,
    })
}

fn signer(ds: &model::DsData) -> DelegationSigner<'_> {
    DelegationSigner { key_tag: ds.key_tag, algorithm: ds.algorithm, digest_type: ds.digest_type, digest: &ds.digest }
}

/// A contact as the public sees it. Of a technical contact only name, telephone and mail are published (RDP 9.2.2).
fn contact<'a>(role: ContactRole, contact: &'a Contact, consent: &Consent, rules: &PublicationRules) -> PublicContact<'a> {
    let is_open = match contact.kind {
        // RDP-14: a privacy service is published in full, as the service's own data.
        LegalKind::PrivacyService => true,
        LegalKind::Organisation => rules.publishes_legal_persons,
        LegalKind::Natural | LegalKind::Unknown => false,
    };
    let shows = |element: ConsentElement| is_open || consent.covers(element) || (rules.publishes_cities && element == ConsentElement::City);
    let is_registrant = role == ContactRole::Registrant;
    let organisation = contact.organisation.as_deref().filter(|_| is_registrant);
    let phone = contact.phone.as_ref();
    let fax = contact.fax.as_ref().filter(|_| is_registrant);
    PublicContact {
        // EPP's contact id is not the ROID that RDAP wants, and no registry told us that of a contact.
        roid: Element::Withheld,
        name: Element::of(Some(contact.name.as_str()), shows(ConsentElement::Name)),
        organisation: Element::of(organisation, shows(ConsentElement::Organisation)),
        address: is_registrant.then(|| address(&contact.address, shows)),
        phone: Element::of(phone.map(Phone::number), shows(ConsentElement::Phone)),
        phone_extension: Element::of(phone.and_then(Phone::extension), shows(ConsentElement::Phone)),
        fax: Element::of(fax.map(Phone::number), shows(ConsentElement::Fax)),
        fax_extension: Element::of(fax.and_then(Phone::extension), shows(ConsentElement::Fax)),
        email: if shows(ConsentElement::Email) { PublicEmail::Shown(contact.email.as_str()) } else { PublicEmail::Form },
    }
}

fn address(address: &PostalAddress, shows: impl Fn(ConsentElement) -> bool) -> PublicAddress<'_> {
    let street: Vec<&str> = address.street.iter().map(String::as_str).collect();
    PublicAddress {
        street: Element::of((!street.is_empty()).then_some(street), shows(ConsentElement::Street)),
        city: Element::of(Some(address.city.as_str()), shows(ConsentElement::City)),
        province: address.province.as_deref(),
        postcode: Element::of(address.postcode.as_deref(), shows(ConsentElement::Postcode)),
        country: address.country.as_str(),
    }
}
