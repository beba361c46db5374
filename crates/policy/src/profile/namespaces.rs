//! The EPP namespaces a registry speaks, and where it departs from the standards: closed lists, so that a profile
//! cannot ask for what no code carries out.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The extensions of a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespaces {
    /// Without these a login makes no sense; also offered.
    pub needed: BTreeSet<Extension>,
    /// All that the server announces, needed or not.
    pub offered: BTreeSet<Extension>,
    /// Which fee extension, where `fee` is offered.
    pub fee_version: Option<FeeVersion>,
}

/// Declares a closed list of words of a profile file.
macro_rules! profile_words {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$vmeta:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every value with its word.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant),)+];

            /// The word in profile files.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
        }
    };
}

profile_words! {
    /// EPP extensions by their short names.
    pub enum Extension {
        /// DNSSEC (RFC 5910).
        SecDns = "secDNS",
        /// Grace periods and restore (RFC 3915).
        Rgp = "rgp",
        /// Fees (RFC 8748 and drafts).
        Fee = "fee",
        /// Launch phases (RFC 8334).
        Launch = "launch",
        /// Login security (RFC 8807).
        LoginSec = "loginSec",
        /// Secure authInfo for transfer (RFC 9154).
        SecureAuthInfo = "secure-authinfo-transfer",
        /// Unhandled namespaces (RFC 9038).
        UnhandledNamespaces = "unhandled-namespaces",
        /// Change poll (RFC 8590).
        ChangePoll = "changePoll",
        /// Allocation token (RFC 8495).
        AllocationToken = "allocationToken",
        /// Maintenance notices (RFC 9167).
        Maintenance = "maintenance",
        /// IDN table and U-label (draft-ietf-eppext-idnmap).
        Idn = "idn",
        /// Time to live at the parent (RFC 9803).
        Ttl = "ttl",
        /// Verisign: product per command.
        NamestoreExt = "namestoreExt",
        /// Verisign: IDN language tag.
        IdnLang = "idnLang",
        /// Verisign: ConsoliDate.
        Sync = "sync",
    }
}

profile_words! {
    /// Versions of the fee extension that we speak.
    pub enum FeeVersion {
        /// RFC 8748.
        V1_0 = "1.0",
        /// draft-ietf-regext-epp-fees-20.
        V0_23 = "0.23",
        /// draft-brown-epp-fees-07.
        V0_11 = "0.11",
    }
}

profile_words! {
    /// Where a registry departs from the standards; each quirk is carried out by code that names it.
    pub enum Quirk {
        /// `resData` may precede `msgQ`, and `svTRID` `clTRID`.
        ResponseOrder = "response-order",
        /// An `ack` of the last message is answered 1300 instead of 1000.
        AckAnswers1300 = "ack-answers-1300",
        /// A repeated renewal is answered 2306 instead of 2004 or 2105.
        RepeatedRenewIs2306 = "repeated-renew-is-2306",
        /// The server closes the connection on a clTRID it has seen.
        UniqueClTrid = "unique-cltrid",
        /// The server closes when a frame arrives in pieces: write header and body at once.
        OneWriteFrames = "one-write-frames",
        /// An update takes no empty `chg`.
        NoEmptyChange = "no-empty-change",
        /// A check answers only for lower-case names.
        LowerCaseOnly = "lower-case-only",
    }
}

impl Namespaces {
    /// Whether the registry speaks an extension.
    #[must_use]
    pub fn speaks(&self, extension: Extension) -> bool {
        self.offered.contains(&extension) || self.needed.contains(&extension)
    }
}

impl FeeVersion {
    /// The namespace URI.
    #[must_use]
    pub fn uri(self) -> &'static str {
        match self {
            Self::V1_0 => "urn:ietf:params:xml:ns:epp:fee-1.0",
            Self::V0_23 => "urn:ietf:params:xml:ns:fee-0.23",
            Self::V0_11 => "urn:ietf:params:xml:ns:fee-0.11",
        }
    }
}
