//! Command-response extensions. Any set of them composes on one command or response; unknown ones survive as raw subtrees.

pub mod allocation_token;
pub mod change_poll;
pub mod fee;
pub mod idn;
pub mod launch;
pub mod login_sec;
pub mod rgp;
pub mod secdns;
pub mod ttl;
pub mod unhandled;
pub mod verisign;

use allocation_token::AllocationToken;
use change_poll::ChangeData;
use fee::{Fee, FeeVersion};
use idn::{IdnData, IdnLanguage};
use launch::Launch;
use login_sec::LoginSec;
use rgp::Rgp;
use secdns::SecDns;
use ttl::Ttl;
use verisign::{Namestore, Sync};

use super::error::{Cx, DecodeError, EncodeError};
use super::out::Out;
use super::response::keep_readable;
use crate::namespace::{Namespace, Ns};
use crate::xml::Element;

/// One element of `extension`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// DNSSEC (RFC 5910).
    SecDns(SecDns),
    /// Grace periods and restore (RFC 3915).
    Rgp(Rgp),
    /// Prices (RFC 8748 and drafts).
    Fee(Fee),
    /// Launch phases (RFC 8334).
    Launch(Box<Launch>),
    /// Login security (RFC 8807).
    LoginSec(LoginSec),
    /// Who changed an object (RFC 8590).
    ChangePoll(ChangeData),
    /// Allocation tokens (RFC 8495).
    AllocationToken(AllocationToken),
    /// IDN tables.
    Idn(IdnData),
    /// Times to live (RFC 9803).
    Ttl(Ttl),
    /// Verisign's product selector.
    Namestore(Namestore),
    /// Verisign's language tag.
    IdnLang(IdnLanguage),
    /// Verisign's expiry move.
    Sync(Sync),
    /// Anything else, or what could not be read.
    Raw(Element),
}

impl Extension {
    /// The namespace of the element.
    pub fn namespace(&self) -> Ns {
        Ns::Known(match self {
            Extension::SecDns(_) => Namespace::SecDns,
            Extension::Rgp(_) => Namespace::Rgp,
            Extension::Fee(fee) => fee.version.namespace(),
            Extension::Launch(_) => Namespace::Launch,
            Extension::LoginSec(_) => Namespace::LoginSec,
            Extension::ChangePoll(_) => Namespace::ChangePoll,
            Extension::AllocationToken(_) => Namespace::AllocationToken,
            Extension::Idn(_) => Namespace::Idn,
            Extension::Ttl(_) => Namespace::Ttl,
            Extension::Namestore(_) => Namespace::Namestore,
            Extension::IdnLang(_) => Namespace::IdnLang,
            Extension::Sync(_) => Namespace::Sync,
            Extension::Raw(element) => return element.ns.clone(),
        })
    }

    /// Reads one element; a tolerant reader keeps what it cannot read as a raw subtree.
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Extension, DecodeError> {
        let typed = match &element.ns {
            Ns::Known(known) => Extension::read_known(cx, *known, element),
            _ => Ok(None),
        };
        Ok(keep_readable(cx, element, typed)?.unwrap_or_else(|| Extension::Raw(element.clone())))
    }

    fn read_known(cx: &mut Cx, namespace: Namespace, element: &Element) -> Result<Option<Extension>, DecodeError> {
        Ok(match namespace {
            Namespace::SecDns => SecDns::read(cx, element)?.map(Extension::SecDns),
            Namespace::Rgp => Rgp::read(cx, element)?.map(Extension::Rgp),
            Namespace::Launch => Launch::read(cx, element)?.map(|launch| Extension::Launch(Box::new(launch))),
            Namespace::LoginSec => LoginSec::read(cx, element)?.map(Extension::LoginSec),
            Namespace::ChangePoll => ChangeData::read(cx, element)?.map(Extension::ChangePoll),
            Namespace::AllocationToken => AllocationToken::read(cx, element)?.map(Extension::AllocationToken),
            Namespace::Idn => IdnData::read(cx, element)?.map(Extension::Idn),
            Namespace::Ttl => Ttl::read(cx, element)?.map(Extension::Ttl),
            Namespace::Namestore => Namestore::read(cx, element)?.map(Extension::Namestore),
            Namespace::IdnLang => IdnLanguage::read(cx, element)?.map(Extension::IdnLang),
            Namespace::Sync => Sync::read(cx, element)?.map(Extension::Sync),
            other => match FeeVersion::of_namespace(other) {
                Some(version) => Fee::read(cx, version, element)?.map(Extension::Fee),
                None => None,
            },
        })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Extension::SecDns(extension) => extension.write(),
            Extension::Rgp(extension) => extension.write(),
            Extension::Fee(extension) => extension.write(),
            Extension::Launch(extension) => extension.write(),
            Extension::LoginSec(extension) => extension.write(),
            Extension::ChangePoll(extension) => extension.write(),
            Extension::AllocationToken(extension) => extension.write(),
            Extension::Idn(extension) => extension.write(),
            Extension::Ttl(extension) => extension.write(),
            Extension::Namestore(extension) => extension.write(),
            Extension::IdnLang(extension) => extension.write(),
            Extension::Sync(extension) => extension.write(),
            Extension::Raw(element) => Ok(element.clone()),
        }
    }

    pub(crate) fn read_all(cx: &mut Cx, element: &Element) -> Result<Vec<Extension>, DecodeError> {
        element.elements().map(|child| Extension::read(cx, child)).collect()
    }

    pub(crate) fn write_all(extensions: &[Extension]) -> Result<Option<Element>, EncodeError> {
        let mut out = Out::new(Namespace::Epp, "extension");
        for extension in extensions {
            out.push(extension.write()?);
        }
        Ok((!out.is_empty()).then(|| out.done()))
    }
}

/// A type that is one variant of [`Extension`], to be found by type on commands and responses.
pub trait TypedExtension: Sized {
    /// The value, when the extension is of this type.
    fn of(extension: &Extension) -> Option<&Self>;
}

macro_rules! typed_extensions {
    ($($from:ty => $variant:ident,)*) => {
        $(impl From<$from> for Extension {
            fn from(extension: $from) -> Extension {
                Extension::$variant(extension)
            }
        }

        impl TypedExtension for $from {
            fn of(extension: &Extension) -> Option<&$from> {
                match extension {
                    Extension::$variant(extension) => Some(extension),
                    _ => None,
                }
            }
        })*
    };
}
typed_extensions! {
    SecDns => SecDns,
    Rgp => Rgp,
    Fee => Fee,
    LoginSec => LoginSec,
    ChangeData => ChangePoll,
    AllocationToken => AllocationToken,
    IdnData => Idn,
    Ttl => Ttl,
    Namestore => Namestore,
    IdnLanguage => IdnLang,
    Sync => Sync,
    Element => Raw,
}

impl From<Launch> for Extension {
    fn from(launch: Launch) -> Extension {
        Extension::Launch(Box::new(launch))
    }
}

impl TypedExtension for Launch {
    fn of(extension: &Extension) -> Option<&Launch> {
        match extension {
            Extension::Launch(launch) => Some(launch),
            _ => None,
        }
    }
}
