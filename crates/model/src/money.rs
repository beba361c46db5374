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
    #[error("the amount is larger than an account can hold; check the numbers")]
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_money() -> impl Strategy<Value = Money> {
        let currency = prop::sample::select(vec!["USD", "EUR", "JPY", "KWD"]);
        (any::<i64>(), currency).prop_map(|(minor, code)| Money::new(minor, Currency::parse(code).unwrap()))
    }

    #[test]
    fn decimals_are_read_exactly_or_not_at_all() {
        let (usd, jpy, kwd) = (Currency::USD, Currency::JPY, Currency::parse("KWD").unwrap());
        for (text, currency, want) in [
            ("12.50", usd, Ok(1250)),
            ("12.5", usd, Ok(1250)),
            ("12", usd, Ok(1200)),
            ("12.", usd, Ok(1200)),
            (".5", usd, Ok(50)),
            ("-0.01", usd, Ok(-1)),
            ("+1.00", usd, Ok(100)),
            ("1.5000", usd, Ok(150)),
            ("007", usd, Ok(700)),
            ("1.005", usd, Err("money.too_fine")),
            ("1.005", kwd, Ok(1005)),
            ("1250", jpy, Ok(1250)),
            ("1250.00", jpy, Ok(1250)),
            ("1250.5", jpy, Err("money.too_fine")),
            ("92233720368547758.07", usd, Ok(i64::MAX)),
            ("-92233720368547758.08", usd, Ok(i64::MIN)),
            ("92233720368547758.08", usd, Err("money.overflow")),
            ("99999999999999999999999999", usd, Err("money.overflow")),
            ("", usd, Err("money.unreadable")),
            (".", usd, Err("money.unreadable")),
            ("-", usd, Err("money.unreadable")),
            ("1,50", usd, Err("money.unreadable")),
            ("1.2.3", usd, Err("money.unreadable")),
            ("1e3", usd, Err("money.unreadable")),
            ("--1", usd, Err("money.unreadable")),
            (" 1", usd, Err("money.unreadable")),
            ("１", usd, Err("money.unreadable")),
        ] {
            let got = Money::parse(text, currency).map(|money| money.minor).map_err(|error| error.code());
            assert_eq!(got, want, "{text} {currency}");
        }
    }

    #[test]
    fn amounts_print_all_their_places() {
        for (minor, code, want) in [
            (1250, "USD", "12.50 USD"),
            (5, "USD", "0.05 USD"),
            (-5, "EUR", "-0.05 EUR"),
            (1250, "JPY", "1250 JPY"),
            (1, "KWD", "0.001 KWD"),
        ] {
            assert_eq!(Money::new(minor, Currency::parse(code).unwrap()).to_string(), want);
        }
    }

    #[test]
    fn refusals_say_what_to_write() {
        let refusals: Vec<String> = ["12.50", "1.005 USD", "1,50 JPY", "3 usd", "3 XYZ"]
            .iter()
            .map(|text| text.parse::<Money>().unwrap_err().to_string())
            .chain([Money::zero(Currency::USD).checked_add(Money::zero(Currency::EUR)).unwrap_err().to_string()])
            .chain([Money::new(i64::MAX, Currency::USD).checked_mul(2).unwrap_err().to_string()])
            .collect();
        insta::assert_snapshot!(refusals.join("\n"), @r"
`12.50` lacks a currency; write the amount, a blank and the code, such as `12.50 USD`
`1.005` has more decimal places than USD, which has 2; give an exact amount
`1,50` is not an amount; write digits with a full stop, such as `1250`
`usd` is not a currency code of ISO 4217; write three capital letters, such as `USD`
`XYZ` is not a currency code of ISO 4217; write three capital letters, such as `USD`
USD and EUR cannot be put together; convert one of them first
the amount is larger than an account can hold; check the numbers
");
    }

    proptest! {
        #[test]
        fn every_amount_prints_and_parses_back(money in any_money()) {
            prop_assert_eq!(Money::parse(&money.to_decimal(), money.currency), Ok(money));
            prop_assert_eq!(money.to_string().parse(), Ok(money));
            prop_assert_eq!(serde_json::from_str::<Money>(&serde_json::to_string(&money).unwrap()).unwrap(), money);
        }

        #[test]
        fn sums_are_exact_or_refused(a in any_money(), b in any_money()) {
            let same = a.currency == b.currency;
            let exact = i128::from(a.minor) + i128::from(b.minor);
            match a.checked_add(b) {
                Ok(sum) => {
                    prop_assert!(same);
                    prop_assert_eq!(i128::from(sum.minor), exact);
                    prop_assert_eq!(sum.checked_sub(b), Ok(a));
                    prop_assert_eq!(b.checked_add(a), Ok(sum));
                }
                Err(MoneyError::TwoCurrencies { .. }) => prop_assert!(!same),
                Err(MoneyError::Overflow) => prop_assert!(same && i64::try_from(exact).is_err()),
                Err(other) => prop_assert!(false, "{}", other),
            }
            prop_assert_eq!(a.checked_cmp(b).is_ok(), same);
        }

        #[test]
        fn products_are_exact_or_refused(a in any_money(), times in -1000i64..1000) {
            let exact = i128::from(a.minor) * i128::from(times);
            match a.checked_mul(times) {
                Ok(product) => prop_assert_eq!(i128::from(product.minor), exact),
                Err(_) => prop_assert!(i64::try_from(exact).is_err()),
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,40}") {
            let _ = text.parse::<Money>();
        }
    }
}
