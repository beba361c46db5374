//! How a country writes its addresses.

use model::CountryCode;

use super::mask;
use super::subdivision::{self, Subdivision};

/// One row a country; the head of the file explains the columns.
const TABLE: &str = include_str!("addresses.txt");

/// Whether a field belongs to the addresses of a country (RDP-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Not used there.
    Unused,
    /// Used by some.
    May,
    /// The country has them, though its post delivers without.
    Should,
    /// Must be there.
    Must,
}

/// What we know of a country's states or provinces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    /// Nothing.
    None,
    /// The list, but other spellings and languages are in use.
    Known,
    /// The list, and there are no others.
    Firm,
}

/// The address form of one country, for forms and for validation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressForm {
    /// Which.
    pub country: CountryCode,
    /// The city; not asked for where the country is one.
    pub city: Presence,
    /// The state or province.
    pub province: Presence,
    /// What [`AddressForm::subdivisions`] is.
    pub listing: Listing,
    /// The postcode.
    pub postcode: Presence,
    /// A postcode of the country, for hints; none where it has none.
    pub example: Option<&'static str>,
    masks: &'static str,
    prefix: Option<&'static str>,
}

impl AddressForm {
    /// The form of a country.
    #[must_use]
    pub fn of(country: CountryCode) -> Self {
        let row = rows().find(|row| row.starts_with(country.as_str()));
        row.and_then(|row| Self::read(country, row)).unwrap_or(Self {
            // A test holds that every country has a row that can be read.
            country,
            city: Presence::Must,
            province: Presence::May,
            listing: Listing::None,
            postcode: Presence::May,
            example: None,
            masks: "",
            prefix: None,
        })
    }

    /// The states or provinces we know of.
    pub fn subdivisions(&self) -> impl Iterator<Item = Subdivision> {
        subdivision::list(self.country)
    }

    /// The state or province that is meant, by its code or one of its names.
    #[must_use]
    pub fn find_subdivision(&self, text: &str) -> Option<Subdivision> {
        subdivision::find(self.country, text)
    }

    /// Whether a postcode is written as the country's are. The country's letters before it are let pass: `FI-00100`.
    #[must_use]
    pub fn takes_postcode(&self, text: &str) -> bool {
        let text: String = mask::significant(text).collect();
        let follows = |text: &str| self.masks.split(", ").any(|mask| !mask.is_empty() && mask::follows(text, mask));
        let mut prefixes = [Some(self.country.as_str()), self.prefix].into_iter().flatten();
        follows(&text) || prefixes.any(|prefix| text.strip_prefix(prefix).is_some_and(follows))
    }

    fn read(country: CountryCode, row: &'static str) -> Option<Self> {
        let mut columns = row.split(" | ").skip(1);
        let mut next = || columns.next();
        Some(Self {
            country,
            city: presence(next()?)?,
            province: presence(next()?)?,
            listing: listing(next()?)?,
            postcode: presence(next()?)?,
            masks: text(next()?).unwrap_or(""),
            example: text(next()?),
            prefix: text(next()?),
        })
    }
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

fn presence(word: &str) -> Option<Presence> {
    match word {
        "must" => Some(Presence::Must),
        "should" => Some(Presence::Should),
        "may" => Some(Presence::May),
        "-" => Some(Presence::Unused),
        _ => None,
    }
}

fn listing(word: &str) -> Option<Listing> {
    match word {
        "firm" => Some(Listing::Firm),
        "known" => Some(Listing::Known),
        "-" => Some(Listing::None),
        _ => None,
    }
}

fn text(word: &'static str) -> Option<&'static str> {
    (word != "-").then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_one_row_that_can_be_read() {
        let countries: Vec<CountryCode> = rows().map(|row| CountryCode::parse(&row[..2]).unwrap()).collect();
        assert_eq!(countries.len(), 249);
        assert!(countries.is_sorted_by(|a, b| a < b));
        for (country, row) in countries.into_iter().zip(rows()) {
            assert_eq!(row.split(" | ").count(), 8, "{row}");
            let form = AddressForm::read(country, row).unwrap_or_else(|| panic!("{row}"));
            assert_eq!(form.postcode == Presence::Unused, form.masks.is_empty(), "{row}");
            assert_eq!(form.example.is_some(), !form.masks.is_empty(), "{row}");
            assert!(form.example.is_none_or(|example| form.takes_postcode(example)), "{row}");
            assert_eq!(form.listing == Listing::None, form.subdivisions().next().is_none(), "{row}");
            assert!(form.listing != Listing::Firm || form.province == Presence::Must, "{row}");
            assert!(form.city >= Presence::May, "{row}");
        }
    }
}
