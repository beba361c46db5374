//! The rows of a deposit as they come by: put together with their people, and handed to the store in batches while the next are read.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use escrow::deposit::Placeholders;
use escrow::layout::{Element, Field, Person as Whose};
use escrow::verify::{Findings, NameRow, PersonRow, Visitor};
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use model::{ContactId, ContactRole, DomainName, Timestamp};
use policy::Actor;
use store::Pending;

use super::batch::{Batched, ImportBatch, Known, Row};
use super::person::{self, NoPerson, Person};
use super::{IRRECOVERABLE, Imported, RowException};
use crate::authorised::authorise;
use crate::failure::Failure;
use crate::registrar::{Registrar, log_fault};

/// Names in a batch: one commit.
const BATCH_NAMES: usize = 500;
/// Batches that wait for the store while the next are read.
const BATCHES_UNDER_WAY: usize = 3;
/// Rows that are told one by one; further ones are counted.
const TOLD: usize = 1_000;

/// The roles of a deposit besides the holder.
const ROLES: [ContactRole; 3] = [ContactRole::Tech, ContactRole::Admin, ContactRole::Billing];

/// Every field of a holder that stands in the row of a name.
const FIELDS: [Field; 8] =
    [Field::Name, Field::Street, Field::City, Field::State, Field::Postcode, Field::Country, Field::Phone, Field::Email];

/// Takes the rows.
pub(super) struct Reading<'r> {
    registrar: &'r Registrar,
    by: &'r Actor,
    placeholders: &'r Placeholders,
    told: &'r mut dyn FnMut(u64),
    rows: Vec<Row>,
    under_way: VecDeque<Pending<Batched, Failure>>,
    /// People of a file of handles, by handle; none where their data cannot be read.
    by_handle: HashMap<String, Result<Known, NoPerson>>,
    /// People of names' rows, by what the row says of them.
    by_data: HashMap<[u8; 16], ContactId>,
    read: u64,
    result: Imported,
    fault: Option<Failure>,
}

impl<'r> Reading<'r> {
    pub(super) fn new(
        registrar: &'r Registrar,
        by: &'r Actor,
        source: &str,
        placeholders: &'r Placeholders,
        told: &'r mut dyn FnMut(u64),
    ) -> Self {
        Self {
            registrar,
            by,
            placeholders,
            told,
            rows: Vec::new(),
            under_way: VecDeque::new(),
            by_handle: HashMap::new(),
            by_data: HashMap::new(),
            read: 0,
            result: Imported { source: source.to_owned(), irrecoverable: IRRECOVERABLE, ..Imported::default() },
            fault: None,
        }
    }

    /// Waits for everything that is under way.
    pub(super) fn finish(mut self) -> Result<Imported, Failure> {
        if self.fault.is_none() {
            self.hand_over();
        }
        while let Some(pending) = self.under_way.pop_front() {
            self.take_end(pending);
        }
        (self.told)(self.read);
        match self.fault {
            Some(failure) => Err(failure),
            None => Ok(self.result),
        }
    }

    /// Hands the rows so far to the store, and waits where it is behind.
    fn hand_over(&mut self) {
        if self.rows.is_empty() {
            return;
        }
        let batch = ImportBatch { rows: std::mem::take(&mut self.rows), source: self.result.source.clone() };
        let started = authorise(self.by, batch).map_err(Failure::from).and_then(|batch| self.registrar.start(batch));
        match started {
            Ok(pending) => self.under_way.push_back(pending),
            Err(failure) => self.fault = Some(failure),
        }
        if self.under_way.len() > BATCHES_UNDER_WAY
            && let Some(oldest) = self.under_way.pop_front()
        {
            self.take_end(oldest);
        }
        (self.told)(self.read);
    }

    fn take_end(&mut self, pending: Pending<Batched, Failure>) {
        match pending.wait() {
            Ok(batched) => {
                self.result.names += batched.names;
                self.result.already_held += batched.already_held;
                self.result.people += batched.people;
            }
            Err(failure) => {
                log_fault(&failure);
                self.fault.get_or_insert(failure);
            }
        }
    }

    fn except(&mut self, place: &str, why: impl Into<String>) {
        self.result.exceptions += 1;
        if self.result.first_exceptions.len() < TOLD {
            self.result.first_exceptions.push(RowException { place: place.to_owned(), why: why.into() });
        }
    }

    fn doubt(&mut self, codes: &[&'static str]) {
        for code in codes {
            *self.result.doubts.entry((*code).to_owned()).or_default() += 1;
        }
    }

    fn new_id(&self) -> ContactId {
        ContactId::new(self.registrar.now(), &mut self.registrar.draw())
    }

    fn take_name(&mut self, row: &NameRow<'_>) {
        let domain = row.cell(Element::Domain).unwrap_or_default();
        let Ok(name) = DomainName::parse(domain) else {
            return self.except(row.place, "its name is none, and was not taken on");
        };
        if self.registrar.profile_of(&name).is_none() {
            return self.except(row.place, format!("`{name}` is below no TLD that we serve, and was not taken on"));
        }
        let expires_at = row.cell(Element::Expiration).and_then(instant);
        if expires_at.is_none() {
            self.doubt(&["date.form"]);
        }
        let (holder, contacts) =
            if row.cell(Element::Of(Whose::Holder, Field::Name)).is_some() { self.flat(row, &name) } else { self.by_handles(row, &name) };
        self.rows.push(Row { name, expires_at, holder, contacts });
        if self.rows.len() >= BATCH_NAMES {
            self.hand_over();
        }
    }

    /// The holder stands in the row itself; of the billing contact it has the name alone.
    fn flat(&mut self, row: &NameRow<'_>, name: &DomainName) -> (Option<Known>, BTreeMap<ContactRole, Known>) {
        let cell = |field| row.cell(Element::Of(Whose::Holder, field));
        let billing = row.cell(Element::Of(Whose::Role(ContactRole::Billing), Field::Name)).unwrap_or_default();
        if !billing.is_empty() && Some(billing) != cell(Field::Name) {
            self.doubt(&["billing.name-only"]);
        }
        let read = person::read(cell, self.placeholders);
        let holder = match read {
            Ok(person) => {
                let key = fingerprint(FIELDS.iter().map(|field| cell(*field).unwrap_or_default()));
                let new = self.new_id();
                let known = self.by_data.len();
                let id = *self.by_data.entry(key).or_insert(new);
                if self.by_data.len() > known {
                    self.doubt(&person.doubts);
                }
                Some(Known { id, person: Arc::new(person) })
            }
            Err(why) => {
                self.except(row.place, format!("`{name}`: {}", why.why()));
                None
            }
        };
        (holder, BTreeMap::new())
    }

    /// The row names people by handles.
    fn by_handles(&mut self, row: &NameRow<'_>, name: &DomainName) -> (Option<Known>, BTreeMap<ContactRole, Known>) {
        let handle = |whose| row.cell(Element::Of(whose, Field::Handle)).unwrap_or_default();
        let holder = match self.by_handle.get(handle(Whose::Published)) {
            Some(Ok(known)) => Some(known.clone()),
            Some(Err(why)) => {
                let why = why.why();
                self.except(row.place, format!("`{name}`: {why}"));
                None
            }
            None => {
                self.except(row.place, format!("`{name}`: its holder is in no file of handles"));
                None
            }
        };
        if !handle(Whose::Customer).is_empty() && handle(Whose::Customer) != handle(Whose::Published) {
            self.except(
                row.place,
                format!("`{name}`: it names a customer behind a privacy service, who was not taken on: see to it by hand"),
            );
        }
        let mut contacts = BTreeMap::new();
        for role in ROLES {
            let of_role = handle(Whose::Role(role));
            // What repeats the holder says nothing of its own (Q16).
            if of_role.is_empty() || of_role == handle(Whose::Published) {
                continue;
            }
            match self.by_handle.get(of_role) {
                Some(Ok(known)) => drop(contacts.insert(role, known.clone())),
                _ => self.except(row.place, format!("`{name}`: its {role} contact cannot be read or is in no file of handles")),
            }
        }
        (holder, contacts)
    }
}

impl Visitor for Reading<'_> {
    fn name(&mut self, row: &NameRow<'_>, _: &mut Findings) {
        self.read += 1;
        if self.fault.is_none() {
            self.take_name(row);
        }
    }

    fn person(&mut self, row: &PersonRow<'_>, _: &mut Findings) {
        let Some(handle) = row.cell(Field::Handle).filter(|handle| !handle.is_empty()) else { return };
        let read = person::read(|field| row.cell(field), self.placeholders);
        if let Ok(Person { doubts, .. }) = &read {
            let doubts = doubts.clone();
            self.doubt(&doubts);
        }
        let known = read.map(|person| Known { id: self.new_id(), person: Arc::new(person) });
        self.by_handle.insert(handle.to_owned(), known);
    }
}

/// An end of term, as depositors write it: with `T` and `Z`, with a space, or the day alone; always UTC.
fn instant(cell: &str) -> Option<Timestamp> {
    let cell = cell.trim();
    if let Ok(at) = cell.parse::<Timestamp>() {
        return Some(at);
    }
    let plain = cell.trim_end_matches('Z');
    let civil = plain.parse::<DateTime>().or_else(|_| plain.parse::<Date>().map(|day| day.at(0, 0, 0, 0))).ok()?;
    Offset::UTC.to_timestamp(civil).ok()
}

/// Half a SHA-256 over cells, each with its length before it. It stays in memory.
fn fingerprint<'c>(cells: impl Iterator<Item = &'c str>) -> [u8; 16] {
    let mut digest = Context::new(&SHA256);
    for cell in cells {
        digest.update(&(cell.len() as u64).to_be_bytes());
        digest.update(cell.as_bytes());
    }
    let mut half = [0; 16];
    half.copy_from_slice(&digest.finish().as_ref()[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_terms_are_read_as_depositors_write_them() {
        let rows = [
            ("2027-01-31T23:59:59Z", Some("2027-01-31T23:59:59Z")),
            ("2027-01-31 23:59:59", Some("2027-01-31T23:59:59Z")),
            ("2027-01-31", Some("2027-01-31T00:00:00Z")),
            ("31.01.2027", None),
            ("", None),
        ];
        for (cell, wanted) in rows {
            assert_eq!(instant(cell).map(|at| at.to_string()).as_deref(), wanted, "{cell}");
        }
    }
}
