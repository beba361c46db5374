//! Telephone numbers in EPP's form of E.164: `+44.2071234567`, with an optional extension.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest number with its plus and full stop, in characters (contact-1.0 `e164StringType`).
pub const MAX_PHONE_CHARS: usize = 17;

/// Longest extension we take, in characters; the schema sets none.
pub const MAX_EXTENSION_CHARS: usize = 16;

/// A telephone or fax number (RFC 5733 section 2.5). `Debug` prints none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Phone {
    number: Box<str>,
    extension: Option<Box<str>>,
}

impl Phone {
    /// Reads a number by the schema's pattern `\+[0-9]{1,3}\.[0-9]{1,14}`, and its extension.
    pub fn parse(number: &str, extension: Option<&str>) -> Result<Self, PhoneError> {
        if number.len() > MAX_PHONE_CHARS || !matches_pattern(number) {
            return Err(PhoneError::Number);
        }
        let extension = match extension.map(str::trim) {
            None | Some("") => None,
            Some(digits) if digits.len() <= MAX_EXTENSION_CHARS && digits.bytes().all(|b| b.is_ascii_digit()) => Some(digits.into()),
            Some(_) => return Err(PhoneError::Extension),
        };
        Ok(Self { number: number.into(), extension })
    }

    /// The number, as EPP writes it: `+44.2071234567`.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The extension, if any: EPP's attribute `x`.
    pub fn extension(&self) -> Option<&str> {
        self.extension.as_deref()
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

fn matches_pattern(number: &str) -> bool {
    let digits = |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    number.strip_prefix('+').and_then(|rest| rest.split_once('.')).is_some_and(|(country, rest)| digits(country, 3) && digits(rest, 14))
}

/// The serde form.
#[derive(Serialize, Deserialize)]
struct Parts {
    number: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
}

impl TryFrom<Parts> for Phone {
    type Error = PhoneError;

    fn try_from(parts: Parts) -> Result<Self, Self::Error> {
        Phone::parse(&parts.number, parts.extension.as_deref())
    }
}

impl From<Phone> for Parts {
    fn from(phone: Phone) -> Self {
        Self { number: phone.number.into(), extension: phone.extension.map(Into::into) }
    }
}

/// Why a telephone number was refused. No variant repeats it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Not of the pattern.
    #[error(
        "the telephone number is not in the registries' form; write a plus, the country code, a full stop and the number \
         without blanks, such as `+44.2071234567` (at most {MAX_PHONE_CHARS} characters)"
    )]
    Number,
    /// Not digits, or too many.
    #[error("the telephone extension is not 1 to {MAX_EXTENSION_CHARS} digits; leave it out or write only digits")]
    Extension,
}

impl PhoneError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PhoneError::Number => "contact.phone",
            PhoneError::Extension => "contact.phone_extension",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_the_schema_pattern() {
        for number in ["+44.2071234567", "+1.5", "+999.123456789012", "+1.12345678901234"] {
            assert_eq!(Phone::parse(number, None).unwrap().number(), number);
        }
        for number in [
            "",
            "+",
            "+44",
            "44.207",
            "+44.",
            "+.1",
            "+4444.1",
            "+44.207 123",
            "+44.12345678901234567",
            "+44.2071.1",
            "+٤٤.1",
            "+999.1234567890123",
            "+1.123456789012345",
        ] {
            assert_eq!(Phone::parse(number, None), Err(PhoneError::Number), "{number}");
        }
    }

    #[test]
    fn extensions_are_digits_or_absent() {
        for (given, want) in
            [(None, Ok(None)), (Some(""), Ok(None)), (Some(" 12 "), Ok(Some("12"))), (Some("x12"), Err(PhoneError::Extension))]
        {
            let got = Phone::parse("+44.2071234567", given);
            assert_eq!(got.as_ref().map(Phone::extension).map_err(Clone::clone), want, "{given:?}");
        }
    }

    #[test]
    fn numbers_travel_in_two_parts() {
        let phone = Phone::parse("+44.2071234567", Some("12")).unwrap();
        let json = serde_json::to_string(&phone).unwrap();
        assert_eq!(json, r#"{"number":"+44.2071234567","extension":"12"}"#);
        assert_eq!(serde_json::from_str::<Phone>(&json).unwrap(), phone);
        assert!(serde_json::from_str::<Phone>(r#"{"number":"020 7123"}"#).is_err());
    }
}
