//! Register a name (RFC 5731 section 3.2.1).

use model::ContactRole;

use super::NameServers;
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, DeviationKind, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::DOMAIN;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::{Handle, ObjectName};
use crate::wire::value::{AuthValue, Period};
use crate::xml::Element;

/// `domain:create`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    /// The name to register.
    pub name: ObjectName,
    /// For how long; the registry's default when absent.
    pub period: Option<Period>,
    /// Its name servers.
    pub name_servers: Option<NameServers>,
    /// Its registrant, where the registry keeps contacts.
    pub registrant: Option<Handle>,
    /// Its other contacts, where the registry keeps contacts.
    pub contacts: Vec<DomainContact>,
    /// Its authorisation information; empty under RFC 9154.
    pub auth: AuthValue,
}

impl Create {
    /// A registration without name servers and contacts.
    pub fn new(name: impl Into<ObjectName>, period: Option<Period>, auth: AuthValue) -> Create {
        Create { name: name.into(), period, name_servers: None, registrant: None, contacts: Vec::new(), auth }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Create, DecodeError> {
        let mut fields = Fields::of(element);
        let create = Create {
            name: DOMAIN.read_key(cx, &mut fields)?,
            period: fields.opt(cx, "period")?.map(Period::read).transpose()?,
            name_servers: fields.opt(cx, "ns")?.map(|e| NameServers::read(cx, e)).transpose()?,
            registrant: fields.opt_handle(cx, "registrant")?,
            contacts: DomainContact::read_all(cx, &mut fields)?,
            auth: {
                let auth = fields.req(cx, "authInfo")?;
                AuthValue::read(cx, auth)?
            },
        };
        fields.finish(cx)?;
        Ok(create)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "create");
        DOMAIN.write_key(&mut out, &self.name)?;
        out.opt(self.period.map(|period| period.write(Namespace::Domain)).transpose()?);
        out.opt(self.name_servers.as_ref().map(NameServers::write).transpose()?.flatten());
        out.opt_leaf("registrant", self.registrant.as_ref().map(Handle::as_str), Facet::HANDLE)?;
        DomainContact::write_all(&self.contacts, &mut out)?;
        out.push(self.auth.write(Namespace::Domain)?);
        Ok(out.done())
    }
}

/// A contact of a domain in a role other than registrant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainContact {
    /// Its role; the schema lets it be absent.
    pub role: Option<ContactRole>,
    /// Its identifier.
    pub id: Handle,
}

impl DomainContact {
    pub(crate) fn read_all(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Vec<DomainContact>, DecodeError> {
        let mut contacts = Vec::new();
        for element in fields.many(cx, "contact")? {
            let role = match read::attr(element, "type").as_deref() {
                Some("admin") => Some(ContactRole::Admin),
                Some("tech") => Some(ContactRole::Tech),
                Some("billing") => Some(ContactRole::Billing),
                Some(_) => {
                    cx.deviate(DeviationKind::Value, element.label(), "the contact type is none of admin, tech and billing")?;
                    None
                }
                None => None,
            };
            contacts.push(DomainContact { role, id: Handle::new(read::token(element)) });
        }
        Ok(contacts)
    }

    pub(crate) fn write_all(contacts: &[DomainContact], out: &mut Out) -> Result<(), EncodeError> {
        for contact in contacts {
            let mut inner = Out::new(Namespace::Domain, "contact");
            if let Some(role) = contact.role {
                if role == ContactRole::Registrant {
                    return Err(EncodeError::form("domain:contact@type", "cannot be the registrant, which has its own element"));
                }
                inner.attr("type", role.as_str(), Facet::TOKEN)?;
            }
            inner.text(contact.id.as_str(), Facet::HANDLE)?;
            out.push(inner.done());
        }
        Ok(())
    }
}
