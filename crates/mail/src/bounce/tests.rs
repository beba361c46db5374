//! Reports of the world's mail servers, forgeries, and what is no mail at all.

use model::{NoticeId, SeededEntropy};
use proptest::prelude::*;

use super::specimens::SPECIMENS;
use super::*;
use crate::return_path::KEY_BYTES;

fn notice() -> NoticeId {
    NoticeId::new("2026-11-23T12:00:00Z".parse().unwrap(), &mut SeededEntropy::new(1))
}

fn key() -> ReturnKey {
    ReturnKey::new(&[7; KEY_BYTES])
}

fn marks(key: &ReturnKey) -> (String, String) {
    (key.return_path(notice(), "registrar.example"), key.message_id(notice(), "registrar.example"))
}

fn report(text: &str) -> Report {
    match read(text.as_bytes(), None) {
        Ok(Reading::Report(report)) => report,
        other => panic!("{other:?}"),
    }
}

fn said(text: &str) -> String {
    match read(text.as_bytes(), None) {
        Ok(Reading::Other(other)) => other.word().to_owned(),
        Err(unreadable) => unreadable.code().to_owned(),
        Ok(Reading::Report(report)) => {
            let worst = report.worst(None).unwrap();
            let status = worst.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
            format!("{} {status}", worst.verdict.word())
        }
    }
}

#[test]
fn each_specimen_is_what_it_is() {
    let (path, id) = marks(&key());
    for specimen in SPECIMENS {
        assert_eq!(said(&specimen.message(&path, &id)), specimen.is, "{}", specimen.name);
    }
}

#[test]
fn each_report_is_about_the_notice_by_its_own_marks_alone() {
    let (path, id) = marks(&key());
    let (forged_path, forged_id) = marks(&ReturnKey::new(&[8; KEY_BYTES]));
    for specimen in SPECIMENS {
        let Ok(Reading::Report(report)) = read(specimen.message(&path, &id).as_bytes(), None) else { continue };
        assert_eq!(report.about(&key()), Some(notice()), "{}", specimen.name);
        let forged = self::report(&specimen.message(&forged_path, &forged_id));
        assert_eq!(forged.about(&key()), None, "{}", specimen.name);
    }
}

/// Where an alias or a list took the return path away, the returned Message-ID does, and the address that the pipe was told.
#[test]
fn the_message_id_that_was_returned_does_where_the_return_path_is_gone() {
    let (path, id) = marks(&key());
    let returning = ["Postfix, unknown user", "Exim, header alone", "Exchange, status of its own", "Gmail, no such account"];
    for specimen in SPECIMENS {
        let Ok(Reading::Report(lost)) = read(specimen.message("bounces@registrar.example", &id).as_bytes(), None) else { continue };
        assert_eq!(lost.about(&key()).is_some(), returning.contains(&specimen.name), "{}", specimen.name);
        let without = specimen.message("bounces@registrar.example", "x@y");
        let Ok(Reading::Report(told)) = read(without.as_bytes(), Some(&path)) else { continue };
        assert_eq!(told.about(&key()), Some(notice()), "{}", specimen.name);
    }
}

#[test]
fn the_copy_is_not_the_holder() {
    let (path, id) = marks(&key());
    let two = SPECIMENS.iter().find(|specimen| specimen.name.starts_with("two")).unwrap().message(&path, &id);
    let verdict = |copy| report(&two).worst(copy).map(|worst| worst.verdict);
    assert_eq!(verdict(None), Some(Verdict::Hard));
    assert_eq!(verdict(Some("Ada@holder.example")), Some(Verdict::Delayed));
    let only_copy = two.replace("ada@holder.example", "tech@elsewhere.example");
    assert_eq!(report(&only_copy).worst(Some("tech@elsewhere.example")), None);
}

#[test]
fn a_report_shows_no_address() {
    let (path, id) = marks(&key());
    for specimen in SPECIMENS {
        let shown = format!("{:?}", read(specimen.message(&path, &id).as_bytes(), None));
        assert!(!shown.contains("holder") && !shown.contains("bounce+"), "{shown}");
    }
}

#[test]
fn our_own_header_says_to_whom_it_went() {
    let text = "To: Ada <ada@holder.example>\r\nCc: =?UTF-8?B?Wm/Dqw==?= <zoe@elsewhere.example>\r\nSubject: x\r\n\r\nTo: nobody@x\r\n";
    assert_eq!(addressees(text), (Some("ada@holder.example".to_owned()), Some("zoe@elsewhere.example".to_owned())));
    assert_eq!(addressees("Subject: x\r\n\r\n"), (None, None));
    assert_eq!(addressees(""), (None, None));
}

#[test]
fn broken_and_huge_mail_has_a_clear_outcome() {
    let (path, id) = marks(&key());
    let whole = SPECIMENS[0].message(&path, &id);
    let huge = format!("{whole}{}", "x".repeat(MESSAGE_BYTES));
    let deep = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(5_000);
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(5_000);
    let many = format!(
        "To: {}\r\nContent-Type: message/delivery-status\r\n\r\n{}",
        format!("a{},", path).repeat(2_000),
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n".repeat(9_000)
    );
    for (text, want) in [
        (huge.as_str(), "bounce.too_large"),
        ("", "bounce.no_header"),
        ("\r\n\r\n", "bounce.no_header"),
        (deep.as_str(), "ordinary"),
        (nested.as_str(), "ordinary"),
        (many.as_str(), "hard 5.1.1"),
    ] {
        assert_eq!(said(text), want, "{}", &text[..text.len().min(60)]);
    }
    // Cut anywhere, it is the same report, one whose code was cut, or none.
    let known = ["hard 5.1.1", "hard -", "soft -", "bounce.no_recipient", "bounce.no_header", "auto-reply", "ordinary"];
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        let said = said(&whole[..end]);
        assert!(known.contains(&said.as_str()), "{end}: {said}");
    }
}

/// The corpus of the fuzzer: every specimen, whole and with each of its bytes torn out of place.
#[test]
fn the_corpus_is_read() {
    let (path, id) = marks(&ReturnKey::new(&[1; KEY_BYTES]));
    for specimen in SPECIMENS {
        let message = specimen.message(&path, &id).into_bytes();
        crate::fuzz::bounce(&message);
        for at in (0..message.len()).step_by(7) {
            let mut torn = message.clone();
            torn[at] = torn[at].wrapping_add(128);
            crate::fuzz::bounce(&torn);
            torn.remove(at);
            crate::fuzz::bounce(&torn);
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        crate::fuzz::bounce(&bytes);
    }

    #[test]
    fn any_status_is_read(body in "(Action: [a-z]{0,8}\r\n|Status: [0-9.]{0,9}\r\n|Final-Recipient: \\PC{0,20}\r\n|\r\n| \\PC{0,9}\r\n){0,30}") {
        crate::fuzz::bounce(format!("Content-Type: message/delivery-status\r\n\r\n{body}").as_bytes());
    }
}
