//! Change a name (RFC 5731 section 3.2.5).

use model::ObjectKind;

use super::{DomainContact, NameServers};
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::DOMAIN;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::{Handle, ObjectName};
use crate::wire::value::{AuthChange, Status};
use crate::xml::Element;

/// Most statuses in one `add` or `rem` (RFC 5731 section 4).
const MAX_STATUSES: usize = 11;

/// `domain:update`. A part that is empty is not written; all three may be empty when an extension carries the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The name.
    pub name: ObjectName,
    /// What to add.
    pub add: AddRemove,
    /// What to remove.
    pub remove: AddRemove,
    /// What to replace.
    pub change: Change,
}

/// Parts of a domain that are lists.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct AddRemove {
    /// Name servers.
    pub name_servers: Option<NameServers>,
    /// Contacts other than the registrant.
    pub contacts: Vec<DomainContact>,
    /// Statuses.
    pub statuses: Vec<Status>,
}

/// Parts of a domain that are single values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Change {
    /// A new registrant; the empty handle removes it.
    pub registrant: Option<Handle>,
    /// New authorisation information, or its removal.
    pub auth: Option<AuthChange>,
}

impl Update {
    /// An update that changes nothing yet.
    pub fn new(name: impl Into<ObjectName>) -> Update {
        Update { name: name.into(), add: AddRemove::default(), remove: AddRemove::default(), change: Change::default() }
    }

    /// Whether the object mapping itself changes nothing, which is right only when an extension does.
    pub fn is_empty(&self) -> bool {
        self.add.is_empty() && self.remove.is_empty() && self.change == Change::default()
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Update, DecodeError> {
        let mut fields = Fields::of(element);
        let update = Update {
            name: DOMAIN.read_key(cx, &mut fields)?,
            add: fields.opt(cx, "add")?.map(|e| AddRemove::read(cx, e)).transpose()?.unwrap_or_default(),
            remove: fields.opt(cx, "rem")?.map(|e| AddRemove::read(cx, e)).transpose()?.unwrap_or_default(),
            change: fields.opt(cx, "chg")?.map(|e| Change::read(cx, e)).transpose()?.unwrap_or_default(),
        };
        fields.finish(cx)?;
        Ok(update)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "update");
        DOMAIN.write_key(&mut out, &self.name)?;
        out.opt(self.add.write("add")?).opt(self.remove.write("rem")?).opt(self.change.write()?);
        Ok(out.done())
    }
}

impl AddRemove {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.name_servers.as_ref().is_none_or(NameServers::is_empty) && self.contacts.is_empty() && self.statuses.is_empty()
    }

    fn read(cx: &mut Cx, element: &Element) -> Result<AddRemove, DecodeError> {
        let mut fields = Fields::of(element);
        let parts = AddRemove {
            name_servers: fields.opt(cx, "ns")?.map(|e| NameServers::read(cx, e)).transpose()?,
            contacts: DomainContact::read_all(cx, &mut fields)?,
            statuses: fields.many(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?,
        };
        fields.finish(cx)?;
        Ok(parts)
    }

    fn write(&self, name: &'static str) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Domain, name);
        out.opt(self.name_servers.as_ref().map(NameServers::write).transpose()?.flatten());
        DomainContact::write_all(&self.contacts, &mut out)?;
        count("domain:status", self.statuses.len(), 0, MAX_STATUSES)?;
        for status in &self.statuses {
            out.push(status.write(Namespace::Domain, ObjectKind::Domain)?);
        }
        Ok((!out.is_empty()).then(|| out.done()))
    }
}

impl Change {
    fn read(cx: &mut Cx, element: &Element) -> Result<Change, DecodeError> {
        let mut fields = Fields::of(element);
        let change = Change {
            registrant: fields.opt(cx, "registrant")?.map(|e| Handle::new(read::token(e))),
            auth: fields.opt(cx, "authInfo")?.map(|e| AuthChange::read(cx, e)).transpose()?,
        };
        fields.finish(cx)?;
        Ok(change)
    }

    fn write(&self) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "chg");
        out.opt_leaf("registrant", self.registrant.as_ref().map(Handle::as_str), Facet::token(0, 16))?;
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Domain)).transpose()?);
        Ok((!out.is_empty()).then(|| out.done()))
    }
}
