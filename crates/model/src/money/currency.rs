//! Currencies of ISO 4217 with the number of decimal places of their minor unit.

use std::fmt;

use thiserror::Error;

use crate::word::quoted;

/// A currency: a row of [`CURRENCIES`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(u8);

impl Currency {
    /// Euro.
    pub const EUR: Currency = Currency::listed("EUR");
    /// Pound sterling.
    pub const GBP: Currency = Currency::listed("GBP");
    /// Yen, which has no minor unit.
    pub const JPY: Currency = Currency::listed("JPY");
    /// US dollar.
    pub const USD: Currency = Currency::listed("USD");

    /// The currency of a code, in upper case.
    pub fn parse(code: &str) -> Result<Self, CurrencyError> {
        CURRENCIES
            .binary_search_by(|(known, _)| (*known).cmp(code))
            .map(|row| Currency(row as u8))
            .map_err(|_| CurrencyError { code: quoted(code) })
    }

    /// The three-letter code.
    pub fn as_str(self) -> &'static str {
        CURRENCIES[usize::from(self.0)].0
    }

    /// The three-letter code.
    pub fn code(self) -> &'static str {
        self.as_str()
    }

    /// Decimal places of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    pub fn exponent(self) -> u8 {
        CURRENCIES[usize::from(self.0)].1
    }

    /// Finds a constant's row at compile time; a code that is not in the table does not compile.
    const fn listed(code: &str) -> Self {
        let code = code.as_bytes();
        let mut row = 0;
        loop {
            let known = CURRENCIES[row].0.as_bytes();
            if known[0] == code[0] && known[1] == code[1] && known[2] == code[2] {
                return Currency(row as u8);
            }
            row += 1;
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Self::parse(code)
    }
}

crate::word::serde_as_text!(Currency);

/// A code that ISO 4217 does not list as money.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{code}` is not a currency code of ISO 4217; write three capital letters, such as `USD`")]
pub struct CurrencyError {
    /// What was given.
    pub code: String,
}

/// Active national currencies of ISO 4217 (list one, without funds, metals and test codes) and their exponents,
/// sorted by code.
#[rustfmt::skip]
const CURRENCIES: &[(&str, u8)] = &[
    ("AED", 2), ("AFN", 2), ("ALL", 2), ("AMD", 2), ("AOA", 2), ("ARS", 2), ("AUD", 2), ("AWG", 2),
    ("AZN", 2), ("BAM", 2), ("BBD", 2), ("BDT", 2), ("BHD", 3), ("BIF", 0), ("BMD", 2), ("BND", 2),
    ("BOB", 2), ("BRL", 2), ("BSD", 2), ("BTN", 2), ("BWP", 2), ("BYN", 2), ("BZD", 2), ("CAD", 2),
    ("CDF", 2), ("CHF", 2), ("CLP", 0), ("CNY", 2), ("COP", 2), ("CRC", 2), ("CUP", 2), ("CVE", 2),
    ("CZK", 2), ("DJF", 0), ("DKK", 2), ("DOP", 2), ("DZD", 2), ("EGP", 2), ("ERN", 2), ("ETB", 2),
    ("EUR", 2), ("FJD", 2), ("FKP", 2), ("GBP", 2), ("GEL", 2), ("GHS", 2), ("GIP", 2), ("GMD", 2),
    ("GNF", 0), ("GTQ", 2), ("GYD", 2), ("HKD", 2), ("HNL", 2), ("HTG", 2), ("HUF", 2), ("IDR", 2),
    ("ILS", 2), ("INR", 2), ("IQD", 3), ("IRR", 2), ("ISK", 0), ("JMD", 2), ("JOD", 3), ("JPY", 0),
    ("KES", 2), ("KGS", 2), ("KHR", 2), ("KMF", 0), ("KPW", 2), ("KRW", 0), ("KWD", 3), ("KYD", 2),
    ("KZT", 2), ("LAK", 2), ("LBP", 2), ("LKR", 2), ("LRD", 2), ("LSL", 2), ("LYD", 3), ("MAD", 2),
    ("MDL", 2), ("MGA", 2), ("MKD", 2), ("MMK", 2), ("MNT", 2), ("MOP", 2), ("MRU", 2), ("MUR", 2),
    ("MVR", 2), ("MWK", 2), ("MXN", 2), ("MYR", 2), ("MZN", 2), ("NAD", 2), ("NGN", 2), ("NIO", 2),
    ("NOK", 2), ("NPR", 2), ("NZD", 2), ("OMR", 3), ("PAB", 2), ("PEN", 2), ("PGK", 2), ("PHP", 2),
    ("PKR", 2), ("PLN", 2), ("PYG", 0), ("QAR", 2), ("RON", 2), ("RSD", 2), ("RUB", 2), ("RWF", 0),
    ("SAR", 2), ("SBD", 2), ("SCR", 2), ("SDG", 2), ("SEK", 2), ("SGD", 2), ("SHP", 2), ("SLE", 2),
    ("SOS", 2), ("SRD", 2), ("SSP", 2), ("STN", 2), ("SVC", 2), ("SYP", 2), ("SZL", 2), ("THB", 2),
    ("TJS", 2), ("TMT", 2), ("TND", 3), ("TOP", 2), ("TRY", 2), ("TTD", 2), ("TWD", 2), ("TZS", 2),
    ("UAH", 2), ("UGX", 0), ("USD", 2), ("UYU", 2), ("UZS", 2), ("VED", 2), ("VES", 2), ("VND", 0),
    ("VUV", 0), ("WST", 2), ("XAF", 0), ("XCD", 2), ("XCG", 2), ("XOF", 0), ("XPF", 0), ("YER", 2),
    ("ZAR", 2), ("ZMW", 2), ("ZWG", 2),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_each_row_is_found() {
        assert!(CURRENCIES.is_sorted_by(|a, b| a.0 < b.0));
        assert!(CURRENCIES.len() <= usize::from(u8::MAX));
        for (code, exponent) in CURRENCIES {
            let currency = Currency::parse(code).unwrap();
            assert_eq!((currency.as_str(), currency.exponent()), (*code, *exponent));
        }
        for code in ["", "usd", "US", "USDX", "XXX", "XAU", "ÄÖÜ"] {
            assert!(Currency::parse(code).is_err(), "{code}");
        }
    }

    #[test]
    fn the_constants_are_what_they_say() {
        for (constant, code) in [(Currency::EUR, "EUR"), (Currency::GBP, "GBP"), (Currency::JPY, "JPY"), (Currency::USD, "USD")] {
            assert_eq!(constant.code(), code);
        }
    }
}
