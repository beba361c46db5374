//! What a round of the gate did, in numbers.

use policy::Outcome;

use super::ruling::Conclusion;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateRound {
    /// Whether this gate holds the lease. If not, another process carries the intents.
    pub is_owner: bool,
    /// Attempts begun.
    pub sent: usize,
    /// Intents confirmed.
    pub confirmed: usize,
    /// Intents refused.
    pub refused: usize,
    /// Intents that the registry decides later.
    pub pending: usize,
    /// Attempts and proofs that left an outcome unknown.
    pub unknown: usize,
    /// Intents put back into the outbox: not sent, failed, or proven not done.
    pub put_back: usize,
    /// Unknown outcomes asked about.
    pub proven: usize,
}

impl GateRound {
    /// Whether there was nothing to do.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.sent == 0 && self.proven == 0
    }

    pub(super) fn of(conclusion: &Conclusion) -> Self {
        let mut round = Self::default();
        match conclusion {
            Conclusion::Settled(Outcome::Done(_)) => round.confirmed = 1,
            Conclusion::Settled(_) => round.refused = 1,
            Conclusion::Pending { .. } | Conclusion::Stay => round.pending = 1,
            Conclusion::Unknown { .. } => round.unknown = 1,
            Conclusion::Ready { .. } => round.put_back = 1,
        }
        round
    }

    pub(super) fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.confirmed += other.confirmed;
        self.refused += other.refused;
        self.pending += other.pending;
        self.unknown += other.unknown;
        self.put_back += other.put_back;
        self.proven += other.proven;
    }
}
