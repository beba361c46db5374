//! What is deposited: every name of a generic top-level domain that we sponsor (Q19: those in redemption too, those on their way to us not
//! yet), in ascending order of its A-labels, from one snapshot.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use escrow::deposit::{Entry, Person};
use model::{ContactId, ContactRole, DomainId, DomainName, LegalKind};
use store::registrations::Extract;
use store::{Tx, contacts, custody, registrations};

use crate::contact::{Unopened, open_contact};
use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;

/// Names read at once.
const PAGE_NAMES: u32 = 1000;

/// People that are kept opened: a holder's names are rarely neighbours.
const PEOPLE_KEPT: usize = 20_000;

/// People read at once for the file of handles.
const PAGE_PEOPLE: u32 = 500;

/// The generic top-level domains that we are accredited for.
#[must_use]
pub fn generic_tlds(registrar: &Registrar) -> BTreeSet<String> {
    let tlds = registrar.registries().flat_map(|registry| &registry.tlds);
    tlds.filter(|tld| tld.is_generic()).map(|tld| tld.name.as_str().to_owned()).collect()
}

/// Gives every name that is deposited to `take`. Names and sealed people are read page by page in one transaction; the people of some pages
/// are opened side by side meanwhile, which is most of the work.
///
/// # Errors
/// A fault of the store or the vault, or what `take` answers.
pub fn read_names(tx: &mut Tx<'_>, registrar: &Registrar, take: &mut dyn FnMut(&Entry<'_>) -> Result<(), Failure>) -> Result<(), Failure> {
    let (mut names, mut people) = (Names::new(registrar), People::new(registrar));
    let side_by_side = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let (mut under_way, mut is_over) = (VecDeque::new(), false);
        loop {
            while !is_over && under_way.len() <= side_by_side {
                let Some(page) = names.turn_page(tx)? else {
                    is_over = true;
                    break;
                };
                let unopened = people.read_unknown(tx, &page)?;
                under_way.push_back((page, scope.spawn(move || open_all(registrar, &unopened))));
            }
            let Some((page, opening)) = under_way.pop_front() else { return Ok(()) };
            let opened =
                opening.join().map_err(|_| Fault::words("the holders of a deposit cannot be opened: a thread ended by a panic"))?;
            people.know(opened?);
            page.iter().try_for_each(|extract| give(tx, &mut people, extract, take))?;
        }
    })
}

fn open_all(registrar: &Registrar, unopened: &[Unopened]) -> Result<Vec<(ContactId, Person)>, Failure> {
    let open = |one: &Unopened| Ok((one.id(), Person { handle: one.id().to_string(), contact: one.open(registrar.vault())? }));
    unopened.iter().map(open).collect()
}

/// Gives every person that a name of ours names, or for whom a privacy service stands, to `take`: the file of handles of a deposit of 2007.
///
/// # Errors
/// As [`read_names`].
pub fn read_people(tx: &mut Tx<'_>, registrar: &Registrar, take: &mut dyn FnMut(&Person) -> Result<(), Failure>) -> Result<(), Failure> {
    let mut after = None;
    loop {
        let page = contacts::list(tx, after.take(), PAGE_PEOPLE)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = Some(last.id);
        for row in &page {
            if custody::find_open_name(tx, row.id)?.is_none() {
                continue;
            }
            if let Some(contact) = open_contact(tx, registrar, row.id)? {
                take(&Person { handle: row.id.to_string(), contact })?;
            }
        }
    }
}

/// The names that are deposited, in their order, a page at a time.
pub(super) struct Names {
    tlds: BTreeSet<String>,
    page: std::vec::IntoIter<Extract>,
    after: Option<(DomainName, DomainId)>,
}

impl Names {
    /// From the first one on.
    pub fn new(registrar: &Registrar) -> Self {
        Self { tlds: generic_tlds(registrar), page: Vec::new().into_iter(), after: None }
    }

    /// The next one; none at the end.
    pub fn next(&mut self, tx: &mut Tx<'_>) -> Result<Option<Extract>, Failure> {
        loop {
            if let Some(extract) = self.page.next() {
                return Ok(Some(extract));
            }
            let Some(page) = self.turn_page(tx)? else { return Ok(None) };
            self.page = page.into_iter();
        }
    }

    /// Those of the next page, of which none may be deposited; none at the end.
    fn turn_page(&mut self, tx: &mut Tx<'_>) -> Result<Option<Vec<Extract>>, Failure> {
        let mut page = registrations::list_extracts(tx, self.after.as_ref(), PAGE_NAMES)?;
        let Some(last) = page.last() else { return Ok(None) };
        self.after = Some((last.name.clone(), last.id));
        page.retain(|extract| is_deposited(extract, &self.tlds));
        Ok(Some(page))
    }
}

fn is_deposited(extract: &Extract, tlds: &BTreeSet<String>) -> bool {
    extract.phase.is_sponsored() && extract.name.as_str().rsplit('.').next().is_some_and(|tld| tlds.contains(tld))
}

fn give(
    tx: &mut Tx<'_>,
    people: &mut People<'_>,
    extract: &Extract,
    take: &mut dyn FnMut(&Entry<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let holder = people.find(tx, extract.registrant)?;
    let customer = people.find_customer_id(tx, extract.registrant)?;
    let customer = people.find(tx, customer)?;
    let mut role = |role| people.find(tx, extract.contacts.get(&role).copied());
    let (tech, admin, billing) = (role(ContactRole::Tech)?, role(ContactRole::Admin)?, role(ContactRole::Billing)?);
    take(&Entry {
        name: &extract.name,
        expires_at: extract.expires_at,
        name_servers: &extract.nameservers,
        holder: holder.as_deref(),
        customer: customer.as_deref(),
        tech: tech.as_deref(),
        admin: admin.as_deref(),
        billing: billing.as_deref(),
    })
}

/// People, opened once while their names go by.
pub(super) struct People<'r> {
    registrar: &'r Registrar,
    opened: HashMap<ContactId, Option<Arc<Person>>>,
}

impl<'r> People<'r> {
    /// Nobody yet.
    pub fn new(registrar: &'r Registrar) -> Self {
        Self { registrar, opened: HashMap::new() }
    }

    /// Whoever that is; none if nobody is named, or no data is left.
    pub fn find(&mut self, tx: &mut Tx<'_>, id: Option<ContactId>) -> Result<Option<Arc<Person>>, Failure> {
        let Some(id) = id else { return Ok(None) };
        if let Some(person) = self.opened.get(&id) {
            return Ok(person.clone());
        }
        let contact = open_contact(tx, self.registrar, id)?;
        let person = contact.map(|contact| Arc::new(Person { handle: id.to_string(), contact }));
        if self.opened.len() >= PEOPLE_KEPT {
            self.opened.clear();
        }
        self.opened.insert(id, person.clone());
        Ok(person)
    }

    /// Reads those that these names name and that are not known yet.
    fn read_unknown(&self, tx: &mut Tx<'_>, page: &[Extract]) -> Result<Vec<Unopened>, Failure> {
        let named = page.iter().flat_map(|extract| extract.registrant.iter().chain(extract.contacts.values()));
        let unknown: BTreeSet<ContactId> = named.filter(|id| !self.opened.contains_key(id)).copied().collect();
        let mut unopened = Vec::with_capacity(unknown.len());
        for id in unknown {
            unopened.extend(Unopened::read(tx, self.registrar.vault(), id)?);
        }
        Ok(unopened)
    }

    /// Keeps people that were opened elsewhere.
    fn know(&mut self, people: Vec<(ContactId, Person)>) {
        if self.opened.len() + people.len() > PEOPLE_KEPT {
            self.opened.clear();
        }
        self.opened.extend(people.into_iter().map(|(id, person)| (id, Some(Arc::new(person)))));
    }

    /// The customer behind a holder that is a privacy service (ESC-9). Of others nothing is asked.
    pub fn find_customer_id(&mut self, tx: &mut Tx<'_>, holder: Option<ContactId>) -> Result<Option<ContactId>, Failure> {
        let is_service = self.find(tx, holder)?.is_some_and(|holder| holder.contact.kind == LegalKind::PrivacyService);
        Ok(holder.filter(|_| is_service).map_or(Ok(None), |id| contacts::find_customer(tx, id))?)
    }
}
