//! Names and identifiers as they stand on the wire, before anyone judged them.
//!
//! A server must be able to answer a check of an impossible name, and a client must be able to read what a registry sends, so these
//! types hold any text; the encoder refuses what the schema refuses, and the conversions to `model` types judge the rest.

use std::fmt;

use model::{ClTrid, ContactHandle, DomainName, HostName, NameError, RegistrarHandle, SvTrid};

use super::error::{Cx, DecodeError, EncodeError};
use super::out::{Facet, Out};
use super::read;
use crate::namespace::Namespace;
use crate::xml::Element;

macro_rules! wire_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes the text as it is; the encoder checks it.
            pub fn new(text: impl Into<String>) -> $name {
                $name(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> $name {
                $name(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> $name {
                $name(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

wire_text! {
    /// The name of a domain or host (`eppcom:labelType`, 1 to 255 characters), or the identifier of a contact where all three objects
    /// share a shape.
    ObjectName
}
wire_text! {
    /// The identifier of a registrar or contact (`eppcom:clIDType`, 3 to 16 characters).
    Handle
}
wire_text! {
    /// A repository object identifier (`eppcom:roidType`).
    ObjectRoid
}
wire_text! {
    /// A client or server transaction identifier (`epp:trIDStringType`, 3 to 64 characters).
    TransactionId
}

impl ObjectName {
    /// The domain name this is, in canonical form.
    ///
    /// # Errors
    /// [`NameError`] when it is none.
    pub fn to_domain(&self) -> Result<DomainName, NameError> {
        DomainName::parse(&self.0)
    }

    /// The host name this is, in canonical form.
    ///
    /// # Errors
    /// [`NameError`] when it is none.
    pub fn to_host(&self) -> Result<HostName, NameError> {
        HostName::parse(&self.0)
    }
}

impl From<&DomainName> for ObjectName {
    fn from(name: &DomainName) -> ObjectName {
        ObjectName::new(name.as_str())
    }
}

impl From<&HostName> for ObjectName {
    fn from(name: &HostName) -> ObjectName {
        ObjectName::new(name.as_str())
    }
}

impl From<&ContactHandle> for ObjectName {
    fn from(handle: &ContactHandle) -> ObjectName {
        ObjectName::new(handle.to_string())
    }
}

impl From<&Handle> for ObjectName {
    fn from(handle: &Handle) -> ObjectName {
        ObjectName::new(handle.as_str())
    }
}

impl From<&ContactHandle> for Handle {
    fn from(handle: &ContactHandle) -> Handle {
        Handle::new(handle.to_string())
    }
}

impl From<&RegistrarHandle> for Handle {
    fn from(handle: &RegistrarHandle) -> Handle {
        Handle::new(handle.to_string())
    }
}

impl From<&model::Roid> for ObjectRoid {
    fn from(roid: &model::Roid) -> ObjectRoid {
        ObjectRoid::new(roid.to_string())
    }
}

impl From<&ClTrid> for TransactionId {
    fn from(id: &ClTrid) -> TransactionId {
        TransactionId::new(id.to_string())
    }
}

impl From<&SvTrid> for TransactionId {
    fn from(id: &SvTrid) -> TransactionId {
        TransactionId::new(id.to_string())
    }
}

impl ObjectRoid {
    pub(crate) fn check(&self, at: &str) -> Result<(), EncodeError> {
        match model::Roid::parse(&self.0) {
            Ok(_) => Ok(()),
            Err(_) => Err(EncodeError::form(at, "is not a repository object identifier of the form 1A-REP")),
        }
    }
}

/// Text for people, in a language (`lang`; English when absent).
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LangText {
    /// The text.
    pub text: String,
    /// Language tag, `None` for the default `en`.
    pub lang: Option<String>,
}

impl LangText {
    /// English text.
    pub fn new(text: impl Into<String>) -> LangText {
        LangText { text: text.into(), lang: None }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<LangText, DecodeError> {
        Ok(LangText { text: read::normalized(element), lang: read::lang(cx, element)? })
    }

    pub(crate) fn write(&self, ns: Namespace, name: &'static str, facet: Facet) -> Result<Element, EncodeError> {
        let mut out = Out::new(ns, name);
        out.opt_attr("lang", self.lang.as_deref(), Facet::LANGUAGE)?.text(&self.text, facet)?;
        Ok(out.done())
    }
}

impl From<&str> for LangText {
    fn from(text: &str) -> LangText {
        LangText::new(text)
    }
}

impl From<String> for LangText {
    fn from(text: String) -> LangText {
        LangText::new(text)
    }
}
