//! Where does the transfer stand, and is that our doing?

use jiff::SignedDuration;
use model::TransferStatus;
use policy::{Actual, Done, Operation, TransferState};

use super::{CLOCK_SKEW_SECONDS, Evidence, Finding, Proof};

const PENDING_TRANSFER: u16 = 2300;
const NOT_PENDING_TRANSFER: u16 = 2301;
const OBJECT_DOES_NOT_EXIST: u16 = 2303;

/// A request of ours: pending for us, or done already.
pub(super) fn prove_request(evidence: &Evidence<'_>, transfer: &Finding, info: Option<&Finding>) -> Proof {
    if matches!(transfer, Finding::Absent) {
        return Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry does not know the name");
    }
    if let Finding::Transfer(state) = transfer
        && is_ours(state, evidence)
    {
        return Proof::done(with_state(state));
    }
    if let Some(actual) = arrived(evidence, info) {
        return Proof::done(Done { expires_at: actual.expires_at, info: Some(Box::new(actual.clone())), ..Done::default() });
    }
    match transfer {
        Finding::Transfer(state) if state.status == TransferStatus::Pending => {
            Proof::lost(PENDING_TRANSFER, "another registrar's transfer of the name is pending")
        }
        Finding::Transfer(_) | Finding::NoTransfer | Finding::Foreign => Proof::repeat(),
        other => Proof::puzzled(other),
    }
}

/// Requested by us, since our first attempt.
fn is_ours(state: &TransferState, evidence: &Evidence<'_>) -> bool {
    let skew = SignedDuration::from_secs(CLOCK_SKEW_SECONDS);
    let from = evidence.first_sent_at.saturating_sub(skew).unwrap_or(evidence.first_sent_at);
    state.requested_by == *evidence.us && state.requested_at >= from
}

/// The name as it is, if it came to us since our first attempt: some registries transfer at once and show no transfer afterwards.
fn arrived<'f>(evidence: &Evidence<'_>, info: Option<&'f Finding>) -> Option<&'f Actual> {
    let Some(Finding::Domain(actual)) = info else {
        return None;
    };
    let skew = SignedDuration::from_secs(CLOCK_SKEW_SECONDS);
    let from = evidence.first_sent_at.saturating_sub(skew).unwrap_or(evidence.first_sent_at);
    (actual.sponsor == *evidence.us && actual.transferred_at.is_some_and(|at| at >= from)).then_some(actual)
}

/// An answer of ours to a transfer away, or the withdrawal of our own request.
pub(super) fn prove_answer(operation: &Operation, evidence: &Evidence<'_>, transfer: &Finding, info: Option<&Finding>) -> Proof {
    match transfer {
        Finding::Transfer(state) => match state.status {
            TransferStatus::Pending => Proof::repeat(),
            status if is_wanted(operation, status) => Proof::done(with_state(state)),
            status => Proof::lost(NOT_PENDING_TRANSFER, format!("the transfer was decided already: {status}")),
        },
        // No transfer is shown any more: whose name it is tells how it ended.
        Finding::NoTransfer | Finding::Foreign => match (operation, info) {
            (_, Some(Finding::Domain(actual))) if is_with(actual, operation, evidence) => {
                Proof::done(Done { info: Some(actual.clone()), ..Done::default() })
            }
            (Operation::ApproveTransfer, Some(Finding::Foreign)) => Proof::done(Done::default()),
            _ => Proof::lost(NOT_PENDING_TRANSFER, "no transfer of the name is pending any more"),
        },
        Finding::Absent => Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry does not know the name"),
        other => Proof::puzzled(other),
    }
}

/// Whether the sponsor is who it should be after the operation: somebody else after an approval, we after a rejection. After a
/// withdrawal the sponsor proves nothing.
fn is_with(actual: &Actual, operation: &Operation, evidence: &Evidence<'_>) -> bool {
    match operation {
        Operation::ApproveTransfer => actual.sponsor != *evidence.us,
        Operation::RejectTransfer => actual.sponsor == *evidence.us,
        _ => false,
    }
}

/// Whether a status is what the operation was to bring about. An approval by the registry's clock is as good as ours.
fn is_wanted(operation: &Operation, status: TransferStatus) -> bool {
    match operation {
        Operation::ApproveTransfer => matches!(status, TransferStatus::ClientApproved | TransferStatus::ServerApproved),
        Operation::RejectTransfer => status == TransferStatus::ClientRejected,
        _ => status == TransferStatus::ClientCancelled,
    }
}

fn with_state(state: &TransferState) -> Done {
    Done { expires_at: state.expires_at, transfer: Some(state.clone()), ..Done::default() }
}
