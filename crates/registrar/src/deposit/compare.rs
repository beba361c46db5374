//! Whether a deposit is the database (ESC-10): read by the reader of strangers, compared name by name and cell by cell with what we hold,
//! and with what the public is told. Both come in the order of their names, so nothing is kept in memory.

use std::path::Path;

use escrow::deposit::STREET_JOINT;
use escrow::layout::{Element, Field, Person as Whose};
use escrow::verify::{self, Expect, Findings, NameRow, Report, Visitor};
use model::{ContactId, ContactRole, DomainName, Timestamp};
use policy::publication::PublicRecord;
use serde::Serialize;
use store::registrations::Extract;
use store::{Tx, ledger, publications, registrations};

use super::portfolio::{Names, People};
use super::record::RunDeposit;
use crate::authorised::Authorised;
use crate::failure::Failure;
use crate::order::ledger_subject;
use crate::registrar::Registrar;

/// Entries of the ledger read at once.
const PAGE_ENTRIES: u32 = 500;

/// Names that are told of each kind; further ones are counted.
const TOLD: usize = 20;

/// How a deposit differs from what we hold.
#[derive(Debug, Default, Serialize)]
pub struct Comparison {
    /// Names that are in both.
    pub compared: u64,
    /// Names that we hold and the deposit has not.
    pub missing: Told,
    /// Names that the deposit has and we do not hold.
    pub extra: Told,
    /// Names of which a cell differs, with the column.
    pub different: Told,
    /// Names of which the public is told something else, or nothing.
    pub public: Told,
    /// Names that differ because they changed after the deposit was written: no fault of it.
    pub changed_since: u64,
}

/// Names, and how many there are.
#[derive(Debug, Default, Serialize)]
pub struct Told {
    /// How many.
    pub count: u64,
    /// The first of them.
    pub first: Vec<String>,
}

impl Told {
    fn add(&mut self, what: String) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(what);
        }
    }
}

impl Comparison {
    /// Whether the deposit is what we hold.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        [&self.missing, &self.extra, &self.different, &self.public].iter().all(|told| told.count == 0)
    }
}

/// Reads the deposit in a folder and compares it. `written_at` is the instant of its state, if that is known.
///
/// # Errors
/// A fault of the store or the vault. What is wrong with the deposit is in the report.
pub fn compare(
    registrar: &Registrar,
    _: &Authorised<RunDeposit>,
    folder: &Path,
    expect: &Expect<'_>,
    written_at: Option<Timestamp>,
) -> Result<(Report, Comparison), Failure> {
    registrar.store().read::<_, Failure>(|tx| {
        let (names, people, result) = (Names::new(registrar), People::new(registrar), Comparison::default());
        let mut merge = Merge { tx, names, people, next: None, written_at, result, fault: None };
        merge.advance()?;
        let report = verify::verify(folder, expect, &mut merge);
        if let Some(fault) = merge.fault.take() {
            return Err(fault);
        }
        while let Some(registration) = merge.next.take() {
            merge.missing(&registration)?;
            merge.advance()?;
        }
        Ok((report, merge.result))
    })
}

/// Both sides, going on in step.
struct Merge<'o, 't> {
    tx: &'o mut Tx<'t>,
    names: Names,
    people: People<'o>,
    /// The first of our names that the deposit has not come to.
    next: Option<Extract>,
    written_at: Option<Timestamp>,
    result: Comparison,
    /// A fault of ours ends the comparison.
    fault: Option<Failure>,
}

impl Visitor for Merge<'_, '_> {
    fn name(&mut self, row: &NameRow<'_>, _: &mut Findings) {
        if self.fault.is_none()
            && let Err(fault) = self.take(row)
        {
            self.fault = Some(fault);
        }
    }
}

impl Merge<'_, '_> {
    fn advance(&mut self) -> Result<(), Failure> {
        self.next = self.names.next(self.tx)?;
        Ok(())
    }

    fn take(&mut self, row: &NameRow<'_>) -> Result<(), Failure> {
        let Some(domain) = row.cell(Element::Domain) else { return Ok(()) };
        while let Some(registration) = self.next.take_if(|registration| registration.name.as_str() < domain) {
            self.missing(&registration)?;
            self.advance()?;
        }
        let Some(registration) = self.next.take_if(|registration| registration.name.as_str() == domain) else {
            return self.extra(domain);
        };
        self.result.compared += 1;
        if let Some(column) = self.difference(row, &registration)? {
            if self.changed_since(&registration)? {
                self.result.changed_since += 1;
            } else {
                self.result.different.add(format!("{domain} {column}"));
            }
        }
        if let Some(why) = self.public_difference(&registration)? {
            self.result.public.add(format!("{domain}: {why}"));
        }
        self.advance()
    }

    fn missing(&mut self, extract: &Extract) -> Result<(), Failure> {
        if self.changed_since(extract)? {
            self.result.changed_since += 1;
        } else {
            self.result.missing.add(extract.name.to_string());
        }
        Ok(())
    }

    fn extra(&mut self, domain: &str) -> Result<(), Failure> {
        let latest = match DomainName::parse(domain) {
            Ok(name) => registrations::find_latest(self.tx, &name)?,
            Err(_) => None,
        };
        if let Some(registration) = latest
            && self.changed_since(&Extract::from(&registration))?
        {
            self.result.changed_since += 1;
            return Ok(());
        }
        self.result.extra.add(domain.escape_debug().to_string());
        Ok(())
    }

    /// Whether the ledger has anything of the name, or of its holder, after the deposit was written.
    fn changed_since(&mut self, extract: &Extract) -> Result<bool, Failure> {
        let Some(written_at) = self.written_at else { return Ok(false) };
        let holder = extract.registrant;
        let customer = self.people.find_customer_id(self.tx, holder)?;
        let contacts = holder.into_iter().chain(customer).chain(extract.contacts.values().copied());
        let subjects = std::iter::once(ledger_subject(extract.id, &extract.name)).chain(contacts.map(|contact| contact.to_string()));
        for subject in subjects.collect::<Vec<_>>() {
            let mut from = 0;
            loop {
                let page = ledger::list_subject_entries(self.tx, &subject, from, PAGE_ENTRIES)?;
                let Some(last) = page.last() else { break };
                if page.iter().any(|entry| entry.at >= written_at) {
                    return Ok(true);
                }
                from = last.seq + 1;
            }
        }
        Ok(false)
    }

    /// The first column that says something else than we hold.
    fn difference(&mut self, row: &NameRow<'_>, extract: &Extract) -> Result<Option<&'static str>, Failure> {
        let customer = self.people.find_customer_id(self.tx, extract.registrant)?;
        for (column, cell) in row.cells() {
            let is_same = match column.element {
                Element::Domain => true,
                // Judged against the file's name.
                Element::RegistrarId => true,
                Element::Expiration => extract.expires_at.is_none_or(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string() == cell),
                Element::NameServer(place) => extract.nameservers.get(place).map_or("", String::as_str) == cell,
                Element::Of(whose, field) => self.is_same_person(extract, customer, whose, field, cell)?,
            };
            if !is_same {
                return Ok(Some(column.name));
            }
        }
        Ok(None)
    }

    fn is_same_person(
        &mut self,
        extract: &Extract,
        customer: Option<ContactId>,
        whose: Whose,
        field: Field,
        cell: &str,
    ) -> Result<bool, Failure> {
        let holder = extract.registrant;
        let id = match whose {
            Whose::Holder => customer.or(holder),
            Whose::Published => holder,
            Whose::Customer => customer,
            Whose::Role(ContactRole::Registrant) => holder,
            Whose::Role(role) => extract.contacts.get(&role).copied().or(customer).or(holder),
            Whose::Row => return Ok(true),
        };
        if field == Field::Handle {
            return Ok(id.map(|id| id.to_string()).unwrap_or_default() == cell);
        }
        let Some(person) = self.people.find(self.tx, id)? else { return Ok(cell.is_empty()) };
        let contact = &person.contact;
        let address = &contact.address;
        Ok(match field {
            Field::Handle => true,
            Field::Name => contact.name == cell,
            Field::Street => address.street.join(STREET_JOINT) == cell,
            Field::City => address.city == cell,
            // An agent's placeholder stands where we hold nothing.
            Field::State => address.province.as_deref().is_none_or(|province| province == cell),
            Field::Postcode => address.postcode.as_deref().is_none_or(|postcode| postcode == cell),
            Field::Country => address.country.as_str() == cell,
            Field::Phone => contact.phone.as_ref().map_or("", |phone| phone.number()) == cell,
            Field::Fax => contact.fax.as_ref().map_or("", |fax| fax.number()) == cell,
            Field::Email => contact.email.as_str() == cell,
        })
    }

    /// What the public is told that is not so.
    fn public_difference(&mut self, extract: &Extract) -> Result<Option<&'static str>, Failure> {
        let Some(bytes) = publications::find(self.tx, &extract.name)? else {
            return Ok(Some("the public is told nothing of it"));
        };
        let Ok(record) = PublicRecord::from_bytes(&bytes) else { return Ok(Some("its public record cannot be read")) };
        if record.name != extract.name.as_str() {
            return Ok(Some("its public record is of another name"));
        }
        let is_told = extract.expires_at.is_none_or(|at| at.as_second() == record.registrar_expires_at);
        Ok((!is_told).then_some("the public is told another end of its term"))
    }
}
