//! How notices leave: as files in the maildrop, over SMTP to a relay, or not at all.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::SignedDuration;
use mail::smtp::{Letter, Relay, Submission};
use model::{Email, Timestamp};

use super::{NoticeSettings, maildrop};
use crate::failure::Fault;

/// The longest the courier leaves a relay alone that takes nothing.
const LONGEST_REST: SignedDuration = SignedDuration::from_mins(15);
/// The first rest; each further one in a row is twice as long.
const FIRST_REST: SignedDuration = SignedDuration::from_secs(30);

/// How notices leave.
#[derive(Clone, Debug)]
pub(super) enum Carriage {
    /// They are written, sealed and reported, and nobody gets them: for a simulation.
    Nobody,
    /// Files in the maildrop, which the mail system takes up.
    Maildrop,
    /// A relay, with what is known of it.
    Relay(RelayRoute, Arc<Standing>),
}

/// A relay and the domain of the return paths, to which bounces come back.
#[derive(Clone, Debug)]
pub struct RelayRoute {
    /// The relay.
    pub relay: Arc<Relay>,
    /// The domain of the envelope senders, `bounce+...@domain`.
    pub return_domain: String,
}

/// Whether it is worth asking one who took nothing, as this process knows it: the relay for everything, or for what it took ill.
#[derive(Debug, Default)]
pub(crate) struct Standing(Mutex<Trouble>);

#[derive(Debug, Default)]
struct Trouble {
    /// Failures in a row.
    failures: u32,
    rest_until: Option<Timestamp>,
}

impl Standing {
    /// Whether the relay is left alone for now.
    pub(crate) fn is_resting(&self, now: Timestamp) -> bool {
        self.trouble().rest_until.is_some_and(|until| now < until)
    }

    /// The relay takes mail.
    pub(crate) fn is_well(&self) {
        *self.trouble() = Trouble::default();
    }

    /// The relay took nothing; gives how often in a row. It is left alone for a while.
    pub(crate) fn failed(&self, now: Timestamp) -> u32 {
        let mut trouble = self.trouble();
        let rest = doubled(FIRST_REST, trouble.failures).min(LONGEST_REST);
        trouble.failures += 1;
        trouble.rest_until = now.checked_add(rest).ok();
        trouble.failures
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Trouble> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `first`, doubled so many times.
pub(super) fn doubled(first: SignedDuration, times: u32) -> SignedDuration {
    first.saturating_mul(2_i32.saturating_pow(times))
}

/// A message with its addresses.
pub(super) struct Outgoing<'o> {
    /// What names its file in the maildrop: the same id again is the same message.
    pub(super) id: &'o str,
    pub(super) return_path: &'o str,
    pub(super) to: &'o Email,
    pub(super) copy: Option<&'o Email>,
    pub(super) text: &'o str,
}

impl Carriage {
    /// Hands a message out; none where it left in a way that knows no answer.
    pub(super) fn hand_out(&self, settings: &NoticeSettings, outgoing: &Outgoing<'_>) -> Result<Option<Submission>, Fault> {
        let Outgoing { id, return_path, to, copy, text } = *outgoing;
        match self {
            Self::Nobody => Ok(None),
            Self::Maildrop => maildrop::put(&settings.maildrop, &format!("{id}.eml"), text)
                .map(|()| None)
                .map_err(|error| Fault::new(&format!("the maildrop {} takes no message", settings.maildrop.display()), &error)),
            Self::Relay(route, standing) => {
                let submission = route.relay.submit(&Letter { return_path, to, copy, text });
                if !matches!(submission, Submission::TryAgain(_)) {
                    standing.is_well();
                }
                Ok(Some(submission))
            }
        }
    }

    /// The domain of the return paths.
    pub(super) fn return_domain<'a>(&'a self, settings: &'a NoticeSettings) -> &'a str {
        match self {
            Self::Relay(route, _) => &route.return_domain,
            Self::Nobody | Self::Maildrop => settings.sender.domain(),
        }
    }

    /// What is known of the relay, where there is one.
    pub(super) fn standing(&self) -> Option<&Standing> {
        match self {
            Self::Relay(_, standing) => Some(standing),
            Self::Nobody | Self::Maildrop => None,
        }
    }

    /// Nothing is to be sent for a while.
    pub(super) fn pause(&self) {
        if let Self::Relay(route, _) = self {
            route.relay.hang_up();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_that_takes_nothing_is_left_alone_longer_and_longer() {
        let standing = Standing::default();
        let mut now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let mut rests = Vec::new();
        for failure in 1..9 {
            assert_eq!(standing.failed(now), failure);
            let since = now;
            while standing.is_resting(now) {
                now = now.checked_add(SignedDuration::from_secs(30)).unwrap();
            }
            rests.push(now.duration_since(since).as_secs());
        }
        assert_eq!(rests, [30, 60, 120, 240, 480, 900, 900, 900]);
        standing.failed(now);
        standing.is_well();
        assert!(!standing.is_resting(now));
        assert_eq!(standing.failed(now), 1);
    }
}
