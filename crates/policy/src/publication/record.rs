//! The public record, and the bytes it travels in.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::element::Element;
use super::statuses::PublicStatuses;

/// The first byte of every record: the form it is written in. Followers that read another one start anew from a snapshot.
pub const FORM: u8 = 1;

/// Everything the public may read of one name, and nothing else. Times are seconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicRecord<'a> {
    /// The name, in A-labels.
    pub name: &'a str,
    /// The registry's object id (ROID).
    pub roid: Element<&'a str>,
    /// What the registry last said of its state.
    pub statuses: PublicStatuses,
    /// When it was created.
    pub created_at: i64,
    /// The registry's expiry.
    pub expires_at: i64,
    /// The expiry by our contract; differs while the registry renewed and the registrant has not paid (RDAP-5).
    pub registrar_expires_at: i64,
    /// When it was last changed, if ever.
    pub changed_at: Option<i64>,
    /// When it was last transferred, if ever.
    pub transferred_at: Option<i64>,
    /// Host names of its delegation, in A-labels.
    #[serde(borrow)]
    pub nameservers: Vec<&'a str>,
    /// Delegation signers at the registry.
    pub ds: Vec<DelegationSigner<'a>>,
    /// The registrant, however much of it is withheld.
    pub registrant: PublicContact<'a>,
    /// The technical contact, where one was given.
    pub technical: Option<PublicContact<'a>>,
    /// The reseller, if it was sold through one.
    pub reseller: Option<&'a str>,
}

/// A DS record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DelegationSigner<'a> {
    /// Key tag.
    pub key_tag: u16,
    /// Algorithm.
    pub algorithm: u8,
    /// Digest type.
    pub digest_type: u8,
    /// The digest, as octets.
    #[serde(borrow)]
    pub digest: &'a [u8],
}

/// What is public of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicContact<'a> {
    /// The registry's object id of the contact.
    #[serde(borrow)]
    pub roid: Element<&'a str>,
    /// Name.
    pub name: Element<&'a str>,
    /// Organisation.
    pub organisation: Element<&'a str>,
    /// Postal address; none of a technical contact, of whom none is collected for publication (RDP 9.2.2).
    pub address: Option<PublicAddress<'a>>,
    /// Telephone, as EPP writes it: `+44.2071234567`.
    pub phone: Element<&'a str>,
    /// Its extension.
    pub phone_extension: Element<&'a str>,
    /// Fax.
    pub fax: Element<&'a str>,
    /// Its extension.
    pub fax_extension: Element<&'a str>,
    /// How the contact is reached by mail.
    pub email: PublicEmail<'a>,
}

/// A postal address, however much of it is withheld.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress<'a> {
    /// Street, one to three lines.
    #[serde(borrow)]
    pub street: Element<Vec<&'a str>>,
    /// City.
    pub city: Element<&'a str>,
    /// State or province: never withheld (RDP-11).
    pub province: Option<&'a str>,
    /// Postcode.
    pub postcode: Element<&'a str>,
    /// Country, ISO 3166-1 alpha-2: never withheld (RDP-11).
    pub country: &'a str,
}

/// How the public reaches a contact by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PublicEmail<'a> {
    /// By its own address.
    Shown(&'a str),
    /// Through our form, which reaches it and does not reveal it (RDP-12).
    Form,
}

/// Why bytes are not a public record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordFault {
    /// Another form.
    #[error("the record is written in form {found}, and this program reads form {FORM}; start anew from a snapshot")]
    Form {
        /// The form it says it is in.
        found: u8,
    },
    /// Not of its form.
    #[error("the record is damaged; start anew from a snapshot")]
    Damaged,
}

impl<'a> PublicRecord<'a> {
    /// The record as bytes.
    ///
    /// # Errors
    /// [`RecordFault::Damaged`] never for a record in memory; it is there so that nothing panics.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordFault> {
        postcard::to_extend(self, vec![FORM]).map_err(|_| RecordFault::Damaged)
    }

    /// Reads the bytes; texts are borrowed from them.
    ///
    /// # Errors
    /// [`RecordFault`] if they are of another form, or no record.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, RecordFault> {
        match bytes.split_first() {
            Some((&FORM, rest)) => postcard::from_bytes(rest).map_err(|_| RecordFault::Damaged),
            Some((&found, _)) => Err(RecordFault::Form { found }),
            None => Err(RecordFault::Damaged),
        }
    }
}
