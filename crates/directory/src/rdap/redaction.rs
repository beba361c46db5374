//! What an answer says of what it withholds (RFC 9537; RP 2.7.7 to 2.7.9 and Appendix E).

use policy::publication::{PublicContact, PublicEmail, PublicRecord};

use super::json::raw;

/// How an element is withheld, with the paths that tell where.
#[derive(Clone, Copy)]
enum Method {
    /// It is not there; the path finds nothing.
    Removal(&'static str),
    /// It is there and empty.
    EmptyValue(&'static str),
    /// Something else stands for it.
    Replacement { before: &'static str, now: &'static str },
}

/// A path into the jCard of a contact.
macro_rules! card {
    ($role:literal, $rest:literal) => {
        concat!("$.entities[?(@.roles[0]=='", $role, "')].vcardArray[1]", $rest)
    };
}

/// The redactions of a contact, in the order of Appendix E.
macro_rules! redactions {
    ($role:literal, $handle:literal, $name:literal, $phone:literal, $extension:literal, $email:literal) => {
        Words {
            handle: ($handle, Method::Removal(concat!("$.entities[?(@.roles[0]=='", $role, "')].handle"))),
            name: ($name, Method::EmptyValue(card!($role, "[?(@[0]=='fn')][3]"))),
            phone: ($phone, Method::Removal(card!($role, "[?(@[1].type=='voice')]"))),
            phone_extension: ($extension, Method::Removal(card!($role, "[?(@[1].type=='voice')]"))),
            email: (
                $email,
                Method::Replacement { before: card!($role, "[?(@[0]=='email')]"), now: card!($role, "[?(@[0]=='contact-uri')]") },
            ),
        }
    };
}

type Redaction = (&'static str, Method);

/// The redactions that both kinds of contacts know.
struct Words {
    handle: Redaction,
    name: Redaction,
    phone: Redaction,
    phone_extension: Redaction,
    email: Redaction,
}

const DOMAIN_ID: Redaction = ("Registry Domain ID", Method::Removal("$.handle"));

const REGISTRANT: Words =
    redactions!("registrant", "Registry Registrant ID", "Registrant Name", "Registrant Phone", "Registrant Phone Ext", "Registrant Email");

const TECHNICAL: Words = redactions!("technical", "Registry Tech ID", "Tech Name", "Tech Phone", "Tech Phone Ext", "Tech Email");

const ORGANISATION: Redaction = ("Registrant Organization", Method::Removal(card!("registrant", "[?(@[0]=='org')]")));
const STREET: Redaction = ("Registrant Street", Method::EmptyValue(card!("registrant", "[?(@[0]=='adr')][3][:3]")));
const CITY: Redaction = ("Registrant City", Method::EmptyValue(card!("registrant", "[?(@[0]=='adr')][3][3]")));
const POSTCODE: Redaction = ("Registrant Postal Code", Method::EmptyValue(card!("registrant", "[?(@[0]=='adr')][3][5]")));
const FAX: Redaction = ("Registrant Fax", Method::Removal(card!("registrant", "[?(@[1].type=='fax')]")));
const FAX_EXTENSION: Redaction = ("Registrant Fax Ext", Method::Removal(card!("registrant", "[?(@[1].type=='fax')]")));

/// Whether the record withholds anything.
pub(super) fn is_any(record: &PublicRecord<'_>) -> bool {
    let mut found = false;
    each(record, |_| found = true);
    found
}

/// Writes the member `redacted`.
pub(super) fn write(out: &mut Vec<u8>, record: &PublicRecord<'_>) {
    raw(out, &[r#","redacted":["#]);
    let mut comma = "";
    each(record, |(name, method)| {
        raw(out, &[comma, r#"{"name":{"type":""#, name, r#""},"#]);
        match method {
            Method::Removal(path) => raw(out, &[r#""prePath":""#, path, r#"","pathLang":"jsonpath","method":"removal""#]),
            Method::EmptyValue(path) => raw(out, &[r#""postPath":""#, path, r#"","pathLang":"jsonpath","method":"emptyValue""#]),
            Method::Replacement { before, now } => raw(
                out,
                &[r#""prePath":""#, before, r#"","replacementPath":""#, now, r#"","pathLang":"jsonpath","method":"replacementValue""#],
            ),
        }
        raw(out, &[r#","reason":{"description":"Server policy"}}"#]);
        comma = ",";
    });
    raw(out, &["]"]);
}

/// Every redaction of the record, in the order of Appendix E.
fn each(record: &PublicRecord<'_>, mut withheld: impl FnMut(Redaction)) {
    let mut take = |is_withheld: bool, redaction: Redaction| {
        if is_withheld {
            withheld(redaction);
        }
    };
    take(record.roid.is_withheld(), DOMAIN_ID);
    let registrant = &record.registrant;
    take(registrant.roid.is_withheld(), REGISTRANT.handle);
    take(registrant.name.is_withheld(), REGISTRANT.name);
    take(registrant.organisation.is_withheld(), ORGANISATION);
    if let Some(address) = &registrant.address {
        take(address.street.is_withheld(), STREET);
        take(address.city.is_withheld(), CITY);
        take(address.postcode.is_withheld(), POSTCODE);
    }
    take_reach(registrant, &REGISTRANT, &mut take);
    if let Some(technical) = &record.technical {
        take(technical.roid.is_withheld(), TECHNICAL.handle);
        take(technical.name.is_withheld(), TECHNICAL.name);
        take_reach(technical, &TECHNICAL, &mut take);
    }
}

/// Telephone, fax and mail.
fn take_reach(contact: &PublicContact<'_>, words: &Words, take: &mut impl FnMut(bool, Redaction)) {
    take(contact.phone.is_withheld(), words.phone);
    take(contact.phone_extension.is_withheld(), words.phone_extension);
    take(contact.fax.is_withheld(), FAX);
    take(contact.fax_extension.is_withheld(), FAX_EXTENSION);
    take(contact.email == PublicEmail::Form, words.email);
}
