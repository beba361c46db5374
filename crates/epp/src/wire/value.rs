//! Small values several objects share: periods, statuses, authorisation information, addresses.

use std::fmt;
use std::net::IpAddr;

use model::{AuthInfo, EppStatus, ObjectKind, Secret};

use super::error::{Cx, DecodeError, DeviationKind, EncodeError, Fault};
use super::fields::Fields;
use super::out::{Facet, Out};
use super::read;
use super::text::{LangText, ObjectRoid};
use crate::namespace::Namespace;
use crate::xml::Element;

/// Years or months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeriodUnit {
    /// `y`.
    Years,
    /// `m`.
    Months,
}

/// A validity period as EPP writes it (`domain:periodType`, 1 to 99 of a unit). `model::Period` is the narrower one of years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// How many, 1 to 99.
    pub count: u16,
    /// Of what.
    pub unit: PeriodUnit,
}

impl Period {
    /// So many years.
    pub fn years(count: u16) -> Period {
        Period { count, unit: PeriodUnit::Years }
    }

    pub(crate) fn read(element: &Element) -> Result<Period, DecodeError> {
        let unit = match read::req_attr(element, "unit")?.as_str() {
            "y" => PeriodUnit::Years,
            "m" => PeriodUnit::Months,
            _ => return Err(DecodeError::new(Fault::Value, element.label(), "has a unit other than y and m")),
        };
        Ok(Period { count: read::number(element)?, unit })
    }

    pub(crate) fn write(self, ns: Namespace) -> Result<Element, EncodeError> {
        if !(1..=99).contains(&self.count) {
            return Err(EncodeError::range(format!("{}:period", ns.prefix()), "is not between 1 and 99"));
        }
        let unit = match self.unit {
            PeriodUnit::Years => "y",
            PeriodUnit::Months => "m",
        };
        Ok(Element::new(ns, "period").with_attr("unit", unit).with_text(self.count.to_string()))
    }
}

impl From<model::Period> for Period {
    fn from(period: model::Period) -> Period {
        Period::years(u16::from(period.get()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            PeriodUnit::Years => "year",
            PeriodUnit::Months => "month",
        };
        write!(f, "{} {unit}{}", self.count, if self.count == 1 { "" } else { "s" })
    }
}

/// A status value: one the standard knows, or a registry's own word.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StatusWord {
    /// RFC 5731, 5732, 5733.
    Known(EppStatus),
    /// Anything else a registry sent; never written.
    Other(String),
}

/// A status with its optional text for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The value.
    pub word: StatusWord,
    /// Why, for people; empty as a rule.
    pub note: LangText,
}

impl Status {
    /// The status if the standard knows it.
    pub fn known(&self) -> Option<EppStatus> {
        match self.word {
            StatusWord::Known(status) => Some(status),
            StatusWord::Other(_) => None,
        }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Status, DecodeError> {
        let text = read::req_attr(element, "s")?;
        let word = match text.parse::<EppStatus>() {
            Ok(status) => StatusWord::Known(status),
            Err(_) => {
                cx.deviate(DeviationKind::Value, element.label(), "the status is none of the standard's")?;
                StatusWord::Other(text)
            }
        };
        Ok(Status { word, note: LangText::read(cx, element)? })
    }

    /// Writes the status of an object, whose schema knows only some of them.
    pub(crate) fn write(&self, ns: Namespace, object: ObjectKind) -> Result<Element, EncodeError> {
        let at = format!("{}:status", ns.prefix());
        match &self.word {
            StatusWord::Known(status) if object.knows(*status) => {
                let mut out = Out::new(ns, "status");
                out.attr("s", status.as_str(), Facet::MIN_TOKEN)?;
                out.opt_attr("lang", self.note.lang.as_deref(), Facet::LANGUAGE)?;
                out.text(&self.note.text, Facet::NORMALIZED)?;
                Ok(out.done())
            }
            StatusWord::Known(status) => Err(EncodeError::form(at, format!("cannot be `{status}` for a {object}"))),
            StatusWord::Other(_) => Err(EncodeError::form(at, "is none of the standard's")),
        }
    }
}

impl From<EppStatus> for Status {
    fn from(status: EppStatus) -> Status {
        Status { word: StatusWord::Known(status), note: LangText::default() }
    }
}

/// `authInfo` as it stands on the wire: possibly empty, of any length. [`model::AuthInfo`] is the stricter one we generate.
#[derive(Clone, PartialEq, Eq)]
pub enum AuthValue {
    /// `pw`, empty under RFC 9154.
    Password {
        /// The secret.
        pw: Secret,
        /// The object the secret belongs to, when not the one named (RFC 5731 section 2.6).
        roid: Option<ObjectRoid>,
    },
    /// `ext`: an element of another namespace, kept as it is.
    Extension(Element),
}

impl fmt::Debug for AuthValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            AuthValue::Password { pw, .. } if pw.is_empty() => "[no secret]",
            AuthValue::Password { .. } | AuthValue::Extension(_) => "[secret]",
        })
    }
}

impl AuthValue {
    /// A password without `roid`.
    pub fn password(secret: impl Into<String>) -> AuthValue {
        AuthValue::Password { pw: Secret::new(secret), roid: None }
    }

    /// The empty password: the object has no authorisation information at rest (RFC 9154 section 4).
    pub fn empty() -> AuthValue {
        AuthValue::password("")
    }

    /// The secret, when it is a password that is not empty.
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            AuthValue::Password { pw, .. } if !pw.is_empty() => Some(pw),
            _ => None,
        }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<AuthValue, DecodeError> {
        match AuthChange::read(cx, element)? {
            AuthChange::Set(value) => Ok(value),
            AuthChange::Remove => Err(DecodeError::new(Fault::Syntax, element.label(), "cannot be removed here")),
        }
    }

    pub(crate) fn write(&self, ns: Namespace) -> Result<Element, EncodeError> {
        let mut out = Out::new(ns, "authInfo");
        match self {
            AuthValue::Password { pw, roid } => {
                let mut inner = Out::new(ns, "pw");
                if let Some(roid) = roid {
                    roid.check(&format!("{}:pw@roid", ns.prefix()))?;
                    inner.attr("roid", roid.as_str(), Facet::TOKEN)?;
                }
                inner.text(pw.expose(), Facet::NORMALIZED)?;
                out.push(inner.done());
            }
            AuthValue::Extension(element) => {
                out.push(Element::new(ns, "ext").with_child(element.clone()));
            }
        }
        Ok(out.done())
    }
}

impl From<&AuthInfo> for AuthValue {
    fn from(auth: &AuthInfo) -> AuthValue {
        AuthValue::Password { pw: auth.secret().clone(), roid: None }
    }
}

/// A change of authorisation information (`domain:authInfoChgType`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthChange {
    /// A new value; the empty password is RFC 9154's way to unset it.
    Set(AuthValue),
    /// `null`: remove it (RFC 5731 section 3.2.5).
    Remove,
}

impl AuthChange {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<AuthChange, DecodeError> {
        let mut fields = Fields::of(element);
        let change = if let Some(pw) = fields.opt(cx, "pw")? {
            let roid = read::attr(pw, "roid").map(ObjectRoid::from);
            AuthChange::Set(AuthValue::Password { pw: Secret::new(read::normalized(pw)), roid })
        } else if let Some(ext) = fields.opt(cx, "ext")? {
            let Some(inner) = ext.elements().next() else {
                return Err(DecodeError::new(Fault::Missing, ext.label(), "holds no element"));
            };
            AuthChange::Set(AuthValue::Extension(inner.clone()))
        } else if fields.opt(cx, "null")?.is_some() {
            AuthChange::Remove
        } else {
            return Err(fields.missing("pw"));
        };
        fields.finish(cx)?;
        Ok(change)
    }

    pub(crate) fn write(&self, ns: Namespace) -> Result<Element, EncodeError> {
        match self {
            AuthChange::Set(value) => value.write(ns),
            AuthChange::Remove => Ok(Element::new(ns, "authInfo").with_child(Element::new(ns, "null"))),
        }
    }
}

/// An IP address of a host, written by its family.
pub(crate) fn write_address(ns: Namespace, name: &'static str, address: IpAddr) -> Element {
    let family = if address.is_ipv4() { "v4" } else { "v6" };
    Element::new(ns, name).with_attr("ip", family).with_text(address.to_string())
}

/// Reads an IP address; the family said must be the family found.
pub(crate) fn read_address(cx: &mut Cx, element: &Element) -> Result<IpAddr, DecodeError> {
    let address: IpAddr =
        read::token(element).parse().map_err(|_| DecodeError::new(Fault::Value, element.label(), "is not an IP address"))?;
    let said = read::attr(element, "ip");
    let fits = match said.as_deref() {
        None | Some("v4") => address.is_ipv4(),
        Some("v6") => address.is_ipv6(),
        Some(_) => false,
    };
    if !fits {
        cx.deviate(DeviationKind::Value, element.label(), "the address is not of the family its `ip` attribute says")?;
    }
    Ok(address)
}
