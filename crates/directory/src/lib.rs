//! The public directory: RDAP and WHOIS from the public projection.
//!
//! What is served here was made elsewhere: a [`policy::publication::PublicRecord`] holds what the public may read of a name and nothing
//! else, so this room has no key and no path to anything withheld (design rule 3). It keeps the records in a [`Database`] of its own,
//! which outlives the main one's absence, and writes answers from them.
//!
//! | to find | look in |
//! | --- | --- |
//! | which name was asked for | [`query`] |
//! | the records | [`database`] |
//! | how the records get here | [`follow`] |
//! | what was asked, to an answer | [`service`] |
//! | answers in RDAP | [`rdap`] |
//! | answers in WHOIS | [`whois`] |
//! | what the public sends us | [`forms`] |
//! | connections, TLS, methods | [`http`] |
//! | pages for people | [`web`] |
//! | who asks too much | [`limit`] |
//! | whether the public is answered, month by month | [`probe`] |
//! | certificates from an authority | [`acme`] |
//! | what the operator can watch | [`metrics`] |
//! | who we are | [`settings`] |

mod accept;
pub mod acme;
pub mod database;
mod document;
pub mod follow;
pub mod forms;
pub mod fuzz;
pub mod http;
mod instant;
pub mod limit;
pub mod metrics;
pub mod probe;
pub mod query;
pub mod rdap;
pub mod service;
pub mod settings;
pub mod web;
pub mod whois;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use database::Database;
pub use forms::Forms;
pub use service::Service;
pub use settings::{Registrar, Settings};
