//! States, provinces and the like: codes of ISO 3166-2 and the names in use.

use model::CountryCode;

use super::fold::folded;

/// One row a subdivision, grouped by country.
const TABLE: &str = include_str!("subdivisions.txt");

/// A state or province.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subdivision {
    /// Its code within the country (ISO 3166-2), such as `NY`.
    pub code: &'static str,
    /// Its usual name.
    pub name: &'static str,
    /// Other names and codes in use, separated by `; `.
    others: &'static str,
}

/// Those of a country, in the order of the table; empty where the table has none.
pub(super) fn list(country: CountryCode) -> impl Iterator<Item = Subdivision> {
    rows().filter(move |row| row.starts_with(country.as_str())).filter_map(read)
}

/// The one that is meant: by a code, alone or as in `US-NY`, or by a name, however it is spelt.
pub(super) fn find(country: CountryCode, text: &str) -> Option<Subdivision> {
    let wanted = folded(text);
    list(country).find(|subdivision| subdivision.is_called(country, &wanted))
}

impl Subdivision {
    fn is_called(&self, country: CountryCode, wanted: &str) -> bool {
        let code = folded(self.code);
        let with_country = || country.as_str().to_ascii_lowercase() + &code;
        let mut names = [self.name].into_iter().chain(self.others.split("; "));
        code == wanted || with_country() == wanted || names.any(|name| folded(name) == wanted)
    }
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

fn read(row: &'static str) -> Option<Subdivision> {
    let (_, rest) = row.split_once(" | ")?;
    let (code, names) = rest.split_once(" | ")?;
    let (name, others) = names.split_once("; ").unwrap_or((names, names));
    Some(Subdivision { code, name, others })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read_and_means_itself() {
        let mut count = 0;
        for row in rows() {
            let country = CountryCode::parse(&row[..2]).unwrap();
            let subdivision = read(row).unwrap_or_else(|| panic!("{row}"));
            assert_eq!(row.split(" | ").count(), 3, "{row}");
            assert!(!folded(subdivision.code).is_empty() && !folded(subdivision.name).is_empty(), "{row}");
            assert_eq!(find(country, subdivision.code), Some(subdivision), "{row}");
            count += 1;
        }
        assert!(count > 600, "{count}");
    }

    #[test]
    fn they_are_found_however_they_are_spelt() {
        for (country, text, want) in [
            ("US", "NY", Some("NY")),
            ("US", "us-ny", Some("NY")),
            ("US", "new york", Some("NY")),
            ("US", "N.Y.", Some("NY")),
            ("US", "Ontario", None),
            ("US", "", None),
            ("CA", "Québec", Some("QC")),
            ("CA", "quebec", Some("QC")),
            ("BR", "SAO PAULO", Some("SP")),
            ("MX", "Distrito Federal", Some("CDMX")),
            ("IN", "Orissa", Some("OR")),
            ("CN", "广东省", Some("GD")),
            ("CN", "Guangdong", Some("GD")),
            ("JP", "東京都", Some("13")),
            ("ES", "Vizcaya", Some("BI")),
            ("ES", "bizkaia", Some("BI")),
            ("IT", "roma", Some("RM")),
            ("TR", "Istanbul", Some("34")),
            ("TR", "İSTANBUL", Some("34")),
            ("DE", "Bayern", None),
        ] {
            let found = find(CountryCode::parse(country).unwrap(), text);
            assert_eq!(found.map(|subdivision| subdivision.code), want, "{country} {text}");
        }
    }
}
