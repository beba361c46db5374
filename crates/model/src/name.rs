//! Domain and host names: canonical A-labels inside, U-labels for people.

mod domain;
mod error;
mod host;
mod read;

pub use domain::DomainName;
pub use error::{LabelFault, NameError};
pub use host::HostName;

/// Longest label, in octets of its A-label form (RFC 1035 section 2.3.4).
pub(crate) const MAX_LABEL_OCTETS: usize = 63;

/// Longest name, in octets of its text form without the trailing dot (RFC 1035 section 2.3.4: 255 on the wire).
pub(crate) const MAX_NAME_OCTETS: usize = 253;

#[cfg(test)]
mod tests;
