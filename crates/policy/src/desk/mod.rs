//! The desk: what the public sends to a registrar, and the clocks of the cases that come of it.
//!
//! Three forms reach it: a message to a holder (RDP-12), a report of inaccurate data (ACY-9), a request to disclose what is withheld (DSC-1
//! to DSC-8). The first is passed on and leaves a line in a log; the other two open a [`Case`], which is worked by [`decide`]:
//!
//! ```text
//!  disclosure   received --acknowledge--> open --propose--> proposed --approve (another person)--> decided --answer--> closed
//!                                          |  \                 |                                     ^
//!                                          |   +----refuse------+------------ refuse -----------------+
//!  inaccuracy   received --acknowledge--> open --inquire--> inquired --close--> closed      (open --close--> closed)
//! ```
//!
//! Whatever names a person is not in a [`Case`]; it is sealed beside it.

mod case;
mod clock;
mod command;
mod form;
mod relay;
#[cfg(test)]
mod tests;

pub use case::{Case, CaseKind, CaseProfile, CaseState, Decision, Extension, Finding, Proposal};
pub use clock::{BusinessCalendar, CaseDue, DeskRules, Warning, urgent_holds_on};
pub use command::{CaseCommand, decide};
pub use form::{
    DisclosureRequest, FieldFault, Fields, Form, FormKind, HolderAnswer, InaccuracyReport, MAX_LINE_CHARS, MAX_TEXT_CHARS, Outsider,
    Posted, RelayReason, RelayRequest,
};
pub use relay::{RELAYS_A_DAY_OF_NAME, RELAYS_A_DAY_OF_SENDER, RelayOutcome};
