//! Host objects that exist at registries for us, and who delegates to them.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jiff::Timestamp;
use model::{DomainId, DomainName, HostName, RegistryId};

use crate::fault::StoreFault;
use crate::json::to_json;
use crate::registrations::{read_host, reversed_range};
use crate::sql::hosts as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A host object at a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostRow {
    /// The registry.
    pub registry: RegistryId,
    /// The host.
    pub name: HostName,
    /// The registration of ours that it is subordinate to.
    pub domain: Option<DomainId>,
    /// Its glue.
    pub addresses: BTreeSet<IpAddr>,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

/// The hosts of `wanted` that exist at the registry.
///
/// # Errors
/// If the database cannot be read.
pub fn list_known(tx: &mut Tx<'_>, registry: &RegistryId, wanted: &BTreeSet<HostName>) -> Result<BTreeSet<HostName>, StoreFault> {
    let mut known = BTreeSet::new();
    for host in wanted {
        if tx.find(&sql::IS_KNOWN, values![registry.as_str(), host.as_str()], |_| Ok(()))?.is_some() {
            known.insert(host.clone());
        }
    }
    Ok(known)
}

/// Hosts at or below `name` that open registrations of other names want to delegate to (RFC 9874).
///
/// # Errors
/// If the database cannot be read.
pub fn list_linked_subordinates(tx: &mut Tx<'_>, registry: &RegistryId, name: &DomainName) -> Result<BTreeSet<HostName>, StoreFault> {
    let (low, high) = reversed_range(name);
    let linked = tx.list(&sql::LIST_LINKED, values![registry.as_str(), low, high, name.as_str()], |row| read_host(row, 0))?;
    Ok(linked.into_iter().collect())
}

/// A host by name.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, registry: &RegistryId, host: &HostName) -> Result<Option<HostRow>, StoreFault> {
    tx.find(&sql::FIND, values![registry.as_str(), host.as_str()], read)
}

/// Host objects subordinate to a registration, by name.
///
/// # Errors
/// If the database cannot be read.
pub fn list_below(tx: &mut Tx<'_>, domain: DomainId) -> Result<Vec<HostRow>, StoreFault> {
    tx.list(&sql::LIST_BELOW, values![domain.to_string()], read)
}

/// The host exists at the registry with these addresses.
///
/// # Errors
/// If the database cannot be written.
pub fn upsert(
    tx: &mut Tx<'_>,
    registry: &RegistryId,
    host: &HostName,
    domain: Option<DomainId>,
    addresses: &BTreeSet<IpAddr>,
    now: Timestamp,
) -> Result<(), StoreFault> {
    let domain = domain.map(|domain| domain.to_string());
    let addresses = to_json("host", addresses)?;
    tx.execute(&sql::UPSERT, values![registry.as_str(), host.as_str(), domain, addresses, now]).map(drop)
}

/// The host no longer exists at the registry.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, registry: &RegistryId, host: &HostName) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE, values![registry.as_str(), host.as_str()]).map(drop)
}

fn read(row: &Row<'_>) -> Result<HostRow, StoreFault> {
    Ok(HostRow {
        registry: row.parse(0)?,
        name: read_host(row, 1)?,
        domain: row.opt_parse(2)?,
        addresses: row.json(3)?,
        changed_at: row.time(4)?,
    })
}
