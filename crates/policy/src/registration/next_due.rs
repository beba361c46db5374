//! When the clock has something to do for a registration.

use model::Timestamp;

use super::Registration;
use crate::profile::TldProfile;

impl Registration {
    /// When [`crate::DomainCommand::Tick`] has something to do next; none while nothing is waiting for the clock.
    #[must_use]
    pub fn next_due(&self, profile: &TldProfile) -> Option<Timestamp> {
        let _ = profile;
        None
    }
}
