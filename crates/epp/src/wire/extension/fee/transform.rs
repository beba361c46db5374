//! Fees agreed to with a transform command, and fees charged for it.

use super::FeeVersion;
use super::amount::{CreditLine, Decimal, FeeLine, write_currency};
use crate::wire::error::{Cx, DecodeError, EncodeError};
use crate::wire::fields::Fields;
use crate::wire::out::{Out, count};
use crate::wire::value::Period;
use crate::xml::Element;

/// The fee a registrar agrees to; the registry refuses the command when it is too low.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transform {
    /// Currency code; the account's own when absent.
    pub currency: Option<String>,
    /// One fee at least.
    pub fees: Vec<FeeLine>,
    /// Credits.
    pub credits: Vec<CreditLine>,
}

/// The fee a registry charged, and what is left.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TransformData {
    /// Currency code; required in 0.11.
    pub currency: Option<String>,
    /// The period the fee is for.
    pub period: Option<Period>,
    /// Fees.
    pub fees: Vec<FeeLine>,
    /// Credits.
    pub credits: Vec<CreditLine>,
    /// Money left in the account.
    pub balance: Option<Decimal>,
    /// How far the account may go below zero.
    pub credit_limit: Option<Decimal>,
}

impl Transform {
    /// One fee in this currency.
    pub fn of(amount: model::Money) -> Transform {
        Transform { currency: Some(amount.currency.as_str().to_owned()), fees: vec![FeeLine::new(amount)], credits: Vec::new() }
    }

    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<Transform, DecodeError> {
        let mut fields = Fields::of(element);
        let transform = Transform {
            currency: fields.opt_token(cx, "currency")?,
            fees: fields.some(cx, "fee")?.into_iter().map(|e| FeeLine::read(cx, e)).collect::<Result<_, _>>()?,
            credits: fields.many(cx, "credit")?.into_iter().map(|e| CreditLine::read(cx, e)).collect::<Result<_, _>>()?,
        };
        fields.finish(cx)?;
        Ok(transform)
    }

    pub(super) fn write(&self, version: FeeVersion, name: &'static str) -> Result<Element, EncodeError> {
        let mut out = Out::new(version.namespace(), name);
        write_currency(&mut out, self.currency.as_deref())?;
        count("fee:fee", self.fees.len(), 1, usize::MAX)?;
        write_lines(&mut out, version, &self.fees, &self.credits)?;
        Ok(out.done())
    }
}

pub(super) fn write_lines(out: &mut Out, version: FeeVersion, fees: &[FeeLine], credits: &[CreditLine]) -> Result<(), EncodeError> {
    for fee in fees {
        out.push(fee.write(version)?);
    }
    for credit in credits {
        out.push(credit.write(version)?);
    }
    Ok(())
}

impl TransformData {
    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<TransformData, DecodeError> {
        let mut fields = Fields::of(element);
        let data = TransformData {
            currency: fields.opt_token(cx, "currency")?,
            period: fields.opt(cx, "period")?.map(Period::read).transpose()?,
            fees: fields.many(cx, "fee")?.into_iter().map(|e| FeeLine::read(cx, e)).collect::<Result<_, _>>()?,
            credits: fields.many(cx, "credit")?.into_iter().map(|e| CreditLine::read(cx, e)).collect::<Result<_, _>>()?,
            balance: fields.opt(cx, "balance")?.map(Decimal::read).transpose()?,
            credit_limit: fields.opt(cx, "creditLimit")?.map(Decimal::read).transpose()?,
        };
        fields.finish(cx)?;
        Ok(data)
    }

    pub(super) fn write(&self, version: FeeVersion, name: &'static str) -> Result<Element, EncodeError> {
        if version == FeeVersion::V0_11 {
            self.check_0_11(name)?;
        }
        let mut out = Out::new(version.namespace(), name);
        write_currency(&mut out, self.currency.as_deref())?;
        out.opt(self.period.map(|period| period.write(version.namespace())).transpose()?);
        write_lines(&mut out, version, &self.fees, &self.credits)?;
        for (name, amount) in [("balance", &self.balance), ("creditLimit", &self.credit_limit)] {
            if let Some(amount) = amount {
                out.plain(name, amount);
            }
        }
        Ok(out.done())
    }

    /// What fee-0.11 asks and forbids, per element.
    fn check_0_11(&self, name: &str) -> Result<(), EncodeError> {
        let has_account = self.balance.is_some() || self.credit_limit.is_some();
        let fault = match name {
            _ if self.currency.is_none() => Some("names no currency"),
            "trnData" if self.fees.is_empty() => Some("names no fee"),
            "trnData" if has_account => Some("tells the balance of the account"),
            "trnData" => None,
            _ if self.period.is_some() => Some("tells a period"),
            "delData" if !self.fees.is_empty() => Some("names a fee"),
            _ => None,
        };
        match fault {
            Some(detail) => Err(EncodeError::form(format!("fee:{name}"), format!("{detail}, which fee-0.11 does not allow"))),
            None => Ok(()),
        }
    }
}
