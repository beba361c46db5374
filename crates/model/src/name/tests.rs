//! Names: what is accepted and as what, what is refused and in which words, and the laws.

use proptest::prelude::*;

use super::{DomainName, HostName};

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Input, canonical form, shown form.
#[test]
fn accepted_names_have_one_canonical_form() {
    for (text, canonical, shown) in [
        ("example.com", "example.com", "example.com"),
        ("EXAMPLE.Com.", "example.com", "example.com"),
        ("com", "com", "com"),
        ("1.example", "1.example", "1.example"),
        ("a-b--c.example", "a-b--c.example", "a-b--c.example"),
        ("bücher.example", "xn--bcher-kva.example", "bücher.example"),
        ("BüCHER.example", "xn--bcher-kva.example", "bücher.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example", "bücher.example"),
        ("straße.de", "xn--strae-oqa.de", "straße.de"),
        ("пример.рф", "xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai", "пример.рф"),
        ("例え.テスト", "xn--r8jz45g.xn--zckzah", "例え.テスト"),
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv", "مثال.إختبار"),
        ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp", "παράδειγμα.δοκιμή"),
        ("l·l.cat", "xn--ll-0ea.cat", "l·l.cat"),
    ] {
        let parsed = name(text);
        assert_eq!((parsed.as_str(), parsed.to_unicode().as_str()), (canonical, shown), "{text}");
        assert_eq!(parsed.is_idn(), canonical.contains("xn--"), "{text}");
        assert_eq!(name(shown), parsed, "{text}");
    }
}

#[test]
fn refused_names_say_what_is_wrong_where_and_what_to_do() {
    let refusals: Vec<String> = [
        "",
        ".",
        "example..com",
        ".example.com",
        "example.com..",
        "-a.com",
        "ab-.com",
        "ab--cd.com",
        "ab--ü.com",
        "exa mple.com",
        "foo_bar.example.com",
        "user@example.com",
        "BÜCHER.example",
        "ｅｘａｍｐｌｅ.com",
        "例え。テスト",
        "bu\u{308}cher.de",
        "i❤.ws",
        "a\u{200B}b.com",
        "\u{308}a.de",
        "a·b.cat",
        "דוגמה1a.com",
        "1.דוגמה",
        "bücher.xn--p1ai",
        "xn--ü.com",
        "xn--.com",
        "xn--a.com",
        "xn--abc-.com",
        "xn--bcher-kv.com",
        "xn--bcher-2pa.com",
        "xn--i-7iq.ws",
        "192.0.2.1",
        "\u{0378}.com",
    ]
    .into_iter()
    .map(|text| {
        let error = DomainName::parse(text).unwrap_err();
        format!("{}: {error}", error.code())
    })
    .collect();
    insta::assert_snapshot!(refusals.join("\n"), @r"
name.empty: the name is empty; write at least one label, such as `example.com`
name.empty: the name is empty; write at least one label, such as `example.com`
name.label_empty: label 2 is empty; remove the extra dot
name.label_empty: label 1 is empty; remove the extra dot
name.label_empty: label 3 is empty; remove the extra dot
name.hyphen: label 1 (`-a`) has a hyphen at position 1, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it
name.hyphen: label 1 (`ab-`) has a hyphen at position 3, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it
name.hyphen: label 1 (`ab--cd`) has a hyphen at position 3, but two of them in third and fourth place are reserved (RFC 5891 section 4.2.3.1); remove it
name.hyphen: label 1 (`ab--ü`) has a hyphen at position 3, but two of them in third and fourth place are reserved (RFC 5891 section 4.2.3.1); remove it
name.character: label 1 (`exa mple`) has a blank at position 4, which names cannot have; remove it
name.character: label 1 (`foo_bar`) has `_` (U+005F) at position 4, which names cannot have; remove it
name.character: label 1 (`user@example`) has `@` (U+0040) at position 5, which names cannot have; remove it
name.character: label 1 (`BÜCHER`) has `Ü` (U+00DC) at position 2, which names cannot have; did you mean `bücher`?
name.character: label 1 (`ｅｘａｍｐｌｅ`) has `ｅ` (U+FF45) at position 1, which names cannot have; did you mean `example`?
name.character: label 1 (`例え。テスト`) has `。` (U+3002) at position 3, which names cannot have; did you mean `例え.テスト`?
name.not_nfc: label 1 (`bücher`) has decomposed characters at position 2 (not Unicode form NFC, RFC 5891 section 4.1); write it composed, as `bücher`
name.character: label 1 (`i❤`) has `❤` (U+2764) at position 2, which names cannot have; remove it
name.character: label 1 (`a<U+200B>b`) has U+200B at position 2, which names cannot have; remove it
name.context: label 1 (`<U+0308>a`) has U+0308 at position 1, but a label cannot begin with a combining mark (RFC 5891 section 4.2.3.2); change or remove it
name.context: label 1 (`a·b`) has `·` (U+00B7) at position 2, but it may stand only between two letters `l` (RFC 5892 A.3); change or remove it
name.bidi: label 1 (`דוגמה1a`) mixes writing directions at position 7: a left-to-right letter cannot stand in a right-to-left label (condition 2); change or remove it
name.bidi: label 1 (`1`) mixes writing directions at position 1: the first character has to be a letter, not a digit or mark (condition 1); change or remove it
name.mixed_forms: the name mixes the encoded label `xn--p1ai` with the Unicode label `bücher`; write all labels in one form
name.a_label: label 1 (`xn--ü`) starts with `xn--` but is not a valid encoded label: it has a character beyond ASCII at position 5; write the name in its Unicode form
name.hyphen: label 1 (`xn--`) has a hyphen at position 4, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it
name.a_label: label 1 (`xn--a`) starts with `xn--` but is not a valid encoded label: its Unicode form has U+0080 at position 1, which names cannot have; write the name in its Unicode form
name.hyphen: label 1 (`xn--abc-`) has a hyphen at position 8, but a label cannot begin or end with one (RFC 5891 section 4.2.3.1); remove it
name.a_label: label 1 (`xn--bcher-kv`) starts with `xn--` but is not a valid encoded label: it cannot be decoded (RFC 3492); write the name in its Unicode form
name.a_label: label 1 (`xn--bcher-2pa`) starts with `xn--` but is not a valid encoded label: its Unicode form has `Ü` (U+00DC) at position 2, which names cannot have; write the name in its Unicode form
name.a_label: label 1 (`xn--i-7iq`) starts with `xn--` but is not a valid encoded label: its Unicode form has `❤` (U+2764) at position 2, which names cannot have; write the name in its Unicode form
name.numeric: the last label `1` is all digits, as in an IP address; give a name instead (RFC 3696 section 2)
name.character: label 1 (`<U+0378>`) has U+0378 (no character of Unicode 16) at position 1, which names cannot have; remove it
");
}

#[test]
fn lengths_are_limited_at_the_edge() {
    let label = |octets: usize| "a".repeat(octets);
    assert!(DomainName::parse(&format!("{}.com", label(63))).is_ok());
    assert_eq!(DomainName::parse(&format!("{}.com", label(64))).unwrap_err().code(), "name.label_too_long");
    let full = [label(63), label(63), label(63), label(61)].join(".");
    assert_eq!(full.len(), 253);
    assert!(DomainName::parse(&full).is_ok());
    assert!(DomainName::parse(&format!("{full}.")).is_ok(), "the trailing dot does not count");
    assert_eq!(DomainName::parse(&format!("{full}a")).unwrap_err().code(), "name.too_long");
    assert_eq!(DomainName::parse(&format!("a.{full}")).unwrap_err().code(), "name.too_long");
    assert_eq!(DomainName::parse(&label(1_000_000)).unwrap_err().code(), "name.too_long");
    assert!(DomainName::parse(&"ü".repeat(57)).is_ok(), "57 characters of one kind encode to fewer than 63 octets");
    assert_eq!(DomainName::parse(&"ü".repeat(80)).unwrap_err().code(), "name.label_too_long");
}

#[test]
fn parts_of_a_name() {
    let parsed = name("www.bücher.example");
    assert_eq!(parsed.labels().collect::<Vec<_>>(), ["www", "xn--bcher-kva", "example"]);
    assert_eq!(parsed.labels().next_back(), Some(parsed.tld()));
    assert_eq!(parsed.parent().as_ref().map(DomainName::as_str), Some("xn--bcher-kva.example"));
    assert_eq!(name("example").parent(), None);
    for (inner, outer, within) in [
        ("example.com", "example.com", true),
        ("a.b.example.com", "example.com", true),
        ("example.com", "com", true),
        ("badexample.com", "example.com", false),
        ("com", "example.com", false),
        ("example.com.evil.net", "example.com", false),
    ] {
        assert_eq!(name(inner).is_within(&name(outer)), within, "{inner} in {outer}");
        if inner.contains('.') {
            assert_eq!(HostName::parse(inner).unwrap().is_within(&name(outer)), within, "{inner} in {outer}");
        }
    }
}

#[test]
fn hosts_are_qualified_ldh_names() {
    for (text, want) in [
        ("NS1.Example.com.", Ok("ns1.example.com")),
        ("ns1.bücher.example", Ok("ns1.xn--bcher-kva.example")),
        ("ns1.xn--i-7iq.ws", Ok("ns1.xn--i-7iq.ws")), // registered before IDNA2008
        ("r3---sn.example.net", Ok("r3---sn.example.net")),
        ("1.2.3.example", Ok("1.2.3.example")),
        ("localhost", Err("name.unqualified")),
        ("192.0.2.1", Err("name.numeric")),
        ("2001:db8::1", Err("name.character")),
        ("ns_1.example.com", Err("name.character")),
        ("-ns.example.com", Err("name.hyphen")),
        ("ns1..example.com", Err("name.label_empty")),
        ("ns1.דוגמה1a.com", Err("name.bidi")),
    ] {
        let got = HostName::parse(text);
        assert_eq!(got.as_ref().map(HostName::as_str).map_err(|error| error.code()), want, "{text}");
    }
    assert_eq!(HostName::parse("ns1.bücher.example").unwrap().to_unicode(), "ns1.bücher.example");
}

#[test]
fn names_travel_as_strings() {
    let json = serde_json::to_string(&name("bücher.example")).unwrap();
    assert_eq!(json, "\"xn--bcher-kva.example\"");
    assert_eq!(serde_json::from_str::<DomainName>(&json).unwrap(), name("bücher.example"));
    let refused = serde_json::from_str::<HostName>("\"-a.example\"").unwrap_err();
    assert!(refused.to_string().starts_with("label 1 (`-a`) has a hyphen at position 1"), "{refused}");
}

/// Labels out of the scripts that have rules of their own, and some that break them.
fn likely_label() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9]([a-z0-9-]{0,12}[a-z0-9])?",
        "[a-zßàáâãäåæçèéêëìíîïñòóôöùúûüýÿ·l]{1,12}",
        "[αβγδεζηθικλμνξοπρσςτυφχψωάέή]{1,12}",
        "[абвгдежзийклмнопрстуфхцчшщъыьэюя]{1,12}",
        "[אבגדהוזחטיכלמנ1׳-]{1,10}",
        "[ابتثجحخدذ١٢۱\u{200C}]{1,10}",
        "[कखगघ\u{94D}\u{200D}\u{93E}]{1,10}",
        "[あいうアイウ・漢字ー]{1,10}",
        "[กขค\u{E31}\u{E34}]{1,8}",
    ]
}

proptest! {
    #[test]
    fn reading_is_exact_both_ways(labels in prop::collection::vec(likely_label(), 1..4)) {
        if let Ok(parsed) = DomainName::parse(&labels.join(".")) {
            let shown = parsed.to_unicode();
            prop_assert_eq!(DomainName::parse(parsed.as_str()), Ok(parsed.clone()));
            prop_assert_eq!(DomainName::parse(&shown), Ok(parsed.clone()));
            prop_assert_eq!(&shown, &labels.join("."), "nothing but ASCII case is ever mapped");
        }
    }

    #[test]
    fn whatever_is_accepted_fits_the_dns(text in "\\PC{0,80}") {
        if let Ok(parsed) = DomainName::parse(&text) {
            prop_assert!(parsed.as_str().len() <= 253);
            for label in parsed.labels() {
                prop_assert!((1..=63).contains(&label.len()));
                prop_assert!(label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!(!label.starts_with('-') && !label.ends_with('-'));
            }
        }
    }

    #[test]
    fn an_a_label_that_is_accepted_is_the_one_encoding(tail in "[a-z0-9-]{1,20}") {
        let text = format!("xn--{tail}.example");
        if let Ok(parsed) = DomainName::parse(&text) {
            prop_assert_eq!(parsed.as_str(), &text);
            prop_assert_eq!(DomainName::parse(&parsed.to_unicode()).unwrap(), parsed);
        }
    }

    #[test]
    fn a_hint_is_always_a_name(text in "[A-ZÄÖÜÉａ-ｚＡ-Ｚﬀﬁº]{1,12}") {
        use super::{LabelFault, NameError};
        if let Err(NameError::Label { fault: LabelFault::Character { hint: Some(hint), .. }, .. }) = DomainName::parse(&text) {
            prop_assert!(DomainName::parse(&hint).is_ok(), "{}", hint);
        }
    }

    #[test]
    fn below_means_a_parent_somewhere(labels in prop::collection::vec("[a-c]{1,2}", 1..5), other in prop::collection::vec("[a-c]{1,2}", 1..4)) {
        let (inner, outer) = (name(&labels.join(".")), name(&other.join(".")));
        let mut above = Some(inner.clone());
        let mut found = false;
        while let Some(current) = above {
            found |= current == outer;
            above = current.parent();
        }
        prop_assert_eq!(inner.is_within(&outer), found);
    }
}
