//! Extend the term of a name.
//!
//! Rule: to at most ten years from now (obligations 23.5); the end of the term as the asker sees it guards against paying twice
//! (RFC 5731 section 3.2.3); an expired name can be renewed until it is deleted (EXP-10).

use model::{DomainName, Money, Period, Timestamp};
use policy::{DomainCommand, Permission, Refusal};
use store::registrations;

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Renew a name.
#[derive(Clone, Debug)]
pub struct RenewDomain {
    /// The name.
    pub name: DomainName,
    /// For how long.
    pub period: Period,
    /// The end of the term as the asker sees it; none takes ours, which gives the guard against a repeat away.
    pub current_expiry: Option<Timestamp>,
    /// The fee agreed to, where the name has a price of its own.
    pub fee: Option<Money>,
}

impl NeedsPermission for RenewDomain {
    fn permission(&self) -> Permission {
        Permission::RenewDomain
    }
}

impl UseCase for RenewDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let current_expiry = match self.current_expiry {
            Some(seen) => seen,
            None => registrations::find_open(work.tx, &self.name)?.and_then(|registration| registration.expires_at).ok_or_else(|| {
                Refusal::new("renew.no_term", "RFC 5731 3.2.3", format!("`{}` has no term here that could be extended", self.name))
                    .hint("only a name that is registered with us can be renewed")
            })?,
        };
        let command = DomainCommand::Renew(policy::command::RenewDomain { period: self.period, current_expiry, fee: self.fee });
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
