//! What can be wrong with keys and messages.

use thiserror::Error;

/// A certificate or key that cannot be used, or a message that cannot be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PgpFault {
    /// It is not what it should be.
    #[error("{what} cannot be read: {reason}")]
    Unreadable {
        /// What was read.
        what: String,
        /// Why not.
        reason: String,
    },
    /// Our policy does not let it be used.
    #[error("{what} cannot be used: {reason}")]
    Refused {
        /// What was to be used.
        what: String,
        /// What the policy says.
        reason: String,
    },
    /// A message could not be made.
    #[error("sealing failed: {reason}")]
    Sealing {
        /// The words of what is below: the disk, or the cipher.
        reason: String,
    },
}

/// Why a sealed file does not open, or is not believed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OpenFault {
    /// It is no OpenPGP message.
    #[error("it is no OpenPGP message ({reason})")]
    NoMessage {
        /// The library's words.
        reason: String,
    },
    /// It is not encrypted.
    #[error("it is not encrypted")]
    NotEncrypted,
    /// It is encrypted for others only.
    #[error("it is not encrypted for the key that was given")]
    OtherRecipient,
    /// Nobody signed it.
    #[error("nobody signed it")]
    Unsigned,
    /// It is signed, by nobody we know, or the signature is wrong, or the key may not sign.
    #[error("its signature is not by a key that may sign for the registrar: {reason}")]
    Signer {
        /// What was found.
        reason: String,
    },
    /// It was changed or cut after it was sealed.
    #[error("it was changed or cut after it was sealed ({reason})")]
    Damaged {
        /// The library's words.
        reason: String,
    },
}
