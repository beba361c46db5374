//! A TLD's rules as the registry applies them: its profile, with the lengths worked out once.

use jiff::SignedDuration;
use model::{DomainName, Timestamp};
use policy::profile::{FeeTable, TldProfile};
use serde::{Deserialize, Serialize};

use super::ledger::BillingItem;

/// One TLD.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) profile: TldProfile,
    pub(crate) add_grace: SignedDuration,
    pub(crate) renew_grace: SignedDuration,
    pub(crate) auto_renew_grace: SignedDuration,
    pub(crate) transfer_grace: SignedDuration,
    pub(crate) redemption: SignedDuration,
    pub(crate) pending_restore: SignedDuration,
    pub(crate) pending_delete: SignedDuration,
    pub(crate) transfer_pending: SignedDuration,
    pub(crate) auto_renews: bool,
}

impl Rules {
    pub(crate) fn new(profile: TldProfile) -> Rules {
        let grace = profile.grace;
        Rules {
            add_grace: days(grace.add_days),
            renew_grace: days(grace.renew_days),
            auto_renew_grace: days(grace.auto_renew_days),
            transfer_grace: days(grace.transfer_days),
            redemption: days(grace.redemption_days),
            pending_restore: days(grace.pending_restore_days),
            pending_delete: days(grace.pending_delete_days),
            transfer_pending: days(profile.transfer.pending_days),
            auto_renews: profile.auto_renew,
            profile,
        }
    }

    /// What `years` of `item` cost for `name`, in minor units; zero where the profile names no price.
    pub(crate) fn price(&self, fees: &FeeTable, item: BillingItem, years: u8) -> i64 {
        let (yearly, times) = match item {
            BillingItem::Create => (fees.create, years),
            BillingItem::Renew | BillingItem::AutoRenew | BillingItem::RestoreRenew => (fees.renew, years),
            BillingItem::Transfer => (fees.transfer, 1),
            BillingItem::Restore => (fees.restore, 1),
            BillingItem::Credit => (None, 0),
        };
        FeeTable::times(yearly, times).map_or(0, |money| money.minor)
    }

    /// Whether a transfer is still banned `days_of_ban` after `since`.
    pub(crate) fn is_banned(since: Timestamp, days_of_ban: u16, now: Timestamp) -> bool {
        now < super::life::after(since, days(days_of_ban))
    }
}

/// Days of 24 hours, as registries count them.
pub(crate) fn days(count: u16) -> SignedDuration {
    SignedDuration::from_hours(i64::from(count) * 24)
}

/// What the sandbox does beyond the profile: the choices a real registry makes silently.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Options {
    /// Whether transfers are refused (2106) during the denial days after a create or transfer that the profile names. Off, the
    /// losing registrar has to deny them itself.
    pub bans_early_transfers: bool,
    /// Whether a create with an authorisation code is refused under RFC 9154, so that codes are set by update only.
    pub refuses_code_at_create: bool,
    /// Creates of names whose label ends so are answered 1001 and decided later; none when empty.
    pub pending_create_suffix: String,
    /// After how many hours a pending create is decided.
    pub pending_create_hours: u16,
    /// Pending creates that will be refused.
    pub refused_pending_creates: std::collections::BTreeSet<DomainName>,
    /// Labels on the claims list, with the lookup key a claims check gives (RFC 8334 section 2.4.2).
    pub claims: std::collections::BTreeMap<String, String>,
    /// Failed logins on one connection before it is closed with 2501.
    pub max_login_failures: u8,
    /// Whether glue in documentation, private and loopback ranges is taken, so that a rehearsal can be resolved.
    pub takes_local_glue: bool,
    /// How many days before it expires a client certificate is warned about (RFC 8807).
    pub certificate_warning_days: u16,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            bans_early_transfers: false,
            refuses_code_at_create: false,
            pending_create_suffix: String::new(),
            pending_create_hours: 24,
            refused_pending_creates: Default::default(),
            claims: Default::default(),
            max_login_failures: 3,
            takes_local_glue: true,
            certificate_warning_days: 30,
        }
    }
}
