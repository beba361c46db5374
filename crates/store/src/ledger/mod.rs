//! The ledger: an append-only Merkle tree (RFC 9162 hashing) whose checkpoints are signed notes, laid out as C2SP
//! `tlog-tiles`, so that anybody can check from outside that an entry is in it and that nothing was removed.
//!
//! An entry holds no personal data. Its leaf commits to the body by `SHA-256(salt || body)` only, so a body can be erased
//! and the tree still verifies; the erasure itself is an entry.
//!
//! ```text
//!  append --> rows + tiles + head + checkpoint (one transaction, together at its end)
//!                |
//!                +--> Folder::follow --> checkpoint, tile/, tile/entries/ --> verify_folder (offline)
//!                +--> verify_store, verify_store_against(folder)
//!                +--> prove(subject) --> one JSON file --> verify_proof (offline)
//! ```

mod append;
mod checkpoint;
mod draft;
mod edge;
mod entry;
mod folder;
mod key;
pub(crate) mod note;
mod proof;
mod read;
mod tiles;
mod tree;
mod verify;

#[cfg(test)]
mod batches;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use append::{ERASURE_KIND, NewEntry, append, erase_bodies};
pub use checkpoint::Checkpoint;
pub use entry::Entry;
pub use folder::{Folder, Followed};
pub use key::{SignerKey, VerifierKey};
pub use note::Note;
pub use proof::{ProofReport, ProvenEntry, prove, verify_proof};
pub use read::{
    LedgerRow, find_checkpoint, find_last_checkpoint, list_entries, list_newest_entries, list_subject_entries, prove_consistency,
};
pub use tree::{verify_consistency, verify_inclusion};
pub use verify::{Finding, Verification, verify_folder, verify_store, verify_store_against};

pub(crate) use append::{Tail, seal, write_drafts};
pub(crate) use edge::Edge;
