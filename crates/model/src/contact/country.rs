//! Countries by ISO 3166-1 alpha-2.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::word::quoted;

/// A country code of ISO 3166-1 alpha-2, such as `GB`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CountryCode([u8; 2]);

impl CountryCode {
    /// Reads a code; lower case is taken too, since nothing else could be meant.
    pub fn parse(text: &str) -> Result<Self, CountryError> {
        let refused = || CountryError { code: quoted(text), advice: advice(text) };
        let [first, second] = text.as_bytes() else { return Err(refused()) };
        let code = [first.to_ascii_uppercase(), second.to_ascii_uppercase()];
        let known = CODES.as_bytes().chunks(3).any(|entry| entry.starts_with(&code));
        if known { Ok(Self(code)) } else { Err(refused()) }
    }

    /// The two capital letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for CountryCode {
    type Err = CountryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

crate::word::serde_as_text!(CountryCode);

/// A code that names no country.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{code}` is not a country code of ISO 3166-1; {advice}")]
pub struct CountryError {
    /// What was given.
    pub code: String,
    /// What to write instead.
    pub advice: &'static str,
}

impl CountryError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "contact.country"
    }
}

/// Codes that people write and ISO 3166-1 reserves for other uses.
fn advice(text: &str) -> &'static str {
    match text.to_ascii_uppercase().as_str() {
        "UK" => "the United Kingdom is `GB`",
        "EL" => "Greece is `GR`",
        "EU" => "name the country inside the European Union, such as `BE`",
        _ => "write its two letters, such as `GB`",
    }
}

/// The 249 officially assigned codes.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS \
BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ \
FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT \
JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP \
MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE \
RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV \
TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_each_code_is_read() {
        let codes: Vec<&str> = CODES.split(' ').collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.is_sorted_by(|a, b| a < b));
        for code in codes {
            assert_eq!(CountryCode::parse(&code.to_lowercase()).unwrap().as_str(), code);
        }
    }

    #[test]
    fn other_texts_are_refused_with_advice() {
        for text in ["", "G", "GBR", "XX", "D ", "é", " A"] {
            assert!(CountryCode::parse(text).is_err(), "{text}");
        }
        insta::assert_snapshot!(CountryCode::parse("uk").unwrap_err(), @"`uk` is not a country code of ISO 3166-1; the United Kingdom is `GB`");
    }
}
