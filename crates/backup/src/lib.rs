//! Backups that are proven: a database's pages as they change, sealed and chained, in a place where the machine that wrote them need not be.
//!
//! ```text
//!  generation 20261201T042000Z-5f0c        each object: signed by the backup key, encrypted for the recovery certificates (RFC 9580)
//!    base-000001 .. base-00000n            the whole file of one moment, in parts
//!    segment-000000000001 ..               pages that changed since, newest state of each; names the digest of its predecessor
//!    manifest-000000000000-000001 ..       fingerprints of every row at the end of a segment (0: of the base)
//! ```
//!
//! | what | where |
//! | --- | --- |
//! | where objects are put | [`place`] |
//! | what is in one, and its seal | [`object`] |
//! | writing a generation | [`Writer`] |
//! | listing, checking, putting together again | [`Reader`] |
//! | how long it is kept | [`retention`] |
//! | the secret half of the recovery key, among officers | [`shares`] |
//!
//! Nothing here knows a database: pages are bytes with numbers.

mod digest;
mod fault;
mod names;
pub mod object;
pub mod place;
mod reader;
pub mod retention;
pub mod shares;
mod writer;

#[cfg(test)]
mod tests;

pub use fault::BackupFault;
pub use names::GenerationId;
pub use object::Pages;
pub use reader::{Opener, Reader, Restored, Survey, Until, survey};
pub use writer::{SealedSegment, Writer, WriterState};
