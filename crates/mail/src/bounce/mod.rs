//! What comes back: delivery status notifications (RFC 3464), told apart from everything else that arrives at the return path.
//!
//! Whoever knows an address can send mail to it, so nothing here is believed: a message is read within limits, and which notice it is
//! about is known only by a seal of ours ([`Report::about`]).

mod fields;
mod kinds;
mod recipient;

#[cfg(test)]
mod specimens;
#[cfg(test)]
mod tests;

use std::fmt;

use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders as _, PartType};
use model::NoticeId;
use thiserror::Error;

use crate::return_path::ReturnKey;
use crate::withheld::Withheld;

pub use kinds::OtherMail;
pub use recipient::{Recipient, Verdict};

/// Largest message that is read, in bytes. A report returns one of our notices, of a few kilobytes, or its header.
pub const MESSAGE_BYTES: usize = 512 * 1024;

/// Addresses and Message-IDs that are looked at for a seal.
const MARKS: usize = 32;

/// Longest address or Message-ID that is looked at, in characters.
const MARK_CHARS: usize = 400;

/// Header fields that say to whom a message came, as mail servers write them at delivery, and the one its sender wrote.
const ARRIVAL_FIELDS: [&str; 5] = ["X-Original-To", "Delivered-To", "Envelope-To", "X-Envelope-To", "To"];

/// A message that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A report on the delivery of a message.
    Report(Report),
    /// Something else.
    Other(OtherMail),
}

/// A report on the delivery of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Report {
    recipients: Vec<Recipient>,
    return_paths: Vec<Withheld>,
    message_ids: Vec<Withheld>,
}

/// Why a message could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// Too large.
    #[error("the message has more than {MESSAGE_BYTES} bytes")]
    TooLarge,
    /// No header.
    #[error("it is not a mail message: it has no header")]
    NoHeader,
    /// A report that says nothing of a recipient.
    #[error("it calls itself a delivery report and says of no recipient what became of the message")]
    NoRecipient,
}

impl Unreadable {
    /// Stable code for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "bounce.too_large",
            Self::NoHeader => "bounce.no_header",
            Self::NoRecipient => "bounce.no_recipient",
        }
    }
}

/// Reads a message. `arrived_at` is the address it came to, where whoever hands it over knows.
///
/// # Errors
/// [`Unreadable`] if it is no message, is too large, or is a report that says nothing.
pub fn read(bytes: &[u8], arrived_at: Option<&str>) -> Result<Reading, Unreadable> {
    if bytes.len() > MESSAGE_BYTES {
        return Err(Unreadable::TooLarge);
    }
    let message = MessageParser::new().parse(bytes).filter(|message| !message.headers().is_empty()).ok_or(Unreadable::NoHeader)?;
    let Some(status) = part_of(&message, "message", &["delivery-status", "global-delivery-status"]) else {
        return match kinds::of(&message) {
            None => Err(Unreadable::NoRecipient),
            Some(other) => Ok(Reading::Other(other)),
        };
    };
    let recipients = recipient::read_all(status);
    if recipients.is_empty() {
        return Err(Unreadable::NoRecipient);
    }
    let arrivals = arrived_at.into_iter().map(str::to_owned).chain(ARRIVAL_FIELDS.into_iter().flat_map(|name| addresses(&message, name)));
    Ok(Reading::Report(Report { recipients, return_paths: kept(arrivals), message_ids: kept(returned_ids(&message).into_iter()) }))
}

impl Report {
    /// The notice that it is about: by the return path it came to, else by the Message-ID it returned. None if neither bears our seal.
    #[must_use]
    pub fn about(&self, key: &ReturnKey) -> Option<NoticeId> {
        let by_path = || self.return_paths.iter().find_map(|path| key.notice_of_return_path(path.expose()));
        by_path().or_else(|| self.message_ids.iter().find_map(|id| key.notice_of_message_id(id.expose())))
    }

    /// The worst that it says of a recipient other than `copy`, to whom the message went besides; none if it speaks of the copy alone.
    #[must_use]
    pub fn worst(&self, copy: Option<&str>) -> Option<&Recipient> {
        let is_of_copy = |recipient: &&Recipient| copy.is_some_and(|copy| recipient.is(copy));
        self.recipients.iter().filter(|recipient| !is_of_copy(recipient)).max_by_key(|recipient| recipient.verdict)
    }
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Report({:?})", self.recipients)
    }
}

/// The content of the first part of one of these types. Parts of a message inside the message are not its own.
fn part_of<'m>(message: &'m Message<'_>, kind: &str, subtypes: &[&str]) -> Option<&'m [u8]> {
    let part = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|found| {
            found.ctype().eq_ignore_ascii_case(kind)
                && found.subtype().is_some_and(|subtype| subtypes.iter().any(|wanted| wanted.eq_ignore_ascii_case(subtype)))
        })
    })?;
    Some(part.contents())
}

/// The Message-IDs of what a report returned: a whole message, or its header alone.
fn returned_ids(message: &Message<'_>) -> Vec<String> {
    let mut ids = Vec::new();
    for part in message.parts.iter().take(MARKS) {
        if let PartType::Message(returned) = &part.body {
            ids.extend(returned.message_id().map(str::to_owned));
        }
    }
    if let Some(header) = part_of(message, "text", &["rfc822-headers"]).or_else(|| part_of(message, "message", &["global-headers"])) {
        ids.extend(fields::blocks(header).first().and_then(|block| block.value("message-id")).map(str::to_owned));
    }
    ids
}

/// The addresses of every header field of a name. Names that mail-parser does not know hold text.
fn addresses(message: &Message<'_>, name: &str) -> Vec<String> {
    let mut found = Vec::new();
    for value in message.header_values(name.to_owned()) {
        match value {
            HeaderValue::Address(address) => {
                found.extend(address.iter().take(MARKS).filter_map(|address| address.address()).map(str::to_owned));
            }
            HeaderValue::Text(text) => found.push(text.to_string()),
            HeaderValue::TextList(texts) => found.extend(texts.iter().take(MARKS).map(ToString::to_string)),
            _ => {}
        }
    }
    found
}

fn kept(marks: impl Iterator<Item = String>) -> Vec<Withheld> {
    marks.take(MARKS).map(|mark| Withheld::new(mark.trim(), MARK_CHARS)).collect()
}

/// The addresses of a message of ours, as its header names them: whom it is for, and who got a copy.
#[must_use]
pub fn addressees(text: &str) -> (Option<String>, Option<String>) {
    let Some(message) = MessageParser::new().parse_headers(text.as_bytes()) else {
        return (None, None);
    };
    (addresses(&message, "To").into_iter().next(), addresses(&message, "Cc").into_iter().next())
}
