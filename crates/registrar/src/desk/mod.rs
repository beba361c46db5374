//! The desk: what the public sent, from the sealed file to the answer.
//!
//! ```text
//!  intake/ --> open, once each --> message to a holder: a notice (RDP-12) and a line in the log (RDP-15)
//!                             |--> the code of a holder: verified (ACY-3)
//!                             \--> case: acknowledged at once (DSC-3), worked by people (WorkCase), answered by a letter (DSC-4)
//! ```
//!
//! [`Desk`] is the worker: it takes the spool, hands out letters, and raises an alarm where a clock of a case comes near its end. What names a
//! person is sealed under a key of the case; the log of a case is append-only and is kept two years after its end (DSC-6).

mod answer;
mod by_hand;
mod case;
mod holder_answer;
mod letters;
mod read;
mod relay;
mod take;
mod text;
mod watch;
mod work;
mod worker;

pub use by_hand::EnterForm;
pub use case::CaseWords;
pub use read::{CaseView, ListCases, ListReceipts, ShowCase, StepView};
pub use work::{SetRecipient, WorkCase};
pub use worker::{Desk, DeskParts};

pub(crate) use case::purge_cases;
pub(crate) use relay::{Relayed, open_relayed};
