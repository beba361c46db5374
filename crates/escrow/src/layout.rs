//! The two layouts of a deposit (ESC-3, ESC-4), as data: the table that writes the header also writes the mapping file that agent and ICANN
//! are given, so the two cannot differ.

use std::fmt;
use std::str::FromStr;

use model::ContactRole;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::csv;
use crate::file_name::Holds;

/// By which specification a deposit is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Specification {
    /// Names with handles, and a file of handles (9 November 2007).
    #[serde(rename = "2007")]
    Y2007,
    /// One flat file (with the Registration Data Policy of 2024).
    #[serde(rename = "2024")]
    Y2024,
}

impl Specification {
    /// As it is written in configurations.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Y2007 => "2007",
            Self::Y2024 => "2024",
        }
    }
}

impl fmt::Display for Specification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Specification {
    type Err = UnknownSpecification;

    fn from_str(word: &str) -> Result<Self, UnknownSpecification> {
        [Self::Y2007, Self::Y2024].into_iter().find(|known| known.word() == word).ok_or(UnknownSpecification)
    }
}

/// A specification that nobody made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the specification of a deposit is 2024 or 2007; use 2024 unless the agent asks for the other")]
pub struct UnknownSpecification;

/// What a column says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Element {
    /// The name, as A-label.
    Domain,
    /// The end of the term that the holder has.
    Expiration,
    /// Our number at IANA.
    RegistrarId,
    /// A host that the name is delegated to, counted from 0.
    NameServer(usize),
    /// One field of whoever holds a role.
    Of(Person, Field),
}

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Person {
    /// The holder; where a privacy service is published, the customer behind it (ESC-9).
    Holder,
    /// Who is published as the holder: the privacy service, where there is one.
    Published,
    /// A contact of the name; the holder where the name has none (Q16).
    Role(ContactRole),
    /// The customer behind a privacy service; empty where there is none.
    Customer,
    /// In a file of handles: the person of the row.
    Row,
}

/// A field of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The handle that the file of handles has it under.
    Handle,
    /// Name.
    Name,
    /// Every line of the street.
    Street,
    /// City.
    City,
    /// State or province.
    State,
    /// Postcode.
    Postcode,
    /// Country, two letters.
    Country,
    /// Telephone.
    Phone,
    /// Fax.
    Fax,
    /// E-mail.
    Email,
}

/// A column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called in the header.
    pub name: &'static str,
    /// Which clause asks for it.
    pub clause: &'static str,
    /// What the mapping file calls it.
    pub abbreviation: &'static str,
    /// What it says.
    pub element: Element,
}

const fn column(clause: &'static str, name: &'static str, abbreviation: &'static str, element: Element) -> Column {
    Column { name, clause, abbreviation, element }
}

/// The names of a deposit of 2024.
const NAMES_2024: &[Column] = &[
    column("8.1.1", "domain", "domainname", Element::Domain),
    column("8.1.2", "expiration-date", "expire", Element::Expiration),
    column("8.1.3", "iana", "ianaid", Element::RegistrarId),
    column("8.1.4", "rt-name", "rt-name", Element::Of(Person::Holder, Field::Name)),
    column("8.1.5", "rt-street", "rt-street", Element::Of(Person::Holder, Field::Street)),
    column("8.1.6", "rt-city", "rt-city", Element::Of(Person::Holder, Field::City)),
    column("8.1.7", "rt-state", "rt-state", Element::Of(Person::Holder, Field::State)),
    column("8.1.8", "rt-zip", "rt-zip", Element::Of(Person::Holder, Field::Postcode)),
    column("8.1.9", "rt-country", "rt-country", Element::Of(Person::Holder, Field::Country)),
    column("8.1.10", "rt-phone", "rt-phone", Element::Of(Person::Holder, Field::Phone)),
    column("8.1.11", "rt-email", "rt-mail", Element::Of(Person::Holder, Field::Email)),
    column("RAA 3.4.1.3", "bc-name", "bc-name", Element::Of(Person::Role(ContactRole::Billing), Field::Name)),
];

/// The names of a deposit of 2007. The handles that begin with `p` are the customer behind a privacy service.
const NAMES_2007: &[Column] = &[
    column("4.1.2", "domain", "domainname", Element::Domain),
    column("4.1.2", "ns1", "ns1", Element::NameServer(0)),
    column("4.1.2", "ns2", "ns2", Element::NameServer(1)),
    column("4.1.2", "ns3", "ns3", Element::NameServer(2)),
    column("4.1.2", "ns4", "ns4", Element::NameServer(3)),
    column("4.1.2", "expiration_date", "expire", Element::Expiration),
    column("4.1.2", "rt-handle", "rt-handle", Element::Of(Person::Published, Field::Handle)),
    column("4.1.2", "tc-handle", "tc-handle", Element::Of(Person::Role(ContactRole::Tech), Field::Handle)),
    column("4.1.2", "ac-handle", "ac-handle", Element::Of(Person::Role(ContactRole::Admin), Field::Handle)),
    column("4.1.2", "bc-handle", "bc-handle", Element::Of(Person::Role(ContactRole::Billing), Field::Handle)),
    column("4.1.2", "prt-handle", "prt-handle", Element::Of(Person::Customer, Field::Handle)),
    column("4.1.2", "ptc-handle", "ptc-handle", Element::Of(Person::Customer, Field::Handle)),
    column("4.1.2", "pac-handle", "pac-handle", Element::Of(Person::Customer, Field::Handle)),
    column("4.1.2", "pbc-handle", "pbc-handle", Element::Of(Person::Customer, Field::Handle)),
];

/// The people of a deposit of 2007.
const HANDLES_2007: &[Column] = &[
    column("4.1.9", "handle", "handle", Element::Of(Person::Row, Field::Handle)),
    column("4.1.9", "name", "name", Element::Of(Person::Row, Field::Name)),
    column("4.1.9", "address", "address", Element::Of(Person::Row, Field::Street)),
    column("4.1.9", "state", "state", Element::Of(Person::Row, Field::State)),
    column("4.1.9", "zip", "zip", Element::Of(Person::Row, Field::Postcode)),
    column("4.1.9", "city", "city", Element::Of(Person::Row, Field::City)),
    column("4.1.9", "country", "country", Element::Of(Person::Row, Field::Country)),
    column("4.1.9", "email", "email", Element::Of(Person::Row, Field::Email)),
    column("4.1.9", "phone", "phone", Element::Of(Person::Row, Field::Phone)),
    column("4.1.9", "fax", "fax", Element::Of(Person::Row, Field::Fax)),
];

/// The columns of a deposit's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// By which specification.
    pub specification: Specification,
}

impl Layout {
    /// The columns of a file; none for the file of hashes, which is no table, and for handles where people stand in the names' rows.
    #[must_use]
    pub fn columns(self, holds: Holds) -> Option<&'static [Column]> {
        match (self.specification, holds) {
            (Specification::Y2024, Holds::Full | Holds::Incremental) => Some(NAMES_2024),
            (Specification::Y2007, Holds::Full | Holds::Incremental) => Some(NAMES_2007),
            (Specification::Y2007, Holds::Handles) => Some(HANDLES_2007),
            (Specification::Y2024, Holds::Handles) | (_, Holds::Hashes) => None,
        }
    }

    /// The file that explains the columns to agent and ICANN. It is given to both before the first deposit, and again whenever it changes
    /// (Q20).
    #[must_use]
    pub fn mapping(self) -> String {
        let mut text = Vec::new();
        csv::write_row(&mut text, &["ICANN RDE Spec", "Field Name", "Abbreviation"]);
        for holds in [Holds::Full, Holds::Handles] {
            for column in self.columns(holds).unwrap_or_default() {
                csv::write_row(&mut text, &[column.clause, column.name, column.abbreviation]);
            }
        }
        if self.specification == Specification::Y2007 {
            csv::write_row(&mut text, &["4.1.18", "hash", "hash"]);
        }
        String::from_utf8_lossy(&text).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mapping_of_2024_is_what_agents_are_given() {
        insta::assert_snapshot!(Layout { specification: Specification::Y2024 }.mapping().replace("\r\n", "\n"), @"
        ICANN RDE Spec,Field Name,Abbreviation
        8.1.1,domain,domainname
        8.1.2,expiration-date,expire
        8.1.3,iana,ianaid
        8.1.4,rt-name,rt-name
        8.1.5,rt-street,rt-street
        8.1.6,rt-city,rt-city
        8.1.7,rt-state,rt-state
        8.1.8,rt-zip,rt-zip
        8.1.9,rt-country,rt-country
        8.1.10,rt-phone,rt-phone
        8.1.11,rt-email,rt-mail
        RAA 3.4.1.3,bc-name,bc-name
        ");
    }

    #[test]
    fn the_header_of_2024_is_the_one_that_is_deposited_today() {
        let columns = Layout { specification: Specification::Y2024 }.columns(Holds::Full).unwrap();
        let header: Vec<&str> = columns.iter().map(|column| column.name).collect();
        let wanted = "domain,expiration-date,iana,rt-name,rt-street,rt-city,rt-state,rt-zip,rt-country,rt-phone,rt-email,bc-name";
        assert_eq!(header.join(","), wanted);
    }
}
