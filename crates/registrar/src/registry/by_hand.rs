//! What an operator does at a registry by hand and the workers do by themselves: each has a permission of its own, because each does more
//! than read, and what carries it out takes the witness. The workers need none of these; what they learn they record as the registry or
//! the gate.

use policy::Permission;

use crate::authorised::NeedsPermission;

/// Ask a registry about names, or how the account stands there.
#[derive(Clone, Copy, Debug)]
pub struct AskRegistry;

/// Take the waiting messages of registries now.
#[derive(Clone, Copy, Debug)]
pub struct TakeMessages;

/// Compare names with their registries now.
#[derive(Clone, Copy, Debug)]
pub struct ReconcileNames;

impl NeedsPermission for AskRegistry {
    fn permission(&self) -> Permission {
        Permission::AskRegistry
    }
}

impl NeedsPermission for TakeMessages {
    fn permission(&self) -> Permission {
        Permission::TakeMessages
    }
}

impl NeedsPermission for ReconcileNames {
    fn permission(&self) -> Permission {
        Permission::ReconcileNames
    }
}
