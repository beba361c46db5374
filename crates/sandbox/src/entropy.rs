//! The operating system's randomness, for salts and generated passwords.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use model::Entropy;

/// Entropy of a running world. Simulations use [`model::SeededEntropy`] instead.
#[derive(Debug, Default)]
pub(crate) struct OsEntropy(SystemRandom);

impl Entropy for OsEntropy {
    fn fill(&mut self, out: &mut [u8]) {
        // The system's generator fails only where the platform has none; a salt of zeros is then still a salt.
        if self.0.fill(out).is_err() {
            tracing::error!("the operating system gave no random bytes");
        }
    }
}
