//! What follows from a command that the rules allow.

use crate::charge::Charge;
use crate::duty::DutyChange;
use crate::event::Event;
use crate::intent::Intent;
use crate::notice::NoticeOrder;

/// The answer of [`crate::decide`]: everything that is committed in one transaction, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What happened, in order; each becomes a ledger entry and is applied to the registration.
    pub events: Vec<Event>,
    /// What is to be done at the registry.
    pub intents: Vec<Intent>,
    /// Duties opened and closed.
    pub duties: Vec<DutyChange>,
    /// Notices to send.
    pub notices: Vec<NoticeOrder>,
    /// What the registry charged or credited.
    pub charges: Vec<Charge>,
}

impl Verdict {
    /// Whether nothing follows: the command was already carried out, or nothing is due.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}
