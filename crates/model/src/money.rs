//! Money in minor units, with its currency. Amounts of two currencies never meet.

mod currency;

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

pub use currency::{Currency, CurrencyError};

use crate::word::quoted;

/// An amount of one currency, in its minor units (cents, fen, fils). Negative amounts are credits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount, in minor units of `currency`.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

impl Money {
    /// An amount in minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, of this currency.
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// Reads a decimal amount (`xs:decimal`: `12.5`, `-3`, `+.50`). Digits beyond the currency's minor unit are
    /// refused unless they are zeros: money is never rounded in silence.
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, MoneyError> {
        let unreadable = || MoneyError::Unreadable { text: quoted(decimal), currency };
        let (is_credit, digits) = match decimal.as_bytes().first() {
            Some(b'-') => (true, &decimal[1..]),
            Some(b'+') => (false, &decimal[1..]),
            _ => (false, decimal),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
            return Err(unreadable());
        }
        let places = usize::from(currency.exponent());
        let significant = fraction.trim_end_matches('0');
        if significant.len() > places {
            return Err(MoneyError::TooFine { text: quoted(decimal), currency });
        }
        let mut minor = 0i64;
        for digit in whole.bytes().chain(format!("{significant:0<places$}").bytes()) {
            let digit = i64::from(digit - b'0');
            minor = minor
                .checked_mul(10)
                .and_then(|sum| if is_credit { sum.checked_sub(digit) } else { sum.checked_add(digit) })
                .ok_or(MoneyError::Overflow)?;
        }
        Ok(Self { minor, currency })
    }

    /// The sum; refused across currencies and on overflow.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_add(other.minor))
    }

    /// The difference; refused across currencies and on overflow.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        self.same_currency(other)?;
        self.with(self.minor.checked_sub(other.minor))
    }

    /// This amount `times` over; refused on overflow.
    pub fn checked_mul(self, times: i64) -> Result<Money, MoneyError> {
        self.with(self.minor.checked_mul(times))
    }

    /// Which of two amounts is larger; refused across currencies.
    pub fn checked_cmp(self, other: Money) -> Result<std::cmp::Ordering, MoneyError> {
        self.same_currency(other)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// The amount as a decimal with all the places of its currency: `12.50`, `1250` for yen.
    pub fn to_decimal(self) -> String {
        let places = usize::from(self.currency.exponent());
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        if places == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// Whether it is neither a charge nor a credit.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    fn with(self, minor: Option<i64>) -> Result<Money, MoneyError> {
        minor.map(|minor| Money { minor, ..self }).ok_or(MoneyError::Overflow)
    }

    fn same_currency(self, other: Money) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::TwoCurrencies { first: self.currency, second: other.currency })
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.to_decimal(), self.currency))
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    /// Reads what `Display` prints: `12.50 USD`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (amount, code) = text.trim().split_once(' ').ok_or_else(|| MoneyError::NoCurrency { text: quoted(text) })?;
        Money::parse(amount, Currency::parse(code.trim_start())?)
    }
}

crate::word::serde_as_display!(Money);

/// Why an amount was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("`{text}` is not an amount; write digits with a full stop, such as `{}`", Money::new(1250, *currency).to_decimal())]
    Unreadable {
        /// What was given.
        text: String,
        /// The currency it should have been in.
        currency: Currency,
    },
    /// More decimal places than the currency has.
    #[error("`{text}` has more decimal places than {currency}, which has {}; give an exact amount", currency.exponent())]
    TooFine {
        /// What was given.
        text: String,
        /// The currency.
        currency: Currency,
    },
    /// An amount without its currency.
    #[error("`{text}` lacks a currency; write the amount, a blank and the code, such as `12.50 USD`")]
    NoCurrency {
        /// What was given.
        text: String,
    },
    /// The currency does not exist.
    #[error(transparent)]
    Currency(#[from] CurrencyError),
    /// Two currencies in one sum.
    #[error("{first} and {second} cannot be put together; convert one of them first")]
    TwoCurrencies {
        /// Currency of the left amount.
        first: Currency,
        /// Currency of the right amount.
        second: Currency,
    },
    /// Beyond what an account can hold.
    #[error("the amount is beyond {} minor units; check the numbers", i64::MAX)]
    Overflow,
}

impl MoneyError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            MoneyError::Unreadable { .. } => "money.unreadable",
            MoneyError::TooFine { .. } => "money.too_fine",
            MoneyError::NoCurrency { .. } => "money.no_currency",
            MoneyError::Currency(_) => "money.currency",
            MoneyError::TwoCurrencies { .. } => "money.two_currencies",
            MoneyError::Overflow => "money.overflow",
        }
    }
}
