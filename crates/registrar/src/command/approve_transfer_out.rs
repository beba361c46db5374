//! Let a name go at once instead of after five days.
//!
//! Rule: only the registrant approves (TRF-1); the operator who gives this command states that the registrant did. Silence
//! approves by itself after five days (TRF-6), so nobody is ever asked to act to let a transfer pass.

use model::DomainName;
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Approve a transfer away.
#[derive(Clone, Debug)]
pub struct ApproveTransferOut {
    /// The name.
    pub name: DomainName,
}

impl NeedsPermission for ApproveTransferOut {
    fn permission(&self) -> Permission {
        Permission::TransferOut
    }
}

impl UseCase for ApproveTransferOut {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::ApproveTransferOut;
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
