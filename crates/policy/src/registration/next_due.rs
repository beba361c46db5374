//! When the clock has something to do for a registration.

use model::Timestamp;

use super::Registration;
use crate::profile::TldProfile;

impl Registration {
    /// When [`crate::DomainCommand::Tick`] has something to do next; none while nothing waits for the clock.
    ///
    /// After a tick at some instant, this lies after that instant.
    #[must_use]
    pub fn next_due(&self, profile: &TldProfile) -> Option<Timestamp> {
        self.agenda(profile).into_iter().map(|(at, _)| at).min()
    }

    /// When an unanswered transfer away passes by itself (TRF-6); none where none is pending.
    #[must_use]
    pub fn transfer_passes_at(&self) -> Option<Timestamp> {
        let is_out = self.phase == super::Phase::TransferringOut;
        self.transfer.as_ref().filter(|_| is_out).and_then(|case| case.state.as_ref()).map(|state| state.act_at)
    }
}
