//! Change a contact (RFC 5733 section 3.2.5).

use super::person::{PostalAddress, PostalForm, Voice};
use super::{Disclose, LINE, OPTIONAL_LINE, write_statuses};
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::CONTACT;
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::ObjectName;
use crate::wire::value::{AuthValue, Status};
use crate::xml::Element;

/// `contact:update`. A part that is empty is not written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// The contact.
    pub id: ObjectName,
    /// Statuses to add.
    pub add: Vec<Status>,
    /// Statuses to remove.
    pub remove: Vec<Status>,
    /// What to replace.
    pub change: Change,
}

/// Parts of a contact that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Change {
    /// New postal data, at most one of each form.
    pub postal: Vec<PostalChange>,
    /// New telephone; the empty number removes it.
    pub voice: Option<Voice>,
    /// New fax; the empty number removes it.
    pub fax: Option<Voice>,
    /// New e-mail address. Personal data; not shown by `Debug`.
    pub email: Option<Email>,
    /// New authorisation information.
    pub auth: Option<AuthValue>,
    /// New preference.
    pub disclose: Option<Disclose>,
}

/// An e-mail address in a change, kept out of `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Email(pub String);

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal data]")
    }
}

/// A change of `contact:postalInfo`: what is absent stays as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PostalChange {
    /// Which of the two forms.
    pub form: PostalForm,
    /// New name.
    pub name: Option<String>,
    /// New organisation; empty removes it.
    pub organisation: Option<String>,
    /// New address, as a whole.
    pub address: Option<PostalAddress>,
}

impl std::fmt::Debug for PostalChange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[personal data]")
    }
}

impl Update {
    /// An update that changes nothing yet.
    pub fn new(id: impl Into<ObjectName>) -> Update {
        Update { id: id.into(), add: Vec::new(), remove: Vec::new(), change: Change::default() }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Update, DecodeError> {
        let mut fields = Fields::of(element);
        let update = Update {
            id: CONTACT.read_key(cx, &mut fields)?,
            add: read_statuses(cx, &mut fields, "add")?,
            remove: read_statuses(cx, &mut fields, "rem")?,
            change: fields.opt(cx, "chg")?.map(|e| Change::read(cx, e)).transpose()?.unwrap_or_default(),
        };
        fields.finish(cx)?;
        Ok(update)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "update");
        CONTACT.write_key(&mut out, &self.id)?;
        for (name, statuses) in [("add", &self.add), ("rem", &self.remove)] {
            if !statuses.is_empty() {
                let mut part = Out::new(Namespace::Contact, name);
                write_statuses(statuses, &mut part, 1)?;
                out.push(part.done());
            }
        }
        out.opt(self.change.write()?);
        Ok(out.done())
    }
}

fn read_statuses(cx: &mut Cx, fields: &mut Fields<'_>, name: &str) -> Result<Vec<Status>, DecodeError> {
    let Some(part) = fields.opt(cx, name)? else { return Ok(Vec::new()) };
    let mut inner = Fields::of(part);
    let statuses = inner.some(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?;
    inner.finish(cx)?;
    Ok(statuses)
}

impl Change {
    fn read(cx: &mut Cx, element: &Element) -> Result<Change, DecodeError> {
        let mut fields = Fields::of(element);
        let change = Change {
            postal: fields.many(cx, "postalInfo")?.into_iter().map(|e| PostalChange::read(cx, e)).collect::<Result<_, _>>()?,
            voice: fields.opt(cx, "voice")?.map(Voice::read),
            fax: fields.opt(cx, "fax")?.map(Voice::read),
            email: fields.opt_token(cx, "email")?.map(Email),
            auth: fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?,
            disclose: fields.opt(cx, "disclose")?.map(|e| Disclose::read(cx, e)).transpose()?,
        };
        fields.finish(cx)?;
        Ok(change)
    }

    fn write(&self) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "chg");
        count("contact:postalInfo", self.postal.len(), 0, 2)?;
        for postal in &self.postal {
            out.push(postal.write()?);
        }
        out.opt(self.voice.as_ref().map(|voice| voice.write("voice")).transpose()?);
        out.opt(self.fax.as_ref().map(|fax| fax.write("fax")).transpose()?);
        out.opt_leaf("email", self.email.as_ref().map(|email| email.0.as_str()), Facet::MIN_TOKEN)?;
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Contact)).transpose()?);
        out.opt(self.disclose.as_ref().map(Disclose::write).transpose()?);
        Ok((!out.is_empty()).then(|| out.done()))
    }
}

impl PostalChange {
    fn read(cx: &mut Cx, element: &Element) -> Result<PostalChange, DecodeError> {
        let mut fields = Fields::of(element);
        let change = PostalChange {
            form: PostalForm::read(element)?,
            name: fields.opt(cx, "name")?.map(read::normalized),
            organisation: fields.opt(cx, "org")?.map(read::normalized),
            address: fields.opt(cx, "addr")?.map(|e| PostalAddress::read(cx, e)).transpose()?,
        };
        fields.finish(cx)?;
        Ok(change)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Contact, "postalInfo");
        out.attr("type", self.form.as_str(), Facet::TOKEN)?;
        out.opt_leaf("name", self.name.as_deref(), LINE)?;
        out.opt_leaf("org", self.organisation.as_deref(), OPTIONAL_LINE)?;
        out.opt(self.address.as_ref().map(PostalAddress::write).transpose()?);
        Ok(out.done())
    }
}
