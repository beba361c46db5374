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
                print(self.0, $prefix, f)
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
id_type!(
    /// The receipt for something the public sent.
    ReceiptId, "rcp"
);
id_type!(
    /// A case of the desk.
    CaseId, "cas"
);
id_type!(
    /// A letter of the desk to somebody outside.
    LetterId, "ltr"
);
id_type!(
    /// A deposit in escrow.
    DepositId, "dep"
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

/// Writes an id without taking memory for it: a registration holds dozens and is written with every change.
fn print(bytes: [u8; 16], prefix: &'static str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let digits = base32::encode(bytes);
    let digits = std::str::from_utf8(&digits).map_err(|_| fmt::Error)?;
    if f.width().is_some() || f.precision().is_some() {
        return f.pad(&format!("{prefix}_{digits}"));
    }
    f.write_str(prefix)?;
    f.write_str("_")?;
    f.write_str(digits)
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::SeededEntropy;

    fn moment() -> impl Strategy<Value = Timestamp> {
        (0i64..4_102_444_800_000_000).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
    }

    proptest! {
        #[test]
        fn later_ids_sort_later_as_bytes_and_as_text(a in moment(), micros in prop_oneof![1i64..1000, 1i64..5_000_000], seeds: (u64, u64)) {
            let b = a + jiff::SignedDuration::from_micros(micros);
            let early = DomainId::new(a, &mut SeededEntropy::new(seeds.0));
            let late = DomainId::new(b, &mut SeededEntropy::new(seeds.1));
            prop_assert!(early < late);
            prop_assert!(early.to_string() < late.to_string());
            prop_assert_eq!(early.created_at().as_millisecond(), a.as_millisecond());
        }

        #[test]
        fn ids_print_and_parse_back(bytes: [u8; 16]) {
            let id = IntentId::from_bytes(bytes);
            let text = id.to_string();
            prop_assert_eq!(text.len(), 30);
            prop_assert_eq!(text.parse(), Ok(id));
            prop_assert_eq!(id.to_bytes(), bytes);
            prop_assert_eq!(serde_json::from_str::<IntentId>(&serde_json::to_string(&id).unwrap()).unwrap(), id);
        }
    }

    #[test]
    fn ids_are_uuids_of_version_7() {
        let id = JobId::new("2026-11-23T18:00:00.123456Z".parse().unwrap(), &mut SeededEntropy::new(3));
        let uuid = uuid::Uuid::from_bytes(id.to_bytes());
        assert_eq!((uuid.get_version_num(), uuid.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(id.created_at(), "2026-11-23T18:00:00.123Z".parse().unwrap());
        let ancient = JobId::new("1969-01-01T00:00:00Z".parse().unwrap(), &mut SeededEntropy::new(3));
        assert_eq!(ancient.created_at(), Timestamp::UNIX_EPOCH);
    }

    #[test]
    fn each_kind_has_its_prefix_and_refuses_the_others() {
        let bytes = [7; 16];
        let texts = [
            DomainId::from_bytes(bytes).to_string(),
            HostId::from_bytes(bytes).to_string(),
            ContactId::from_bytes(bytes).to_string(),
            IntentId::from_bytes(bytes).to_string(),
            DutyId::from_bytes(bytes).to_string(),
            NoticeId::from_bytes(bytes).to_string(),
            ActorId::from_bytes(bytes).to_string(),
            JobId::from_bytes(bytes).to_string(),
            MessageId::from_bytes(bytes).to_string(),
        ];
        let prefixes: Vec<&str> = texts.iter().map(|text| &text[..4]).collect();
        assert_eq!(prefixes, ["dom_", "hst_", "con_", "int_", "dut_", "ntc_", "act_", "job_", "msg_"]);
        assert_eq!(texts.iter().filter(|text| text.parse::<HostId>().is_ok()).count(), 1);
    }

    #[test]
    fn malformed_ids_are_refused() {
        let good = DomainId::from_bytes([0; 16]).to_string();
        assert!(good.parse::<DomainId>().is_ok());
        for text in [
            "",
            "dom",
            "dom_",
            "00000000000000000000000000",
            "dom_0000000000000000000000000",   // 25
            "dom_000000000000000000000000000", // 27
            "dom_80000000000000000000000000",  // beyond 128 bits
            "dom_0000000000000000000000000i",  // not in the alphabet
            "dom_0000000000000000000000000A",
            "dom_é000000000000000000000000",
            "DOM_00000000000000000000000000",
        ] {
            assert!(text.parse::<DomainId>().is_err(), "{text}");
        }
        insta::assert_snapshot!("hst_1".parse::<DomainId>().unwrap_err(), @"`hst_1` is not an id of this kind; it begins with `dom_` and 26 lower-case letters and digits follow");
    }
}
