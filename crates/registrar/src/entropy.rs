//! Chance at the edge: random bytes for ids, tokens, salts and authInfo.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use model::{Entropy, SeededEntropy};

/// Where the registrar takes random bytes from; shared by all threads.
pub trait EntropySource: Send + Sync + fmt::Debug {
    /// Overwrites all of `out`.
    fn fill(&self, out: &mut [u8]);
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl EntropySource for SystemEntropy {
    /// A machine without randomness cannot run a registrar: every id, salt and authInfo would be guessable, so the process
    /// ends here instead of going on with bytes that only look random.
    fn fill(&self, out: &mut [u8]) {
        if aws_lc_rs::rand::fill(out).is_err() {
            tracing::error!("the operating system gave no random bytes; the process cannot go on safely");
            std::process::abort();
        }
    }
}

/// Deterministic bytes from a seed, for simulation and tests; never for a real registry (see [`SeededEntropy`]).
#[derive(Debug)]
pub struct SharedSeed(Mutex<SeededEntropy>);

impl SharedSeed {
    /// A source for this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(Mutex::new(SeededEntropy::new(seed)))
    }
}

impl EntropySource for SharedSeed {
    fn fill(&self, out: &mut [u8]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill(out);
    }
}

/// A source lent to the core, which takes `&mut dyn Entropy`.
#[derive(Debug)]
pub struct Draw<'a>(pub(crate) &'a dyn EntropySource);

impl Entropy for Draw<'_> {
    fn fill(&mut self, out: &mut [u8]) {
        self.0.fill(out);
    }
}
