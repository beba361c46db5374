//! What else arrives at a return path: answers of machines and people, receipts, complaints.

use mail_parser::{Message, MimeHeaders as _};

/// A message that is no report on a delivery. Nothing follows from it for an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherMail {
    /// A machine answered for somebody who is away (RFC 3834): the address works.
    AutoReply,
    /// A receipt for a message that was shown (RFC 8098).
    Receipt,
    /// A complaint about a message (RFC 5965).
    Complaint,
    /// Mail that somebody wrote.
    Ordinary,
}

impl OtherMail {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AutoReply => "auto-reply",
            Self::Receipt => "receipt",
            Self::Complaint => "complaint",
            Self::Ordinary => "ordinary",
        }
    }
}

/// What it is; none if it calls itself a delivery report and has none.
pub(super) fn of(message: &Message<'_>) -> Option<OtherMail> {
    let report = message.content_type().filter(|kind| kind.ctype().eq_ignore_ascii_case("multipart") && is(kind.subtype(), "report"));
    if let Some(kind) = report {
        let report_type = kind.attribute("report-type");
        return match report_type {
            _ if is(report_type, "disposition-notification") => Some(OtherMail::Receipt),
            _ if is(report_type, "feedback-report") => Some(OtherMail::Complaint),
            _ => None,
        };
    }
    Some(if is_automatic(message) { OtherMail::AutoReply } else { OtherMail::Ordinary })
}

fn is(found: Option<&str>, wanted: &str) -> bool {
    found.is_some_and(|found| found.eq_ignore_ascii_case(wanted))
}

/// RFC 3834 section 5, and what machines wrote before it.
fn is_automatic(message: &Message<'_>) -> bool {
    let value = |name: &str| message.header_raw(name.to_owned()).map(|value| value.trim().to_ascii_lowercase());
    value("Auto-Submitted").is_some_and(|value| !value.is_empty() && !value.starts_with("no"))
        || value("Precedence").is_some_and(|value| matches!(value.as_str(), "auto_reply" | "bulk" | "junk"))
        || ["X-Autoreply", "X-Autorespond", "X-Auto-Response-Suppress"].iter().any(|name| value(name).is_some())
}
