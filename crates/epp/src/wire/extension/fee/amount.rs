//! Amounts, fees and credits.

use std::fmt;

use model::{Currency, Money, MoneyError};

use super::FeeVersion;
use crate::wire::error::{Cx, DecodeError, EncodeError, Fault};
use crate::wire::out::{Facet, Out};
use crate::wire::read;
use crate::wire::verb::words;
use crate::xml::Element;

/// A decimal number as the registry writes it, with its own places; [`Decimal::to_money`] makes money of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// Reads `[+-]digits[.digits]`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Decimal> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let are_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        let fits = are_digits(whole) && are_digits(fraction) && !(whole.is_empty() && fraction.is_empty());
        fits.then(|| Decimal(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The amount in this currency.
    ///
    /// # Errors
    /// [`MoneyError`] when it has digits below the currency's minor unit, or is too large.
    pub fn to_money(&self, currency: Currency) -> Result<Money, MoneyError> {
        Money::parse(&self.0, currency)
    }

    fn is_zero(&self) -> bool {
        self.0.bytes().all(|b| matches!(b, b'0' | b'.' | b'+' | b'-'))
    }

    fn is_negative(&self) -> bool {
        self.0.starts_with('-') && !self.is_zero()
    }

    fn is_positive(&self) -> bool {
        !self.0.starts_with('-') && !self.is_zero()
    }

    pub(super) fn read(element: &Element) -> Result<Decimal, DecodeError> {
        Decimal::parse(&read::token(element)).ok_or_else(|| DecodeError::new(Fault::Value, element.label(), "is not a decimal number"))
    }
}

impl From<Money> for Decimal {
    fn from(money: Money) -> Decimal {
        Decimal(money.to_decimal())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

words! {
    /// When a fee is taken.
    Applied {
        /// With the command.
        Immediate = "immediate",
        /// Later.
        Delayed = "delayed",
    }
}

/// `fee:fee`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeeLine {
    /// How much; never negative.
    pub amount: Decimal,
    /// What for.
    pub description: Option<String>,
    /// Language of the description; fee-1.0 only.
    pub lang: Option<String>,
    /// Whether it comes back when the command is undone in time.
    pub is_refundable: Option<bool>,
    /// In what time (an XML `duration`, such as `P5D`).
    pub grace_period: Option<String>,
    /// When it is taken.
    pub applied: Option<Applied>,
}

/// `fee:credit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditLine {
    /// How much; never positive.
    pub amount: Decimal,
    /// What for.
    pub description: Option<String>,
    /// Language of the description; fee-1.0 only.
    pub lang: Option<String>,
}

impl FeeLine {
    /// An amount and nothing more.
    pub fn new(amount: impl Into<Decimal>) -> FeeLine {
        FeeLine { amount: amount.into(), description: None, lang: None, is_refundable: None, grace_period: None, applied: None }
    }

    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<FeeLine, DecodeError> {
        let is_refundable = match read::attr(element, "refundable") {
            Some(_) => Some(read::req_flag(element, "refundable")?),
            None => None,
        };
        let applied = read::attr(element, "applied").map(|word| read::word("fee:fee@applied", &word, Applied::from_word)).transpose()?;
        Ok(FeeLine {
            amount: Decimal::read(element)?,
            description: element.attr("description").map(str::to_owned),
            lang: read::lang(cx, element)?,
            is_refundable,
            grace_period: read::attr(element, "grace-period"),
            applied,
        })
    }

    pub(super) fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        if self.amount.is_negative() {
            return Err(EncodeError::range("fee:fee", "is negative; what comes back is a credit"));
        }
        let mut out = Out::new(version.namespace(), "fee");
        describe(&mut out, version, self.description.as_deref(), self.lang.as_deref())?;
        if let Some(is_refundable) = self.is_refundable {
            out.flag("refundable", is_refundable);
        }
        out.opt_attr("grace-period", self.grace_period.as_deref(), Facet::MIN_TOKEN)?;
        out.opt_attr("applied", self.applied.map(Applied::as_str), Facet::TOKEN)?;
        out.text(self.amount.as_str(), Facet::TOKEN)?;
        Ok(out.done())
    }
}

impl CreditLine {
    /// An amount and nothing more.
    pub fn new(amount: impl Into<Decimal>) -> CreditLine {
        CreditLine { amount: amount.into(), description: None, lang: None }
    }

    pub(super) fn read(cx: &mut Cx, element: &Element) -> Result<CreditLine, DecodeError> {
        Ok(CreditLine {
            amount: Decimal::read(element)?,
            description: element.attr("description").map(str::to_owned),
            lang: read::lang(cx, element)?,
        })
    }

    pub(super) fn write(&self, version: FeeVersion) -> Result<Element, EncodeError> {
        if self.amount.is_positive() {
            return Err(EncodeError::range("fee:credit", "is positive; what is charged is a fee"));
        }
        let mut out = Out::new(version.namespace(), "credit");
        describe(&mut out, version, self.description.as_deref(), self.lang.as_deref())?;
        out.text(self.amount.as_str(), Facet::TOKEN)?;
        Ok(out.done())
    }
}

fn describe(out: &mut Out, version: FeeVersion, description: Option<&str>, lang: Option<&str>) -> Result<(), EncodeError> {
    out.opt_attr("description", description, Facet::STRING)?;
    if lang.is_some() && version != FeeVersion::V1_0 {
        return Err(EncodeError::form(out.at("fee"), "has a language, which only fee-1.0 can carry"));
    }
    out.opt_attr("lang", lang, Facet::LANGUAGE)?;
    Ok(())
}

/// `fee:currencyType`: three capital letters.
pub(super) fn check_currency(currency: &str) -> Result<(), EncodeError> {
    if currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(EncodeError::form("fee:currency", "is not a currency code of three capital letters"))
}

pub(super) fn write_currency(out: &mut Out, currency: Option<&str>) -> Result<(), EncodeError> {
    if let Some(currency) = currency {
        check_currency(currency)?;
        out.plain("currency", currency);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_the_schema_writes_them() {
        for text in ["0", "5.00", "-5.00", "+1", ".50", "5.", "100000000000000000000.123"] {
            assert_eq!(Decimal::parse(text).map(|d| d.to_string()).as_deref(), Some(text));
        }
        for text in ["", ".", "-", "+-1", "1,00", "1e3", "1.2.3", " 1", "USD 5"] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_fee_is_never_negative_and_a_credit_never_positive() {
        let amount = |text| Decimal::parse(text).unwrap();
        for (text, fee, credit) in [("5.00", true, false), ("-5.00", false, true), ("0", true, true), ("-0.00", true, true)] {
            assert_eq!(FeeLine::new(amount(text)).write(FeeVersion::V1_0).is_ok(), fee, "fee {text}");
            assert_eq!(CreditLine::new(amount(text)).write(FeeVersion::V1_0).is_ok(), credit, "credit {text}");
        }
    }
}
