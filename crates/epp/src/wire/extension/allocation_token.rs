//! Tokens for reserved and promoted names (allocationToken-1.0, RFC 8495).

use model::Secret;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::xml::Element;

/// An element of allocationToken-1.0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllocationToken {
    /// The token, with check, create, transfer or update, and in the answer to an info.
    Token(Secret),
    /// With a domain info: ask for the token.
    Info,
}

impl AllocationToken {
    pub(crate) fn read(_: &mut Cx, element: &Element) -> Result<Option<AllocationToken>, DecodeError> {
        Ok(match element.name.as_ref() {
            "allocationToken" => Some(AllocationToken::Token(Secret::new(read::token(element)))),
            "info" => Some(AllocationToken::Info),
            _ => None,
        })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            AllocationToken::Token(token) => {
                let mut out = Out::new(Namespace::AllocationToken, "allocationToken");
                out.text(token.expose(), Facet::MIN_TOKEN)?;
                Ok(out.done())
            }
            AllocationToken::Info => Ok(Element::new(Namespace::AllocationToken, "info")),
        }
    }
}
