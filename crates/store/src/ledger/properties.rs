//! Laws of what strangers hand us: nothing panics, and what verifies says exactly what was proven.

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::fault::StoreFault;
use crate::testing::TestDatabases;

/// A sound proof and the key it holds under.
fn proof() -> (String, VerifierKey) {
    let database = TestDatabases::sqlite();
    let written: Result<(), StoreFault> = database.store().write(|tx| {
        for n in 0..20 {
            let (subject, body) = (format!("dom_{}", n % 4), format!("{{\"n\":{n}}}"));
            let at = Timestamp::UNIX_EPOCH;
            append(tx, &NewEntry { at, actor: "act_1", subject: &subject, kind: "Counted", body: &body, salt: [n; 16] })?;
        }
        Ok(())
    });
    written.unwrap();
    (database.store().read(|tx| prove(tx, "dom_1")).unwrap(), database.verifier().clone())
}

#[test]
fn a_proof_with_any_changed_byte_says_the_same_or_does_not_hold() {
    let (sound, key) = proof();
    let report = verify_proof(&sound, &key).unwrap();
    let mut bytes = sound.clone().into_bytes();
    for at in 0..bytes.len() {
        let before = bytes[at];
        for changed in [before ^ 1, before ^ 0x20, b' '] {
            bytes[at] = changed;
            if let Ok(text) = std::str::from_utf8(&bytes)
                && let Ok(other) = verify_proof(text, &key)
            {
                assert_eq!(other, report, "byte {at} became {changed:#04x}");
            }
        }
        bytes[at] = before;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_a_parser_panic(text in "\\PC{0,200}", lines in proptest::collection::vec("[\u{2014} a-z0-9+/=]{0,40}", 0..8)) {
        let key = VerifierKey::parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW").unwrap();
        for text in [text, lines.join("\n"), format!("{}\n", lines.join("\n"))] {
            prop_assert!(verify_proof(&text, &key).is_err());
            prop_assert!(Checkpoint::verify(&text, &key).is_none());
            prop_assert!(VerifierKey::parse(&text).is_err());
            let again = Note::parse(&text).map(|note| note.to_text());
            prop_assert!(again.is_none_or(|again| Note::parse(&again).is_some()));
            if let Some(entry) = Entry::parse(&text) {
                prop_assert_eq!(entry.to_text(), text);
            }
        }
    }

    #[test]
    fn an_entry_is_read_back_as_it_was(seq in any::<u64>(), at in -1_000_000_000_000_000_i64..4_000_000_000_000_000, field in "[^\\p{Cc}]{1,40}", commitment in any::<[u8; 32]>()) {
        let at = Timestamp::from_microsecond(at).unwrap();
        let entry = Entry { seq, at, actor: field.clone(), subject: field.clone(), kind: field, commitment };
        prop_assert_eq!(Entry::parse(&entry.to_text()), Some(entry));
    }
}
