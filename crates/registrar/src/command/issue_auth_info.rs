//! Make a fresh authInfo for a name, so that its registrant can move it away.
//!
//! Rule: on demand and at once (TRF-13), unique to the name and drawn from 128 random bits (TRF-16, RFC 9154); set at the registry only
//! now and cleared again after the profile's days. It can be read with [`super::ReadAuthInfo`] once the registry has it.

use model::{AuthInfo, DomainName};
use policy::{DomainCommand, Permission};

use super::auth_info;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Set a fresh authInfo.
#[derive(Clone, Debug)]
pub struct IssueAuthInfo {
    /// The name.
    pub name: DomainName,
}

impl NeedsPermission for IssueAuthInfo {
    fn permission(&self) -> Permission {
        Permission::ReleaseAuthInfo
    }
}

impl UseCase for IssueAuthInfo {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let receipt = work.order(DomainOrder::new(Target::Named(self.name.clone()), DomainCommand::SetAuthInfo))?;
        // A repeat that decided nothing must not replace the value that is on its way.
        if !receipt.intents.is_empty() {
            let fresh = AuthInfo::generate(&mut work.draw());
            auth_info::keep(work, receipt.domain, &fresh)?;
        }
        Ok(receipt)
    }
}
