//! The shapes domains, hosts and contacts share: check, delete, and most response data.

use model::{Timestamp, TransferStatus};

use super::error::{Cx, DecodeError, EncodeError, Fault};
use super::fields::Fields;
use super::out::{Facet, Out, count};
use super::text::{Handle, LangText, ObjectName, TransactionId};
use super::{read, time};
use crate::namespace::Namespace;
use crate::xml::Element;

/// How an object mapping names its objects.
#[derive(Clone, Copy)]
pub(crate) struct Mapping {
    pub(crate) ns: Namespace,
    /// `name` or `id`.
    pub(crate) key: &'static str,
    pub(crate) facet: Facet,
}

pub(crate) const DOMAIN: Mapping = Mapping { ns: Namespace::Domain, key: "name", facet: Facet::LABEL };
pub(crate) const HOST: Mapping = Mapping { ns: Namespace::Host, key: "name", facet: Facet::LABEL };
pub(crate) const CONTACT: Mapping = Mapping { ns: Namespace::Contact, key: "id", facet: Facet::HANDLE };

impl Mapping {
    pub(crate) fn read_key(self, cx: &mut Cx, fields: &mut Fields<'_>) -> Result<ObjectName, DecodeError> {
        Ok(ObjectName::new(read::token(fields.req(cx, self.key)?)))
    }

    pub(crate) fn write_key(self, out: &mut Out, name: &ObjectName) -> Result<(), EncodeError> {
        out.leaf(self.key, name.as_str(), self.facet)?;
        Ok(())
    }

    /// The key element with a boolean attribute, as `chkData` and `panData` have it.
    fn write_flagged(self, name: &ObjectName, attr: &'static str, value: bool) -> Result<Element, EncodeError> {
        let mut out = Out::new(self.ns, self.key);
        out.flag(attr, value).text(name.as_str(), self.facet)?;
        Ok(out.done())
    }
}

/// `check`: which of these may be registered?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The names or identifiers, one at least.
    pub names: Vec<ObjectName>,
}

impl Check {
    /// A check of these.
    pub fn of<N: Into<ObjectName>>(names: impl IntoIterator<Item = N>) -> Check {
        Check { names: names.into_iter().map(Into::into).collect() }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<Check, DecodeError> {
        let mut fields = Fields::of(element);
        let names = fields.some(cx, mapping.key)?.into_iter().map(|e| ObjectName::new(read::token(e))).collect();
        fields.finish(cx)?;
        Ok(Check { names })
    }

    pub(crate) fn write(&self, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, "check");
        count(&out.at(mapping.key), self.names.len(), 1, usize::MAX)?;
        for name in &self.names {
            mapping.write_key(&mut out, name)?;
        }
        Ok(out.done())
    }
}

/// A command that names one object and says nothing more: `delete`, and `info` of a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name or identifier.
    pub name: ObjectName,
}

impl Named {
    /// The object of this name.
    pub fn new(name: impl Into<ObjectName>) -> Named {
        Named { name: name.into() }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<Named, DecodeError> {
        let mut fields = Fields::of(element);
        let name = mapping.read_key(cx, &mut fields)?;
        fields.finish(cx)?;
        Ok(Named { name })
    }

    pub(crate) fn write(&self, verb: &'static str, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, verb);
        mapping.write_key(&mut out, &self.name)?;
        Ok(out.done())
    }
}

/// `chkData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckData {
    /// One answer per object asked for.
    pub items: Vec<CheckItem>,
}

/// One answer of `chkData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckItem {
    /// The name as the server echoes it.
    pub name: ObjectName,
    /// Whether it can be registered now.
    pub is_available: bool,
    /// Why not; at most 32 characters.
    pub reason: Option<LangText>,
}

/// `eppcom:reasonBaseType`.
pub(crate) const REASON: Facet = Facet::token(1, 32);

impl CheckData {
    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<CheckData, DecodeError> {
        let mut fields = Fields::of(element);
        let mut items = Vec::new();
        for item in fields.some(cx, "cd")? {
            let mut inner = Fields::of(item);
            let key = inner.req(cx, mapping.key)?;
            let reason = inner.opt(cx, "reason")?.map(|e| read_reason(cx, e)).transpose()?;
            inner.finish(cx)?;
            items.push(CheckItem { name: ObjectName::new(read::token(key)), is_available: read::req_flag(key, "avail")?, reason });
        }
        fields.finish(cx)?;
        Ok(CheckData { items })
    }

    pub(crate) fn write(&self, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, "chkData");
        count(&out.at("cd"), self.items.len(), 1, usize::MAX)?;
        for item in &self.items {
            let mut cd = Out::new(mapping.ns, "cd");
            cd.push(mapping.write_flagged(&item.name, "avail", item.is_available)?);
            cd.opt(item.reason.as_ref().map(|reason| reason.write(mapping.ns, "reason", REASON)).transpose()?);
            out.push(cd.done());
        }
        Ok(out.done())
    }
}

/// A reason is a `token`, so its white space collapses.
pub(crate) fn read_reason(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
    Ok(LangText { text: read::token(element), lang: read::lang(cx, element)? })
}

/// `creData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateData {
    /// The object made.
    pub name: ObjectName,
    /// When.
    pub created: Timestamp,
    /// Until when; domains only.
    pub expires: Option<Timestamp>,
}

impl CreateData {
    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<CreateData, DecodeError> {
        let mut fields = Fields::of(element);
        let name = mapping.read_key(cx, &mut fields)?;
        let created = fields.req(cx, "crDate")?;
        let created = time::read(cx, created)?;
        let expires = if mapping.ns == Namespace::Domain { fields.opt_date(cx, "exDate")? } else { None };
        fields.finish(cx)?;
        Ok(CreateData { name, created, expires })
    }

    pub(crate) fn write(&self, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, "creData");
        mapping.write_key(&mut out, &self.name)?;
        out.date("crDate", self.created)?;
        refuse_expiry(&out, mapping, self.expires)?;
        out.opt_date("exDate", self.expires)?;
        Ok(out.done())
    }
}

fn refuse_expiry(out: &Out, mapping: Mapping, expires: Option<Timestamp>) -> Result<(), EncodeError> {
    if mapping.ns != Namespace::Domain && expires.is_some() {
        return Err(EncodeError::form(out.at("exDate"), "is given, but only domains expire"));
    }
    Ok(())
}

/// Client and server transaction identifiers of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionIds {
    /// The client's, if it sent one.
    pub client: Option<TransactionId>,
    /// The server's.
    pub server: TransactionId,
}

impl TransactionIds {
    fn read(cx: &mut Cx, element: &Element) -> Result<TransactionIds, DecodeError> {
        // The children are of epp-1.0, the parent is of the object's namespace.
        let core: Vec<&Element> = element.elements().collect();
        let find = |name: &str| core.iter().find(|child| child.name == name).map(|child| TransactionId::new(read::token(child)));
        if let Some(odd) = core.iter().find(|child| !matches!(child.name.as_ref(), "clTRID" | "svTRID") || child.ns == element.ns) {
            let detail = format!("the element `{}` does not belong here", odd.label());
            cx.deviate(super::error::DeviationKind::WrongNamespace, element.label(), detail)?;
        }
        let Some(server) = find("svTRID") else {
            return Err(DecodeError::new(Fault::Missing, element.label(), "the element `svTRID` is missing"));
        };
        Ok(TransactionIds { client: find("clTRID"), server })
    }

    fn write(&self, ns: Namespace, name: &'static str) -> Result<Element, EncodeError> {
        let mut core = Out::new(Namespace::Epp, "trID");
        core.opt_leaf("clTRID", self.client.as_ref().map(TransactionId::as_str), Facet::TRANSACTION_ID)?;
        core.leaf("svTRID", self.server.as_str(), Facet::TRANSACTION_ID)?;
        let mut element = Element::new(ns, name);
        element.children = core.done().children;
        Ok(element)
    }
}

/// `panData`: the outcome of an action that was pending (1001).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingData {
    /// The object.
    pub name: ObjectName,
    /// Whether the action was done.
    pub is_approved: bool,
    /// The command that asked for it.
    pub transaction: TransactionIds,
    /// When it was decided.
    pub decided: Timestamp,
}

impl PendingData {
    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<PendingData, DecodeError> {
        let mut fields = Fields::of(element);
        let key = fields.req(cx, mapping.key)?;
        let transaction = fields.req(cx, "paTRID")?;
        let transaction = TransactionIds::read(cx, transaction)?;
        let decided = fields.req(cx, "paDate")?;
        let decided = time::read(cx, decided)?;
        fields.finish(cx)?;
        let is_approved = read::req_flag(key, "paResult")?;
        Ok(PendingData { name: ObjectName::new(read::token(key)), is_approved, transaction, decided })
    }

    pub(crate) fn write(&self, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, "panData");
        out.push(mapping.write_flagged(&self.name, "paResult", self.is_approved)?);
        out.push(self.transaction.write(mapping.ns, "paTRID")?);
        out.date("paDate", self.decided)?;
        Ok(out.done())
    }
}

/// `trnData`: where a transfer stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferData {
    /// The object.
    pub name: ObjectName,
    /// The state of the transfer.
    pub status: TransferStatus,
    /// The registrar that asked for it.
    pub requested_by: Handle,
    /// When it asked.
    pub requested: Timestamp,
    /// The registrar that should act, or acted.
    pub acted_by: Handle,
    /// By when it should act, or when it acted.
    pub acted: Timestamp,
    /// The new expiry, if the transfer changes it; domains only.
    pub expires: Option<Timestamp>,
}

impl TransferData {
    pub(crate) fn read(cx: &mut Cx, element: &Element, mapping: Mapping) -> Result<TransferData, DecodeError> {
        let mut fields = Fields::of(element);
        let name = mapping.read_key(cx, &mut fields)?;
        let status = fields.req(cx, "trStatus")?;
        let status = read::word(&status.label(), &read::token(status), |word| word.parse().ok())?;
        let requested_by = fields.handle(cx, "reID")?;
        let requested = fields.date(cx, "reDate")?;
        let acted_by = fields.handle(cx, "acID")?;
        let acted = fields.date(cx, "acDate")?;
        let expires = if mapping.ns == Namespace::Domain { fields.opt_date(cx, "exDate")? } else { None };
        fields.finish(cx)?;
        Ok(TransferData { name, status, requested_by, requested, acted_by, acted, expires })
    }

    pub(crate) fn write(&self, mapping: Mapping) -> Result<Element, EncodeError> {
        let mut out = Out::new(mapping.ns, "trnData");
        mapping.write_key(&mut out, &self.name)?;
        out.plain("trStatus", self.status.as_str());
        out.leaf("reID", self.requested_by.as_str(), Facet::HANDLE)?.date("reDate", self.requested)?;
        out.leaf("acID", self.acted_by.as_str(), Facet::HANDLE)?.date("acDate", self.acted)?;
        refuse_expiry(&out, mapping, self.expires)?;
        out.opt_date("exDate", self.expires)?;
        Ok(out.done())
    }
}

/// Who made and changed an object, and when: the part every `infData` has. Registries leave some of it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Sponsoring registrar (`clID`).
    pub sponsor: Handle,
    /// Who created it (`crID`).
    pub created_by: Option<Handle>,
    /// When (`crDate`).
    pub created: Option<Timestamp>,
    /// Who updated it last (`upID`).
    pub updated_by: Option<Handle>,
    /// When (`upDate`).
    pub updated: Option<Timestamp>,
    /// When it was transferred last (`trDate`).
    pub transferred: Option<Timestamp>,
}

impl Provenance {
    /// An object of this sponsor of which nothing else is told.
    pub fn of(sponsor: impl Into<Handle>) -> Provenance {
        Provenance { sponsor: sponsor.into(), created_by: None, created: None, updated_by: None, updated: None, transferred: None }
    }

    /// Reads everything up to `upDate`; `exDate` of a domain comes before `trDate`, so that is read by the caller.
    pub(crate) fn read(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Provenance, DecodeError> {
        Ok(Provenance {
            sponsor: fields.handle(cx, "clID")?,
            created_by: fields.opt_handle(cx, "crID")?,
            created: fields.opt_date(cx, "crDate")?,
            updated_by: fields.opt_handle(cx, "upID")?,
            updated: fields.opt_date(cx, "upDate")?,
            transferred: None,
        })
    }

    pub(crate) fn write(&self, out: &mut Out) -> Result<(), EncodeError> {
        out.leaf("clID", self.sponsor.as_str(), Facet::HANDLE)?;
        out.opt_leaf("crID", self.created_by.as_ref().map(Handle::as_str), Facet::HANDLE)?;
        out.opt_date("crDate", self.created)?;
        out.opt_leaf("upID", self.updated_by.as_ref().map(Handle::as_str), Facet::HANDLE)?;
        out.opt_date("upDate", self.updated)?;
        Ok(())
    }

    /// Hosts and contacts must say who created them and when (RFC 5732, RFC 5733).
    pub(crate) fn require_creation(&self, out: &Out) -> Result<(), EncodeError> {
        if self.created_by.is_none() {
            return Err(EncodeError::form(out.at("crID"), "is missing; hosts and contacts must name their creator"));
        }
        if self.created.is_none() {
            return Err(EncodeError::form(out.at("crDate"), "is missing; hosts and contacts must say when they were created"));
        }
        Ok(())
    }
}
