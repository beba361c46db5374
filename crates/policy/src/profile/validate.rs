//! What must hold between the values of a profile, because a rule says so.

use model::HostName;

use super::section::{Section, Source};
use super::{ExpiryPolicy, GracePeriods};
use crate::expiry::{
    AFTER_NOTICE_CLOSES_DAYS, DELETE_MAX_DAYS, FIRST_NOTICE_CLOSES_DAYS_BEFORE, FIRST_NOTICE_OPENS_DAYS_BEFORE, INTERRUPTION_MIN_DAYS,
    SECOND_NOTICE_CLOSES_DAYS_BEFORE, SECOND_NOTICE_OPENS_DAYS_BEFORE,
};

/// Names that can never be registered (RFC 6761, 6762, 7686, 8375, 9476), so nobody can take over a delegation to them.
const SPECIAL_USE: &[&str] = &["invalid", "test", "example", "localhost", "local", "onion", "alt", "home.arpa"];

/// A host in use elsewhere may only be renamed into a special-use name or a name that we hold ourselves (RFC 9874).
///
/// # Errors
///
/// A sentence for the profile's author.
pub(super) fn rename_target(target: &HostName, own_names: &[HostName]) -> Result<(), String> {
    let is_within = |zone: &str| target.as_str() == zone || target.as_str().ends_with(&format!(".{zone}"));
    if SPECIAL_USE.iter().copied().any(is_within) || own_names.iter().any(|own| is_within(own.as_str())) {
        return Ok(());
    }
    Err(format!(
        "`{target}` is neither a special-use name nor below one of `registry.own_names`, so a stranger could register it and take over delegations (RFC 9874)"
    ))
}

/// The expiry policy against the windows of the contract.
pub(super) fn expiry(policy: ExpiryPolicy, grace: GracePeriods, auto_renew: bool, section: &Section<'_, '_>, source: &mut Source<'_>) {
    let last_day = if auto_renew { grace.auto_renew_days.min(DELETE_MAX_DAYS) } else { DELETE_MAX_DAYS };
    let windows = [
        (
            "first_notice_days_before",
            policy.first_notice_days_before,
            FIRST_NOTICE_CLOSES_DAYS_BEFORE + 1..=FIRST_NOTICE_OPENS_DAYS_BEFORE,
            "the first notice must leave about a month before expiry (EXP-1)",
        ),
        (
            "second_notice_days_before",
            policy.second_notice_days_before,
            SECOND_NOTICE_CLOSES_DAYS_BEFORE + 1..=SECOND_NOTICE_OPENS_DAYS_BEFORE,
            "the second notice must leave about a week before expiry (EXP-2)",
        ),
        (
            "after_notice_days",
            policy.after_notice_days,
            0..=AFTER_NOTICE_CLOSES_DAYS - 1,
            "the notice after expiry is due within 5 days (EXP-3)",
        ),
        (
            "interruption_days_before_delete",
            policy.interruption_days_before_delete,
            INTERRUPTION_MIN_DAYS..=last_day,
            "DNS must be interrupted for at least 8 days before deletion (EXP-8)",
        ),
        (
            "delete_after_days",
            policy.delete_after_days,
            policy.interruption_days_before_delete.max(policy.after_notice_days + 1)..=last_day,
            "the name must be deleted by the end of the auto-renew grace (EXP-14), after its notice and its interruption",
        ),
    ];
    for (key, value, window, rule) in windows {
        if !window.contains(&value) {
            let advice = if window.is_empty() {
                "shorten the interruption or lengthen `grace.auto_renew_days`".to_owned()
            } else {
                format!("choose {} to {}", window.start(), window.end())
            };
            source.fault(section.offset_of(key), section.path_of(key), format!("{value} days are outside the window: {rule}"), advice);
        }
    }
}
