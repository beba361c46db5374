//! What a pool is made from.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::{CredentialSource, PoolLimits, SessionJournal, WantedServices};
use crate::conn::{Clock, Dial, Jitter};
use crate::wire::TransactionId;

/// One account at one registry.
#[derive(Clone)]
pub struct PoolConfig {
    /// Name of the account, for messages and status.
    pub account: String,
    /// Where and how to connect; usually a [`ConnectTarget`](crate::conn::ConnectTarget).
    pub target: Arc<dyn Dial>,
    /// What the registry allows.
    pub limits: PoolLimits,
    /// Namespaces to declare at login.
    pub services: WantedServices,
    /// Who we are.
    pub credentials: Arc<dyn CredentialSource>,
    /// Where logins and logouts are put on record.
    pub journal: Arc<dyn SessionJournal>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub jitter: Arc<dyn Jitter>,
}

impl fmt::Debug for PoolConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolConfig")
            .field("account", &self.account)
            .field("target", &self.target.endpoint())
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

/// Transaction identifiers for commands that belong to no intent. Unique for the account: by time, by count within the process, and by chance
/// between processes that share the account.
#[derive(Clone)]
pub(super) struct SessionIds {
    clock: Arc<dyn Clock>,
    jitter: Arc<dyn Jitter>,
    count: Arc<AtomicU64>,
}

impl SessionIds {
    pub(super) fn new(config: &PoolConfig) -> SessionIds {
        SessionIds { clock: Arc::clone(&config.clock), jitter: Arc::clone(&config.jitter), count: Arc::default() }
    }

    pub(super) fn next(&self) -> TransactionId {
        /// Values of the random part.
        const CHANCES: f64 = 4_294_967_296.0;
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        let chance = (self.jitter.fraction().clamp(0.0, 1.0) * CHANCES) as u32;
        TransactionId::new(format!("nks-{:x}-{count:x}-{chance:08x}", self.clock.now().as_microsecond()))
    }
}
