//! Commands about the session and its messages: login and poll (RFC 5730 sections 2.9.1 and 2.9.2.3).

use model::Secret;

use super::error::{Cx, DecodeError, EncodeError, Fault};
use super::fields::Fields;
use super::greeting::{VERSION, read_extension_uris, write_extension_uris};
use super::out::{Facet, Out, count};
use super::read;
use super::text::Handle;
use crate::namespace::Namespace;
use crate::xml::Element;

/// `epp:pwType`. Longer passwords travel in loginSec-1.0 (RFC 8807).
const PASSWORD: Facet = Facet::token(6, 16);
/// Stands in `pw` and `newPW` when the real password is in the loginSec extension (RFC 8807 section 3.2).
pub const LOGIN_SECURITY_PASSWORD: &str = "[LOGIN-SECURITY]";

/// `login`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The registrar.
    pub client_id: Handle,
    /// Its password, 6 to 16 characters, or [`LOGIN_SECURITY_PASSWORD`].
    pub password: Secret,
    /// A new password to set.
    pub new_password: Option<Secret>,
    /// Protocol version, `1.0`.
    pub version: String,
    /// Language of response texts.
    pub language: String,
    /// Object namespaces the session will use, one at least.
    pub objects: Vec<String>,
    /// Extension namespaces the session will use.
    pub extensions: Vec<String>,
}

impl Login {
    /// A login in English with these namespaces.
    pub fn new(client_id: impl Into<Handle>, password: Secret, objects: Vec<String>, extensions: Vec<String>) -> Login {
        Login {
            client_id: client_id.into(),
            password,
            new_password: None,
            version: VERSION.into(),
            language: "en".into(),
            objects,
            extensions,
        }
    }

    /// Whether the session declared this namespace.
    pub fn declares(&self, namespace: Namespace) -> bool {
        self.objects.iter().chain(&self.extensions).any(|urn| urn == namespace.urn())
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Login, DecodeError> {
        let mut fields = Fields::of(element);
        let client_id = fields.handle(cx, "clID")?;
        let password = Secret::new(fields.token(cx, "pw")?);
        let new_password = fields.opt_token(cx, "newPW")?.map(Secret::new);
        let options = fields.req(cx, "options")?;
        let mut inner = Fields::of(options);
        let version = inner.token(cx, "version")?;
        let language = inner.token(cx, "lang")?;
        inner.finish(cx)?;
        let services = fields.req(cx, "svcs")?;
        let mut inner = Fields::of(services);
        let objects = inner.many(cx, "objURI")?.into_iter().map(read::token).collect();
        let extensions = read_extension_uris(cx, &mut inner)?;
        inner.finish(cx)?;
        fields.finish(cx)?;
        Ok(Login { client_id, password, new_password, version, language, objects, extensions })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "login");
        out.leaf("clID", self.client_id.as_str(), Facet::HANDLE)?;
        out.leaf("pw", self.password.expose(), PASSWORD)?;
        out.opt_leaf("newPW", self.new_password.as_ref().map(Secret::expose), PASSWORD)?;
        let mut options = Out::new(Namespace::Epp, "options");
        options.leaf("version", &self.version, Facet::MIN_TOKEN)?.leaf("lang", &self.language, Facet::LANGUAGE)?;
        let mut services = Out::new(Namespace::Epp, "svcs");
        count("objURI", self.objects.len(), 1, usize::MAX)?;
        for uri in &self.objects {
            services.leaf("objURI", uri, Facet::MIN_TOKEN)?;
        }
        services.opt(write_extension_uris(&self.extensions)?);
        out.push(options.done()).push(services.done());
        Ok(out.done())
    }
}

/// `poll`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Poll {
    /// Show the oldest message.
    Request,
    /// Remove a message from the queue. Identifiers are texts; some registries send negative numbers.
    Acknowledge {
        /// The message.
        message_id: String,
    },
}

impl Poll {
    pub(crate) fn read(element: &Element) -> Result<Poll, DecodeError> {
        match read::req_attr(element, "op")?.as_str() {
            "req" => Ok(Poll::Request),
            "ack" => Ok(Poll::Acknowledge { message_id: read::req_attr(element, "msgID")? }),
            _ => Err(DecodeError::new(Fault::Value, "poll", "has an operation other than req and ack")),
        }
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "poll");
        match self {
            Poll::Request => out.attr("op", "req", Facet::TOKEN)?,
            Poll::Acknowledge { message_id } => out.attr("op", "ack", Facet::TOKEN)?.attr("msgID", message_id, Facet::MIN_TOKEN)?,
        };
        Ok(out.done())
    }
}
