//! Desired against actual.
use model::EppStatus;

/// The delegation.
pub const NAMESERVERS: &str = "nameservers";
/// The DS records.
pub const DS: &str = "ds";
/// Registrant and contacts.
pub const CONTACTS: &str = "contacts";
/// The end of the term.
pub const EXPIRY: &str = "expiry";
/// Whether the registry knows the name at all.
pub const EXISTENCE: &str = "existence";

/// The element of one client status, such as `status:clientHold`.
#[must_use]
pub fn status_element(status: EppStatus) -> String {
    format!("status:{status}")
}
