//! Long passwords at login and warnings about credentials (loginSec-1.0, RFC 8807).

use model::{Secret, Timestamp};

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out, count};
use crate::wire::verb::words;
use crate::wire::{read, time};
use crate::xml::Element;

const NS: Namespace = Namespace::LoginSec;
/// `loginSec:pwType`.
const PASSWORD: Facet = Facet::token(6, usize::MAX);

/// An element of loginSec-1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginSec {
    /// With a login.
    Login(LoginSecurity),
    /// With the answer to a login.
    Events(Vec<SecurityEvent>),
}

/// `loginSec:loginSec`.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LoginSecurity {
    /// What software logs in.
    pub user_agent: Option<UserAgent>,
    /// The password, where `pw` says [`crate::LOGIN_SECURITY_PASSWORD`].
    pub password: Option<Secret>,
    /// The new password, where `newPW` says [`crate::LOGIN_SECURITY_PASSWORD`].
    pub new_password: Option<Secret>,
}

/// `loginSec:userAgent`; one of the three at least.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct UserAgent {
    /// Application and version.
    pub app: Option<String>,
    /// Technology, such as the TLS library.
    pub tech: Option<String>,
    /// Operating system.
    pub os: Option<String>,
}

words! {
    /// What an event is about.
    EventKind {
        /// The password expires or has expired.
        Password = "password",
        /// The client certificate expires or has expired.
        Certificate = "certificate",
        /// A weak cipher.
        Cipher = "cipher",
        /// An old TLS version.
        TlsProtocol = "tlsProtocol",
        /// The new password does not meet the rules.
        NewPassword = "newPW",
        /// Statistics of logins.
        Statistics = "stat",
        /// One the server names itself.
        Custom = "custom",
    }
}

words! {
    /// How bad an event is.
    EventLevel {
        /// Something will fail soon.
        Warning = "warning",
        /// Something has failed.
        Error = "error",
    }
}

/// `loginSec:event`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityEvent {
    /// What it is about.
    pub kind: EventKind,
    /// Its name, for statistics and custom events.
    pub name: Option<String>,
    /// How bad it is.
    pub level: EventLevel,
    /// When something expires.
    pub expires: Option<Timestamp>,
    /// The value at fault, such as the cipher's name.
    pub value: Option<String>,
    /// The span a statistic covers (an XML `duration`).
    pub duration: Option<String>,
    /// Language of the text.
    pub lang: Option<String>,
    /// Text for people.
    pub text: String,
}

impl LoginSec {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<LoginSec>, DecodeError> {
        match element.name.as_ref() {
            "loginSec" => Ok(Some(LoginSec::Login(LoginSecurity::read(cx, element)?))),
            "loginSecData" => {
                let mut fields = Fields::of(element);
                let events = fields.some(cx, "event")?.into_iter().map(|e| SecurityEvent::read(cx, e)).collect::<Result<_, _>>()?;
                fields.finish(cx)?;
                Ok(Some(LoginSec::Events(events)))
            }
            _ => Ok(None),
        }
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            LoginSec::Login(login) => login.write(),
            LoginSec::Events(events) => {
                let mut out = Out::new(NS, "loginSecData");
                count("loginSec:event", events.len(), 1, usize::MAX)?;
                for event in events {
                    out.push(event.write()?);
                }
                Ok(out.done())
            }
        }
    }
}

impl LoginSecurity {
    fn read(cx: &mut Cx, element: &Element) -> Result<LoginSecurity, DecodeError> {
        let mut fields = Fields::of(element);
        let login = LoginSecurity {
            user_agent: fields.opt(cx, "userAgent")?.map(|e| UserAgent::read(cx, e)).transpose()?,
            password: fields.opt_token(cx, "pw")?.map(Secret::new),
            new_password: fields.opt_token(cx, "newPW")?.map(Secret::new),
        };
        fields.finish(cx)?;
        Ok(login)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "loginSec");
        out.opt(self.user_agent.as_ref().map(UserAgent::write).transpose()?);
        out.opt_leaf("pw", self.password.as_ref().map(Secret::expose), PASSWORD)?;
        out.opt_leaf("newPW", self.new_password.as_ref().map(Secret::expose), PASSWORD)?;
        Ok(out.done())
    }
}

impl UserAgent {
    fn read(cx: &mut Cx, element: &Element) -> Result<UserAgent, DecodeError> {
        let mut fields = Fields::of(element);
        let agent = UserAgent { app: fields.opt_token(cx, "app")?, tech: fields.opt_token(cx, "tech")?, os: fields.opt_token(cx, "os")? };
        fields.finish(cx)?;
        Ok(agent)
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "userAgent");
        for (name, value) in [("app", &self.app), ("tech", &self.tech), ("os", &self.os)] {
            out.opt_leaf(name, value.as_deref(), Facet::TOKEN)?;
        }
        if out.is_empty() {
            return Err(EncodeError::form("loginSec:userAgent", "is empty; name an application, a technology or a system"));
        }
        Ok(out.done())
    }
}

impl SecurityEvent {
    fn read(cx: &mut Cx, element: &Element) -> Result<SecurityEvent, DecodeError> {
        let kind = read::word("loginSec:event@type", &read::req_attr(element, "type")?, EventKind::from_word)?;
        let level = read::word("loginSec:event@level", &read::req_attr(element, "level")?, EventLevel::from_word)?;
        let expires = read::attr(element, "exDate").map(|text| time::parse(cx, "loginSec:event@exDate", &text)).transpose()?;
        Ok(SecurityEvent {
            kind,
            name: read::attr(element, "name"),
            level,
            expires,
            value: read::attr(element, "value"),
            duration: read::attr(element, "duration"),
            lang: read::lang(cx, element)?,
            text: read::normalized(element),
        })
    }

    fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(NS, "event");
        out.attr("type", self.kind.as_str(), Facet::TOKEN)?;
        out.opt_attr("name", self.name.as_deref(), Facet::TOKEN)?;
        out.attr("level", self.level.as_str(), Facet::TOKEN)?;
        if let Some(expires) = self.expires {
            let text =
                time::write(expires).ok_or_else(|| EncodeError::range("loginSec:event@exDate", "lies outside the years 1 to 9999"))?;
            out.attr("exDate", &text, Facet::TOKEN)?;
        }
        out.opt_attr("value", self.value.as_deref(), Facet::TOKEN)?;
        out.opt_attr("duration", self.duration.as_deref(), Facet::MIN_TOKEN)?;
        out.opt_attr("lang", self.lang.as_deref(), Facet::LANGUAGE)?;
        out.text(&self.text, Facet::NORMALIZED)?;
        Ok(out.done())
    }
}
