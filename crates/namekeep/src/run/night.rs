//! How the nightly reconciliation of a registry stands, in words.

use registrar::reconcile::{Night, NightStanding};

use crate::output::counted;

/// What the last night that came to its end found.
pub fn last(standing: &NightStanding) -> String {
    match (&standing.last, standing.next_at) {
        (Some(night), _) => format!("{}: {}", night.began_at.strftime("%Y-%m-%d %H:%M"), found(night)),
        (None, Some(next)) => format!("not yet; the first night begins {}", next.strftime("%Y-%m-%d %H:%M")),
        (None, None) => "not yet; `namekeep serve` does it every night".to_owned(),
    }
}

/// How far the night under way has come.
pub fn under_way(standing: &NightStanding) -> Option<String> {
    standing.under_way.as_ref().map(|night| format!("since {}: {} so far", night.began_at.strftime("%Y-%m-%d %H:%M"), found(night)))
}

fn found(night: &Night) -> String {
    let mut words = format!("{} checked, ", counted(night.checked, "name", "names"));
    match night.differing {
        0 => words.push_str("none differs"),
        1 => words.push_str("1 differs"),
        many => words.push_str(&format!("{many} differ")),
    }
    if night.unanswered > 0 {
        words.push_str(&format!(", no answer about {}", night.unanswered));
    }
    words
}
