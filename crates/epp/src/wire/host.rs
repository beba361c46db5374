//! Host objects (RFC 5732).

use std::net::IpAddr;

use model::{EppStatus, ObjectKind};

use super::error::{Cx, DecodeError, EncodeError};
use super::fields::Fields;
pub use super::object::{Check, CheckData, CheckItem, CreateData, Named, PendingData, TransactionIds};
use super::object::{HOST, Provenance};
use super::out::{Out, count};
use super::read;
use super::text::{Handle, ObjectName, ObjectRoid};
use super::value::{Status, read_address, write_address};
use super::verb::Verb;
use crate::namespace::Namespace;
use crate::xml::Element;

/// Most statuses in one element (RFC 5732 section 4).
const MAX_STATUSES: usize = 7;

/// A command on hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Which host names are free?
    Check(Check),
    /// What does the registry hold of a host?
    Info(Named),
    /// Create a host.
    Create(Create),
    /// Change a host.
    Update(Update),
    /// Delete a host.
    Delete(Named),
}

impl Command {
    /// The verb of the command.
    pub fn verb(&self) -> Verb {
        match self {
            Command::Check(_) => Verb::Check,
            Command::Info(_) => Verb::Info,
            Command::Create(_) => Verb::Create,
            Command::Update(_) => Verb::Update,
            Command::Delete(_) => Verb::Delete,
        }
    }

    pub(crate) fn read(cx: &mut Cx, verb: Verb, element: &Element) -> Result<Option<Command>, DecodeError> {
        Ok(Some(match verb {
            Verb::Check => Command::Check(Check::read(cx, element, HOST)?),
            Verb::Info => Command::Info(Named::read(cx, element, HOST)?),
            Verb::Create => Command::Create(Create::read(cx, element)?),
            Verb::Update => Command::Update(Update::read(cx, element)?),
            Verb::Delete => Command::Delete(Named::read(cx, element, HOST)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Command::Check(check) => check.write(HOST),
            Command::Info(named) => named.write("info", HOST),
            Command::Create(create) => create.write(),
            Command::Update(update) => update.write(),
            Command::Delete(named) => named.write("delete", HOST),
        }
    }
}

/// Response data about hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Answer to a check.
    Check(CheckData),
    /// Answer to a create.
    Create(CreateData),
    /// Answer to an info.
    Info(Box<InfoData>),
    /// Outcome of a pending action, by poll.
    Pending(PendingData),
}

impl Data {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Data>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "chkData" => Data::Check(CheckData::read(cx, element, HOST)?),
            "creData" => Data::Create(CreateData::read(cx, element, HOST)?),
            "infData" => Data::Info(Box::new(InfoData::read(cx, element)?)),
            "panData" => Data::Pending(PendingData::read(cx, element, HOST)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Data::Check(data) => data.write(HOST),
            Data::Create(data) => data.write(HOST),
            Data::Info(data) => data.write(),
            Data::Pending(data) => data.write(HOST),
        }
    }
}

/// `host:create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The host.
    pub name: ObjectName,
    /// Its addresses; only for hosts below a domain of the registry.
    pub addresses: Vec<IpAddr>,
}

impl Create {
    /// A host with these addresses.
    pub fn new(name: impl Into<ObjectName>, addresses: impl IntoIterator<Item = IpAddr>) -> Create {
        Create { name: name.into(), addresses: addresses.into_iter().collect() }
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<Create, DecodeError> {
        let mut fields = Fields::of(element);
        let create = Create { name: HOST.read_key(cx, &mut fields)?, addresses: read_addresses(cx, &mut fields)? };
        fields.finish(cx)?;
        Ok(create)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Host, "create");
        HOST.write_key(&mut out, &self.name)?;
        write_addresses(&self.addresses, &mut out);
        Ok(out.done())
    }
}

/// `host:update`. A part that is empty is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The host.
    pub name: ObjectName,
    /// What to add.
    pub add: AddRemove,
    /// What to remove.
    pub remove: AddRemove,
    /// Its new name. Never a registrable name of another's (RFC 9874).
    pub rename_to: Option<ObjectName>,
}

/// Parts of a host that are lists.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AddRemove {
    /// Addresses.
    pub addresses: Vec<IpAddr>,
    /// Statuses.
    pub statuses: Vec<Status>,
}

impl Update {
    /// An update that changes nothing yet.
    pub fn new(name: impl Into<ObjectName>) -> Update {
        Update { name: name.into(), add: AddRemove::default(), remove: AddRemove::default(), rename_to: None }
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<Update, DecodeError> {
        let mut fields = Fields::of(element);
        let name = HOST.read_key(cx, &mut fields)?;
        let add = fields.opt(cx, "add")?.map(|e| AddRemove::read(cx, e)).transpose()?.unwrap_or_default();
        let remove = fields.opt(cx, "rem")?.map(|e| AddRemove::read(cx, e)).transpose()?.unwrap_or_default();
        let rename_to = match fields.opt(cx, "chg")? {
            Some(change) => {
                let mut inner = Fields::of(change);
                let new_name = HOST.read_key(cx, &mut inner)?;
                inner.finish(cx)?;
                Some(new_name)
            }
            None => None,
        };
        fields.finish(cx)?;
        Ok(Update { name, add, remove, rename_to })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Host, "update");
        HOST.write_key(&mut out, &self.name)?;
        out.opt(self.add.write("add")?).opt(self.remove.write("rem")?);
        if let Some(new_name) = &self.rename_to {
            let mut change = Out::new(Namespace::Host, "chg");
            HOST.write_key(&mut change, new_name)?;
            out.push(change.done());
        }
        Ok(out.done())
    }
}

impl AddRemove {
    fn read(cx: &mut Cx, element: &Element) -> Result<AddRemove, DecodeError> {
        let mut fields = Fields::of(element);
        let addresses = read_addresses(cx, &mut fields)?;
        let statuses = fields.many(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?;
        fields.finish(cx)?;
        Ok(AddRemove { addresses, statuses })
    }

    fn write(&self, name: &'static str) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Host, name);
        write_addresses(&self.addresses, &mut out);
        write_statuses(&self.statuses, &mut out, 0)?;
        Ok((!out.is_empty()).then(|| out.done()))
    }
}

/// `host:infData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// The host.
    pub name: ObjectName,
    /// Its identifier in the repository.
    pub roid: ObjectRoid,
    /// Its statuses, one at least.
    pub statuses: Vec<Status>,
    /// Its addresses.
    pub addresses: Vec<IpAddr>,
    /// Sponsor and history.
    pub provenance: Provenance,
}

impl InfoData {
    /// Name, identifier and sponsor; creation and statuses must follow before it can be written.
    pub fn new(name: impl Into<ObjectName>, roid: impl Into<ObjectRoid>, sponsor: impl Into<Handle>) -> InfoData {
        InfoData { name: name.into(), roid: roid.into(), statuses: Vec::new(), addresses: Vec::new(), provenance: Provenance::of(sponsor) }
    }

    /// Whether the registry shows this status.
    pub fn has_status(&self, status: EppStatus) -> bool {
        self.statuses.iter().any(|shown| shown.known() == Some(status))
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<InfoData, DecodeError> {
        let mut fields = Fields::of(element);
        let name = HOST.read_key(cx, &mut fields)?;
        let roid = fields.wanted(cx, "roid")?.map(read::token).unwrap_or_default().into();
        let statuses = fields.many(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?;
        let addresses = read_addresses(cx, &mut fields)?;
        let mut provenance = Provenance::read(cx, &mut fields)?;
        provenance.transferred = fields.opt_date(cx, "trDate")?;
        fields.finish(cx)?;
        Ok(InfoData { name, roid, statuses, addresses, provenance })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Host, "infData");
        HOST.write_key(&mut out, &self.name)?;
        self.roid.check("host:roid")?;
        out.plain("roid", &self.roid);
        write_statuses(&self.statuses, &mut out, 1)?;
        write_addresses(&self.addresses, &mut out);
        self.provenance.require_creation(&out)?;
        self.provenance.write(&mut out)?;
        out.opt_date("trDate", self.provenance.transferred)?;
        Ok(out.done())
    }
}

fn read_addresses(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Vec<IpAddr>, DecodeError> {
    fields.many(cx, "addr")?.into_iter().map(|e| read_address(cx, e)).collect()
}

fn write_addresses(addresses: &[IpAddr], out: &mut Out) {
    for address in addresses {
        out.push(write_address(Namespace::Host, "addr", *address));
    }
}

fn write_statuses(statuses: &[Status], out: &mut Out, least: usize) -> Result<(), EncodeError> {
    count("host:status", statuses.len(), least, MAX_STATUSES)?;
    for status in statuses {
        out.push(status.write(Namespace::Host, ObjectKind::Host)?);
    }
    Ok(())
}
