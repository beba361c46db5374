//! Certificates from an authority that speaks ACME (RFC 8555), by http-01: the port that redirects answers the authority's question.
//!
//! The account and the certificate's key are files that nobody else can read. A certificate is renewed when two thirds of its life are over;
//! where that fails, again after a pause that doubles, and a shorter one never begins an order.

mod challenges;
mod keeper;
mod order;
mod renewal;

pub use challenges::{Challenges, PATH};
pub use keeper::Keeper;
pub use order::{Acme, AcmeFault, AcmeSettings};
pub use renewal::{pause_after, renew_at};
