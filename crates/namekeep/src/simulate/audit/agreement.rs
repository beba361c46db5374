//! Exactly once: our intents with their attempts against a registry's own ledger of executed transforms.
//!
//! The registry's ledger is the truth. A confirmed intent stands in it once, under the clTRID of one of its attempts; one that was
//! refused or cancelled does not; and nothing of ours stands in it that no intent explains.

use std::collections::HashMap;

use model::{DomainId, DomainName, RegistrarHandle, RegistryId};
use policy::{IntentState, Operation};
use sandbox::LedgerEntry;
use store::intents::IntentRow;
use store::registrations::{self, DomainFilter};
use store::{Store, StoreFault, intents};

/// Registrations read at once.
const PAGE_ROWS: u32 = 200;

/// What the comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Intents looked at.
    pub intents: u64,
    /// Transforms of ours in the registry's ledger.
    pub transforms: u64,
    /// Attempts sent; those beyond one an intent were repeats after proof.
    pub attempts: u64,
    /// Intents proven after their answer was lost.
    pub reconciled: u64,
    /// What does not agree, in sentences.
    pub findings: Vec<String>,
}

/// Compares every intent at `registry` with the registry's ledger.
///
/// # Errors
/// If the database cannot be read.
pub fn compare(store: &Store, registry: &RegistryId, us: &RegistrarHandle, ledger: &[LedgerEntry]) -> Result<Agreement, StoreFault> {
    let mut agreement = Agreement::default();
    let mut executed: HashMap<&str, u64> = HashMap::new();
    for entry in ledger.iter().filter(|entry| entry.registrar == *us) {
        if let Some(cltrid) = &entry.cltrid {
            *executed.entry(cltrid).or_default() += 1;
            agreement.transforms += 1;
        }
    }
    let filter = DomainFilter { registry: Some(registry.clone()), ..DomainFilter::default() };
    let mut after: Option<(DomainName, DomainId)> = None;
    loop {
        let page = store.read(|tx| registrations::list(tx, &filter, after.clone(), PAGE_ROWS))?;
        let Some(last) = page.last() else { break };
        after = Some((last.name.clone(), last.id));
        for registration in &page {
            for row in store.read(|tx| intents::list_of(tx, registration.id))? {
                judge(store, &row, &mut executed, &mut agreement)?;
            }
        }
    }
    for (cltrid, count) in executed {
        agreement.findings.push(format!("registry `{registry}` executed `{cltrid}` of ours {count} times, and no intent explains it"));
    }
    agreement.findings.sort();
    Ok(agreement)
}

/// Judges one intent; what it explains is taken out of `executed`.
fn judge(store: &Store, row: &IntentRow, executed: &mut HashMap<&str, u64>, agreement: &mut Agreement) -> Result<(), StoreFault> {
    let attempts = store.read(|tx| intents::list_attempts(tx, row.intent.id))?;
    let times: u64 = attempts.iter().filter_map(|attempt| executed.remove(attempt.cltrid.as_str())).sum();
    let is_proven = attempts.iter().any(|attempt| attempt.outcome.as_deref().is_some_and(|outcome| outcome.starts_with("lost")));
    agreement.intents += 1;
    agreement.attempts += attempts.len() as u64;
    agreement.reconciled += u64::from(is_proven);
    let what = || format!("`{}` of {} ({})", row.intent.operation.word(), row.intent.object, row.intent.id);
    let finding = match row.state {
        IntentState::Confirmed if times > 1 && !is_harmless(&row.intent.operation) => {
            Some(format!("{} was executed {times} times", what()))
        }
        IntentState::Confirmed if times == 0 && !can_be_there_already(&row.intent.operation, is_proven) => {
            Some(format!("{} is confirmed, and the registry never executed it", what()))
        }
        IntentState::Refused | IntentState::Cancelled if times > 0 => {
            Some(format!("{} came to nothing in our books, and the registry executed it {times} times", what()))
        }
        IntentState::Confirmed | IntentState::Refused | IntentState::Cancelled | IntentState::Pending => None,
        IntentState::Waiting | IntentState::Ready | IntentState::Sent | IntentState::Unknown => Some(format!("{} is not settled", what())),
    };
    agreement.findings.extend(finding);
    Ok(())
}

/// What can be repeated without harm, because the second time changes nothing (facts 6.4: an authInfo is set again).
fn is_harmless(operation: &Operation) -> bool {
    matches!(operation, Operation::SetAuthInfo { .. })
}

/// What can be confirmed without having been executed by us, because the end we wanted was there already: a host or contact that
/// exists, an object that is gone, a transfer that the other side ended. An update of a contact carries the data that the contact has
/// when it is sent, so of two that were decided together the first may have carried what the second is for: where the answer to the
/// second was lost, the registry's own word that the data is there is enough.
fn can_be_there_already(operation: &Operation, is_proven: bool) -> bool {
    match operation {
        Operation::UpdateContact { .. } => is_proven,
        Operation::CreateHost { .. }
        | Operation::CreateContact { .. }
        | Operation::DeleteHost
        | Operation::DeleteContact
        | Operation::DeleteDomain
        | Operation::CancelTransfer
        | Operation::ApproveTransfer
        | Operation::RejectTransfer => true,
        Operation::CreateDomain { .. }
        | Operation::RenewDomain { .. }
        | Operation::RequestTransfer { .. }
        | Operation::UpdateDomain { .. }
        | Operation::SetAuthInfo { .. }
        | Operation::RequestRestore { .. }
        | Operation::ReportRestore { .. }
        | Operation::UpdateHost { .. }
        | Operation::RenameHost { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use model::{ContactId, Period, Timestamp};

    use super::*;

    #[test]
    fn only_what_can_be_there_already_is_confirmed_without_having_been_executed() {
        let contact = ContactId::from_bytes([7; 16]);
        let renewal = Operation::RenewDomain { current_expiry: Timestamp::UNIX_EPOCH, period: Period::ONE_YEAR, fee: None };
        for (operation, unproven, proven) in [
            (Operation::UpdateContact { contact }, false, true),
            (Operation::CreateContact { contact }, true, true),
            (renewal, false, false),
        ] {
            assert_eq!(
                (can_be_there_already(&operation, false), can_be_there_already(&operation, true)),
                (unproven, proven),
                "{operation:?}"
            );
        }
    }
}
