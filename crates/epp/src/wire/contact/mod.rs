//! Contact objects (RFC 5733). Many registries no longer keep any; everything here is optional for them.

mod disclose;
mod person;
mod update;

use model::{EppStatus, ObjectKind};

use super::error::{Cx, DecodeError, EncodeError, Fault};
use super::fields::Fields;
use super::object::{CONTACT, Provenance};
pub use super::object::{Check, CheckData, CheckItem, CreateData, Named, PendingData, TransactionIds, TransferData};
use super::out::{Facet, Out, count};
use super::read;
use super::text::{Handle, ObjectName, ObjectRoid};
use super::value::{AuthValue, Status};
use super::verb::{TransferOp, Verb};
use crate::namespace::Namespace;
use crate::xml::Element;

pub use disclose::{Disclose, DiscloseItem};
pub use person::{Person, Postal, PostalAddress, PostalForm, Voice};
pub use update::{Change, Email, PostalChange, Update};

/// Most statuses in one element (RFC 5733 section 4).
const MAX_STATUSES: usize = 7;

/// A command on contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Which identifiers are free?
    Check(Check),
    /// What does the registry hold of a contact?
    Info(Authorised),
    /// Create a contact.
    Create(Create),
    /// Change a contact.
    Update(Update),
    /// Delete a contact.
    Delete(Named),
    /// Request, query, approve, reject or cancel a transfer.
    Transfer {
        /// What to do.
        op: TransferOp,
        /// The contact.
        contact: Authorised,
    },
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
            Command::Transfer { .. } => Verb::Transfer,
        }
    }

    pub(crate) fn transfer_op(&self) -> Option<TransferOp> {
        match self {
            Command::Transfer { op, .. } => Some(*op),
            _ => None,
        }
    }

    pub(crate) fn read(cx: &mut Cx, verb: Verb, op: Option<TransferOp>, element: &Element) -> Result<Option<Command>, DecodeError> {
        Ok(Some(match verb {
            Verb::Check => Command::Check(Check::read(cx, element, CONTACT)?),
            Verb::Info => Command::Info(Authorised::read(cx, element)?),
            Verb::Create => Command::Create(Create::read(cx, element)?),
            Verb::Update => Command::Update(Update::read(cx, element)?),
            Verb::Delete => Command::Delete(Named::read(cx, element, CONTACT)?),
            Verb::Transfer => Command::Transfer {
                op: op.ok_or_else(|| DecodeError::new(Fault::Missing, "transfer", "the attribute `op` is missing"))?,
                contact: Authorised::read(cx, element)?,
            },
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Command::Check(check) => check.write(CONTACT),
            Command::Info(contact) => contact.write("info"),
            Command::Create(create) => create.write(),
            Command::Update(update) => update.write(),
            Command::Delete(named) => named.write("delete", CONTACT),
            Command::Transfer { contact, .. } => contact.write("transfer"),
        }
    }
}

/// Response data about contacts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// Answer to a check.
    Check(CheckData),
    /// Answer to a create.
    Create(CreateData),
    /// Answer to an info.
    Info(Box<InfoData>),
    /// Answer to a transfer.
    Transfer(TransferData),
    /// Outcome of a pending action, by poll.
    Pending(PendingData),
}

impl Data {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Data>, DecodeError> {
        Ok(Some(match element.name.as_ref() {
            "chkData" => Data::Check(CheckData::read(cx, element, CONTACT)?),
            "creData" => Data::Create(CreateData::read(cx, element, CONTACT)?),
            "infData" => Data::Info(Box::new(InfoData::read(cx, element)?)),
            "trnData" => Data::Transfer(TransferData::read(cx, element, CONTACT)?),
            "panData" => Data::Pending(PendingData::read(cx, element, CONTACT)?),
            _ => return Ok(None),
        }))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Data::Check(data) => data.write(CONTACT),
            Data::Create(data) => data.write(CONTACT),
            Data::Info(data) => data.write(),
            Data::Transfer(data) => data.write(CONTACT),
            Data::Pending(data) => data.write(CONTACT),
        }
    }
}

/// A contact with optional proof of authority: `contact:info` and `contact:transfer`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorised {
    /// The contact.
    pub id: ObjectName,
    /// Its authorisation information, to act on another registrar's contact.
    pub auth: Option<AuthValue>,
}

impl Authorised {
    /// A contact without authorisation information.
    pub fn new(id: impl Into<ObjectName>) -> Authorised {
        Authorised { id: id.into(), auth: None }
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<Authorised, DecodeError> {
        let mut fields = Fields::of(element);
        let id = CONTACT.read_key(cx, &mut fields)?;
        let auth = fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(Authorised { id, auth })
    }

    fn write(&self, verb: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, verb);
        CONTACT.write_key(&mut out, &self.id)?;
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Contact)).transpose()?);
        Ok(out.done())
    }
}

/// `contact:create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The identifier to give it.
    pub id: ObjectName,
    /// Who it is.
    pub person: Person,
    /// Its authorisation information.
    pub auth: AuthValue,
    /// What the registry may show.
    pub disclose: Option<Disclose>,
}

impl Create {
    fn read(cx: &mut Cx, element: &Element) -> Result<Create, DecodeError> {
        let mut fields = Fields::of(element);
        let id = CONTACT.read_key(cx, &mut fields)?;
        let person = Person::read(cx, &mut fields)?;
        let auth = fields.req(cx, "authInfo")?;
        let auth = AuthValue::read(cx, auth)?;
        let disclose = fields.opt(cx, "disclose")?.map(|e| Disclose::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(Create { id, person, auth, disclose })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "create");
        CONTACT.write_key(&mut out, &self.id)?;
        self.person.write(&mut out)?;
        out.push(self.auth.write(Namespace::Contact)?);
        out.opt(self.disclose.as_ref().map(Disclose::write).transpose()?);
        Ok(out.done())
    }
}

/// `contact:infData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// The contact.
    pub id: ObjectName,
    /// Its identifier in the repository.
    pub roid: ObjectRoid,
    /// Its statuses, one at least.
    pub statuses: Vec<Status>,
    /// Who it is.
    pub person: Person,
    /// Sponsor and history.
    pub provenance: Provenance,
    /// Its authorisation information, shown to the sponsor.
    pub auth: Option<AuthValue>,
    /// What the registry may show.
    pub disclose: Option<Disclose>,
}

impl InfoData {
    /// Identifier, person and sponsor; creation and statuses must follow before it can be written.
    pub fn new(id: impl Into<ObjectName>, roid: impl Into<ObjectRoid>, person: Person, sponsor: impl Into<Handle>) -> InfoData {
        InfoData {
            id: id.into(),
            roid: roid.into(),
            statuses: Vec::new(),
            person,
            provenance: Provenance::of(sponsor),
            auth: None,
            disclose: None,
        }
    }

    /// Whether the registry shows this status.
    pub fn has_status(&self, status: EppStatus) -> bool {
        self.statuses.iter().any(|shown| shown.known() == Some(status))
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<InfoData, DecodeError> {
        let mut fields = Fields::of(element);
        let id = CONTACT.read_key(cx, &mut fields)?;
        let roid = fields.wanted(cx, "roid")?.map(read::token).unwrap_or_default().into();
        let statuses = fields.many(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?;
        let person = Person::read(cx, &mut fields)?;
        let mut provenance = Provenance::read(cx, &mut fields)?;
        provenance.transferred = fields.opt_date(cx, "trDate")?;
        let auth = fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?;
        let disclose = fields.opt(cx, "disclose")?.map(|e| Disclose::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(InfoData { id, roid, statuses, person, provenance, auth, disclose })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "infData");
        CONTACT.write_key(&mut out, &self.id)?;
        self.roid.check("contact:roid")?;
        out.plain("roid", &self.roid);
        write_statuses(&self.statuses, &mut out, 1)?;
        self.person.write(&mut out)?;
        self.provenance.require_creation(&out)?;
        self.provenance.write(&mut out)?;
        out.opt_date("trDate", self.provenance.transferred)?;
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Contact)).transpose()?);
        out.opt(self.disclose.as_ref().map(Disclose::write).transpose()?);
        Ok(out.done())
    }
}

fn write_statuses(statuses: &[Status], out: &mut Out, least: usize) -> Result<(), EncodeError> {
    count("contact:status", statuses.len(), least, MAX_STATUSES)?;
    for status in statuses {
        out.push(status.write(Namespace::Contact, ObjectKind::Contact)?);
    }
    Ok(())
}

/// `contact:postalLineType`.
const LINE: Facet = Facet::normalized(1, 255);
/// `contact:optPostalLineType`.
const OPTIONAL_LINE: Facet = Facet::normalized(0, 255);
