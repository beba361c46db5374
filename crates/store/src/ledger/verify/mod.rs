//! Finding what was done to a ledger: the first position changed, deleted, inserted or moved, and whether its tail was cut.
//!
//! Rows are compared, one by one, with the level-0 tiles, whose root is signed. Against the store's own tiles a clumsy hand
//! is found at its very position, and one that rewrote every table between two checkpoints; against a folder that lies
//! elsewhere every hand is found at its position, and a cut tail too.

mod compare;
mod sides;
mod signed;

use std::fmt;

use crate::fault::StoreFault;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::folder::Folder;
use crate::ledger::key::VerifierKey;
use crate::ledger::read::{StoreTiles, find_last_checkpoint, list_entries};
use crate::sql::ledger as sql;
use crate::store::Store;
use crate::tx::Tx;

use self::compare::compare;
use self::sides::{FolderAlone, StoreAgainstFolder, StoreAlone};
use self::signed::{find_false_checkpoint, find_false_root, find_false_tile};

/// Verifies the store's rows against its own tiles and every signed checkpoint it keeps.
///
/// # Errors
/// Only if the database cannot be read; what is wrong with the ledger is in the [`Verification`].
pub fn verify_store(store: &Store, key: &VerifierKey) -> Result<Verification, StoreFault> {
    store.read(|tx| verify_rows(tx, key))
}

fn verify_rows(tx: &mut Tx<'_>, key: &VerifierKey) -> Result<Verification, StoreFault> {
    let Some((checkpoint, note)) = find_last_checkpoint(tx)? else {
        let is_empty = list_entries(tx, 0, 1)?.is_empty();
        return Ok(if is_empty { Verification::empty() } else { Verification::broken(Finding::NoCheckpoint) });
    };
    if Checkpoint::verify(&note, key).is_none() {
        return Ok(Verification::broken(Finding::BadSignature { size: checkpoint.size }));
    }
    let size = checkpoint.size;
    let head = tx.find(&sql::HEAD, &[], |row| row.number::<u64>(1))?.unwrap_or(0);
    if head > size {
        return Ok(Verification::broken(Finding::TailCut { rows: size, signed: head }));
    }
    let mut verification = compare(&mut StoreAlone { tx }, checkpoint)?;
    if verification.finding.is_none() {
        verification.finding = match find_false_checkpoint(tx, key)? {
            None => find_false_tile(&mut StoreTiles { tx }, size)?,
            found => found,
        };
    }
    Ok(verification)
}

/// Verifies the store's rows against a folder, which lies where the store's writer has no hand, and then by itself.
///
/// # Errors
/// Only if the database cannot be read.
pub fn verify_store_against(store: &Store, folder: &Folder, key: &VerifierKey) -> Result<Verification, StoreFault> {
    let checkpoint = match signed_state(folder, key) {
        Ok(Some(checkpoint)) => checkpoint,
        Ok(None) => return verify_store(store, key),
        Err(finding) => return Ok(Verification::broken(finding)),
    };
    store.read(|tx| {
        let size = checkpoint.size;
        if let Some(finding) = damage(find_false_root(folder, &checkpoint))? {
            return Ok(Verification::broken(finding));
        }
        let verification = compare(&mut StoreAgainstFolder { tx, folder }, checkpoint)?;
        match verification.finding {
            // The store has gone on since; what lies beyond the folder is checked with the rest.
            Some(Finding::Unsigned { seq }) if seq == size => verify_rows(tx, key),
            Some(_) => Ok(verification),
            None => verify_rows(tx, key),
        }
    })
}

/// Verifies a folder by itself, without any database: signature, every tile, every entry.
///
/// # Errors
/// Only for faults that are not the folder's; what is wrong with it is in the [`Verification`].
pub fn verify_folder(folder: &Folder, key: &VerifierKey) -> Result<Verification, StoreFault> {
    let checkpoint = match signed_state(folder, key) {
        Ok(Some(checkpoint)) => checkpoint,
        Ok(None) => return Ok(Verification::empty()),
        Err(finding) => return Ok(Verification::broken(finding)),
    };
    if let Some(finding) = damage(find_false_root(folder, &checkpoint))? {
        return Ok(Verification::broken(finding));
    }
    let size = checkpoint.size;
    let mut verification = compare(&mut FolderAlone { folder, size }, checkpoint)?;
    if verification.finding.is_none() {
        verification.finding = damage(find_false_tile(&mut folder.clone(), size))?;
    }
    Ok(verification)
}

/// The folder's checkpoint, if the key signed it.
fn signed_state(folder: &Folder, key: &VerifierKey) -> Result<Option<Checkpoint>, Finding> {
    let found = folder.find_checkpoint().map_err(|fault| Finding::Damaged { reason: fault.to_string() })?;
    let Some((checkpoint, note)) = found else { return Ok(None) };
    match Checkpoint::verify(&note, key) {
        Some(checkpoint) => Ok(Some(checkpoint)),
        None => Err(Finding::BadSignature { size: checkpoint.size }),
    }
}

/// Turns a fault about a file of the folder into a finding.
fn damage(result: Result<Option<Finding>, StoreFault>) -> Result<Option<Finding>, StoreFault> {
    match result {
        Err(fault @ (StoreFault::File { .. } | StoreFault::Ledger { .. })) => Ok(Some(Finding::Damaged { reason: fault.to_string() })),
        result => result,
    }
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The signed state everything was compared with; none for an empty ledger.
    pub checkpoint: Option<Checkpoint>,
    /// Entries that were read and found as signed.
    pub verified: u64,
    /// Entries whose bodies were erased, with a record of it.
    pub erased: u64,
    /// The first thing that is wrong.
    pub finding: Option<Finding>,
}

/// What is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is no checkpoint although there are entries.
    NoCheckpoint,
    /// A checkpoint is not signed by the key.
    BadSignature {
        /// Size the checkpoint claims.
        size: u64,
    },
    /// An entry is not what was signed.
    Changed {
        /// Its position.
        seq: u64,
    },
    /// An entry is gone.
    Deleted {
        /// Its position.
        seq: u64,
    },
    /// An entry stands where none was signed.
    Inserted {
        /// Its position.
        seq: u64,
    },
    /// An entry stands at another position than when it was signed.
    Moved {
        /// Where it stands.
        seq: u64,
        /// Where it was signed.
        from: u64,
    },
    /// Signed entries at the end are gone.
    TailCut {
        /// Entries there are.
        rows: u64,
        /// Entries that were signed.
        signed: u64,
    },
    /// Entries at the end were never signed.
    Unsigned {
        /// Position of the first.
        seq: u64,
    },
    /// Tables or tiles were rewritten consistently; the change is between two checkpoints.
    Rewritten {
        /// The last size whose checkpoint still fits.
        after: u64,
        /// The first size whose checkpoint does not.
        up_to: u64,
    },
    /// A body was erased and no entry records it.
    UnrecordedErasure {
        /// Position of the first.
        seq: u64,
    },
    /// A tile above the leaves does not fit those below it.
    TileChanged {
        /// Its level.
        level: u8,
        /// Its number.
        number: u64,
    },
    /// A file of the folder is missing or damaged.
    Damaged {
        /// Which, and how.
        reason: String,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCheckpoint => write!(f, "there are entries but no signed checkpoint"),
            Self::BadSignature { size } => write!(f, "the checkpoint of {size} entries is not signed by this key"),
            Self::Changed { seq } => write!(f, "entry {seq} was changed"),
            Self::Deleted { seq } => write!(f, "entry {seq} was deleted"),
            Self::Inserted { seq } => write!(f, "an entry was inserted at position {seq}"),
            Self::Moved { seq, from } => write!(f, "the entry at position {seq} was moved there from position {from}"),
            Self::TailCut { rows, signed } => {
                write!(f, "the tail was cut: {signed} entries were signed, {rows} are left; the first one missing is entry {rows}")
            }
            Self::Unsigned { seq } => write!(f, "the entries from position {seq} on were never signed"),
            Self::Rewritten { after, up_to } => {
                write!(f, "rows and tiles were rewritten together: the first change is between entry {after} and entry {}", up_to - 1)
            }
            Self::UnrecordedErasure { seq } => write!(f, "the body of entry {seq} was erased without an entry that says so"),
            Self::TileChanged { level, number } => {
                write!(f, "tile {level}/{number} does not fit the tiles below it; the entries themselves are sound")
            }
            Self::Damaged { reason } => f.write_str(reason),
        }
    }
}

impl Verification {
    fn empty() -> Self {
        Self { checkpoint: None, verified: 0, erased: 0, finding: None }
    }

    fn broken(finding: Finding) -> Self {
        Self { finding: Some(finding), ..Self::empty() }
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.finding.is_none()
    }
}
