//! Keep a name that another registrar asked for.
//!
//! Rule: only for a reason of the closed lists, each with its precondition (TRF-7, TRF-8); what may not be a reason (TRF-9) has no
//! word here. The registrant is told the reason (TRF-10).

use model::DomainName;
use policy::{DenialReason, DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Deny a transfer away.
#[derive(Clone, Debug)]
pub struct DenyTransferOut {
    /// The name.
    pub name: DomainName,
    /// The lawful reason.
    pub reason: DenialReason,
}

impl NeedsPermission for DenyTransferOut {
    fn permission(&self) -> Permission {
        Permission::TransferOut
    }
}

impl UseCase for DenyTransferOut {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::DenyTransferOut { reason: self.reason.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
