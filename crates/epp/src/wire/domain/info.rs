//! What a registry holds of a name (RFC 5731 section 3.1.2).

use model::{EppStatus, ObjectKind, Timestamp};

use super::{DomainContact, NameServers};
use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::{DOMAIN, Provenance};
use crate::wire::out::{Facet, Out, count};
use crate::wire::read;
use crate::wire::text::{Handle, ObjectName, ObjectRoid};
use crate::wire::value::{AuthValue, Status};
use crate::xml::Element;

/// Most statuses of a domain in one element (RFC 5731 section 4).
const MAX_STATUSES: usize = 11;

/// Which hosts an info should list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum HostFilter {
    /// Delegated and subordinate hosts.
    #[default]
    All,
    /// Only the name servers of the domain.
    Delegated,
    /// Only hosts below the domain.
    Subordinate,
    /// Neither.
    None,
}

impl HostFilter {
    fn as_str(self) -> &'static str {
        match self {
            HostFilter::All => "all",
            HostFilter::Delegated => "del",
            HostFilter::Subordinate => "sub",
            HostFilter::None => "none",
        }
    }

    fn from_word(word: &str) -> Option<HostFilter> {
        [HostFilter::All, HostFilter::Delegated, HostFilter::Subordinate, HostFilter::None].into_iter().find(|f| f.as_str() == word)
    }
}

/// `domain:info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The name.
    pub name: ObjectName,
    /// Which hosts to list.
    pub hosts: HostFilter,
    /// To see another registrar's name, or to verify the authorisation information.
    pub auth: Option<AuthValue>,
}

impl Info {
    /// An info of this name with all hosts.
    pub fn new(name: impl Into<ObjectName>) -> Info {
        Info { name: name.into(), hosts: HostFilter::All, auth: None }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Info, DecodeError> {
        let mut fields = Fields::of(element);
        let name = fields.req(cx, "name")?;
        let auth = fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        let hosts = match read::attr(name, "hosts") {
            Some(word) => read::word("domain:name@hosts", &word, HostFilter::from_word)?,
            None => HostFilter::All,
        };
        Ok(Info { name: ObjectName::new(read::token(name)), hosts, auth })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "info");
        let mut name = Out::new(Namespace::Domain, "name");
        name.attr("hosts", self.hosts.as_str(), Facet::TOKEN)?.text(self.name.as_str(), Facet::LABEL)?;
        out.push(name.done());
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Domain)).transpose()?);
        Ok(out.done())
    }
}

/// `domain:infData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InfoData {
    /// The name.
    pub name: ObjectName,
    /// Its identifier in the repository.
    pub roid: ObjectRoid,
    /// Its statuses.
    pub statuses: Vec<Status>,
    /// Its registrant, where the registry keeps contacts.
    pub registrant: Option<Handle>,
    /// Its other contacts.
    pub contacts: Vec<DomainContact>,
    /// Its name servers.
    pub name_servers: Option<NameServers>,
    /// Hosts below the name.
    pub subordinate_hosts: Vec<ObjectName>,
    /// Sponsor and history.
    pub provenance: Provenance,
    /// When the registration ends.
    pub expires: Option<Timestamp>,
    /// Its authorisation information, shown to the sponsor or to who sent the right one.
    pub auth: Option<AuthValue>,
}

impl InfoData {
    /// The least the schema asks for: name, identifier and sponsor.
    pub fn new(name: impl Into<ObjectName>, roid: impl Into<ObjectRoid>, sponsor: impl Into<Handle>) -> InfoData {
        InfoData {
            name: name.into(),
            roid: roid.into(),
            statuses: Vec::new(),
            registrant: None,
            contacts: Vec::new(),
            name_servers: None,
            subordinate_hosts: Vec::new(),
            provenance: Provenance::of(sponsor),
            expires: None,
            auth: None,
        }
    }

    /// Whether the registry shows this status.
    pub fn has_status(&self, status: EppStatus) -> bool {
        self.statuses.iter().any(|shown| shown.known() == Some(status))
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<InfoData, DecodeError> {
        let mut fields = Fields::of(element);
        let name = DOMAIN.read_key(cx, &mut fields)?;
        let roid = fields.wanted(cx, "roid")?.map(read::token).unwrap_or_default().into();
        let statuses = fields.many(cx, "status")?.into_iter().map(|e| Status::read(cx, e)).collect::<Result<_, _>>()?;
        let registrant = fields.opt_handle(cx, "registrant")?;
        let contacts = DomainContact::read_all(cx, &mut fields)?;
        let name_servers = fields.opt(cx, "ns")?.map(|e| NameServers::read(cx, e)).transpose()?;
        let subordinate_hosts = fields.many(cx, "host")?.into_iter().map(|e| ObjectName::new(read::token(e))).collect();
        let mut provenance = Provenance::read(cx, &mut fields)?;
        let expires = fields.opt_date(cx, "exDate")?;
        provenance.transferred = fields.opt_date(cx, "trDate")?;
        let auth = fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(InfoData { name, roid, statuses, registrant, contacts, name_servers, subordinate_hosts, provenance, expires, auth })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "infData");
        DOMAIN.write_key(&mut out, &self.name)?;
        self.roid.check("domain:roid")?;
        out.plain("roid", &self.roid);
        count("domain:status", self.statuses.len(), 0, MAX_STATUSES)?;
        for status in &self.statuses {
            out.push(status.write(Namespace::Domain, ObjectKind::Domain)?);
        }
        out.opt_leaf("registrant", self.registrant.as_ref().map(Handle::as_str), Facet::HANDLE)?;
        DomainContact::write_all(&self.contacts, &mut out)?;
        out.opt(self.name_servers.as_ref().map(NameServers::write).transpose()?.flatten());
        for host in &self.subordinate_hosts {
            out.leaf("host", host.as_str(), Facet::LABEL)?;
        }
        self.provenance.write(&mut out)?;
        out.opt_date("exDate", self.expires)?.opt_date("trDate", self.provenance.transferred)?;
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Domain)).transpose()?);
        Ok(out.done())
    }
}
