//! The words in which the outbox keeps what became of an attempt.

use policy::Operation;
use store::intents::Attempt;

/// It never left.
pub(super) const NOT_SENT: &str = "not-sent";
/// The answer decided.
pub(super) const ANSWERED: &str = "answered";
/// 1001: the registry decides later.
pub(super) const PENDING: &str = "pending";
/// 2400: the registry failed and nothing was done.
pub(super) const FAILED: &str = "failed";
/// 2104: the balance was too low.
pub(super) const NO_MONEY: &str = "no-money";
/// The answer was lost; proof showed that it was done.
pub(super) const LOST_DONE: &str = "lost-done";
/// The answer was lost; proof showed that it was not done.
pub(super) const LOST_NOT_DONE: &str = "lost-not-done";
/// The answer was lost; proof showed that it cannot be done any more.
pub(super) const LOST_REFUSED: &str = "lost-refused";

/// Whether an attempt may have reached the registry.
pub(super) fn has_left(attempt: &Attempt) -> bool {
    attempt.outcome.as_deref() != Some(NOT_SENT)
}

/// Whether the answer to an attempt was lost, so that a later refusal can be its echo.
pub(super) fn was_lost(attempt: &Attempt) -> bool {
    attempt.outcome.as_deref().is_none_or(|outcome| outcome.starts_with("lost"))
}

/// Whether an attempt was answered 2400.
pub(super) fn has_failed(attempt: &Attempt) -> bool {
    attempt.outcome.as_deref() == Some(FAILED)
}

/// Verb and object kind of an operation, as the journal names it.
pub(super) fn verb(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateDomain { .. } => "domain:create",
        Operation::RenewDomain { .. } => "domain:renew",
        Operation::RequestTransfer { .. } => "domain:transfer request",
        Operation::CancelTransfer => "domain:transfer cancel",
        Operation::ApproveTransfer => "domain:transfer approve",
        Operation::RejectTransfer => "domain:transfer reject",
        Operation::UpdateDomain { .. } | Operation::SetAuthInfo { .. } => "domain:update",
        Operation::RequestRestore { .. } | Operation::ReportRestore { .. } => "domain:update restore",
        Operation::DeleteDomain => "domain:delete",
        Operation::CreateHost { .. } => "host:create",
        Operation::UpdateHost { .. } | Operation::RenameHost { .. } => "host:update",
        Operation::DeleteHost => "host:delete",
        Operation::CreateContact { .. } => "contact:create",
        Operation::UpdateContact { .. } => "contact:update",
        Operation::DeleteContact => "contact:delete",
    }
}
