//! A host or contact that something else needs was refused.

/// Nothing of the registration changes yet: the intents that depend on it are cancelled by the gate, and each settles as
/// cancelled in its own turn, which ends the create or shows the drift.
pub(super) fn refused() {}
