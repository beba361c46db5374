//! Who we are to a registry, and how a password is changed without ever being locked out.
//!
//! A change has two phases, because its answer can be lost:
//!
//! ```text
//!   stored as pending ──begin_change──▶ attempted ──login with newPW──▶ answered 1000 ──settle(Pending)──▶ current
//!                                           │
//!                                           └─ answer lost ─▶ next login: with the new one, then with the old one;
//!                                                             settle with whichever the registry takes
//! ```

use model::{RegistrarHandle, Secret};

/// The credentials of one registry account, as they are stored.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The registrar's identifier at the registry (`clID`).
    pub client_id: RegistrarHandle,
    /// The password known to be in force.
    pub password: Secret,
    /// The password that is to replace it, if a change is under way.
    pub pending: Option<PendingPassword>,
}

/// A password that is to come into force.
#[derive(Clone, Debug)]
pub struct PendingPassword {
    /// The new password.
    pub password: Secret,
    /// Whether a login may already have carried it to the registry.
    pub is_attempted: bool,
}

/// Which password turned out to be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InForce {
    /// The pending one: it becomes the current one.
    Pending,
    /// The current one: the change did not happen, the pending one is dropped and its owner told.
    Current,
}

/// The store of credentials failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the registry credentials cannot be {action}: {what}")]
pub struct CredentialFault {
    /// `read`, `changed` or `settled`.
    pub action: &'static str,
    /// What the store said; never a secret.
    pub what: String,
}

/// Where the credentials of one account are kept. Calls may block; the pool makes them on a thread that may.
pub trait CredentialSource: Send + Sync {
    /// The credentials as they stand. Read before every login.
    ///
    /// # Errors
    /// [`CredentialFault`] when they cannot be read; no login is tried then.
    fn credentials(&self) -> Result<Credentials, CredentialFault>;

    /// Marks the pending password as attempted. Must be durable when it returns: a login with it follows.
    ///
    /// # Errors
    /// [`CredentialFault`] when it could not be stored; the change is not tried then.
    fn begin_change(&self) -> Result<(), CredentialFault>;

    /// Ends a change: makes the pending password the current one, or drops it.
    ///
    /// # Errors
    /// [`CredentialFault`] when it could not be stored; the next login finds out again.
    fn settle(&self, in_force: InForce) -> Result<(), CredentialFault>;
}
