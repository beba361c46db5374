use super::*;

fn check(field: Field, text: &str, want: &str) {
    let mut contact = ada();
    match field {
        Field::Name => contact.name = text.into(),
        Field::Organisation => contact.organisation = Some(text.into()),
        Field::Street => contact.address.street = vec!["1 Canary Row".into(), text.into()],
        Field::City => contact.address.city = text.into(),
        _ => contact.address.province = Some(text.into()),
    }
    assert_eq!(found(&contact), want, "{text:?}");
}

#[test]
fn people_places_and_companies_pass() {
    for name in
        ["Ada Lovelace", "X Æ", "O'Neil-Smith, Jr.", "山田太郎", "محمد", "Nguyễn Văn A", "Na", "Ng", "Null Kelvin", "नरेन्द्र", "Ada\u{200D}"]
    {
        check(Field::Name, name, "");
    }
    for organisation in ["4711", "3", "1&1", "Yahoo!", "@home", "Amazon.com", "C# Club", "A.B.C. Ltd"] {
        check(Field::Organisation, organisation, "");
    }
    for street in ["1-2-3", "P.O. Box 7", "Straße des 17. Juni 135", "c/o Ada", "#4"] {
        check(Field::Street, street, "");
    }
    for city in ["Y", "Å", "'s-Hertogenbosch", "6th of October City", "東京", "St. John's"] {
        check(Field::City, city, "");
    }
}

#[test]
fn what_cannot_be_true_is_a_fault() {
    for (field, text, want) in [
        (Field::Name, "Ada\nLovelace", "! name: unprintable"),
        (Field::Name, "Ada\u{2028}Lovelace", "! name: unprintable"),
        (Field::Name, "Ada \u{202E}ecalevoL", "! name: direction"),
        (Field::Name, "---", "! name: no-word"),
        (Field::Name, "12345", "! name: no-letter"),
        (Field::Name, "ada@registrar.dev", "! name: email-inside"),
        (Field::Name, "Ada (ada@registrar.dev)", "! name: email-inside"),
        (Field::Name, "https://registrar.dev", "! name: website-inside"),
        (Field::Name, "WWW.REGISTRAR.DEV", "! name: website-inside"),
        (Field::Name, "REDACTED FOR PRIVACY", "! name: withheld"),
        (Field::Organisation, "Redacted for Privacy Purposes", "! organisation: withheld"),
        (Field::Organisation, "...", "! organisation: no-word"),
        (Field::Street, ".", "! street: no-word"),
        (Field::Street, "http://registrar.dev/", "! street: website-inside"),
        (Field::Street, "1 Canary\tRow", "! street: unprintable"),
        (Field::City, "12345", "! city: no-letter"),
        (Field::City, "-", "! city: no-word"),
        (Field::City, "Data Redacted", "! city: withheld"),
        (Field::Province, "***", "! province: no-word"),
        (Field::Province, "a@b.dev", "! province: email-inside"),
    ] {
        check(field, text, want);
    }
}

#[test]
fn what_is_hardly_true_is_a_doubt() {
    for (field, text, want) in [
        (Field::Name, "test", "? name: placeholder"),
        (Field::Name, "N/A: not applicable", ""),
        (Field::Name, "Not Applicable", "? name: placeholder"),
        (Field::Name, "xxxx", "? name: placeholder"),
        (Field::Name, "Null", "? name: placeholder"),
        (Field::Name, "Ada Lovela\u{FFFD}e", "? name: lost-letter"),
        (Field::City, "None", "? city: placeholder"),
        (Field::City, "AAA", "? city: placeholder"),
        (Field::Street, "asdf", "? street: placeholder"),
        (Field::Organisation, "111", ""),
        (Field::Organisation, "info@registrar.dev", "? organisation: email-inside"),
        (Field::Organisation, "www.registrar.dev", "? organisation: website-inside"),
    ] {
        check(field, text, want);
    }
}

/// A role or a company may be called after a number, a person is not.
#[test]
fn a_number_for_a_name_depends_on_who_it_is() {
    let named = |kind| found(&Contact { kind, name: "1337".into(), organisation: Some("1337".into()), ..ada() });
    assert_eq!(named(LegalKind::Natural), "! name: no-letter");
    assert_eq!(named(LegalKind::Organisation), "? name: no-letter");
    assert_eq!(named(LegalKind::Unknown), "? name: no-letter");
}
