//! Times at which a registry has announced to be away (RFC 9167).

use model::Timestamp;

/// One announced outage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaintenanceWindow {
    /// First moment.
    pub from: Timestamp,
    /// First moment after it.
    pub until: Timestamp,
}

/// When the outage under way at `now` ends. Windows that overlap or touch count as one.
pub(super) fn ends_at(windows: &[MaintenanceWindow], now: Timestamp) -> Option<Timestamp> {
    let covers = |at: Timestamp| windows.iter().filter(move |w| w.from <= at && at < w.until).map(|w| w.until).max();
    let mut end = covers(now)?;
    while let Some(later) = covers(end) {
        end = later;
    }
    Some(end)
}

/// The next moment at which an outage begins or ends.
pub(super) fn next_change(windows: &[MaintenanceWindow], now: Timestamp) -> Option<Timestamp> {
    windows.iter().flat_map(|w| [w.from, w.until]).filter(|at| *at > now).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_touch_are_one() {
        let at = |hour: u8| -> Timestamp { format!("2026-11-23T{hour:02}:00:00Z").parse().unwrap() };
        let windows = [
            MaintenanceWindow { from: at(2), until: at(4) },
            MaintenanceWindow { from: at(4), until: at(6) },
            MaintenanceWindow { from: at(10), until: at(11) },
        ];
        let cases = [(1, None), (2, Some(6)), (3, Some(6)), (5, Some(6)), (6, None), (10, Some(11)), (11, None)];
        for (hour, end) in cases {
            assert_eq!(ends_at(&windows, at(hour)), end.map(at), "at {hour}");
        }
        assert_eq!(next_change(&windows, at(5)), Some(at(6)));
        assert_eq!(next_change(&windows, at(11)), None);
    }
}
