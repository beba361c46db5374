//! Registrations: the aggregate of `policy`, with the columns it is found by. Desired and actual are two columns (design
//! rule 4); what a column repeats is taken from the aggregate and never changed on its own.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{ContactId, ContactRole, DomainId, DomainName, HostName, RegistryId, TldName};
use policy::{Phase, ReasonOwner, Registration};
use serde::Deserialize;
use serde::de::value::StrDeserializer;
use serde::de::{IgnoredAny, IntoDeserializer};

use crate::columns;
use crate::fault::StoreFault;
use crate::json::to_json;
use crate::sql::Statement;
use crate::sql::registrations as sql;
use crate::tx::Tx;
use crate::value::{Row, Value, values};

/// Which registrations to list; every filter that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DomainFilter {
    /// At this registry.
    pub registry: Option<RegistryId>,
    /// Below this TLD.
    pub tld: Option<TldName>,
    /// In this phase.
    pub phase: Option<Phase>,
    /// Of this registrant.
    pub registrant: Option<ContactId>,
    /// Whose term ends at this instant or later.
    pub expires_from: Option<Timestamp>,
    /// Whose term ends before this instant.
    pub expires_before: Option<Timestamp>,
}

/// What the columns and the links repeat of a registration as it was read: an update leaves alone what is still so.
#[derive(Clone, Debug)]
pub struct Outline {
    version: u64,
    phase: Phase,
    expires_at: Option<Timestamp>,
    registrant: Option<ContactId>,
    links: Links,
}

impl Outline {
    /// Of a registration as it was read.
    #[must_use]
    pub fn of(registration: &Registration) -> Self {
        let Registration { version, phase, expires_at, registrant, .. } = registration;
        let links = Links::of(registration);
        Self { version: *version, phase: *phase, expires_at: *expires_at, registrant: *registrant, links }
    }

    /// The contacts that it named and `registration` does not.
    #[must_use]
    pub fn contacts_left_by(&self, registration: &Registration) -> Vec<ContactId> {
        self.links.contacts.difference(&Links::of(registration).contacts).copied().collect()
    }

    /// Whether every column that an index holds, but when it is due, is as in `registration`.
    fn is_listed_like(&self, registration: &Registration) -> bool {
        (self.phase, self.expires_at, self.registrant) == (registration.phase, registration.expires_at, registration.registrant)
    }
}

/// Stores a new registration. `next_due` is when the clock has something to do for it.
///
/// # Errors
/// [`StoreFault::Constraint`] if its name has an open registration already.
pub fn insert(tx: &mut Tx<'_>, registration: &Registration, next_due: Option<Timestamp>) -> Result<(), StoreFault> {
    let columns = Columns::of(registration)?;
    tx.execute(
        &sql::INSERT,
        values![
            &columns.id,
            registration.name.as_str(),
            registration.registry.as_str(),
            tld_of(&registration.name),
            registration.phase.word(),
            !registration.phase.is_final(),
            registration.version,
            registration.opened_at,
            registration.expires_at,
            next_due,
            registration.registrant.map(|registrant| registrant.to_string()),
            &columns.desired,
            columns.actual.as_ref(),
            &columns.state,
        ],
    )?;
    follow_links(tx, registration, &columns.id, &Links::default())
}

/// Stores the next version of a registration that was `before` when it was read.
///
/// # Errors
/// [`StoreFault::Outdated`] if somebody else changed it since: decide again.
pub fn update(tx: &mut Tx<'_>, registration: &Registration, before: &Outline, next_due: Option<Timestamp>) -> Result<(), StoreFault> {
    let Columns { id, desired, actual, state } = Columns::of(registration)?;
    let outdated = || StoreFault::Outdated { what: format!("the registration of {}", registration.name) };
    let version = registration.version;
    if before.is_listed_like(registration) {
        let parameters = values![version, next_due, &desired, actual.as_ref(), &state, &id, before.version];
        tx.execute_one(&sql::UPDATE_STATE, parameters, outdated)?;
    } else {
        tx.execute_one(
            &sql::UPDATE,
            values![
                registration.phase.word(),
                !registration.phase.is_final(),
                version,
                registration.expires_at,
                next_due,
                registration.registrant.map(|registrant| registrant.to_string()),
                &desired,
                actual.as_ref(),
                &state,
                &id,
                before.version,
            ],
            outdated,
        )?;
    }
    follow_links(tx, registration, &id, &before.links)
}

/// A registration by id.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: DomainId) -> Result<Option<Registration>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// The registration of a name that is not final; there is at most one.
///
/// # Errors
/// If the database cannot be read.
pub fn find_open(tx: &mut Tx<'_>, name: &DomainName) -> Result<Option<Registration>, StoreFault> {
    tx.find(&sql::FIND_OPEN, values![name.as_str()], read)
}

/// The open registration of a name, else the newest of its past lives.
///
/// # Errors
/// If the database cannot be read.
pub fn find_latest(tx: &mut Tx<'_>, name: &DomainName) -> Result<Option<Registration>, StoreFault> {
    tx.find(&sql::FIND_LATEST, values![name.as_str()], read)
}

/// Every life of a name, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_by_name(tx: &mut Tx<'_>, name: &DomainName) -> Result<Vec<Registration>, StoreFault> {
    tx.list(&sql::LIST_BY_NAME, values![name.as_str()], read)
}

/// An open registration at `registry` that names `contact` as registrant or in any role; the oldest.
///
/// # Errors
/// If the database cannot be read.
pub fn find_open_by_contact(tx: &mut Tx<'_>, registry: &RegistryId, contact: ContactId) -> Result<Option<DomainId>, StoreFault> {
    tx.find(&sql::FIND_OPEN_BY_CONTACT, values![contact.to_string(), registry.as_str()], |row| row.parse(0))
}

/// A name of a contact, by the key that pages go by.
pub type NameOfContact = ((RegistryId, DomainId), DomainName);

/// Up to `limit` names whose open registration names `contact` as registrant or in any role, by registry and id, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_names_of_contact(
    tx: &mut Tx<'_>,
    contact: ContactId,
    after: Option<(RegistryId, DomainId)>,
    limit: u32,
) -> Result<Vec<NameOfContact>, StoreFault> {
    let (registry, id) = after.map_or_else(Default::default, |(registry, id)| (registry.as_str().to_owned(), id.to_string()));
    tx.list(&sql::LIST_NAMES_OF_CONTACT, values![contact.to_string(), registry, id, limit], |row| {
        Ok(((row.parse(0)?, row.parse(1)?), row.parse(2)?))
    })
}

/// Up to `limit` registrations by name and id, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &DomainFilter,
    after: Option<(DomainName, DomainId)>,
    limit: u32,
) -> Result<Vec<Registration>, StoreFault> {
    let (name, id) = after.map_or_else(Default::default, |(name, id)| (name.as_str().to_owned(), id.to_string()));
    let registry = filter.registry.as_ref().map(RegistryId::as_str);
    let tld = filter.tld.as_ref().map(TldName::as_str);
    let phase = filter.phase.map(Phase::word);
    let registrant = filter.registrant.map(|registrant| registrant.to_string());
    let registrant = registrant.as_deref();
    // The index that thins out most leads.
    let (statement, lead): (&Statement, &str) = match (registrant, phase, tld, registry) {
        (Some(registrant), ..) => (&sql::LIST_OF_REGISTRANT, registrant),
        (_, Some(phase), ..) => (&sql::LIST_OF_PHASE, phase),
        (_, _, Some(tld), _) => (&sql::LIST_OF_TLD, tld),
        (_, _, _, Some(registry)) => (&sql::LIST_OF_REGISTRY, registry),
        _ => (&sql::LIST, name.as_str()),
    };
    let bounds = [Value::from(filter.expires_from), Value::from(filter.expires_before)];
    let [from, before] = bounds;
    tx.list(statement, values![lead, &name, &id, registry, tld, phase, registrant, from, before, limit], read)
}

/// What of a registration is told to others in bulk, such as an escrow agent; the rest of it is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extract {
    /// Identity.
    pub id: DomainId,
    /// The name.
    pub name: DomainName,
    /// Where its life stands.
    pub phase: Phase,
    /// The end of the term that its holder has; before that is known, of the one that the registry told.
    pub expires_at: Option<Timestamp>,
    /// Its holder.
    pub registrant: Option<ContactId>,
    /// Hosts that it is to be delegated to, in their order.
    pub nameservers: Vec<String>,
    /// Its contacts in other roles.
    pub contacts: BTreeMap<ContactRole, ContactId>,
}

impl From<&Registration> for Extract {
    fn from(whole: &Registration) -> Self {
        Self {
            id: whole.id,
            name: whole.name.clone(),
            phase: whole.phase,
            expires_at: whole.expires_at.or_else(|| whole.actual.as_ref()?.expires_at),
            registrant: whole.registrant,
            nameservers: whole.desired.nameservers.keys().map(HostName::to_string).collect(),
            contacts: whole.desired.contacts.clone(),
        }
    }
}

/// Up to `limit` extracts by name and id, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_extracts(tx: &mut Tx<'_>, after: Option<&(DomainName, DomainId)>, limit: u32) -> Result<Vec<Extract>, StoreFault> {
    let (name, id) = after.map_or_else(Default::default, |(name, id)| (name.as_str().to_owned(), id.to_string()));
    tx.list(&sql::LIST_EXTRACTS, values![&name, id, limit], read_extract)
}

/// What of the wanted state an extract says.
#[derive(Deserialize)]
struct DesiredPart {
    nameservers: BTreeMap<String, IgnoredAny>,
    contacts: BTreeMap<ContactRole, ContactId>,
}

#[derive(Deserialize)]
struct ActualPart {
    expires_at: Option<Timestamp>,
}

fn read_extract(row: &Row<'_>) -> Result<Extract, StoreFault> {
    let desired: DesiredPart = serde_json::from_str(row.text(5)?).map_err(|error| row.shape(5, error.to_string()))?;
    let actual = row.opt_text(6)?.map(serde_json::from_str::<ActualPart>).transpose().map_err(|error| row.shape(6, error.to_string()))?;
    Ok(Extract {
        id: row.parse(1)?,
        name: row.parse(0)?,
        phase: read_phase(row, 2)?,
        expires_at: row.opt_time(3)?.or(actual.and_then(|actual| actual.expires_at)),
        registrant: row.opt_text(4)?.map(|_| row.parse(4)).transpose()?,
        nameservers: desired.nameservers.into_keys().collect(),
        contacts: desired.contacts,
    })
}

fn read_phase(row: &Row<'_>, column: usize) -> Result<Phase, StoreFault> {
    let word: StrDeserializer<'_, serde::de::value::Error> = row.text(column)?.into_deserializer();
    Phase::deserialize(word).map_err(|error| row.shape(column, error.to_string()))
}

/// Whether a contact is the registrant of a name that is not final.
///
/// # Errors
/// If the database cannot be read.
pub fn is_registrant(tx: &mut Tx<'_>, contact: ContactId) -> Result<bool, StoreFault> {
    Ok(tx.find(&sql::FIND_OPEN_OF_REGISTRANT, values![contact.to_string()], |_| Ok(()))?.is_some())
}

/// The first name, of those open with this registrant, on which a status is kept for a dispute or by a court. One look instead of reading
/// a portfolio: the owners of reasons stand in the column as words.
///
/// # Errors
/// If the database cannot be read.
pub fn find_legally_kept_of(tx: &mut Tx<'_>, registrant: ContactId) -> Result<Option<DomainName>, StoreFault> {
    let owned_by = |owner: ReasonOwner| Ok::<_, StoreFault>(format!("%\"owner\":{}%", to_json("reason", &owner)?));
    let patterns = (owned_by(ReasonOwner::Dispute)?, owned_by(ReasonOwner::Court)?);
    tx.find(&sql::FIND_OPEN_KEPT_BY, values![registrant.to_string(), patterns.0, patterns.1], |row| row.parse(0))
}

/// Up to `limit` registrations for which the clock has something to do at `now`, longest due first, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    after: Option<(Timestamp, DomainId)>,
    limit: u32,
) -> Result<Vec<(Timestamp, DomainId)>, StoreFault> {
    let (due, id) = after.map_or((Timestamp::MIN, String::new()), |(due, id)| (due, id.to_string()));
    tx.list(&sql::LIST_DUE, values![now, due, id, limit], |row| Ok((row.time(0)?, row.parse(1)?)))
}

/// The aggregate as text columns.
struct Columns {
    id: String,
    desired: String,
    actual: Option<String>,
    /// Everything but desired and actual.
    state: String,
}

impl Columns {
    fn of(registration: &Registration) -> Result<Self, StoreFault> {
        let unwritable = |error: serde_json::Error| StoreFault::Statement { statement: "registration", reason: error.to_string() };
        let ([desired, actual], state) = columns::split(registration, ["desired", "actual"]).map_err(unwritable)?;
        let actual = Some(actual).filter(|actual| actual != "null");
        Ok(Self { id: registration.id.to_string(), desired, actual, state })
    }
}

fn read(row: &Row<'_>) -> Result<Registration, StoreFault> {
    let (desired, actual, state) = (row.text(0)?, row.opt_text(1)?.unwrap_or("null"), row.text(2)?);
    let rest = state.strip_prefix('{').ok_or_else(|| row.shape(2, "it is not a JSON object".to_owned()))?;
    let whole = format!("{{\"desired\":{desired},\"actual\":{actual},{rest}");
    serde_json::from_str(&whole).map_err(|error| row.shape(2, error.to_string()))
}

/// What the registry knows the name under: everything after the first label.
fn tld_of(name: &DomainName) -> &str {
    name.as_str().split_once('.').map_or(name.as_str(), |(_, tld)| tld)
}

/// The hosts and contacts that an open registration names; a final one names nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Links {
    hosts: BTreeSet<HostName>,
    contacts: BTreeSet<ContactId>,
}

impl Links {
    fn of(registration: &Registration) -> Self {
        if registration.phase.is_final() {
            return Self::default();
        }
        let desired = &registration.desired;
        Self {
            hosts: desired.nameservers.keys().cloned().collect(),
            contacts: desired.contacts.values().copied().chain(registration.registrant).collect(),
        }
    }
}

/// Keeps the rows that link a registration to the hosts and contacts it names, which are as `before` says.
fn follow_links(tx: &mut Tx<'_>, registration: &Registration, id: &str, before: &Links) -> Result<(), StoreFault> {
    let (after, registry) = (Links::of(registration), registration.registry.as_str());
    for host in before.hosts.difference(&after.hosts) {
        tx.execute(&sql::REMOVE_DELEGATION, values![id, host.as_str()])?;
    }
    for host in after.hosts.difference(&before.hosts) {
        tx.execute(&sql::ADD_DELEGATION, values![id, host.as_str(), registry, reversed(host.as_str())])?;
    }
    for contact in before.contacts.difference(&after.contacts) {
        tx.execute(&sql::REMOVE_CONTACT_LINK, values![id, contact.to_string()])?;
    }
    for contact in after.contacts.difference(&before.contacts) {
        tx.execute(&sql::ADD_CONTACT_LINK, values![id, contact.to_string(), registry])?;
    }
    Ok(())
}

/// Labels from the root down, each followed by a dot: everything below a name sorts between `reversed(name)` and the same
/// with its last dot raised.
pub(crate) fn reversed(name: &str) -> String {
    name.rsplit('.').flat_map(|label| [label, "."]).collect()
}

/// The bounds of [`reversed`] names at or below `name`.
pub(crate) fn reversed_range(name: &DomainName) -> (String, String) {
    let low = reversed(name.as_str());
    let mut high = low.clone();
    high.pop();
    high.push('/');
    (low, high)
}

/// A host name from a column.
pub(crate) fn read_host(row: &Row<'_>, column: usize) -> Result<HostName, StoreFault> {
    HostName::parse(row.text(column)?).map_err(|error| row.shape(column, error.to_string()))
}
