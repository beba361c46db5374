//! Answers in RDAP (RFC 9083), by ICANN's gTLD profile of February 2024.
//!
//! Everything that is the same in all answers is written once, in [`Template`]; what depends on the record and on the address that was
//! asked is put in between. Redactions (RFC 9537) follow from the elements that a record withholds, so they cannot disagree with it.

mod contact;
mod domain;
mod fault;
mod json;
mod redaction;
mod template;
#[cfg(test)]
mod tests;

pub use domain::write_domain;
pub use fault::{ErrorAnswer, write_error, write_help};
pub use template::Template;

/// The beginning of every answer (TIG 1.3, RP 1.2), up to the end of the list: `redacted` is in it where something is.
const CONFORMANCE: &str =
    r#"{"rdapConformance":["rdap_level_0","icann_rdap_response_profile_1","icann_rdap_technical_implementation_guide_1""#;

/// Whether bytes are JSON.
#[must_use]
pub(crate) fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

/// The media type of every answer (RFC 7480 section 4.2).
pub const MEDIA_TYPE: &str = "application/rdap+json";
