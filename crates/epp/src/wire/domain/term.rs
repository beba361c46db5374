//! Renewal and transfer of a name: the commands that move its expiry (RFC 5731 sections 3.2.3 and 3.2.4).

use jiff::civil::Date;
use model::Timestamp;

use crate::namespace::Namespace;
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::object::DOMAIN;
use crate::wire::out::Out;
use crate::wire::text::ObjectName;
use crate::wire::time;
use crate::wire::value::{AuthValue, Period};
use crate::wire::verb::TransferOp;
use crate::xml::Element;

/// `domain:renew`. The present expiry day makes a repeated renewal fail instead of renewing twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renew {
    /// The name.
    pub name: ObjectName,
    /// The day the registration ends now, in UTC.
    pub current_expiry: Date,
    /// For how long; the registry's default when absent.
    pub period: Option<Period>,
}

impl Renew {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Renew, DecodeError> {
        let mut fields = Fields::of(element);
        let name = DOMAIN.read_key(cx, &mut fields)?;
        let current_expiry = fields.req(cx, "curExpDate")?;
        let current_expiry = time::read_date(cx, current_expiry)?;
        let period = fields.opt(cx, "period")?.map(Period::read).transpose()?;
        fields.finish(cx)?;
        Ok(Renew { name, current_expiry, period })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "renew");
        DOMAIN.write_key(&mut out, &self.name)?;
        let day = time::write_date(self.current_expiry)
            .ok_or_else(|| EncodeError::range("domain:curExpDate", "lies outside the years 1 to 9999"))?;
        out.plain("curExpDate", day);
        out.opt(self.period.map(|period| period.write(Namespace::Domain)).transpose()?);
        Ok(out.done())
    }
}

/// `domain:renData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RenewData {
    /// The name.
    pub name: ObjectName,
    /// When the registration ends now.
    pub expires: Option<Timestamp>,
}

impl RenewData {
    pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<RenewData, DecodeError> {
        let mut fields = Fields::of(element);
        let data = RenewData { name: DOMAIN.read_key(cx, &mut fields)?, expires: fields.opt_date(cx, "exDate")? };
        fields.finish(cx)?;
        Ok(data)
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "renData");
        DOMAIN.write_key(&mut out, &self.name)?;
        out.opt_date("exDate", self.expires)?;
        Ok(out.done())
    }
}

/// `transfer` of a domain, in any of its five operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// What to do.
    pub op: TransferOp,
    /// The name.
    pub name: ObjectName,
    /// Years the transfer adds, with `request`.
    pub period: Option<Period>,
    /// The authorisation information the registrant gave, with `request`.
    pub auth: Option<AuthValue>,
}

impl Transfer {
    /// An operation without period and authorisation information.
    pub fn new(op: TransferOp, name: impl Into<ObjectName>) -> Transfer {
        Transfer { op, name: name.into(), period: None, auth: None }
    }

    pub(crate) fn read(cx: &mut Cx, op: TransferOp, element: &Element) -> Result<Transfer, DecodeError> {
        let mut fields = Fields::of(element);
        let name = DOMAIN.read_key(cx, &mut fields)?;
        let period = fields.opt(cx, "period")?.map(Period::read).transpose()?;
        let auth = fields.opt(cx, "authInfo")?.map(|e| AuthValue::read(cx, e)).transpose()?;
        fields.finish(cx)?;
        Ok(Transfer { op, name, period, auth })
    }

    pub(crate) fn write(&self) -> Result<Element, EncodeError> {
        let mut out = Out::new(Namespace::Domain, "transfer");
        DOMAIN.write_key(&mut out, &self.name)?;
        out.opt(self.period.map(|period| period.write(Namespace::Domain)).transpose()?);
        out.opt(self.auth.as_ref().map(|auth| auth.write(Namespace::Domain)).transpose()?);
        Ok(out.done())
    }
}
