//! Verisign's product selector (namestoreExt-1.1) and expiry move (sync-1.0, "ConsoliDate").

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::fields::Fields;
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::text::LangText;
use crate::xml::Element;

/// `namestoreExt:subProductType`.
const PRODUCT: Facet = Facet::token(1, 64);

/// An element of namestoreExt-1.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Namestore {
    /// The product a command is meant for, such as `dotCOM`; echoed in responses.
    Product(String),
    /// Why the product was refused, with a failure.
    Error {
        /// The product system's own code.
        code: u16,
        /// Its text.
        message: LangText,
    },
}

impl Namestore {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Namestore>, DecodeError> {
        let mut fields = Fields::of(element);
        let read = match element.name.as_ref() {
            "namestoreExt" => Namestore::Product(fields.token(cx, "subProduct")?),
            "nsExtErrData" => {
                let message = fields.req(cx, "msg")?;
                let code = read::parse_number("namestoreExt:msg@code", &read::req_attr(message, "code")?)?;
                Namestore::Error { code, message: LangText::read(cx, message)? }
            }
            _ => return Ok(None),
        };
        fields.finish(cx)?;
        Ok(Some(read))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        match self {
            Namestore::Product(product) => {
                let mut out = Out::new(Namespace::Namestore, "namestoreExt");
                out.leaf("subProduct", product, PRODUCT)?;
                Ok(out.done())
            }
            Namestore::Error { code, message } => {
                let mut out = Out::new(Namespace::Namestore, "nsExtErrData");
                let mut inner = Out::new(Namespace::Namestore, "msg");
                inner.attr("code", &code.to_string(), Facet::TOKEN)?;
                inner.opt_attr("lang", message.lang.as_deref(), Facet::LANGUAGE)?;
                inner.text(&message.text, Facet::NORMALIZED)?;
                out.push(inner.done());
                Ok(out.done())
            }
        }
    }
}

/// `sync:update`: the day of the year on which the registration shall end, with a domain update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sync {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31, as the month has them; 29 February is allowed.
    pub day: u8,
}

impl Sync {
    fn check(self) -> Result<Sync, EncodeError> {
        // A leap year, so that 29 February passes as the schema's `gMonthDay` lets it.
        let day = i8::try_from(self.month).ok().zip(i8::try_from(self.day).ok());
        match day.map(|(month, day)| jiff::civil::Date::new(2000, month, day)) {
            Some(Ok(_)) => Ok(self),
            _ => Err(EncodeError::range("sync:expMonthDay", "is not a day of the year")),
        }
    }

    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Option<Sync>, DecodeError> {
        if element.name != "update" {
            return Ok(None);
        }
        let mut fields = Fields::of(element);
        let text = fields.token(cx, "expMonthDay")?;
        fields.finish(cx)?;
        let wrong = || DecodeError::new(Fault::Value, "sync:expMonthDay", "is not a day of the form --11-30");
        let (month, day) = text.strip_prefix("--").and_then(|rest| rest.split_once('-')).ok_or_else(wrong)?;
        if month.len() != 2 || day.len() != 2 {
            return Err(wrong());
        }
        let sync = Sync { month: month.parse().map_err(|_| wrong())?, day: day.parse().map_err(|_| wrong())? };
        Ok(Some(sync.check()?))
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        self.check()?;
        let mut out = Out::new(Namespace::Sync, "update");
        out.plain("expMonthDay", format!("--{:02}-{:02}", self.month, self.day));
        Ok(out.done())
    }
}
