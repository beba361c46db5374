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

    /// Whom notices go to: the registrant at expiration while an expiry is open, whatever became of the data since (EXP-5).
    #[must_use]
    pub fn notice_recipient(&self) -> Option<model::ContactId> {
        self.expiry.as_ref().and_then(|case| case.registrant_at_expiration).or(self.registrant)
    }

    /// When an unanswered transfer away passes by itself (TRF-6); none where none is pending.
    #[must_use]
    pub fn transfer_passes_at(&self) -> Option<Timestamp> {
        let is_out = self.phase == super::Phase::TransferringOut;
        self.transfer.as_ref().filter(|_| is_out).and_then(|case| case.state.as_ref()).map(|state| state.act_at)
    }
}
