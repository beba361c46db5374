//! Time and chance as arguments, for the parts of this room that need them.

use model::Timestamp;

/// Wall-clock time, for what is written down (when a frame was sent and answered) and for the dates of certificates.
///
/// Deadlines and intervals do not use it: they run on tokio's monotonic clock, which tests can pause.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// Chance, for spreading reconnects and retries so that many sessions do not act at once.
pub trait Jitter: Send + Sync {
    /// A number drawn evenly from 0 (included) to 1 (excluded).
    fn fraction(&self) -> f64;
}
