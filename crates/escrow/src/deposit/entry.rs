//! A name with its people, and how each column of a row is filled from it.

use std::fmt::Write;

use jiff::Timestamp;
use model::{Contact, ContactRole, DomainName, LegalKind};

use crate::csv;
use crate::iana_id::IanaId;
use crate::layout::{Column, Element, Field, Person as Whose};

/// What joins the lines of a street: an address is one cell.
pub const STREET_JOINT: &str = ", ";

/// A person with the handle that the deposit has them under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Unique within the deposit.
    pub handle: String,
    /// The data, as it was given to us.
    pub contact: Contact,
}

/// A name that is deposited.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The name.
    pub name: &'a DomainName,
    /// The end of the term that its holder has; none if nobody knows it.
    pub expires_at: Option<Timestamp>,
    /// Hosts that it is delegated to, in A-labels.
    pub name_servers: &'a [String],
    /// Whoever is published as its holder; none if no data is left.
    pub holder: Option<&'a Person>,
    /// The customer behind a privacy service (ESC-9).
    pub customer: Option<&'a Person>,
    /// Its technical contact.
    pub tech: Option<&'a Person>,
    /// Its administrative contact.
    pub admin: Option<&'a Person>,
    /// Its billing contact.
    pub billing: Option<&'a Person>,
}

impl<'a> Entry<'a> {
    /// Whether a privacy service is published as the holder and nobody says for whom.
    fn is_customer_missing(&self) -> bool {
        self.customer.is_none() && self.holder.is_some_and(|holder| holder.contact.kind == LegalKind::PrivacyService)
    }

    fn person(&self, whose: Whose) -> Option<&'a Person> {
        let real = self.customer.or(self.holder);
        match whose {
            Whose::Holder => real,
            Whose::Published => self.holder,
            Whose::Customer => self.customer,
            Whose::Role(ContactRole::Registrant) => self.holder,
            Whose::Role(ContactRole::Tech) => self.tech.or(real),
            Whose::Role(ContactRole::Admin) => self.admin.or(real),
            Whose::Role(ContactRole::Billing) => self.billing.or(real),
            Whose::Row => None,
        }
    }
}

/// What stands where a person has nothing, at agents that take no empty cell (Q12). It is never stored when a deposit is read back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Placeholders {
    /// For a state or province.
    pub state: Option<String>,
    /// For a postcode.
    pub postcode: Option<String>,
}

/// A cell that had to be filled and is empty: the agent may refuse the deposit for it, and somebody has to see to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The name, or the handle in a file of handles.
    pub row: String,
    /// The column.
    pub column: &'static str,
}

/// What fills the rows of one deposit.
pub(super) struct Filler<'s> {
    pub registrar: IanaId,
    pub placeholders: &'s Placeholders,
    /// Room for what has to be put together.
    pub cell: &'s mut String,
}

impl Filler<'_> {
    /// Appends a name's row; gives the first column that had to be filled and could not.
    pub fn name(&mut self, out: &mut Vec<u8>, columns: &'static [Column], entry: &Entry<'_>) -> Option<&'static str> {
        let mut gap = None;
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            let is_filled = match column.element {
                Element::Domain => plain(out, entry.name.as_str()),
                Element::Expiration => entry.expires_at.is_some_and(|at| self.put(out, |cell| put_time(cell, at))),
                Element::RegistrarId => {
                    let registrar = self.registrar;
                    self.put(out, |cell| cell.push_str(&registrar.to_string()))
                }
                Element::NameServer(place) => entry.name_servers.get(place).is_none_or(|host| plain(out, host)),
                // A privacy service that stands for nobody is a gap (ESC-9).
                Element::Of(Whose::Customer, _) if entry.customer.is_none() => !entry.is_customer_missing(),
                Element::Of(Whose::Holder, Field::Name) if entry.is_customer_missing() => {
                    self.field(out, entry.holder, Field::Name);
                    false
                }
                Element::Of(whose, field) => self.field(out, entry.person(whose), field),
            };
            if !is_filled && gap.is_none() {
                gap = Some(column.name);
            }
        }
        csv::end_row(out);
        gap
    }

    /// Appends a person's row.
    pub fn person(&mut self, out: &mut Vec<u8>, columns: &'static [Column], person: &Person) -> Option<&'static str> {
        let mut gap = None;
        for (place, column) in columns.iter().enumerate() {
            if place > 0 {
                out.push(b',');
            }
            let Element::Of(_, field) = column.element else { continue };
            if !self.field(out, Some(person), field) && gap.is_none() {
                gap = Some(column.name);
            }
        }
        csv::end_row(out);
        gap
    }

    /// Appends a field of a person; `false` if it had to be filled and could not.
    fn field(&mut self, out: &mut Vec<u8>, person: Option<&Person>, field: Field) -> bool {
        let Some(Person { handle, contact }) = person else { return false };
        let address = &contact.address;
        let or_placeholder = |value: Option<&str>, placeholder: &Option<String>, out: &mut Vec<u8>| {
            csv::write_field(out, value.or(placeholder.as_deref()).unwrap_or_default());
            true
        };
        match field {
            Field::Handle => plain(out, handle),
            Field::Name => plain(out, &contact.name),
            Field::Street => match address.street.as_slice() {
                [line] => plain(out, line),
                lines => self.put(out, |cell| lines.iter().for_each(|line| join(cell, line))),
            },
            Field::City => plain(out, &address.city),
            Field::State => or_placeholder(address.province.as_deref(), &self.placeholders.state, out),
            Field::Postcode => or_placeholder(address.postcode.as_deref(), &self.placeholders.postcode, out),
            Field::Country => plain(out, address.country.as_str()),
            Field::Phone => contact.phone.as_ref().is_some_and(|phone| plain(out, phone.number())),
            Field::Fax => contact.fax.as_ref().is_none_or(|fax| plain(out, fax.number())),
            Field::Email => plain(out, contact.email.as_str()),
        }
    }

    fn put(&mut self, out: &mut Vec<u8>, make: impl FnOnce(&mut String)) -> bool {
        self.cell.clear();
        make(self.cell);
        plain(out, self.cell)
    }
}

/// Appends a cell; whether it says something.
fn plain(out: &mut Vec<u8>, text: &str) -> bool {
    csv::write_field(out, text);
    !text.is_empty()
}

fn join(cell: &mut String, line: &str) {
    if !cell.is_empty() {
        cell.push_str(STREET_JOINT);
    }
    cell.push_str(line);
}

/// `2027-01-31T23:59:59Z`: whole seconds, with `T` and `Z` (Q9).
fn put_time(cell: &mut String, at: Timestamp) {
    let at = jiff::tz::Offset::UTC.to_datetime(at);
    let (year, month, day) = (at.year(), at.month(), at.day());
    // Writing to a string cannot fail.
    let _ = write!(cell, "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z", at.hour(), at.minute(), at.second());
}
