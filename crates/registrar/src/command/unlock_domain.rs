//! Lift the registrant's own lock.
//!
//! Rule: on request within five days (TRF-12), no harder than changing a nameserver (TRF-14); locks with another owner stay
//! (obligations 23.3).

use std::collections::BTreeSet;

use model::{DomainName, EppStatus};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Unlock a name at its registrant's wish.
#[derive(Clone, Debug)]
pub struct UnlockDomain {
    /// The name.
    pub name: DomainName,
    /// Which prohibitions.
    pub statuses: BTreeSet<EppStatus>,
}

impl NeedsPermission for UnlockDomain {
    fn permission(&self) -> Permission {
        Permission::LockDomain
    }
}

impl UseCase for UnlockDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Unlock { statuses: self.statuses.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
