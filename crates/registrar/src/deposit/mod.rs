//! Deposits in escrow (ESC-1 to ESC-10): read from one snapshot, written and sealed by `escrow`, sent to the agent, and watched. A deposit
//! that is missed, refused or not answered is an alarm; none of it waits for a person.
//!
//! ```text
//!  due --> written (files whole, row and ledger entry) --> sent --> accepted
//!   ^                   |  ^                                 |
//!   |  a day later      +--+ a try failed: again, ever later +--> rejected: an alarm at once
//! ```

mod compare;
mod depositor;
mod portfolio;
mod record;
mod watch;

pub use compare::{Comparison, compare};
pub use depositor::{DepositOrder, Depositor, Written};
pub use portfolio::generic_tlds;
pub use record::{DepositEntry, ListDeposits, NoteVerdict, RunDeposit};
pub use watch::{AskStanding, DepositStanding};
