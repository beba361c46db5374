//! Notices to registrants: written from facts, addressed from the vault, handed to the mail system as files or to a relay by SMTP.
//!
//! The outcome of a decision is an order (kind, facts, duty). The courier turns it into a message, puts it where the mail system
//! takes it up, keeps the sealed text as evidence and reports `NoticeSent`, which closes the duty. What comes back is [`crate::bounce`]'s.

mod carriage;
mod courier;
mod letter;
mod list;
mod maildrop;
mod message;
mod put_off;
mod read;
pub(crate) mod return_key;
mod text;

use std::path::PathBuf;

use model::{Email, Timestamp};

pub use carriage::RelayRoute;
pub use courier::Courier;
pub(crate) use text::wrap;

pub(crate) use letter::open_letter;
pub use list::{ListNotices, NoticeEntry};
pub use read::{NoticeRead, ReadNotice};
pub use store::notices::{NoticeFilter, NoticeOutcome};

/// How notices are written and carried.
#[derive(Clone, Debug)]
pub struct NoticeSettings {
    /// The folder where messages are put as `.eml` files (RFC 5322); the mail system takes them from there.
    pub maildrop: PathBuf,
    /// The address notices come from and answers go to.
    pub sender: Email,
    /// The registrar's name, as it stands in the sender and in the texts.
    pub sender_name: String,
    /// Where a registrant renews and restores: an address of our site, as it stands in the texts.
    pub portal: String,
}

/// Puts a message to somebody who is no contact of ours into the maildrop. The same id again replaces it.
pub(crate) fn put_message(
    settings: &NoticeSettings,
    id: &str,
    at: Timestamp,
    to: &Email,
    subject: &str,
    body: &str,
) -> std::io::Result<()> {
    let from = (settings.sender_name.as_str(), &settings.sender);
    let message = message::Message {
        id: format!("{id}@{}", settings.sender.domain()),
        at,
        from,
        to: ("", to),
        copy: None,
        reply_to: None,
        subject,
        body,
    };
    maildrop::put(&settings.maildrop, &format!("{id}.eml"), &message.to_text())
}
