//! What the agreement allows in a month (RAA, specification on registration data directory services; facts: section 1).
//!
//! Everything is measured in time, so that one slow answer in the first minute of a month is one minute of it and not all of it.

use serde::Serialize;

/// Most downtime in a month, in milliseconds: 864 minutes, 98 % of thirty days.
const DOWNTIME_MS: u64 = 864 * 60 * 1000;

/// Most of a month's time in which answers may be slow, or late, in hundredths.
const SHARE_PERCENT: u64 = 5;

/// An answer that takes longer, in milliseconds from the connection's beginning to the last byte, is slow. The figure is that of the
/// agreement of 2013 for WHOIS; for RDAP none is confirmed.
pub(super) const SLOW_MS: u64 = 4000;

/// A question that takes five times as long counts as unanswered, in milliseconds.
pub(super) const UNANSWERED_MS: u64 = 5 * SLOW_MS;

/// A change that takes longer to be public, in milliseconds, is late: 60 minutes.
pub(super) const LATE_MS: u64 = 60 * 60 * 1000;

/// From this share of an allowance on there is a warning: a tenth.
pub const WARNING_SHARE: f64 = 0.1;

/// One of the three service levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allowance {
    /// Downtime of RDAP.
    Availability,
    /// Slow answers of RDAP.
    RoundTrip,
    /// Changes that are public late.
    Update,
}

impl Allowance {
    /// Its name in metrics and reports.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Availability => "availability",
            Self::RoundTrip => "round-trip",
            Self::Update => "update",
        }
    }

    /// How much time a month of `month_ms` milliseconds allows.
    pub(super) fn of_month_ms(self, month_ms: u64) -> u64 {
        match self {
            Self::Availability => DOWNTIME_MS,
            Self::RoundTrip | Self::Update => month_ms * SHARE_PERCENT / 100,
        }
    }
}

/// How much of an allowance is used.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Used {
    /// Which.
    pub allowance: Allowance,
    /// 1 is all of it.
    pub share: f64,
}

impl Used {
    /// Whether somebody should look now.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        self.share >= WARNING_SHARE
    }
}
