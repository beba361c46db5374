//! Coming back after a disaster: the database that was put back knows less than the registries do.
//!
//! ```text
//!  put back --> frozen -- reconcile with every registry --> green --> thawed
//!                 |            |                              ^          (clock, couriers, deposits go on)
//!                 |            +-- exceptions -- a person ----+
//!                 +-- an officer's word, with a reason -----------> thawed
//! ```
//!
//! While an instance is frozen nothing in it acts by itself: a registrar that wakes up with old books and deletes, renews and writes letters
//! by them does more harm than one that is down. The guard is in one place, [`guard::check`], which every use case passes before it runs:
//! what the clock orders is refused unless the use case says that it only takes in. Workers idle meanwhile. What people order goes on, for
//! names that the registry was asked about since. What registries say is taken in and stored, and nothing is sent because of it. What stood
//! in the outbox at the recovery point may have been sent after it, so the gate asks before it believes anything of it ([`outbox`]).

mod freeze;
mod guard;
mod import;
mod outbox;
mod reconcile;
mod standing;
mod status;
#[cfg(test)]
mod tests;
mod thaw;
mod truth;

pub use freeze::FreezeRegistrar;
pub use import::{IRRECOVERABLE, ImportDeposit, Imported, RowException, import};
pub use reconcile::{Exception, ForeignName, Reconciled, RecoveryRun, Taken};
pub use standing::RegistryStanding;
pub use status::{AskRecovery, RecoveryStatus, RegistryStatus};
pub use thaw::ThawRegistrar;
pub use truth::{AdoptName, TakeRegistryTruth};

pub(crate) use guard::{check, check_seen, is_held_back};
pub(crate) use outbox::{Restored, given_up};
pub(crate) use truth::learn_handles;
