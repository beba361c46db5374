//! A judge of RDAP answers, for a registrar.
//!
//! ICANN Contractual Compliance runs its RDAP conformance tool against registrars. This crate makes the same checks, under the same
//! ids, so that a developer may say "no findings" of an answer before anyone else looks at it. It is written from the list of checks and
//! from the texts behind them (RFC 9083, RFC 9537, ICANN's RDAP response profile and technical implementation guide of February 2024),
//! and it depends on no other crate of this workspace: a judge that shares code with the accused would share its mistakes.
//!
//! - [`check`] judges one answer already in hand: [`Answer`], [`Query`] and [`Registrar`] in, [`Finding`]s out. No I/O.
//! - [`check_session`] judges what a whole visit to a server brought back: both IP versions, both `Accept` values, `HEAD`, case, TLS.
//! - `network::visit` (feature `network`) makes that visit.
//! - [`table`] lists every id, what it asserts, and where it is checked or why it isn't.
//!
//! Ids below zero are ICANN's. Ids above zero are our own and are listed in the table too.

mod answer;
mod card;
mod document;
mod finding;
mod form;
mod iana;
mod json;
mod judge;
#[cfg(feature = "network")]
pub mod network;
mod node;
mod own;
mod profile;
mod session;
mod structure;
pub mod table;

pub use answer::{Answer, Query, QueryKind, Registrar};
pub use finding::{Finding, Level};
pub use judge::check;
pub use session::{Accept, Exchange, Family, Redirect, Session, TlsOffer, Trouble, check_session};
pub use table::table_markdown;
