//! Writing a deposit: names and people go in one by one, sealed files come out. Memory does not grow with the portfolio, and no plain text
//! touches the disk.
//!
//! ```text
//!  Writer::add --rows--> block of 1 MiB --+--> SHA-256 (of the plain text)
//!                                         +--> press: gzip members on every core --in order--> seal --> file.partial --> file
//! ```

mod entry;
mod fault;
mod manifest;
mod part;
mod press;
mod writer;

pub use entry::{Entry, Gap, Person, Placeholders, STREET_JOINT};
pub use fault::DepositFault;
pub use manifest::{FileRecord, Manifest};
pub use writer::{Outcome, Settings, Writer};

#[cfg(test)]
mod tests;
