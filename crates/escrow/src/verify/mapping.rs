//! The header mapping of somebody else's deposit (Q20): which of their columns says what. A deposit of 2007 calls its columns as its depositor
//! likes and orders them as they like, so it is read by this file and never by position.

use std::collections::BTreeMap;

use thiserror::Error;

use crate::csv::{CsvFault, Reader};
use crate::file_name::Holds;
use crate::layout::{Column, Element, Field, Layout, Person, Specification};

/// Longest mapping that is read, in bytes; the ones seen have less than two thousand.
pub const MAPPING_LIMIT_BYTES: usize = 64 * 1024;

/// The clause of the file of handles.
const HANDLES_CLAUSE: &str = "4.1.9";

/// What a mapping calls one column that holds every host of the delegation, between spaces, commas or semicolons.
const JOINED_HOSTS: [&str; 2] = ["nameservers", "ns"];

/// Which column of somebody else's says what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Of the file of names, and of the file of handles: what a column is called there, and the abbreviation of what it says.
    names: BTreeMap<String, String>,
    handles: BTreeMap<String, String>,
}

/// Why a mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MappingFault {
    /// It is longer than any mapping.
    #[error(
        "it has {length} bytes, more than {MAPPING_LIMIT_BYTES}, and a header mapping is short; give the file that explains the columns"
    )]
    TooLong {
        /// Bytes it has.
        length: usize,
    },
    /// It is no table.
    #[error("it is no table of the columns `ICANN RDE Spec`, `Field Name`, `Abbreviation`: {0}")]
    Table(#[from] CsvFault),
    /// A row has another number of fields.
    #[error("row {row} has {fields} fields, and the three of a header mapping are `ICANN RDE Spec`, `Field Name`, `Abbreviation`")]
    Width {
        /// The row, from 1.
        row: u64,
        /// Fields it has.
        fields: usize,
    },
    /// A column is explained twice.
    #[error("row {row} explains the column `{column}` a second time; leave one of them out")]
    Twice {
        /// The row, from 1.
        row: u64,
        /// What the column is called.
        column: String,
    },
    /// No column says which name a row is about.
    #[error("it names no column with the abbreviation `domainname`, so no row says which name it is about")]
    NoDomain,
}

/// Where a cell of ours stands in a row of theirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this field.
    At(usize),
    /// The nth host in this field.
    Nth(usize, usize),
    /// Nowhere.
    Absent,
}

impl Mapping {
    /// Reads a mapping, with or without its own header.
    ///
    /// # Errors
    /// [`MappingFault`] with the row.
    pub fn parse(text: &str) -> Result<Self, MappingFault> {
        if text.len() > MAPPING_LIMIT_BYTES {
            return Err(MappingFault::TooLong { length: text.len() });
        }
        let mut mapping = Self { names: BTreeMap::new(), handles: BTreeMap::new() };
        let mut reader = Reader::new(text.as_bytes());
        while reader.next_row()? {
            let cells: Vec<&str> = reader.fields().map(str::trim).collect();
            let &[clause, column, abbreviation] = cells.as_slice() else {
                if cells.iter().all(|cell| cell.is_empty()) {
                    continue;
                }
                return Err(MappingFault::Width { row: reader.row(), fields: cells.len() });
            };
            if column.eq_ignore_ascii_case("field name") {
                continue;
            }
            let of_file = if clause == HANDLES_CLAUSE { &mut mapping.handles } else { &mut mapping.names };
            if of_file.insert(column.to_owned(), abbreviation.to_ascii_lowercase()).is_some() {
                return Err(MappingFault::Twice { row: reader.row(), column: column.escape_debug().to_string() });
            }
        }
        if mapping.names.values().any(|abbreviation| abbreviation == "domainname") { Ok(mapping) } else { Err(MappingFault::NoDomain) }
    }

    /// How a file with this header is read: as which layout, and where each of its cells stands. None if the mapping does not explain it.
    pub(super) fn explain(&self, header: &[&str], holds: Holds) -> Option<(Specification, &'static [Column], Vec<Place>)> {
        let of_file = if holds == Holds::Handles { &self.handles } else { &self.names };
        let abbreviations: Vec<&str> =
            header.iter().map(|column| of_file.get(column.trim()).map_or("", |abbreviation| abbreviation.as_str())).collect();
        [Specification::Y2024, Specification::Y2007].into_iter().find_map(|specification| {
            let columns = Layout { specification }.columns(holds)?;
            let places: Vec<Place> = columns.iter().map(|column| place(column, &abbreviations)).collect();
            let says =
                |element: Element| columns.iter().zip(&places).any(|(column, place)| column.element == element && *place != Place::Absent);
            let is_explained = match (holds, specification) {
                (Holds::Handles, _) => says(Element::Of(Person::Row, Field::Handle)),
                (_, Specification::Y2007) => says(Element::Domain) && says(Element::Of(Person::Published, Field::Handle)),
                (_, Specification::Y2024) => says(Element::Domain) && says(Element::Of(Person::Holder, Field::Name)),
            };
            is_explained.then_some((specification, columns, places))
        })
    }
}

fn place(column: &Column, abbreviations: &[&str]) -> Place {
    if let Some(at) = abbreviations.iter().position(|abbreviation| abbreviation.eq_ignore_ascii_case(column.abbreviation)) {
        return Place::At(at);
    }
    let joined = abbreviations.iter().position(|abbreviation| JOINED_HOSTS.contains(abbreviation));
    match (column.element, joined) {
        (Element::NameServer(nth), Some(at)) => Place::Nth(at, nth),
        _ => Place::Absent,
    }
}

impl Place {
    /// The cell in a row of theirs.
    pub(super) fn cell<'r>(self, cells: &[&'r str]) -> &'r str {
        match self {
            Self::At(at) => cells.get(at).copied().unwrap_or_default(),
            Self::Nth(at, nth) => {
                let hosts = cells.get(at).copied().unwrap_or_default();
                hosts.split([' ', ',', ';']).filter(|host| !host.is_empty()).nth(nth).unwrap_or_default()
            }
            Self::Absent => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_mapping_explains_our_own_header_in_any_order() {
        for specification in [Specification::Y2007, Specification::Y2024] {
            let layout = Layout { specification };
            let mapping = Mapping::parse(&layout.mapping()).unwrap();
            for holds in [Holds::Full, Holds::Handles] {
                let Some(columns) = layout.columns(holds) else { continue };
                let header: Vec<&str> = columns.iter().rev().map(|column| column.name).collect();
                let (found, same, places) = mapping.explain(&header, holds).unwrap();
                assert_eq!((found, same), (specification, columns));
                let wanted: Vec<Place> = (0..columns.len()).rev().map(Place::At).collect();
                assert_eq!(places, wanted, "{specification} {holds:?}");
            }
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let rows = [
            ("4.1.2,registeredName,domainname\n4.1.2,registeredName,expire\n", "row 2 explains the column `registeredName` a second time"),
            ("4.1.2,registeredName\n", "row 1 has 2 fields"),
            ("4.1.2,expirationDate,expire\n", "no column with the abbreviation `domainname`"),
            ("a,\"b\n", "never closed"),
        ];
        for (text, wanted) in rows {
            let fault = Mapping::parse(text).unwrap_err().to_string();
            assert!(fault.contains(wanted), "{fault}");
        }
        assert!(matches!(Mapping::parse(&" ".repeat(MAPPING_LIMIT_BYTES + 1)), Err(MappingFault::TooLong { .. })));
    }

    #[test]
    fn hosts_in_one_cell_are_told_apart() {
        let mapping =
            Mapping::parse("4.1.2,registeredName,domainname\n4.1.2,nameservers,nameservers\n4.1.2,registrant,rt-handle\n").unwrap();
        let (_, columns, places) = mapping.explain(&["registeredName", "nameservers", "other", "registrant"], Holds::Full).unwrap();
        let row = ["a.example", "ns1.example  ns2.example", "", "H1"];
        let cells: Vec<&str> = places.iter().map(|place| place.cell(&row)).collect();
        let said: Vec<(&str, &str)> = columns.iter().map(|column| column.name).zip(cells).filter(|(_, cell)| !cell.is_empty()).collect();
        assert_eq!(said, [("domain", "a.example"), ("ns1", "ns1.example"), ("ns2", "ns2.example"), ("rt-handle", "H1")]);
    }
}
