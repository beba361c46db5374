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
mod post;
mod put_off;
mod read;
pub(crate) mod return_key;
mod text;

use std::path::PathBuf;

use model::Email;

pub use carriage::RelayRoute;
pub(crate) use carriage::Standing;
pub use courier::Courier;
pub(crate) use courier::STEP_TIME;
pub(crate) use letter::open_letter;
pub(crate) use post::{PlainLetter, Posting};
pub(crate) use put_off::relay_answers;
pub(crate) use text::wrap;

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
    /// The page where a holder gives the code of a letter, where there is one: the form `verification` of our directory.
    pub verification_page: Option<String>,
}
