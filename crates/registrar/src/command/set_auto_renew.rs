//! Say whether a name is to be renewed at expiry.
//!
//! Rule: the wish is the registrant's and can change until the term ends (EXP-14, EXP-16). The expiry notices are sent either way (EXP-1).

use model::DomainName;
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Set the wish to renew.
#[derive(Clone, Debug)]
pub struct SetAutoRenew {
    /// The name.
    pub name: DomainName,
    /// The wish.
    pub auto_renew: bool,
}

impl NeedsPermission for SetAutoRenew {
    fn permission(&self) -> Permission {
        Permission::RenewDomain
    }
}

impl UseCase for SetAutoRenew {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::SetAutoRenew { auto_renew: self.auto_renew };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
