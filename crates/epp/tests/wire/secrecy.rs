//! Secrets and personal data appear neither in `Debug` output nor in frames made ready for a log.

use epp::samples::{SampleMessage, messages};
use epp::{AuthValue, Command, Login, domain, redact};
use model::Secret;

/// Every secret and every personal datum the samples carry.
const CANARIES: &[&str] = &[
    "foo-BAR2",
    "bar-FOO2",
    "2fooBAR-sample",
    "this is a long password",
    "this is a longer password",
    "abc123-token-sample",
    "49FD46E6C4B45C55D4AC",
    "49FD46E6C4B45C55D4AD",
    "PD94bWwgdmVyc2lvbj0iMS4w",
    "John Doe",
    "Jöhn",
    "123 Example Dr.",
    "jdoe@example.com",
    "new@example.com",
    "7035555555",
    "Pre-delete registration data",
];

/// What a trademark's public record holds is not a person's secret.
fn is_public(sample: &str, canary: &str) -> bool {
    canary == "123 Example Dr." && (sample.starts_with("launch") || sample.starts_with("together-info"))
}

#[test]
fn no_debug_output_shows_a_canary() {
    for sample in messages() {
        let shown = format!("{:?} {:#?}", sample.message, sample.message);
        for canary in CANARIES.iter().filter(|canary| !is_public(&sample.name, canary)) {
            assert!(!shown.contains(canary), "{} shows {canary}", sample.name);
        }
    }
}

#[test]
fn no_redacted_frame_shows_a_canary() {
    let mut seen = vec![false; CANARIES.len()];
    for sample in messages() {
        let frame = String::from_utf8(sample.frame().unwrap()).unwrap();
        let shown = redact(frame.as_bytes());
        for (canary, seen) in CANARIES.iter().zip(&mut seen) {
            *seen |= frame.contains(canary);
            if !is_public(&sample.name, canary) {
                assert!(!shown.contains(canary), "{} shows {canary}", sample.name);
            }
        }
    }
    let unused: Vec<_> = CANARIES.iter().zip(&seen).filter(|(_, seen)| !**seen).map(|(canary, _)| canary).collect();
    assert!(unused.is_empty(), "a canary that no frame carries proves nothing: {unused:?}");
}

#[test]
fn a_redacted_frame_keeps_its_structure() {
    let login = Login::new("NAMEKEEP-1", Secret::new("hunter2-canary"), vec!["urn:ietf:params:xml:ns:domain-1.0".into()], Vec::new());
    let frame = epp::encode_command(&Command::new(login, "NK-1")).unwrap();
    insta::assert_snapshot!(redact(&frame), @r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><command><login><clID>NAMEKEEP-1</clID><pw>[secret]</pw><options><version>1.0</version><lang>en</lang></options><svcs><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI></svcs></login><clTRID>NK-1</clTRID></command></epp>"#);
}

#[test]
fn secrets_hide_in_any_namespace_and_case() {
    let frame = r#"<epp xmlns="urn:ietf:params:xml:ns:epp-1.0"><response><extension>
        <x:Password xmlns:x="urn:example:x">canary</x:Password><x:authInfo xmlns:x="urn:example:x"><x:code>canary</x:code></x:authInfo>
        <x:token xmlns:x="urn:example:x"><![CDATA[canary]]></x:token></extension></response></epp>"#;
    let shown = redact(frame.as_bytes());
    assert!(!shown.contains("canary"), "{shown}");
    assert_eq!(shown.matches("[secret]").count(), 3, "{shown}");
}

#[test]
fn what_cannot_be_read_is_not_shown() {
    let frame = b"<epp><command><login><pw>canary</pw></login></command>";
    insta::assert_snapshot!(redact(frame), @"[54 bytes not shown: the document is not well-formed XML at byte 54: the document ends before its root element does]");
    assert!(!redact(b"\xFFcanary").contains("canary"));
}

/// Sentences about what is wrong never quote the value.
#[test]
fn no_error_quotes_a_value() {
    let long = "canary".repeat(60);
    let create = domain::Create::new("example.alpha", None, AuthValue::password(format!("{long}\n")));
    let error = epp::encode_command(&Command::new(domain::Command::Create(create), "NK-1")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("canary"), "{error}");

    for sample in messages() {
        let SampleMessage::Command(_) = sample.message else { continue };
        let frame = String::from_utf8(sample.frame().unwrap()).unwrap();
        let broken = frame.replace("</clTRID>", "</clTRID><pw>canary</pw>").replace("foo-BAR2", "canary-that-is-far-too-long");
        if let Err(refusal) = epp::decode_command(broken.as_bytes()) {
            assert!(!format!("{refusal} {refusal:?}").contains("canary"), "{}: {refusal}", sample.name);
        }
    }
}
