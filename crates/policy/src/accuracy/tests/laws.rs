//! What holds for any contact at all.

use proptest::prelude::*;

use super::*;

/// Stands in every text, and in no sentence.
const CANARY: &str = "Zq7Zq";

/// Any text with the canary somewhere in it.
fn text() -> impl Strategy<Value = String> {
    let odd =
        prop::sample::select(vec!["", "@", " a@b.c ", "https://", "www.", "\u{202E}", "\n", "\u{FFFD}", "Redacted for privacy", "---"]);
    (".{0,12}", odd, ".{0,12}").prop_map(|(before, odd, after)| format!("{before}{CANARY}{odd}{after}"))
}

fn country() -> impl Strategy<Value = CountryCode> {
    "[A-Z]{2}".prop_filter_map("no country", |code| CountryCode::parse(&code).ok())
}

fn phone() -> impl Strategy<Value = Phone> {
    "\\+[0-9]{1,3}\\.[0-9]{1,12}".prop_filter_map("no number", |number| Phone::parse(&number, Some("12")).ok())
}

fn email() -> impl Strategy<Value = Email> {
    let domain = prop::sample::select(vec!["holder.example", "registrar.dev", "a.d", "x.onion"]);
    ("[a-zé]{0,8}", domain).prop_filter_map("no address", |(local, domain)| Email::parse(&format!("{local}{CANARY}@{domain}")).ok())
}

fn contact() -> impl Strategy<Value = Contact> {
    let texts =
        (text(), prop::option::of(text()), prop::collection::vec(text(), 0..4), text(), prop::option::of(text()), prop::option::of(text()));
    let kind = prop::sample::select(LegalKind::ALL);
    (texts, country(), prop::option::of(phone()), prop::option::of(phone()), email(), kind).prop_map(
        |((name, organisation, street, city, province, postcode), country, phone, fax, email, kind)| Contact {
            kind,
            name,
            organisation,
            address: PostalAddress { street, city, province, postcode, country },
            phone,
            fax,
            email,
        },
    )
}

proptest! {
    #[test]
    fn any_contact_is_judged_without_being_repeated(contact in contact()) {
        let validation = validate(&contact);
        prop_assert_eq!(validation.results.len(), Field::ALL.len());
        let evidence = serde_json::to_string(&validation).unwrap();
        prop_assert!(!evidence.to_lowercase().contains(&CANARY.to_lowercase()), "{}", evidence);
        for number in [&contact.phone, &contact.fax].into_iter().flatten() {
            prop_assert!(!evidence.contains(number.number()), "{}", evidence);
        }
        let is_faulty = validation.results.iter().filter_map(|result| result.finding.as_ref()).any(|finding| finding.level == Level::Fault);
        prop_assert_eq!(validation.refusal().is_some(), is_faulty);
    }

    #[test]
    fn any_text_is_looked_at(text in any::<String>(), country in country()) {
        let form = AddressForm::of(country);
        let _ = (form.takes_postcode(&text), form.find_subdivision(&text));
        let contact = Contact { name: text.clone(), ..ada() };
        let address = PostalAddress { city: text.clone(), province: Some(text.clone()), postcode: Some(text.clone()), street: vec![text], country };
        let _ = validate(&Contact { address, ..contact });
    }

    #[test]
    fn any_bytes_are_a_fuzz_input(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        fuzz::phone(&bytes);
        fuzz::address(&bytes);
    }
}

/// What fuzzers start from, and what they found.
const CORPUS: &[&str] = &[
    "",
    "+44.2079460000",
    "+1.5",
    "+999.123456789012",
    "+.",
    "GB",
    "GB\nLondon\n\nEC1A 1BB\n\nAda\n1 Canary Row",
    "US\nDulles\nVA\n20166-6503\nExample Inc.\nAda\n123 Example Dr.\nSuite 100",
    "JP\n千代田区\n東京都\n１００－０００１\n\n山田太郎\n1-1",
    "LU\nX\n\nL-",
    "FI\nX\n\nFI-",
    "ZZ\nX",
    "TR\nİ\nİSTANBUL\n\u{FFFD}\n\u{202E}\n@.\n://",
    "SO\n\u{0301}\n\u{0301}\n-\n-\n-\n-",
];

#[test]
fn the_corpus_is_replayed() {
    for input in CORPUS {
        fuzz::phone(input.as_bytes());
        fuzz::address(input.as_bytes());
    }
}
