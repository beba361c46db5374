//! The statuses that a public record shows: those of EPP and of the grace periods in one set, never contradictory (RDAP-8).

use std::collections::BTreeSet;

use model::{EppStatus, RgpStatus};
use serde::{Deserialize, Serialize};

/// A status in both tongues: WHOIS shows EPP's word, RDAP its own (RFC 8056 section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicStatus {
    /// EPP's word, `clientTransferProhibited`.
    pub epp: &'static str,
    /// RDAP's words, `client transfer prohibited`.
    pub rdap: &'static str,
}

/// Every status that a domain can show, in the order in which a record shows them. The position is the bit that stands for it, so new
/// ones go to the end.
const WORDS: [PublicStatus; 24] = [
    word("ok", "active"),
    word("inactive", "inactive"),
    word("clientHold", "client hold"),
    word("clientTransferProhibited", "client transfer prohibited"),
    word("clientUpdateProhibited", "client update prohibited"),
    word("clientDeleteProhibited", "client delete prohibited"),
    word("clientRenewProhibited", "client renew prohibited"),
    word("serverHold", "server hold"),
    word("serverTransferProhibited", "server transfer prohibited"),
    word("serverUpdateProhibited", "server update prohibited"),
    word("serverDeleteProhibited", "server delete prohibited"),
    word("serverRenewProhibited", "server renew prohibited"),
    word("pendingCreate", "pending create"),
    word("pendingDelete", "pending delete"),
    word("pendingRenew", "pending renew"),
    word("pendingTransfer", "pending transfer"),
    word("pendingUpdate", "pending update"),
    word("addPeriod", "add period"),
    word("autoRenewPeriod", "auto renew period"),
    word("renewPeriod", "renew period"),
    word("transferPeriod", "transfer period"),
    word("redemptionPeriod", "redemption period"),
    word("pendingRestore", "pending restore"),
    word("linked", "associated"),
];

/// What a pending operation forbids to stand beside it, and the other way round; the strongest pending operation first, since a name
/// shows at most one (RFC 5731 section 2.3).
const PENDING: [(&str, [&str; 2]); 5] = [
    ("pendingDelete", ["clientDeleteProhibited", "serverDeleteProhibited"]),
    ("pendingTransfer", ["clientTransferProhibited", "serverTransferProhibited"]),
    ("pendingUpdate", ["clientUpdateProhibited", "serverUpdateProhibited"]),
    ("pendingRenew", ["clientRenewProhibited", "serverRenewProhibited"]),
    ("pendingCreate", ["", ""]),
];

const fn word(epp: &'static str, rdap: &'static str) -> PublicStatus {
    PublicStatus { epp, rdap }
}

/// A set of statuses that may stand together, and never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PublicStatuses(u32);

impl PublicStatuses {
    /// The statuses of a name as the registry told them. What contradicts is resolved the way the standard reads: the pending operation
    /// stands, the prohibition of it does not; redemption stands with the deletion it follows; a name with nothing to say is active, or
    /// inactive where it has no name servers.
    #[must_use]
    pub fn of(statuses: &BTreeSet<EppStatus>, rgp: &BTreeSet<RgpStatus>, is_delegated: bool) -> Self {
        let mut set = Self(0);
        statuses.iter().for_each(|status| set.insert(status.as_str()));
        rgp.iter().for_each(|status| set.insert(status.as_str()));
        if set.holds("pendingRestore") {
            set.remove("redemptionPeriod");
        }
        if set.holds("redemptionPeriod") || set.holds("pendingRestore") {
            set.insert("pendingDelete");
        }
        set.keep_one_pending();
        if set.is_at_rest() {
            set.insert(if is_delegated { "ok" } else { "inactive" });
        } else if set.names().any(|name| name != "ok" && contradicts_ok(name)) {
            set.remove("ok");
        }
        set
    }

    /// The statuses, in the order in which a record shows them.
    pub fn iter(self) -> impl Iterator<Item = &'static PublicStatus> {
        WORDS.iter().enumerate().filter(move |(bit, _)| self.0 & (1 << bit) != 0).map(|(_, status)| status)
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        self.iter().map(|status| status.epp)
    }

    /// Nothing but grace periods and links.
    fn is_at_rest(self) -> bool {
        !self.names().any(|name| name == "ok" || contradicts_ok(name))
    }

    fn keep_one_pending(&mut self) {
        let Some((strongest, prohibitions)) = PENDING.into_iter().find(|(pending, _)| self.holds(pending)) else { return };
        for (pending, _) in PENDING {
            if pending != strongest {
                self.remove(pending);
            }
        }
        prohibitions.into_iter().for_each(|prohibition| self.remove(prohibition));
    }

    fn holds(self, name: &str) -> bool {
        self.0 & bit(name) != 0
    }

    fn insert(&mut self, name: &str) {
        self.0 |= bit(name);
    }

    fn remove(&mut self, name: &str) {
        self.0 &= !bit(name);
    }
}

/// The bit of a status by EPP's word; none for a word that is no status.
fn bit(name: &str) -> u32 {
    WORDS.iter().position(|status| status.epp == name).map_or(0, |bit| 1 << bit)
}

/// Whether `ok` may not stand beside it: everything but grace periods and links (RFC 5731 section 2.3).
fn contradicts_ok(name: &str) -> bool {
    name == "inactive"
        || name.ends_with("Hold")
        || name.ends_with("Prohibited")
        || (name.starts_with("pending") && name != "pendingRestore")
}
