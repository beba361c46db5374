//! The people and names of the rehearsals: the same each time for the same seed, and nobody's.
//!
//! Addresses end in reserved names (RFC 2606) and phone numbers are from the ranges that numbering plans keep for fiction.

use model::{Contact, CountryCode, Email, Entropy, LegalKind, Phone, PostalAddress, SeededEntropy};

const GIVEN: [&str; 24] = [
    "Amara", "Björn", "Chiara", "Dmitri", "Esra", "Farid", "Grace", "Hiroshi", "Inés", "Jonas", "Kavya", "Liam", "Maëlle", "Nadia",
    "Óscar", "Priya", "Quentin", "Rosa", "Søren", "Tomasz", "Uma", "Viktor", "Wanjiru", "Yusuf",
];
const FAMILY: [&str; 24] = [
    "Abara",
    "Bergström",
    "Conti",
    "Dahl",
    "Erdem",
    "Fischer",
    "García",
    "Hansen",
    "Ivanova",
    "Jansen",
    "Kowalski",
    "Lindqvist",
    "Moreau",
    "Nakamura",
    "Okafor",
    "Petrov",
    "Quispe",
    "Rossi",
    "Suzuki",
    "Tremblay",
    "Ueda",
    "Varga",
    "Weber",
    "Yılmaz",
];
const TRADE: [&str; 16] = [
    "Bakery",
    "Bicycles",
    "Books",
    "Carpentry",
    "Ceramics",
    "Clinic",
    "Foundry",
    "Gardens",
    "Hosiery",
    "Instruments",
    "Laundry",
    "Optics",
    "Press",
    "Seeds",
    "Theatre",
    "Watches",
];
const WORD: [&str; 32] = [
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "harbour", "indigo", "juniper", "kestrel", "lantern", "maple", "north",
    "orchard", "pebble", "quarry", "river", "saffron", "thistle", "umber", "valley", "willow", "yarrow", "zephyr", "anchor", "beacon",
    "copper", "dune", "falcon", "meadow", "summit",
];

/// A place with a fictional number range.
struct Place {
    country: &'static str,
    city: &'static str,
    province: Option<&'static str>,
    postcode: &'static str,
    street: &'static str,
    /// Country code, full stop, and all digits but the last two.
    phone: &'static str,
}

const PLACES: [Place; 4] = [
    Place { country: "GB", city: "London", province: None, postcode: "EC1A 1BB", street: "Example Street", phone: "+44.20794609" },
    Place { country: "US", city: "Springfield", province: Some("IL"), postcode: "62701", street: "Sample Avenue", phone: "+1.21755501" },
    Place { country: "AU", city: "Perth", province: Some("WA"), postcode: "6000", street: "Specimen Road", phone: "+61.8910645" },
    Place { country: "FR", city: "Paris", province: None, postcode: "75001", street: "rue de l'Exemple", phone: "+33.1990012" },
];

/// Draws people and names, each once.
pub struct Cast {
    entropy: SeededEntropy,
    drawn: u32,
}

impl Cast {
    /// The cast of a seed.
    pub fn new(seed: u64) -> Self {
        Self { entropy: SeededEntropy::new(seed), drawn: 0 }
    }

    /// The next name's label: two words and, from the second thousand on, a number, so that no label comes twice.
    pub fn label(&mut self) -> String {
        let index = self.drawn as usize;
        self.drawn += 1;
        let (first, second) = (WORD[index % WORD.len()], TRADE[(index / WORD.len() + index) % TRADE.len()].to_lowercase());
        match index / (WORD.len() * TRADE.len()) {
            0 => format!("{first}-{second}"),
            round => format!("{first}-{second}-{round}"),
        }
    }

    /// The next person or company.
    ///
    /// # Errors
    /// The words of the model's checks, which would mean that the tables above are wrong.
    pub fn person(&mut self) -> Result<Contact, String> {
        let given = *self.pick(&GIVEN);
        let family = *self.pick(&FAMILY);
        let is_company = self.below(3) == 0;
        let trade = *self.pick(&TRADE);
        let place = &PLACES[self.below(PLACES.len())];
        let (house, line) = (1 + self.below(180), self.below(100));
        let mailbox: String =
            format!("{given}.{family}").to_lowercase().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
        let number = self.below(10_000);
        Ok(Contact {
            kind: if is_company { LegalKind::Organisation } else { LegalKind::Natural },
            name: format!("{given} {family}"),
            organisation: is_company.then(|| format!("{family} {trade}")),
            address: PostalAddress {
                street: vec![format!("{house} {}", place.street)],
                city: place.city.to_owned(),
                province: place.province.map(str::to_owned),
                postcode: Some(place.postcode.to_owned()),
                country: CountryCode::parse(place.country).map_err(|error| error.to_string())?,
            },
            phone: Some(Phone::parse(&format!("{}{line:02}", place.phone), None).map_err(|error| error.to_string())?),
            fax: None,
            email: Email::parse(&format!("{}{number}@mail.example", mailbox.trim_matches('.'))).map_err(|error| error.to_string())?,
        })
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        let mut bytes = [0; 8];
        self.entropy.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % (limit.max(1) as u64)).unwrap_or(0)
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let index = self.below(from.len());
        &from[index]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_casts_the_same_people() {
        let people = |seed| (0..50).map(|_| 0).scan(Cast::new(seed), |cast, _| Some(cast.person().unwrap().email)).collect::<Vec<_>>();
        assert_eq!(people(7), people(7));
        assert_ne!(people(7), people(8));
    }

    #[test]
    fn every_person_passes_the_models_checks_and_can_be_real() {
        let mut cast = Cast::new(3);
        for _ in 0..1_000 {
            let person = cast.person().unwrap();
            person.check().unwrap();
            assert_eq!(policy::accuracy::validate(&person).refusal(), None);
        }
    }

    #[test]
    fn no_label_comes_twice_and_each_is_a_name() {
        let mut cast = Cast::new(1);
        let labels: BTreeSet<String> = (0..100_000).map(|_| cast.label()).collect();
        assert_eq!(labels.len(), 100_000);
        for label in labels.iter().take(2_000) {
            model::DomainName::parse(&format!("{label}.example")).unwrap();
        }
    }
}
