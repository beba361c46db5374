//! Continuous backups of an instance on SQLite: what was committed is sealed and put elsewhere within a second, a whole copy begins a new
//! generation every day, and fingerprints of everything are put beside it, so that a drill can prove what came back.
//!
//! ```text
//!  Follower (store::backup) --Batch--> Shipper --segment--> Writer (backup) --> place
//!                                        |  each day: base and manifest, beside the running generation, which goes on until they are whole
//!                                        +--> state file: how far the log was copied, how far the chain was put
//! ```
//!
//! The shipper writes nothing into the database while all is well: it would follow its own commits for ever.

mod drills;
mod generation;
mod shipper;
mod standing;

pub use drills::{AskDrills, Drill, DrillRecord, NoteDrill, RunBackup, WantManifest};
pub use shipper::{BackupOrder, Shipper};
pub use standing::BackupStanding;
