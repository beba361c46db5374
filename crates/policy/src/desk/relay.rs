//! How much is passed on to one holder, and what the log keeps of it (RDP-12, RDP-15).

/// Messages passed on about one name in 24 hours; more are counted and not passed on.
pub const RELAYS_A_DAY_OF_NAME: u64 = 20;

/// Messages passed on from one address about one name in 24 hours.
pub const RELAYS_A_DAY_OF_SENDER: u64 = 2;

/// What came of a message. The log keeps this word; the sender is never told, so that nobody learns what exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelayOutcome {
    /// It was ordered to be sent to the contact.
    Ordered,
    /// The name is not ours, or nobody can be reached under it.
    NoAddressee,
    /// Too many messages about this name today.
    NameLimit,
    /// Too many messages from this sender about this name today.
    SenderLimit,
}

impl RelayOutcome {
    /// What becomes of a further message after so many about the name, and so many of them from the same sender, in 24 hours.
    #[must_use]
    pub fn after(of_name: u64, of_sender: u64) -> Self {
        match () {
            () if of_sender >= RELAYS_A_DAY_OF_SENDER => Self::SenderLimit,
            () if of_name >= RELAYS_A_DAY_OF_NAME => Self::NameLimit,
            () => Self::Ordered,
        }
    }

    /// The word in the log.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::NoAddressee => "no-addressee",
            Self::NameLimit => "name-limit",
            Self::SenderLimit => "sender-limit",
        }
    }
}
