//! Replace the DS records of a name at its parent.
//!
//! Rule: the whole new set is given (RFC 5910); an empty set makes the name insecure, which is allowed and never implied.

use std::collections::BTreeSet;

use model::{DomainName, DsData};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Replace the DS records.
#[derive(Clone, Debug)]
pub struct ChangeDs {
    /// The name.
    pub name: DomainName,
    /// The whole new set.
    pub ds: BTreeSet<DsData>,
}

impl NeedsPermission for ChangeDs {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for ChangeDs {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::ChangeDs { ds: self.ds.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
