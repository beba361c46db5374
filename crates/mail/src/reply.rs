//! What a mail server said: a reply of SMTP (RFC 5321 section 4.2).

use std::fmt;

use crate::status::EnhancedStatus;
use crate::withheld::Withheld;

/// Longest text of a reply that is kept, in characters.
pub(crate) const TEXT_CHARS: usize = 500;

/// One reply. Its text may name the person's address, so `Debug` and `Display` show the codes alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// The reply code, such as 550.
    pub code: u16,
    /// The enhanced code, where the text begins with one (RFC 2034).
    pub status: Option<EnhancedStatus>,
    /// The text, its lines joined.
    pub text: Withheld,
}

impl Reply {
    /// A reply of this code and text.
    #[must_use]
    pub fn new(code: u16, text: &str) -> Self {
        Self { code, status: EnhancedStatus::parse(text), text: Withheld::new(text, TEXT_CHARS) }
    }

    /// The shortest honest reason: the enhanced code, else the reply code.
    #[must_use]
    pub fn reason(&self) -> String {
        self.status.map_or_else(|| self.code.to_string(), |status| status.to_string())
    }

    /// The id under which the relay queued the message, where its reply says so (`... queued as ID`, `... id=ID`).
    #[must_use]
    pub fn queue_id(&self) -> Option<&str> {
        let text = self.text.expose();
        let after = text.split_once("queued as ").or_else(|| text.split_once("id="))?.1;
        let id = after.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).next()?;
        (!id.is_empty()).then_some(id)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} {status}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_shows_its_codes_and_keeps_its_text_to_itself() {
        let reply = Reply::new(550, "5.1.1 <canary@example.org>: Recipient address rejected");
        assert_eq!((format!("{reply:?} {reply}"), reply.reason()), ("550 5.1.1 550 5.1.1".to_owned(), "5.1.1".to_owned()));
        assert_eq!(Reply::new(550, "no such user").reason(), "550");
    }

    #[test]
    fn the_relays_id_is_found() {
        for (text, want) in [
            ("2.0.0 Ok: queued as 4Zq1X93mN5z2", Some("4Zq1X93mN5z2")),
            ("OK id=1tGz9x-0003Bk-2R", Some("1tGz9x-0003Bk-2R")),
            ("2.0.0 accepted", None),
            ("queued as ", None),
        ] {
            assert_eq!(Reply::new(250, text).queue_id(), want, "{text}");
        }
    }
}
