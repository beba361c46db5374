//! Read how a holder stands: whether verified, how and when, and what was asked of them.

use model::ContactId;
use policy::{HolderStanding, Permission};
use store::contacts;
use store::verifications::{self, VerificationRow};

use crate::authorised::NeedsPermission;
use crate::contact::unknown;
use crate::failure::Failure;
use crate::use_case::{Question, Work};

/// Read how a holder stands.
#[derive(Clone, Copy, Debug)]
pub struct ReadVerification {
    /// Who.
    pub contact: ContactId,
}

impl NeedsPermission for ReadVerification {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ReadVerification {
    type Answer = (HolderStanding, Option<VerificationRow>);

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        if !contacts::is_known(work.tx, self.contact)? {
            return Err(unknown(self.contact));
        }
        let standing = verifications::standing(work.tx, self.contact, work.now)?;
        Ok((standing, verifications::find(work.tx, self.contact)?))
    }
}
