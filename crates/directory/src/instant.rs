//! The instants that records hold, as seconds.

use jiff::Timestamp;

/// The instant of a second since 1970. One that no calendar has is taken for the nearest that one has.
pub(crate) fn instant(second: i64) -> Timestamp {
    let limit = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(limit)
}
