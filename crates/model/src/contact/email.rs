//! E-mail addresses: what can be reached over SMTP, in the plain form people write.

use std::fmt;

use thiserror::Error;

use crate::{DomainName, NameError};

/// Longest address, in octets (RFC 5321 section 4.5.3.1.3, without the angle brackets).
pub const MAX_EMAIL_OCTETS: usize = 254;

/// Longest part before the `@`, in octets (RFC 5321 section 4.5.3.1.1).
pub const MAX_LOCAL_OCTETS: usize = 64;

/// An e-mail address. `Debug` prints none of it.
///
/// The part before the `@` is kept as written (RFC 5321 section 2.4); the domain is kept in canonical A-label form.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    address: Box<str>,
    at: usize,
}

impl Email {
    /// Reads `local@domain`. Quoted local parts and address literals are refused: registries and mail forms break on
    /// them. A local part beyond ASCII (RFC 6531) is taken; see [`Email::is_internationalised`].
    pub fn parse(text: &str) -> Result<Self, EmailError> {
        let (local, domain) = text.rsplit_once('@').ok_or(EmailError::NoAt)?;
        if local.is_empty() || local.len() > MAX_LOCAL_OCTETS {
            return Err(EmailError::LocalLength { octets: local.len() });
        }
        if local.split('.').any(str::is_empty) || !local.chars().all(|c| c == '.' || is_atom_char(c)) {
            return Err(EmailError::Local);
        }
        let domain = DomainName::parse(domain).map_err(EmailError::Domain)?;
        if domain.labels().count() < 2 {
            return Err(EmailError::NoTld);
        }
        let address = format!("{local}@{domain}");
        match address.len() {
            octets if octets > MAX_EMAIL_OCTETS => Err(EmailError::TooLong { octets }),
            _ => Ok(Self { at: local.len(), address: address.into() }),
        }
    }

    /// The whole address.
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The part before the `@`.
    pub fn local(&self) -> &str {
        &self.address[..self.at]
    }

    /// The part after the `@`, in A-label form.
    pub fn domain(&self) -> &str {
        &self.address[self.at + 1..]
    }

    /// Whether the local part needs SMTPUTF8 (RFC 6531); registries take such an address only by RFC 9873.
    pub fn is_internationalised(&self) -> bool {
        !self.local().is_ascii()
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

crate::word::serde_as_text!(Email);

/// `atext` of RFC 5322 section 3.2.3, extended by RFC 6531 section 3.3.
fn is_atom_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_control() && !c.is_whitespace())
}

/// Why an e-mail address was refused. No variant repeats the part before the `@`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EmailError {
    /// No `@`.
    #[error("the e-mail address has no `@`; write it as `name@example.com`")]
    NoAt,
    /// Nothing before the `@`, or more than 64 octets.
    #[error("the part before the `@` has {octets} octets; it needs 1 to {MAX_LOCAL_OCTETS}")]
    LocalLength {
        /// Octets it has.
        octets: usize,
    },
    /// A character that needs quoting, or a misplaced full stop.
    #[error("the part before the `@` has a blank, a quote, a second `@` or a misplaced full stop; write the address without them")]
    Local,
    /// The domain is not a name.
    #[error("the part after the `@` is not a domain name: {0}")]
    Domain(#[source] NameError),
    /// A single label after the `@`.
    #[error("the part after the `@` lacks its ending; write the whole domain, such as `example.com`")]
    NoTld,
    /// Longer than SMTP carries.
    #[error("the e-mail address has {octets} octets, more than {MAX_EMAIL_OCTETS}; use a shorter one")]
    TooLong {
        /// Octets it has.
        octets: usize,
    },
}

impl EmailError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            EmailError::NoAt => "contact.email_no_at",
            EmailError::LocalLength { .. } | EmailError::Local => "contact.email_local",
            EmailError::Domain(_) | EmailError::NoTld => "contact.email_domain",
            EmailError::TooLong { .. } => "contact.email_too_long",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let local = "l".repeat(64);
        let longest = format!("{local}@example.com");
        for (text, want) in [
            ("ada@example.com", Ok("ada@example.com")),
            ("Ada.L+dns@Example.COM", Ok("Ada.L+dns@example.com")),
            ("o'neil@bücher.example", Ok("o'neil@xn--bcher-kva.example")),
            ("πρόεδρος@example.com", Ok("πρόεδρος@example.com")),
            (&longest, Ok(&longest)),
            ("ada", Err("contact.email_no_at")),
            ("@example.com", Err("contact.email_local")),
            (&format!("l{longest}"), Err("contact.email_local")),
            ("a..b@example.com", Err("contact.email_local")),
            (".a@example.com", Err("contact.email_local")),
            ("a.@example.com", Err("contact.email_local")),
            ("a b@example.com", Err("contact.email_local")),
            ("a@b@example.com", Err("contact.email_local")),
            ("\"a b\"@example.com", Err("contact.email_local")),
            ("a\r\nBcc:x@example.com", Err("contact.email_local")),
            ("<ada@example.com", Err("contact.email_local")),
            ("ada@", Err("contact.email_domain")),
            ("ada@localhost", Err("contact.email_domain")),
            ("ada@[192.0.2.1]", Err("contact.email_domain")),
            ("ada@-a.example", Err("contact.email_domain")),
            (
                &format!("a@{}.com", ["b".repeat(63), "c".repeat(63), "d".repeat(63), "e".repeat(57)].join(".")),
                Err("contact.email_too_long"),
            ),
        ] {
            let got = Email::parse(text);
            assert_eq!(got.as_ref().map(Email::as_str).map_err(EmailError::code), want, "{text}");
        }
    }

    #[test]
    fn parts_and_kind() {
        let email = Email::parse("πρόεδρος@example.com").unwrap();
        assert_eq!((email.local(), email.domain(), email.is_internationalised()), ("πρόεδρος", "example.com", true));
        assert!(!Email::parse("ada@bücher.example").unwrap().is_internationalised());
    }

    #[test]
    fn refusals_do_not_repeat_the_person() {
        for text in ["canary canary@example.com", "canary", "canary@-x.example"] {
            let error = Email::parse(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
        insta::assert_snapshot!(Email::parse("ada@exa mple.com").unwrap_err(), @"the part after the `@` is not a domain name: label 1 (`exa mple`) has a blank at position 4, which names cannot have; remove it");
    }
}
