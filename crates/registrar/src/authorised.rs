//! The witness: a command that was not authorised cannot be carried out, because it does not compile.

use policy::{Actor, Permission};

use crate::failure::Denial;

/// What a command needs its actor to be allowed to do.
pub trait NeedsPermission {
    /// The permission.
    fn permission(&self) -> Permission;
}

/// A command together with the actor who may give it. Only [`authorise`] makes one:
///
/// ```
/// use policy::{Actor, DomainCommand};
/// use registrar::{Authorised, Denial, DomainOrder, authorise};
///
/// fn proper(actor: &Actor, command: DomainOrder) -> Result<Authorised<DomainOrder>, Denial> {
///     authorise(actor, command)
/// }
/// ```
///
/// Nothing else does,
///
/// ```compile_fail,E0451
/// use policy::{Actor, DomainCommand};
/// use registrar::{Authorised, DomainOrder};
///
/// fn sneak(actor: Actor, command: DomainOrder) -> Authorised<DomainOrder> {
///     Authorised { actor, command }
/// }
/// ```
///
/// and [`crate::Registrar::submit`] and [`crate::Registrar::carry_out`] take nothing else:
///
/// ```compile_fail,E0308
/// fn sneak(registrar: &registrar::Registrar, order: registrar::DomainOrder) {
///     let _ = registrar.submit(order);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorised<C> {
    actor: Actor,
    command: C,
}

impl<C> Authorised<C> {
    /// Who gave the command.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The command.
    #[must_use]
    pub fn command(&self) -> &C {
        &self.command
    }
}

/// Checks that `actor` may give `command`. This is the one place where permissions are decided.
///
/// # Errors
/// [`Denial`] with code `auth.permission` if the actor does not hold what the command needs.
pub fn authorise<C: NeedsPermission>(actor: &Actor, command: C) -> Result<Authorised<C>, Denial> {
    let needed = command.permission();
    if !actor.kind.may(needed) {
        tracing::warn!(actor = actor.kind.word(), permission = ?needed, "a command was denied");
        return Err(Denial::lacks(actor.kind.word(), needed));
    }
    Ok(Authorised { actor: actor.clone(), command })
}
