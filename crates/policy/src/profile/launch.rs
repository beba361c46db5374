//! Launch phases of a TLD (RFC 8334).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A phase with its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchPhase {
    /// Which.
    pub kind: LaunchPhaseKind,
    /// First day (UTC).
    pub from: Date,
    /// First day after it (UTC); none where it has no end yet.
    pub to: Option<Date>,
}

/// The phases a registrar meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LaunchPhaseKind {
    /// For trademark holders with a signed mark.
    Sunrise,
    /// Open, with trademark claims notices.
    Claims,
    /// Open to all.
    Open,
}
