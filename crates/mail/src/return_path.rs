//! The marks by which a bounce says which of our notices it is about: a return path of its own for each notice (VERP) and its
//! Message-ID, both under a seal.
//!
//! The seal is a truncated HMAC under a key of the house, so that nobody who has not seen the message can make a bounce of it; a bounce
//! has consequences, up to the suspension of a name. The two marks have seals of different kinds: the Message-ID shows in every answer to
//! a message and each quotation, and is worth nothing as a return path.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use model::NoticeId;

/// Length of the key, in bytes.
pub const KEY_BYTES: usize = 32;

/// Length of a seal, in hexadecimal digits: 80 bits, and the local part stays below the 64 octets of RFC 5321 section 4.5.3.1.1.
const SEAL_DIGITS: usize = 20;

/// The mailbox that takes bounces; what follows the `+` is the notice's.
pub const MAILBOX: &str = "bounce";

/// The key under which return paths and Message-IDs are sealed.
#[derive(Clone)]
pub struct ReturnKey(hmac::Key);

impl ReturnKey {
    /// The key of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8; KEY_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, bytes))
    }

    /// The envelope sender of a notice: `bounce+<notice>-<seal>@domain`.
    #[must_use]
    pub fn return_path(&self, notice: NoticeId, domain: &str) -> String {
        format!("{MAILBOX}+{notice}-{}@{domain}", self.seal(Mark::ReturnPath, notice))
    }

    /// The Message-ID of a notice, without its angle brackets: `<notice>-<seal>@domain`. The same at every attempt.
    #[must_use]
    pub fn message_id(&self, notice: NoticeId, domain: &str) -> String {
        format!("{notice}-{}@{domain}", self.seal(Mark::MessageId, notice))
    }

    /// The notice whose return path `address` is; none where the seal is not ours.
    #[must_use]
    pub fn notice_of_return_path(&self, address: &str) -> Option<NoticeId> {
        let lower = address.to_ascii_lowercase();
        let local = lower.trim_matches(['<', '>', ' ']).split('@').next()?;
        self.opened(Mark::ReturnPath, local.strip_prefix(MAILBOX)?.strip_prefix('+')?)
    }

    /// The notice whose Message-ID this is; none where the seal is not ours.
    #[must_use]
    pub fn notice_of_message_id(&self, id: &str) -> Option<NoticeId> {
        let lower = id.to_ascii_lowercase();
        self.opened(Mark::MessageId, lower.trim_matches(['<', '>', ' ']).split('@').next()?)
    }

    fn opened(&self, mark: Mark, sealed: &str) -> Option<NoticeId> {
        let (notice, seal) = sealed.split_once('-')?;
        let notice: NoticeId = notice.parse().ok()?;
        verify_slices_are_equal(self.seal(mark, notice).as_bytes(), seal.as_bytes()).ok()?;
        Some(notice)
    }

    fn seal(&self, mark: Mark, notice: NoticeId) -> String {
        let tag = hmac::sign(&self.0, format!("namekeep {} v1|{notice}", mark.word()).as_bytes());
        tag.as_ref().iter().take(SEAL_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for ReturnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReturnKey([secret])")
    }
}

/// What a seal is on.
#[derive(Clone, Copy)]
enum Mark {
    ReturnPath,
    MessageId,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::ReturnPath => "return path",
            Self::MessageId => "message id",
        }
    }
}

#[cfg(test)]
mod tests {
    use model::SeededEntropy;
    use proptest::prelude::*;

    use super::*;

    fn notice(seed: u64) -> NoticeId {
        NoticeId::new("2026-11-23T12:00:00Z".parse().unwrap(), &mut SeededEntropy::new(seed))
    }

    #[test]
    fn a_mark_says_its_notice_and_nothing_else_does() {
        let (key, other) = (ReturnKey::new(&[7; KEY_BYTES]), ReturnKey::new(&[8; KEY_BYTES]));
        let id = notice(1);
        let (path, message) = (key.return_path(id, "registrar.example"), key.message_id(id, "registrar.example"));
        assert!(path.split('@').next().unwrap().len() <= 64, "{path}");
        model::Email::parse(&path).unwrap();
        for (text, want) in [
            (path.clone(), Some(id)),
            (format!("<{path}>"), Some(id)),
            (path.to_uppercase(), Some(id)),
            (path.replace("registrar.example", "elsewhere.example"), Some(id)),
            (other.return_path(id, "registrar.example"), None),
            (path.replace(&id.to_string(), &notice(2).to_string()), None),
            (format!("bounce+{message}"), None),
            (path.replace("bounce+", ""), None),
            (path[..path.find('-').unwrap()].to_owned(), None),
            (String::new(), None),
        ] {
            assert_eq!(key.notice_of_return_path(&text), want, "{text}");
        }
        assert_eq!(key.notice_of_message_id(&format!("<{message}>")), Some(id));
        assert_eq!(key.notice_of_message_id(&path), None);
        assert_eq!(format!("{key:?}"), "ReturnKey([secret])");
    }

    proptest! {
        #[test]
        fn no_text_is_taken_for_a_mark(text in "(bounce\\+)?(ntc_[0-9a-z]{26})?-?[0-9a-f]{0,20}@?\\PC{0,40}") {
            let key = ReturnKey::new(&[7; KEY_BYTES]);
            prop_assert_eq!(key.notice_of_return_path(&text), None);
            prop_assert_eq!(key.notice_of_message_id(&text), None);
        }
    }
}
