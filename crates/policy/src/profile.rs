//! Registry and TLD profiles: a registry is data, not code (design section 6).
//!
//! One TOML file describes one registry and its TLDs. [`RegistryProfile::parse`] reads it whole and answers with
//! either a profile that keeps every rule this room decides by, or every fault at once, each with its line and key.

mod contacts;
mod fault;
mod fees;
mod launch;
mod namespaces;
mod read;
mod read_registry;
mod read_tld;
mod section;
#[cfg(test)]
mod tests;
mod validate;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use model::{HostName, Period, RegistryId, Timestamp, TldName};
use serde::{Deserialize, Serialize};

use crate::calendar::utc_date;

pub use contacts::{ContactRequirement, ContactRules, DatedContactRules};
pub use fault::ProfileFault;
pub use fees::FeeTable;
pub use launch::{LaunchPhase, LaunchPhaseKind};
pub use namespaces::{Extension, FeeVersion, Namespaces, Quirk};

/// The version of the file format this code reads.
pub const SCHEMA: u32 = 1;

/// One registry: how to reach it, what it speaks, and the TLDs it runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryProfile {
    /// The version of the profile's content, as its author dates it.
    pub version: String,
    /// The registry's id, as configuration and tables name it.
    pub id: RegistryId,
    /// The registry's name for people.
    pub title: String,
    /// Where its EPP server is.
    pub endpoint: Endpoint,
    /// How the sessions are shared out.
    pub lanes: Lanes,
    /// What the registry allows.
    pub limits: Limits,
    /// After how long an answer counts as lost.
    pub deadlines: Deadlines,
    /// Pause between two polls of an empty queue, in seconds.
    pub poll_interval_seconds: u32,
    /// The namespaces it speaks.
    pub namespaces: Namespaces,
    /// Where it departs from the standards.
    pub quirks: BTreeSet<Quirk>,
    /// Host objects or host attributes (RFC 5731 section 1.1); never both.
    pub host_model: HostModel,
    /// Its TLDs, in the order of the file; at least one.
    pub tlds: Vec<TldProfile>,
}

/// Where an EPP server is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Host name or address to connect to.
    pub host: String,
    /// TCP port; 700 unless the registry says otherwise (RFC 5734).
    pub port: u16,
    /// The name the server's certificate must carry; the host unless given.
    pub server_name: String,
}

/// Sessions per lane (facts on the pool: interactive, bulk, poll).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes {
    /// Sessions kept for people who wait.
    pub interactive: u16,
    /// Sessions for bulk work and timers.
    pub bulk: u16,
    /// Sessions for the poll queue; one poller per account.
    pub poll: u16,
}

/// What a registry allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Sessions at once.
    pub sessions: u16,
    /// Names in one check.
    pub names_per_check: u16,
    /// Commands in one session before it must be renewed; none where unlimited.
    pub commands_per_session: Option<u32>,
    /// Idle time after which the server closes, in seconds.
    pub idle_seconds: u32,
    /// Age after which the server closes, in seconds.
    pub lifetime_seconds: u32,
    /// Commands in a minute over the whole account; none where unlimited.
    pub commands_per_minute: Option<u32>,
    /// Transforms under way in one session; 1 unless the registry is known to cope.
    pub transform_window: u16,
}

/// After how long an answer counts as lost, in seconds (five times the registry's service level).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// For login and logout.
    pub login_seconds: u32,
    /// For check, info, poll and transfer query.
    pub query_seconds: u32,
    /// For everything that changes something.
    pub transform_seconds: u32,
}

/// How a registry knows hosts (RFC 5731 section 1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HostModel {
    /// Host objects (RFC 5732).
    Objects,
    /// Host attributes of the domain.
    Attributes,
}

/// The rules of one TLD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TldProfile {
    /// The version of the profile these rules come from.
    pub version: String,
    /// The registry that runs it.
    pub registry: RegistryId,
    /// The TLD.
    pub name: TldName,
    /// How its registry knows hosts.
    pub host_model: HostModel,
    /// Which contacts the registry takes, from which date; ascending, the first from the beginning of time.
    pub contacts: Vec<DatedContactRules>,
    /// Terms.
    pub periods: Periods,
    /// Grace and deletion periods.
    pub grace: GracePeriods,
    /// Transfers.
    pub transfer: TransferRules,
    /// Whether the registry renews names by itself at expiry.
    pub auto_renew: bool,
    /// Whether a restore needs a report (RFC 3915 section 3.1).
    pub restore_report: bool,
    /// Our own course between expiry and deletion.
    pub expiry: ExpiryPolicy,
    /// authInfo.
    pub authinfo: AuthInfoRules,
    /// Prices at the registry.
    pub fees: FeeTable,
    /// Names with a price of their own, by label.
    pub premium: BTreeMap<String, FeeTable>,
    /// Labels that cannot be registered.
    pub reserved: BTreeSet<String>,
    /// Fewest and most nameservers of a delegated name.
    pub nameservers: CountRange,
    /// Most DS records; 0 where the registry takes none.
    pub ds_max: u8,
    /// Internationalised names.
    pub idn: IdnRules,
    /// Launch phases, by date; none means open.
    pub phases: Vec<LaunchPhase>,
    /// Where a host in use by others may be renamed to on deletion (RFC 9874); none refuses such deletions.
    pub rename_hosts_to: Option<HostName>,
    /// The product id for Verisign's namestoreExt.
    pub namestore_product: Option<String>,
    /// Whether it is a country's and not a generic one: ICANN's contract, and with it the escrow (ESC-1), is about generic ones alone.
    #[serde(default)]
    pub country_code: bool,
}

impl TldProfile {
    /// Whether it is a generic top-level domain. One of two letters is a country's, whatever the profile says (ISO 3166-1 reserves them
    /// all); one in another script looks like any other, so its profile has to say what it is.
    #[must_use]
    pub fn is_generic(&self) -> bool {
        !self.country_code && self.name.as_str().len() > 2
    }
}

/// Terms that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Periods {
    /// Shortest.
    pub min: Period,
    /// Longest.
    pub max: Period,
    /// Taken where nobody says.
    pub default: Period,
}

/// Lengths of the registry's grace and deletion periods, in days (RFC 3915 fixes none).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GracePeriods {
    /// After a create.
    pub add_days: u16,
    /// After an explicit renewal.
    pub renew_days: u16,
    /// After the registry's own renewal.
    pub auto_renew_days: u16,
    /// After a transfer.
    pub transfer_days: u16,
    /// Deleted and restorable.
    pub redemption_days: u16,
    /// For the restore report.
    pub pending_restore_days: u16,
    /// Deleted and not restorable.
    pub pending_delete_days: u16,
}

/// Transfers, in days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferRules {
    /// Until an unanswered transfer passes (TRF-6).
    pub pending_days: u16,
    /// How long after creation a transfer may be denied for it (TRF-7).
    pub post_create_denial_days: u16,
    /// How long after a transfer the next may be denied for it (TRF-7).
    pub post_transfer_denial_days: u16,
    /// How long a registrant's authorisation of a transfer in stays fresh (TRF-4).
    pub authorisation_days: u16,
}

/// Our own course between expiry and deletion, in days. Validated against EXP-1 to EXP-3, EXP-8 and EXP-14.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryPolicy {
    /// When the first notice leaves, before expiry.
    pub first_notice_days_before: u16,
    /// When the second notice leaves, before expiry.
    pub second_notice_days_before: u16,
    /// When the notice after expiry leaves.
    pub after_notice_days: u16,
    /// When DNS is interrupted, before deletion.
    pub interruption_days_before_delete: u16,
    /// When an expired name is deleted, after expiry.
    pub delete_after_days: u16,
}

/// How authInfo is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthInfoRules {
    /// Whether the registry follows RFC 9154: empty at rest, set for a transfer only.
    pub rfc9154: bool,
    /// After how many days a released authInfo is cleared or replaced again.
    pub ttl_days: u16,
}

/// A count that has a least and a most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountRange {
    /// Least.
    pub min: u8,
    /// Most.
    pub max: u8,
}

/// Which internationalised names a TLD takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdnRules {
    /// IDN tables, by the registry's ids; empty where only ASCII is taken.
    pub tables: BTreeSet<String>,
    /// Language or script tags.
    pub languages: BTreeSet<String>,
}

impl RegistryProfile {
    /// Reads a profile. `file` is only named in the faults.
    ///
    /// # Errors
    ///
    /// Every fault found, in the order of the file; each names line, key, what is wrong and what to do.
    pub fn parse(text: &str, file: &str) -> Result<Self, Vec<ProfileFault>> {
        read::read(text, file)
    }

    /// The TLD that `name` is directly below, if this registry runs it.
    #[must_use]
    pub fn tld_of(&self, name: &model::DomainName) -> Option<&TldProfile> {
        self.tlds.iter().find(|tld| tld.name.is_parent_of(name))
    }

    /// The rules of a TLD by its name.
    #[must_use]
    pub fn tld(&self, name: &TldName) -> Option<&TldProfile> {
        self.tlds.iter().find(|tld| tld.name == *name)
    }
}

impl TldProfile {
    /// Which contacts the registry takes on that date.
    #[must_use]
    pub fn contacts_on(&self, date: Date) -> ContactRules {
        self.contacts.iter().rev().find(|dated| dated.from <= date).map(|dated| dated.rules).unwrap_or_default()
    }

    /// Which contacts the registry takes at that instant.
    #[must_use]
    pub fn contacts_at(&self, at: Timestamp) -> ContactRules {
        self.contacts_on(utc_date(at))
    }

    /// The launch phase at that instant; open where none is configured for it.
    #[must_use]
    pub fn launch_phase_at(&self, at: Timestamp) -> LaunchPhaseKind {
        let date = utc_date(at);
        self.phases
            .iter()
            .rev()
            .find(|phase| phase.from <= date && phase.to.is_none_or(|to| date < to))
            .map_or(LaunchPhaseKind::Open, |phase| phase.kind)
    }

    /// The price table of a name: its own where it is premium, the TLD's otherwise.
    #[must_use]
    pub fn fees_of(&self, name: &model::DomainName) -> &FeeTable {
        name.labels().next().and_then(|label| self.premium.get(label)).unwrap_or(&self.fees)
    }

    /// Whether the name has a price of its own.
    #[must_use]
    pub fn is_premium(&self, name: &model::DomainName) -> bool {
        name.labels().next().is_some_and(|label| self.premium.contains_key(label))
    }
}
