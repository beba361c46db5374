//! Planted people: contacts whose every value is found nowhere else in the world, and what policy says of each.
//!
//! What may be shown is said here once more in its own words (RDP-10 to RDP-14), so that the projection is judged and not repeated.

use model::{Contact, CountryCode, Email, LegalKind, Phone, PostalAddress};
use policy::publication::ConsentElement;

/// Values of a contact: eight that are withheld unless agreed to, and the province.
pub const VALUES_EACH: usize = 9;

/// A person with what is planted in it.
pub struct Plant {
    pub contact: Contact,
    /// What it agrees to publish.
    pub consent: Vec<ConsentElement>,
    pub values: Vec<Value>,
}

/// A planted value.
pub struct Value {
    /// What it is, for a finding.
    pub what: String,
    /// The part of it that is found nowhere else.
    pub needle: String,
    /// Whether the public may read it.
    pub is_public: bool,
}

/// What a contact does for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Registrant,
    Technical,
}

impl Plant {
    /// The person of a number. Where it is `plain`, all of it is ASCII, as a registry's contact objects want it.
    pub fn new(number: usize, place: Place, is_plain: bool) -> Self {
        let kind = match number / 3 % 4 {
            0 | 1 => LegalKind::Natural,
            2 => LegalKind::Organisation,
            _ => LegalKind::PrivacyService,
        };
        // Of eight, half agree to nothing, one to everything, the others to an element each.
        let consent = match number / 3 % 8 {
            1 => ConsentElement::ALL.to_vec(),
            2 | 4 | 5 => vec![ConsentElement::ALL[number / 24 % ConsentElement::ALL.len()]],
            _ => Vec::new(),
        };
        let words: Vec<String> = (0..7).map(|field| word(number * 7 + field, is_plain)).collect();
        let (postcode, [phone, fax]) = (postcode(number), [0, 1].map(|line| format!("7911{:06}", number * 2 + line)));
        let decorated = |text: String| if is_plain { text } else { text.replace(" & ", " \"&\" 'ä' ") };
        let contact = Contact {
            kind,
            name: format!("Quill {}", words[0]),
            organisation: Some(decorated(format!("Trust & {} Ltd", words[1]))),
            address: PostalAddress {
                street: vec![format!("{} & {} Street", number + 1, words[2]), "Floor 2".to_owned()],
                city: format!("{}ton", words[3]),
                province: Some(format!("{}shire", words[4])),
                postcode: Some(postcode.clone()),
                country: CountryCode::parse("GB").unwrap(),
            },
            phone: Some(Phone::parse(&format!("+44.{phone}"), None).unwrap()),
            fax: Some(Phone::parse(&format!("+44.{fax}"), None).unwrap()),
            email: Email::parse(&format!("{}@holder.example", word(number * 7 + 5, true))).unwrap(),
        };
        let may_show = |element: ConsentElement| {
            let is_published = match place {
                Place::Registrant => true,
                Place::Technical => matches!(element, ConsentElement::Name | ConsentElement::Phone | ConsentElement::Email),
            };
            is_published && (kind == LegalKind::PrivacyService || consent.contains(&element))
        };
        let needles = [
            (ConsentElement::Name, words[0].clone()),
            (ConsentElement::Organisation, words[1].clone()),
            (ConsentElement::Street, words[2].clone()),
            (ConsentElement::City, words[3].clone()),
            (ConsentElement::Postcode, postcode),
            (ConsentElement::Phone, phone),
            (ConsentElement::Fax, fax),
            (ConsentElement::Email, word(number * 7 + 5, true)),
        ];
        let mut values: Vec<Value> = needles
            .into_iter()
            .map(|(element, needle)| Value {
                what: format!("the {} of {place:?} {number}", element.word()),
                needle,
                is_public: may_show(element),
            })
            .collect();
        // RDP-11: the province is always published, with a registrant.
        let what = format!("the province of {place:?} {number}");
        values.push(Value { what, needle: words[4].clone(), is_public: place == Place::Registrant });
        Self { contact, consent, values }
    }
}

/// A word that no other number has, ten letters long, or eleven with one that is not ASCII.
fn word(number: usize, is_plain: bool) -> String {
    // An odd factor below 2^47 < 26^10 meets every number once.
    let mut rest = (number as u64 + 1).wrapping_mul(0x5851_F42D_4C95) % (1 << 47);
    let mut letters = String::from(if is_plain { "" } else { "É" });
    for _ in 0..10 {
        letters.push(char::from(b'a' + (rest % 26) as u8));
        rest /= 26;
    }
    letters
}

/// A postcode that no other number has, in a form that Great Britain has.
fn postcode(number: usize) -> String {
    const LETTERS: &[u8; 10] = b"ABDEFGHJLN";
    let digits = format!("{:07}", (number + 1) * 1_234_577 % 10_000_000);
    let letter = |at: usize| char::from(LETTERS[usize::from(digits.as_bytes()[at] - b'0')]);
    format!("{}{}{} {}{}{}", letter(0), letter(1), &digits[2..4], &digits[4..5], letter(5), letter(6))
}

#[test]
fn no_two_plants_share_a_value() {
    let plants = (0..2_000).map(|number| Plant::new(number, Place::Registrant, number % 2 == 0));
    let needles: Vec<String> = plants.flat_map(|plant| plant.values.into_iter().map(|value| value.needle)).collect();
    let distinct: std::collections::BTreeSet<&String> = needles.iter().collect();
    assert_eq!(distinct.len(), 2_000 * VALUES_EACH);
}
