//! The namespaces this room knows by name: one table, one row each.
//!
//! A frame may carry any other namespace too; those elements survive as raw subtrees ([`Ns::Other`]). The rows follow the IANA
//! EPP extension registry (RFC 7451) for the standard ones and the vendors' own documents for Verisign's.

use std::fmt;
use std::sync::Arc;

/// What a namespace is for, which decides where it is announced in a greeting and a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NamespaceKind {
    /// The protocol itself (RFC 5730); never announced.
    Core,
    /// An object mapping, announced as `objURI`.
    Object,
    /// A command-response extension, announced as `extURI`.
    Extension,
    /// Carried inside another namespace (marks, signatures, XML's own); never announced.
    Support,
}

macro_rules! namespaces {
    ($($(#[$doc:meta])* $variant:ident, $kind:ident, $prefix:literal, $short:literal, $urn:literal;)*) => {
        /// A namespace with a row in the table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Namespace { $($(#[$doc])* $variant,)* }

        impl Namespace {
            /// Every row, in table order.
            pub const ALL: &'static [Namespace] = &[$(Namespace::$variant,)*];

            /// The namespace name as it stands in `xmlns`, `objURI` and `extURI`.
            pub const fn urn(self) -> &'static str {
                match self { $(Namespace::$variant => $urn,)* }
            }

            /// The name people and profiles use, such as `secDNS-1.1`.
            pub const fn short(self) -> &'static str {
                match self { $(Namespace::$variant => $short,)* }
            }

            /// The prefix our serialiser writes, such as `secDNS`.
            pub const fn prefix(self) -> &'static str {
                match self { $(Namespace::$variant => $prefix,)* }
            }

            /// What the namespace is for.
            pub const fn kind(self) -> NamespaceKind {
                match self { $(Namespace::$variant => NamespaceKind::$kind,)* }
            }

            /// The row with this namespace name, if there is one.
            pub fn from_urn(urn: &str) -> Option<Namespace> {
                match urn { $($urn => Some(Namespace::$variant),)* _ => None }
            }

            /// The row with this short name (`fee-1.0`), if there is one.
            pub fn from_short(short: &str) -> Option<Namespace> {
                match short { $($short => Some(Namespace::$variant),)* _ => None }
            }
        }
    };
}

namespaces! {
    /// RFC 5730.
    Epp, Core, "epp", "epp-1.0", "urn:ietf:params:xml:ns:epp-1.0";
    /// RFC 5731.
    Domain, Object, "domain", "domain-1.0", "urn:ietf:params:xml:ns:domain-1.0";
    /// RFC 5732.
    Host, Object, "host", "host-1.0", "urn:ietf:params:xml:ns:host-1.0";
    /// RFC 5733.
    Contact, Object, "contact", "contact-1.0", "urn:ietf:params:xml:ns:contact-1.0";
    /// RFC 9167.
    Maintenance, Object, "maint", "maintenance-1.0", "urn:ietf:params:xml:ns:epp:maintenance-1.0";
    /// RFC 5910.
    SecDns, Extension, "secDNS", "secDNS-1.1", "urn:ietf:params:xml:ns:secDNS-1.1";
    /// RFC 3915.
    Rgp, Extension, "rgp", "rgp-1.0", "urn:ietf:params:xml:ns:rgp-1.0";
    /// RFC 8748.
    Fee, Extension, "fee", "fee-1.0", "urn:ietf:params:xml:ns:epp:fee-1.0";
    /// draft-ietf-regext-epp-fees, as deployed under 0.23.
    Fee023, Extension, "fee", "fee-0.23", "urn:ietf:params:xml:ns:fee-0.23";
    /// draft-brown-epp-fees, as deployed under 0.11.
    Fee011, Extension, "fee", "fee-0.11", "urn:ietf:params:xml:ns:fee-0.11";
    /// RFC 8334.
    Launch, Extension, "launch", "launch-1.0", "urn:ietf:params:xml:ns:launch-1.0";
    /// RFC 8807.
    LoginSec, Extension, "loginSec", "loginSec-1.0", "urn:ietf:params:xml:ns:epp:loginSec-1.0";
    /// RFC 9154: a practice announced by its URI, without elements of its own.
    SecureAuthInfo, Extension, "secAuthInfo", "secure-authinfo-transfer-1.0", "urn:ietf:params:xml:ns:epp:secure-authinfo-transfer-1.0";
    /// RFC 9038: a practice announced by its URI, without elements of its own.
    UnhandledNamespaces, Extension, "unhandled", "unhandled-namespaces-1.0", "urn:ietf:params:xml:ns:epp:unhandled-namespaces-1.0";
    /// RFC 8590.
    ChangePoll, Extension, "changePoll", "changePoll-1.0", "urn:ietf:params:xml:ns:changePoll-1.0";
    /// RFC 8495.
    AllocationToken, Extension, "allocationToken", "allocationToken-1.0", "urn:ietf:params:xml:ns:allocationToken-1.0";
    /// draft-ietf-eppext-idnmap.
    Idn, Extension, "idn", "idn-1.0", "urn:ietf:params:xml:ns:idn-1.0";
    /// RFC 9803.
    Ttl, Extension, "ttl", "ttl-1.0", "urn:ietf:params:xml:ns:epp:ttl-1.0";
    /// Verisign: the product a command is meant for.
    Namestore, Extension, "namestoreExt", "namestoreExt-1.1", "http://www.verisign-grs.com/epp/namestoreExt-1.1";
    /// Verisign: the language tag of an internationalised name.
    IdnLang, Extension, "idnLang", "idnLang-1.0", "http://www.verisign.com/epp/idnLang-1.0";
    /// Verisign: move an expiry day (ConsoliDate).
    Sync, Extension, "sync", "sync-1.0", "http://www.verisign.com/epp/sync-1.0";
    /// RFC 7848, inside launch-1.0.
    Mark, Support, "mark", "mark-1.0", "urn:ietf:params:xml:ns:mark-1.0";
    /// RFC 7848, inside launch-1.0.
    SignedMark, Support, "smd", "signedMark-1.0", "urn:ietf:params:xml:ns:signedMark-1.0";
    /// XML signatures, inside signed marks.
    XmlDsig, Support, "ds", "xmldsig", "http://www.w3.org/2000/09/xmldsig#";
    /// The `xml:` prefix, bound by XML itself.
    Xml, Support, "xml", "xml", "http://www.w3.org/XML/1998/namespace";
    /// `xsi:schemaLocation`, which many clients send and nobody needs.
    Xsi, Support, "xsi", "xsi", "http://www.w3.org/2001/XMLSchema-instance";
}

impl fmt::Display for Namespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.urn())
    }
}

/// The namespace of one element or attribute: known, foreign, or none.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ns {
    /// Not in a namespace.
    None,
    /// A row of the table.
    Known(Namespace),
    /// Any other namespace name.
    Other(Arc<str>),
}

impl Ns {
    /// The namespace name; empty when there is none.
    pub fn urn(&self) -> &str {
        match self {
            Ns::None => "",
            Ns::Known(known) => known.urn(),
            Ns::Other(urn) => urn,
        }
    }

    /// Short name of a known namespace, the full name of any other.
    pub fn label(&self) -> &str {
        match self {
            Ns::Known(known) => known.prefix(),
            other => other.urn(),
        }
    }
}

impl From<Namespace> for Ns {
    fn from(known: Namespace) -> Ns {
        Ns::Known(known)
    }
}

impl From<&str> for Ns {
    fn from(urn: &str) -> Ns {
        match Namespace::from_urn(urn) {
            Some(known) => Ns::Known(known),
            None if urn.is_empty() => Ns::None,
            None => Ns::Other(urn.into()),
        }
    }
}

impl PartialEq<Namespace> for Ns {
    fn eq(&self, other: &Namespace) -> bool {
        matches!(self, Ns::Known(known) if known == other)
    }
}

impl fmt::Debug for Ns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl fmt::Display for Ns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.urn())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_own_names() {
        for row in Namespace::ALL {
            assert_eq!(Namespace::from_urn(row.urn()), Some(*row));
            assert_eq!(Namespace::from_short(row.short()), Some(*row));
            assert_eq!(Ns::from(row.urn()), Ns::Known(*row));
        }
        assert_eq!(Ns::from(""), Ns::None);
        assert_eq!(Ns::from("urn:example:new-1.0"), Ns::Other("urn:example:new-1.0".into()));
    }

    #[test]
    fn prefixes_are_unique_except_for_the_versions_of_one_extension() {
        for (i, a) in Namespace::ALL.iter().enumerate() {
            for b in &Namespace::ALL[i + 1..] {
                let same_family = a.prefix() == "fee" && b.prefix() == "fee";
                assert!(a.prefix() != b.prefix() || same_family, "{a} and {b} share a prefix");
            }
        }
    }
}
