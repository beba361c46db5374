//! Bring a deleted name back from redemption.
//!
//! Rule: only the registrant at expiration may redeem it (EXP-11); the fee is agreed to before (EXP-12), and the registry gets a report
//! with the reason (RFC 3915 section 4.1).

use model::{DomainName, Money};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Restore a name.
#[derive(Clone, Debug)]
pub struct RestoreDomain {
    /// The name.
    pub name: DomainName,
    /// The restore fee agreed to, where the profile names one.
    pub fee: Option<Money>,
    /// Why, for the report; no personal data.
    pub reason: String,
}

impl NeedsPermission for RestoreDomain {
    fn permission(&self) -> Permission {
        Permission::RestoreDomain
    }
}

impl UseCase for RestoreDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Restore { fee: self.fee, reason: self.reason.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
