//! Our own identifiers: typed, sortable by time, and readable (`dom_01k...`). A row id never leaves the store.

mod base32;

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use thiserror::Error;

use crate::Entropy;
use crate::word::quoted;

/// Declares an id type with its prefix.
macro_rules! id_type {
    ($(#[$meta:meta])* $name:ident, $prefix:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// What stands before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id (UUID version 7, RFC 9562): ids made later sort later, to the microsecond.
            pub fn new(now: Timestamp, entropy: &mut dyn Entropy) -> Self {
                Self(uuid_v7(now, entropy))
            }

            /// The sixteen bytes, as stored.
            pub fn to_bytes(self) -> [u8; 16] {
                self.0
            }

            /// The id of sixteen stored bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// When the id was made, to the millisecond.
            pub fn created_at(self) -> Timestamp {
                created_at(self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&format!("{}_{}", $prefix, base32::encode(self.0)))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                read(text, $prefix).map(Self)
            }
        }

        crate::word::serde_as_display!($name);
    };
}

id_type!(
    /// A domain in our care.
    DomainId, "dom"
);
id_type!(
    /// A host object.
    HostId, "hst"
);
id_type!(
    /// A contact.
    ContactId, "con"
);
id_type!(
    /// A registry intent: one thing we want done at a registry, over all its attempts.
    IntentId, "int"
);
id_type!(
    /// A duty: one deadline with its proof.
    DutyId, "dut"
);
id_type!(
    /// A notice to a registrant.
    NoticeId, "ntc"
);
id_type!(
    /// Whoever asks for a command.
    ActorId, "act"
);
id_type!(
    /// A job of the outbox.
    JobId, "job"
);
id_type!(
    /// A registry's poll message, as stored.
    MessageId, "msg"
);

/// UUID version 7 whose 12 bits after the millisecond carry the microseconds (RFC 9562 section 6.2, method 3); the
/// other 62 bits are random. A moment before 1970 counts as 1970.
fn uuid_v7(now: Timestamp, entropy: &mut dyn Entropy) -> [u8; 16] {
    let micros = u64::try_from(now.as_microsecond()).unwrap_or(0);
    let fraction = (micros % 1000) * 4096 / 1000;
    let mut tail = [0u8; 10];
    entropy.fill(&mut tail);
    tail[..2].copy_from_slice(&(fraction as u16).to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(micros / 1000, &tail).into_uuid().into_bytes()
}

/// The millisecond in the first 48 bits.
fn created_at(bytes: [u8; 16]) -> Timestamp {
    let millis = bytes[..6].iter().fold(0i64, |sum, &byte| (sum << 8) | i64::from(byte));
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

fn read(text: &str, prefix: &'static str) -> Result<[u8; 16], IdError> {
    let refused = || IdError { text: quoted(text), prefix };
    let (found, body) = text.split_once('_').ok_or_else(refused)?;
    if found != prefix {
        return Err(refused());
    }
    base32::decode(body).ok_or_else(refused)
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not an id of this kind; it begins with `{prefix}_` and 26 lower-case letters and digits follow")]
pub struct IdError {
    /// What was given.
    pub text: String,
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

impl IdError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "id.malformed"
    }
}
