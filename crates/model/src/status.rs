//! Statuses of registry objects: the EPP words, the grace-period words, the transfer words, and sets of them.

mod set;

pub use set::{ObjectKind, StatusError, StatusSet};

use crate::word::words;

words! {
    /// A status of a domain, host or contact (RFC 5731 section 2.3, RFC 5732 section 2.3, RFC 5733 section 2.2).
    pub enum EppStatus: "an EPP status" {
        /// Not delegated, by the registrar's wish.
        ClientHold = "clientHold",
        /// Transfers refused, by the registrar's wish.
        ClientTransferProhibited = "clientTransferProhibited",
        /// Updates refused (but for removing this status), by the registrar's wish.
        ClientUpdateProhibited = "clientUpdateProhibited",
        /// Deletion refused, by the registrar's wish.
        ClientDeleteProhibited = "clientDeleteProhibited",
        /// Renewal refused, by the registrar's wish.
        ClientRenewProhibited = "clientRenewProhibited",
        /// Not delegated, by the registry's wish.
        ServerHold = "serverHold",
        /// Transfers refused, by the registry's wish.
        ServerTransferProhibited = "serverTransferProhibited",
        /// Updates refused, by the registry's wish.
        ServerUpdateProhibited = "serverUpdateProhibited",
        /// Deletion refused, by the registry's wish.
        ServerDeleteProhibited = "serverDeleteProhibited",
        /// Renewal refused, by the registry's wish.
        ServerRenewProhibited = "serverRenewProhibited",
        /// Nothing pending, nothing prohibited.
        Ok = "ok",
        /// A domain without name servers.
        Inactive = "inactive",
        /// A host or contact that some object refers to.
        Linked = "linked",
        /// Creation waits for the registry.
        PendingCreate = "pendingCreate",
        /// Deletion waits: redemption, or the days before the purge.
        PendingDelete = "pendingDelete",
        /// Renewal waits for the registry.
        PendingRenew = "pendingRenew",
        /// A transfer waits for its decision.
        PendingTransfer = "pendingTransfer",
        /// An update waits for the registry.
        PendingUpdate = "pendingUpdate",
    }
}

impl EppStatus {
    /// Whether the sponsoring registrar sets and removes it (obligations 23.1: our only levers).
    pub fn is_client(self) -> bool {
        self.as_str().starts_with("client")
    }

    /// Whether it is a registry's hold or prohibition.
    pub fn is_server(self) -> bool {
        self.as_str().starts_with("server")
    }

    /// Whether it says that an operation waits.
    pub fn is_pending(self) -> bool {
        self.as_str().starts_with("pending")
    }

    /// Whether it refuses an operation (`...Prohibited`).
    pub fn is_prohibition(self) -> bool {
        self.as_str().ends_with("Prohibited")
    }
}

words! {
    /// A grace-period status of a domain (RFC 3915 section 3.1). Several may overlap.
    pub enum RgpStatus: "a grace-period status" {
        /// Just created: deletion refunds the creation.
        AddPeriod = "addPeriod",
        /// Just renewed by the registry at expiry: deletion refunds it.
        AutoRenewPeriod = "autoRenewPeriod",
        /// Just renewed by command: deletion refunds it.
        RenewPeriod = "renewPeriod",
        /// Just transferred in: deletion refunds the transfer.
        TransferPeriod = "transferPeriod",
        /// Deleted, and can be restored.
        RedemptionPeriod = "redemptionPeriod",
        /// Restored, and the restore report is awaited.
        PendingRestore = "pendingRestore",
        /// Past redemption: will be purged, and cannot be restored.
        PendingDelete = "pendingDelete",
    }
}

impl RgpStatus {
    /// Whether it is a waiting state after a deletion rather than a refund window.
    pub fn is_pending(self) -> bool {
        matches!(self, RgpStatus::PendingRestore | RgpStatus::PendingDelete)
    }

    /// Whether a deletion now takes back what was just charged.
    pub fn is_refundable(self) -> bool {
        matches!(self, RgpStatus::AddPeriod | RgpStatus::AutoRenewPeriod | RgpStatus::RenewPeriod | RgpStatus::TransferPeriod)
    }

    /// Whether it belongs to a name that was deleted: EPP shows `pendingDelete` beside it (RFC 3915 section 3.1).
    pub fn is_after_delete(self) -> bool {
        !self.is_refundable()
    }

    /// Always false: registries own every grace-period status.
    pub fn is_client(self) -> bool {
        false
    }

    /// Always true: registries own every grace-period status.
    pub fn is_server(self) -> bool {
        true
    }
}

words! {
    /// Where a transfer stands (RFC 5730 section 2.9.3.4, `trStatusType`).
    pub enum TransferStatus: "a transfer status" {
        /// Waits for the losing registrar or the registry.
        Pending = "pending",
        /// The losing registrar approved it.
        ClientApproved = "clientApproved",
        /// The gaining registrar withdrew it.
        ClientCancelled = "clientCancelled",
        /// The losing registrar refused it.
        ClientRejected = "clientRejected",
        /// The registry approved it, usually by default after five days.
        ServerApproved = "serverApproved",
        /// The registry withdrew it.
        ServerCancelled = "serverCancelled",
    }
}

impl TransferStatus {
    /// Whether it is still to be decided.
    pub fn is_pending(self) -> bool {
        self == TransferStatus::Pending
    }

    /// Whether the object changed hands.
    pub fn is_approved(self) -> bool {
        matches!(self, TransferStatus::ClientApproved | TransferStatus::ServerApproved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_parses_and_prints_back() {
        for status in EppStatus::ALL {
            assert_eq!(status.to_string().parse(), Ok(*status));
            assert_eq!(serde_json::to_string(status).unwrap(), format!("\"{status}\""));
        }
        for status in RgpStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        for status in TransferStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        assert_eq!((EppStatus::ALL.len(), RgpStatus::ALL.len(), TransferStatus::ALL.len()), (18, 7, 6));
    }

    /// Each status belongs to the registrar, the registry's holds, the pending operations, or what the registry derives.
    #[test]
    fn owners_do_not_overlap() {
        let count = |class: fn(EppStatus) -> bool| EppStatus::ALL.iter().filter(|status| class(**status)).count();
        assert_eq!((count(EppStatus::is_client), count(EppStatus::is_server), count(EppStatus::is_pending)), (5, 5, 5));
        assert_eq!(count(EppStatus::is_prohibition), 8);
        assert!(EppStatus::ALL.iter().all(|s| u8::from(s.is_client()) + u8::from(s.is_server()) + u8::from(s.is_pending()) <= 1));
    }

    #[test]
    fn grace_periods_are_refunds_or_stages_of_deletion() {
        let refundable: Vec<&str> = RgpStatus::ALL.iter().filter(|s| s.is_refundable()).map(|s| s.as_str()).collect();
        assert_eq!(refundable, ["addPeriod", "autoRenewPeriod", "renewPeriod", "transferPeriod"]);
        assert!(RgpStatus::ALL.iter().all(|s| s.is_refundable() != s.is_after_delete()));
    }

    #[test]
    fn words_are_exact() {
        for word in ["", "clienthold", "CLIENTHOLD", " ok", "ok ", "addPeriod"] {
            assert!(word.parse::<EppStatus>().is_err(), "{word:?}");
        }
        insta::assert_snapshot!("clientHolt\u{7}".parse::<TransferStatus>().unwrap_err(), @"`clientHolt<U+0007>` is not a transfer status; use one of pending, clientApproved, clientCancelled, clientRejected, serverApproved, serverCancelled");
    }
}
