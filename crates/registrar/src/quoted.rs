//! An order together with the price that the registry named for it: what is agreed to is held against that and not only against the
//! profile, so that a wrong fee is refused here, with both figures, before anything is sent (RFC 8748 section 3.1).

use model::Money;
use policy::Permission;

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// A use case whose orders are held against the registry's price.
#[derive(Clone, Debug)]
pub struct Quoted<U> {
    /// The use case.
    pub case: U,
    /// The price the registry named for this very operation and term; none leaves the profile's.
    pub fee: Option<Money>,
}

impl<U: NeedsPermission> NeedsPermission for Quoted<U> {
    fn permission(&self) -> Permission {
        self.case.permission()
    }
}

impl<U: UseCase> UseCase for Quoted<U> {
    type Answer = U::Answer;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<U::Answer, Failure> {
        work.quoted_fee = self.fee;
        self.case.run(work)
    }
}
