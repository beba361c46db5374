//! What the public may read of a name: one pure function of record, consent and rules to the public record.
//!
//! [`project`] is the only place where something becomes public. What it leaves out is not in the [`PublicRecord`] at all, so whoever
//! serves records can leak nothing: it never had it (design rule 3). A withheld element leaves [`Element::Withheld`] behind, from which
//! RDAP makes the redaction that RFC 9537 asks for and WHOIS a word; an element that was never given is [`Element::Absent`] and no
//! redaction at all.
//!
//! The record borrows from what it was made of, and from its bytes when it is read back, so that serving one allocates next to nothing.

mod consent;
mod element;
mod project;
mod record;
mod statuses;
#[cfg(test)]
mod tests;

pub use consent::{Consent, ConsentElement};
pub use element::Element;
pub use project::{PublicationRules, Subjects, project};
pub use record::{DelegationSigner, FORM, PublicAddress, PublicContact, PublicEmail, PublicRecord, RecordFault};
pub use statuses::{PublicStatus, PublicStatuses};
