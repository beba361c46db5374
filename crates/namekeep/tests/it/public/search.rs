//! Looking for values in bytes, in every form that a value takes on its way.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// Looks for many values at once, in upper and lower case alike.
pub struct Search {
    automaton: AhoCorasick,
    /// Which value each pattern is of.
    owners: Vec<usize>,
    values: usize,
}

impl Search {
    /// For these values, which are at least eight bytes long.
    pub fn new<'a>(values: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut patterns, mut owners, mut count) = (Vec::new(), Vec::new(), 0);
        for (number, value) in values.into_iter().enumerate() {
            assert!(value.len() >= 8, "`{value}` is found by chance");
            for form in forms(value) {
                patterns.push(form);
                owners.push(number);
            }
            count = number + 1;
        }
        let automaton = AhoCorasickBuilder::new().ascii_case_insensitive(true).build(&patterns).unwrap();
        Self { automaton, owners, values: count }
    }

    /// How often each value is in `bytes`, in whatever form.
    pub fn count(&self, bytes: &[u8]) -> Vec<usize> {
        let mut counts = vec![0; self.values];
        for found in self.automaton.find_overlapping_iter(bytes) {
            counts[self.owners[found.pattern().as_usize()]] += 1;
        }
        counts
    }
}

/// A value as text, in UTF-16, percent-encoded, escaped in JSON, and inside base64 at each of three places.
pub fn forms(value: &str) -> Vec<Vec<u8>> {
    // ASCII letters of either case are found alike; others are put in by hand.
    let mut texts = vec![value.to_owned(), value.to_lowercase(), value.to_uppercase()];
    texts.sort_by_key(|text| text.to_ascii_lowercase());
    texts.dedup_by_key(|text| text.to_ascii_lowercase());
    let mut forms: Vec<Vec<u8>> = Vec::new();
    for text in &texts {
        forms.push(text.as_bytes().to_vec());
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            forms.push(text.encode_utf16().flat_map(to_bytes).collect());
        }
        forms.push(percent_encoded(text).into_bytes());
        forms.push(json_escaped(text).into_bytes());
    }
    // Of base64, where case matters, the usual spellings.
    for text in [value.to_owned(), value.to_lowercase(), value.to_uppercase()] {
        for alphabet in [&alphabet::STANDARD, &alphabet::URL_SAFE] {
            let engine = GeneralPurpose::new(alphabet, NO_PAD);
            forms.extend((0..3).map(|before| within_base64(&engine, text.as_bytes(), before)));
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

/// The letters of base64 that `bytes` alone decide, with so many bytes before them.
fn within_base64(engine: &GeneralPurpose, bytes: &[u8], before: usize) -> Vec<u8> {
    let encoded = engine.encode([&vec![0; before][..], bytes].concat());
    let (first, last) = ((before * 8).div_ceil(6), (before + bytes.len()) * 8 / 6);
    encoded.as_bytes()[first..last].to_vec()
}

fn percent_encoded(text: &str) -> String {
    let byte = |byte: u8| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(byte).collect()
}

fn json_escaped(text: &str) -> String {
    let unit = |unit: u16| match u8::try_from(unit) {
        Ok(byte) if byte.is_ascii_alphanumeric() || byte == b' ' => char::from(byte).to_string(),
        _ => format!("\\u{unit:04x}"),
    };
    text.encode_utf16().map(unit).collect()
}

#[test]
fn a_value_is_found_in_each_of_its_forms_and_nowhere_else() {
    let values = ["Équillabcdef", "AB12 3DE", "7911000001"];
    let search = Search::new(values);
    for (number, value) in values.iter().enumerate() {
        for form in forms(value).into_iter().chain(shapes(value)) {
            let noise = [&b"noise "[..], &form, b" noise"].concat();
            assert!(search.count(&noise)[number] > 0, "{value} as {:?}", String::from_utf8_lossy(&form));
        }
        assert_eq!(search.count(&value.as_bytes()[1..]), [0, 0, 0], "a part of {value} is not it");
    }
}

/// Shapes by other hands than [`forms`].
fn shapes(value: &str) -> Vec<Vec<u8>> {
    let standard = base64::engine::general_purpose::STANDARD;
    let mut shapes = vec![
        serde_json::to_vec(value).unwrap(),
        value.to_lowercase().into_bytes(),
        value.to_uppercase().into_bytes(),
        value
            .chars()
            .map(|letter| if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter })
            .collect::<String>()
            .into(),
    ];
    shapes.extend(["", "x", "xy", "xyz"].map(|before| standard.encode(format!("{before}{value} and more")).into_bytes()));
    shapes
}
