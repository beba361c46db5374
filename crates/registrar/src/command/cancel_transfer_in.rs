//! Withdraw our own request for a name of another registrar.
//!
//! Rule: only a request that is pending can be withdrawn (RFC 5731 section 3.2.4); the registration here ends.

use model::DomainName;
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Withdraw a transfer request of ours.
#[derive(Clone, Debug)]
pub struct CancelTransferIn {
    /// The name.
    pub name: DomainName,
}

impl NeedsPermission for CancelTransferIn {
    fn permission(&self) -> Permission {
        Permission::TransferIn
    }
}

impl UseCase for CancelTransferIn {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::CancelTransferIn;
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
