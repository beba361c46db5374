//! Registrar data escrow: a deposit is written, sealed for the agent, and read back by a reader that shares no code with the writer.
//!
//! ```text
//!  names and people      CSV blocks       gzip members      OpenPGP          9999_RDE_2026-11-30_full_1.csv.gz.gpg
//!  (one snapshot)   -->  RFC 4180    -->  libdeflate   -->  sign+encrypt --> written beside its place, then moved there
//!                        SHA-256 ------------------------------------------> 9999_RDE_2026-11-30_hash.txt
//! ```
//!
//! | what | where |
//! | --- | --- |
//! | which columns a deposit has, and the mapping file that explains them | [`layout`] |
//! | how its files are called | [`file_name`] |
//! | writing one | [`deposit`] |
//! | keys, signatures and ciphers, and the policy on certificates | [`openpgp`] |
//! | a file sealed while it is written, for other hand-overs | [`sealed_file`] |
//! | sending it to the agent | [`sftp`] |
//! | reading one as a stranger would | [`verify`] |
//!
//! Nothing here knows the store: who reads names and people from it is `registrar`'s business. No plain text ever touches the disk.

pub mod csv;
pub mod deposit;
pub mod file_name;
pub mod hex;
pub mod layout;
pub mod openpgp;
pub mod sealed_file;
pub mod sftp;
pub mod verify;

mod iana_id;
mod measured;

#[cfg(test)]
mod testing;

pub use file_name::{FileName, Holds};
pub use iana_id::{IanaId, IanaIdError};
pub use layout::{Layout, Specification};
