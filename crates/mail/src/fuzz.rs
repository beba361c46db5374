//! What strangers send to the return path as a plain function over bytes, for fuzzers and for the replay of a corpus.
//!
//! The target must return for any input, and take nothing for one of our notices that does not bear our seal.

use crate::bounce::{self, Reading};
use crate::return_path::{KEY_BYTES, ReturnKey};

/// Bytes as a message that came to the return path.
pub fn bounce(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let _ = bounce::addressees(&text);
    let Ok(Reading::Report(report)) = bounce::read(bytes, None) else { return };
    // A key that nobody has sealed anything with.
    assert_eq!(report.about(&ReturnKey::new(&[0x5e; KEY_BYTES])), None, "nothing is about a notice without a seal");
    let debugged = format!("{report:?}");
    assert!(debugged.len() < 64 * 1024, "what is kept of a report is bounded");
}
