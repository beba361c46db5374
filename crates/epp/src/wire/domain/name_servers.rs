//! Name servers of a domain: host objects or host attributes, never both (RFC 5731 section 1.1).

use std::net::IpAddr;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::ObjectName;
use crate::wire::value::{read_address, write_address};
use crate::xml::Element;

/// The name servers, in the host model of the registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameServers {
    /// Names of host objects the registry knows.
    Objects(Vec<ObjectName>),
    /// Names with their addresses.
    Attributes(Vec<HostAttribute>),
}

/// A host given as an attribute of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostAttribute {
    /// Its name.
    pub name: ObjectName,
    /// Its glue.
    pub addresses: Vec<IpAddr>,
}

impl NameServers {
    /// Host objects of these names.
    pub fn objects<N: Into<ObjectName>>(names: impl IntoIterator<Item = N>) -> NameServers {
        NameServers::Objects(names.into_iter().map(Into::into).collect())
    }

    /// The names, in either model.
    pub fn names(&self) -> Vec<&ObjectName> {
        match self {
            NameServers::Objects(names) => names.iter().collect(),
            NameServers::Attributes(hosts) => hosts.iter().map(|host| &host.name).collect(),
        }
    }

    /// Whether there are none; such a list is not written.
    pub fn is_empty(&self) -> bool {
        match self {
            NameServers::Objects(names) => names.is_empty(),
            NameServers::Attributes(hosts) => hosts.is_empty(),
        }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<NameServers, DecodeError> {
        let mut fields = Fields::of(element);
        let objects = fields.many(cx, "hostObj")?;
        let attributes = fields.many(cx, "hostAttr")?;
        fields.finish(cx)?;
        match (objects.is_empty(), attributes.is_empty()) {
            (false, false) => Err(DecodeError::new(Fault::Syntax, element.label(), "mixes host objects and host attributes")),
            (true, true) if cx.is_strict() => Err(DecodeError::new(Fault::Missing, element.label(), "names no host")),
            (_, true) => Ok(NameServers::Objects(objects.into_iter().map(|e| ObjectName::new(read::token(e))).collect())),
            (true, false) => {
                let hosts = attributes.into_iter().map(|e| HostAttribute::read(cx, e)).collect::<Result<_, _>>()?;
                Ok(NameServers::Attributes(hosts))
            }
        }
    }

    /// Writes `ns`; an empty list writes nothing.
    pub(crate) fn write(&self) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "ns");
        match self {
            NameServers::Objects(names) => {
                for name in names {
                    out.leaf("hostObj", name.as_str(), Facet::LABEL)?;
                }
            }
            NameServers::Attributes(hosts) => {
                for host in hosts {
                    out.push(host.write()?);
                }
            }
        }
        Ok((!out.is_empty()).then(|| out.done()))
    }
}

impl HostAttribute {
    fn read(cx: &mut Cx, element: &Element) -> Result<HostAttribute, DecodeError> {
        let mut fields = Fields::of(element);
        let name = ObjectName::new(fields.token(cx, "hostName")?);
        let addresses = fields.many(cx, "hostAddr")?.into_iter().map(|e| read_address(cx, e)).collect::<Result<_, _>>()?;
        fields.finish(cx)?;
        Ok(HostAttribute { name, addresses })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "hostAttr");
        out.leaf("hostName", self.name.as_str(), Facet::LABEL)?;
        for address in &self.addresses {
            out.push(write_address(Namespace::Domain, "hostAddr", *address));
        }
        Ok(out.done())
    }
}
