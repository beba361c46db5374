//! What a server says of itself (RFC 5730 section 2.4).

use model::Timestamp;

use super::dcp::DataCollectionPolicy;
use super::error::{Cx, DecodeError, DeviationKind, EncodeError};
use super::fields::Fields;
use super::out::{Facet, Out, count};
use super::{read, time};
use crate::namespace::{Namespace, NamespaceKind};
use crate::xml::Element;

/// `epp:sIDType`.
const SERVER_ID: Facet = Facet::normalized(3, 64);
/// The only version of the protocol (RFC 5730 section 2.4).
pub const VERSION: &str = "1.0";

/// `greeting`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// Name of the server.
    pub server_id: String,
    /// The server's clock; absent only from servers that leave the standard.
    pub server_date: Option<Timestamp>,
    /// Protocol versions.
    pub versions: Vec<String>,
    /// Languages of response texts.
    pub languages: Vec<String>,
    /// Object namespaces on offer (`objURI`).
    pub objects: Vec<String>,
    /// Extension namespaces on offer (`extURI`).
    pub extensions: Vec<String>,
    /// What the server does with personal data; absent only from servers that leave the standard.
    pub policy: Option<DataCollectionPolicy>,
}

impl Greeting {
    /// A greeting in English with these namespaces and our plain data policy.
    pub fn new(server_id: impl Into<String>, now: Timestamp, namespaces: &[Namespace]) -> Greeting {
        let of_kind = |kind| namespaces.iter().filter(|n| n.kind() == kind).map(|n| n.urn().to_owned()).collect();
        Greeting {
            server_id: server_id.into(),
            server_date: Some(now),
            versions: vec![VERSION.into()],
            languages: vec!["en".into()],
            objects: of_kind(NamespaceKind::Object),
            extensions: of_kind(NamespaceKind::Extension),
            policy: Some(DataCollectionPolicy::provisioning()),
        }
    }

    /// Whether the server offers this namespace, as object or extension.
    pub fn offers(&self, namespace: Namespace) -> bool {
        self.objects.iter().chain(&self.extensions).any(|urn| urn == namespace.urn())
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Greeting, DecodeError> {
        let mut fields = Fields::of(element);
        let server_id = fields.wanted(cx, "svID")?.map(read::normalized).unwrap_or_default();
        let server_date = match fields.wanted(cx, "svDate")? {
            Some(date) => match time::read(cx, date) {
                Err(error) if !cx.is_strict() => {
                    cx.deviate(DeviationKind::Value, "svDate", error.to_string())?;
                    None
                }
                read => Some(read?),
            },
            None => None,
        };
        let menu = fields.req(cx, "svcMenu")?;
        let mut inner = Fields::of(menu);
        let tokens = |elements: Vec<&Element>| elements.into_iter().map(read::token).collect::<Vec<_>>();
        let versions = tokens(inner.many(cx, "version")?);
        let languages = tokens(inner.many(cx, "lang")?);
        let objects = tokens(inner.many(cx, "objURI")?);
        let extensions = read_extension_uris(cx, &mut inner)?;
        inner.finish(cx)?;
        let policy = match fields.wanted(cx, "dcp")? {
            Some(dcp) => DataCollectionPolicy::read(cx, dcp)?,
            None => None,
        };
        fields.finish(cx)?;
        Ok(Greeting { server_id, server_date, versions, languages, objects, extensions, policy })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "greeting");
        out.leaf("svID", &self.server_id, SERVER_ID)?;
        let date = self.server_date.ok_or_else(|| EncodeError::form("svDate", "is missing"))?;
        out.date("svDate", date)?;
        let mut menu = Out::new(Namespace::Epp, "svcMenu");
        for (name, values) in [("version", &self.versions), ("lang", &self.languages), ("objURI", &self.objects)] {
            count(name, values.len(), 1, usize::MAX)?;
            for value in values {
                menu.leaf(name, value, if name == "lang" { Facet::LANGUAGE } else { Facet::MIN_TOKEN })?;
            }
        }
        menu.opt(write_extension_uris(&self.extensions)?);
        out.push(menu.done());
        let policy = self.policy.as_ref().ok_or_else(|| EncodeError::form("dcp", "is missing"))?;
        out.push(policy.write()?);
        Ok(out.done())
    }
}

/// `svcExtension`, in greeting and login alike.
pub(crate) fn read_extension_uris(cx: &mut Cx, fields: &mut Fields<'_>) -> Result<Vec<String>, DecodeError> {
    let Some(element) = fields.opt(cx, "svcExtension")? else { return Ok(Vec::new()) };
    let mut inner = Fields::of(element);
    let uris = inner.many(cx, "extURI")?.into_iter().map(read::token).collect();
    inner.finish(cx)?;
    Ok(uris)
}

pub(crate) fn write_extension_uris(uris: &[String]) -> Result<Option<Element>, EncodeError> {
    let mut out = Out::new(Namespace::Epp, "svcExtension");
    for uri in uris {
        out.leaf("extURI", uri, Facet::MIN_TOKEN)?;
    }
    Ok((!out.is_empty()).then(|| out.done()))
}
