//! The tables of a deposit: header, rows, and what holds over all parts.

use std::collections::{BTreeMap, HashSet};
use std::io::BufReader;

use aws_lc_rs::digest::{SHA256, digest};

use super::check_row::{self, Checker};
use super::expect::Expect;
use super::finding::Findings;
use super::listing::Listed;
use super::mapping::{Mapping, Place};
use super::source;
use crate::csv::{CsvFault, Reader};
use crate::file_name::Holds;
use crate::layout::{Column, Element, Field, Layout, Person, Specification};

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 1 << 18;

/// Takes the rows of a deposit, people before names.
pub trait Visitor {
    /// A row of a file of names.
    fn name(&mut self, row: &NameRow<'_>, findings: &mut Findings);

    /// A row of a file of handles.
    fn person(&mut self, row: &PersonRow<'_>, findings: &mut Findings) {
        let _ = (row, findings);
    }
}

/// Takes nothing.
impl Visitor for () {
    fn name(&mut self, _: &NameRow<'_>, _: &mut Findings) {}
}

/// A row of a file of names.
pub struct NameRow<'r> {
    columns: &'static [Column],
    cells: &'r [&'r str],
    /// Where it stands: file and row.
    pub place: &'r str,
}

/// A row of a file of handles.
pub struct PersonRow<'r> {
    columns: &'static [Column],
    cells: &'r [&'r str],
    /// Where it stands: file and row.
    pub place: &'r str,
}

impl<'r> NameRow<'r> {
    /// The cell of an element, as it stands there; none if the layout has no such column.
    #[must_use]
    pub fn cell(&self, wanted: Element) -> Option<&'r str> {
        cell(self.columns, self.cells, wanted)
    }

    /// Every column with its cell.
    pub fn cells(&self) -> impl Iterator<Item = (&'static Column, &'r str)> + '_ {
        self.columns.iter().zip(self.cells.iter().copied())
    }
}

impl<'r> PersonRow<'r> {
    /// The cell of a field, as it stands there; none if the layout has no such column.
    #[must_use]
    pub fn cell(&self, wanted: Field) -> Option<&'r str> {
        cell(self.columns, self.cells, Element::Of(Person::Row, wanted))
    }

    /// Every column with its cell.
    pub fn cells(&self) -> impl Iterator<Item = (&'static Column, &'r str)> + '_ {
        self.columns.iter().zip(self.cells.iter().copied())
    }
}

fn cell<'r>(columns: &[Column], cells: &[&'r str], wanted: Element) -> Option<&'r str> {
    let place = columns.iter().position(|column| column.element == wanted)?;
    cells.get(place).copied()
}

/// What was counted.
pub(super) struct Counts {
    pub specification: Option<Specification>,
    pub names: u64,
    pub names_by_tld: BTreeMap<String, u64>,
    pub people: u64,
}

/// What holds over all parts.
pub(super) struct Tables<'t> {
    expect: &'t Expect<'t>,
    visitor: &'t mut dyn Visitor,
    counts: Counts,
    names: Seen,
    handles: HashSet<[u8; 16]>,
    is_handles_file_seen: bool,
    /// How the parts of each kind are read, from the header of the first.
    shapes: BTreeMap<Holds, Shape>,
}

/// How the rows of a file are read.
#[derive(Clone)]
struct Shape {
    columns: &'static [Column],
    /// Fields of a row as it stands there.
    width: usize,
    /// Where each column stands in somebody else's row; none where the row is ours as it is.
    places: Option<Vec<Place>>,
}

impl Shape {
    /// The columns that a row has, each with its cell.
    fn present<'r>(&self, cells: &[&'r str]) -> (Vec<Column>, Vec<&'r str>) {
        let is_there = |at: usize| self.places.as_ref().is_none_or(|places| places[at] != Place::Absent);
        let there = self.columns.iter().zip(cells).enumerate().filter(|(at, _)| is_there(*at));
        there.map(|(_, (column, cell))| (*column, *cell)).unzip()
    }
}

impl<'t> Tables<'t> {
    pub fn new(expect: &'t Expect<'t>, visitor: &'t mut dyn Visitor) -> Self {
        let counts = Counts { specification: None, names: 0, names_by_tld: BTreeMap::new(), people: 0 };
        let (names, handles) = (Seen::default(), HashSet::new());
        Self { expect, visitor, counts, names, handles, is_handles_file_seen: false, shapes: BTreeMap::new() }
    }

    /// Reads a part; gives the digest of its plain text, if all of it could be read.
    pub fn read(&mut self, file: &Listed, findings: &mut Findings) -> Option<String> {
        self.is_handles_file_seen |= file.name.holds == Holds::Handles;
        let mut plain = source::open(file, self.expect, findings)?;
        let mut reader = Reader::new(BufReader::with_capacity(BUFFER_BYTES, &mut plain));
        if let Err(fault @ CsvFault::Malformed { .. }) = self.read_rows(file, &mut reader, findings) {
            findings.add("csv.malformed", &file.written_name, fault);
        }
        // A text that ends before its end is judged by its seal.
        plain.finish(self.expect, findings)
    }

    fn read_rows(&mut self, file: &Listed, reader: &mut Reader<impl std::io::BufRead>, findings: &mut Findings) -> Result<(), CsvFault> {
        let is_first = !self.shapes.contains_key(&file.name.holds);
        if is_first {
            if !reader.next_row()? {
                findings.add("header.missing", &file.written_name, "the first part has no header");
                return Ok(());
            }
            let header: Vec<&str> = reader.fields().collect();
            let Some((specification, columns, places)) = layout_of(&header, file.name.holds, self.expect.mapping) else {
                let what = "its header is that of no layout; a deposit of others is read through its mapping";
                findings.add("header.differs", &file.written_name, what);
                return Ok(());
            };
            if let Some(wanted) = self.expect.specification.filter(|wanted| *wanted != specification) {
                findings.add("header.specification", &file.written_name, format!("it is of {specification}, and {wanted} was expected"));
            }
            self.counts.specification = Some(specification);
            self.shapes.insert(file.name.holds, Shape { columns, width: header.len(), places });
        }
        let Some(shape) = self.shapes.get(&file.name.holds).cloned() else { return Ok(()) };
        let columns = shape.columns;
        while reader.next_row()? {
            let mut cells: Vec<&str> = reader.fields().collect();
            let place = format!("{} row {}", file.written_name, reader.row());
            if cells.len() != shape.width {
                findings.add("row.width", &place, format!("it has {} fields, and the header has {}", cells.len(), shape.width));
                continue;
            }
            if let Some(places) = &shape.places {
                cells = places.iter().map(|place| place.cell(&cells)).collect();
            }
            if cells.iter().zip(columns).all(|(cell, column)| *cell == column.name) {
                findings.add("header.repeated", &place, "the header stands there once more; it belongs in the first part alone");
                continue;
            }
            let mut checker = Checker { expect: self.expect, registrar: file.name.registrar, place: &place, findings };
            match &shape.places {
                None => check_row::check(&mut checker, columns, &cells),
                Some(_) => {
                    let (columns, cells) = shape.present(&cells);
                    check_row::check(&mut checker, &columns, &cells);
                }
            }
            match file.name.holds {
                Holds::Handles => self.person(&PersonRow { columns, cells: &cells, place: &place }, findings),
                _ => self.name(&NameRow { columns, cells: &cells, place: &place }, findings),
            }
        }
        Ok(())
    }

    fn name(&mut self, row: &NameRow<'_>, findings: &mut Findings) {
        self.counts.names += 1;
        if let Some(domain) = row.cell(Element::Domain) {
            if self.names.is_twice(domain) {
                findings.add("domain.twice", row.place, format!("`{}` stands in the deposit twice", domain.escape_debug()));
            }
            if let Some(tld) = domain.rsplit('.').next() {
                *self.counts.names_by_tld.entry(tld.to_owned()).or_default() += 1;
            }
        }
        for (column, cell) in row.cells() {
            if matches!(column.element, Element::Of(_, Field::Handle)) && !cell.is_empty() && !self.handles.contains(&fingerprint(cell)) {
                let what = format!("the person `{}` in {} is in no file of handles", cell.escape_debug(), column.name);
                findings.add("handle.missing", row.place, what);
            }
        }
        self.visitor.name(row, findings);
    }

    fn person(&mut self, row: &PersonRow<'_>, findings: &mut Findings) {
        self.counts.people += 1;
        if let Some(handle) = row.cell(Field::Handle)
            && !self.handles.insert(fingerprint(handle))
        {
            findings.add("handle.twice", row.place, format!("the handle `{}` stands in the deposit twice", handle.escape_debug()));
        }
        self.visitor.person(row, findings);
    }

    /// What holds once everything was read.
    pub fn finish(self, findings: &mut Findings) -> Counts {
        if self.counts.specification == Some(Specification::Y2007) && !self.is_handles_file_seen {
            findings.add("handle.no-file", "the deposit", "it is of 2007 and has no file of handles");
        }
        self.counts
    }
}

/// Whose header it is, and where each column of that layout stands if it is somebody else's.
type Explained = (Specification, &'static [Column], Option<Vec<Place>>);

fn layout_of(header: &[&str], holds: Holds, mapping: Option<&Mapping>) -> Option<Explained> {
    let ours = [Specification::Y2024, Specification::Y2007].into_iter().find_map(|specification| {
        let columns = Layout { specification }.columns(holds)?;
        columns.iter().map(|column| column.name).eq(header.iter().copied()).then_some((specification, columns, None))
    });
    ours.or_else(|| {
        let (specification, columns, places) = mapping?.explain(header, holds)?;
        Some((specification, columns, Some(places)))
    })
}

/// Tells names apart without keeping them: nothing at all while they come in order, 16 bytes each otherwise.
#[derive(Default)]
struct Seen {
    last: String,
    /// Filled from the first name on that was not in order. What came before it was ascending, and `before` holds it.
    others: Option<HashSet<[u8; 16]>>,
    before: Vec<[u8; 16]>,
}

impl Seen {
    fn is_twice(&mut self, name: &str) -> bool {
        if let Some(others) = &mut self.others {
            return !others.insert(fingerprint(name));
        }
        if name == self.last {
            return true;
        }
        if name > self.last.as_str() {
            self.before.push(fingerprint(name));
            name.clone_into(&mut self.last);
            return false;
        }
        let mut others: HashSet<[u8; 16]> = std::mem::take(&mut self.before).into_iter().collect();
        let is_twice = !others.insert(fingerprint(name));
        self.others = Some(others);
        is_twice
    }
}

/// Half a SHA-256: two of ten million names have the same with a chance below 10^-24.
fn fingerprint(text: &str) -> [u8; 16] {
    let mut half = [0; 16];
    half.copy_from_slice(&digest(&SHA256, text.as_bytes()).as_ref()[..16]);
    half
}
