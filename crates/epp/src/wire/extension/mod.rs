//! Command-response extensions. Any set of them composes on one command or response; unknown ones survive as raw subtrees.

use super::error::{Cx, DecodeError, EncodeError};
use super::out::Out;
use super::response::keep_readable;
use crate::namespace::{Namespace, Ns};
use crate::xml::Element;

/// One element of `extension`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Anything else, or what could not be read.
    Raw(Element),
}

impl Extension {
    /// The namespace of the element.
    pub fn namespace(&self) -> Ns {
        match self {
            Extension::Raw(element) => element.ns.clone(),
        }
    }

    /// Reads one element; a tolerant reader keeps what it cannot read as a raw subtree.
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Extension, DecodeError> {
        let typed = match element.ns {
            _ => Ok(None),
        };
        Ok(keep_readable(cx, element, typed)?.unwrap_or_else(|| Extension::Raw(element.clone())))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
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
