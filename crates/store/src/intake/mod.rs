//! The way of what the public sends, from the process that faces it to the one that may read it: files sealed to a public key.
//!
//! The public process holds [`IntakePublicKey`] and writes with [`Spool`]; it cannot read what it wrote, nor can whoever takes the folder from
//! it. The main process holds [`IntakeKey`] and reads with [`Inbox`].
//!
//! | file | holds |
//! | --- | --- |
//! | `FORM/RECEIPT.sealed` | one form, sealed; `FORM` is `contact`, `inaccuracy` or `disclosure` |
//! | `FORM/RECEIPT.unreadable` | one that was not sealed to our key, or was changed: kept for a person to look at |
//!
//! A file is HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM: nine bytes that name this form,
//! 32 bytes of encapsulated key, ciphertext. `info` is `namekeep intake 1`; the associated data is `FORM/RECEIPT`, so that a file under another
//! name does not open. The text is padded with blanks to whole blocks, so that a length says little.

mod inbox;
mod key;
mod spool;
#[cfg(test)]
mod tests;

pub use inbox::{Inbox, Item};
pub use key::{IntakeKey, IntakePublicKey};
pub use spool::{Spool, SpoolFault, SpoolLimits};

/// Largest file that is written or read, in bytes: the longest form in the widest script, escaped, fits.
pub const MAX_FILE_BYTES: u64 = 256 * 1024;

/// How a sealed file ends.
const SEALED: &str = "sealed";

/// How one ends that could not be opened.
const UNREADABLE: &str = "unreadable";

/// What a file is sealed for: `FORM/RECEIPT`.
fn place(form: policy::desk::FormKind, receipt: model::ReceiptId) -> String {
    format!("{}/{receipt}", form.word())
}
