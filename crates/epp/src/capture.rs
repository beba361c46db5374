//! Frames for the schema judge: in tests, every frame this room or the sandbox emits can be written to a folder.
//!
//! Exists only in this crate's own tests and under the feature `capture`, which nothing but `dev-dependencies` may enable, so the product cannot
//! write frames anywhere. Set `NAMEKEEP_FRAME_CAPTURE` to a folder, run the tests, and validate what lies there:
//! `xmllint --nonet --noout --schema all.xsd FOLDER/*.xml`. Frames with the same bytes share a file.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::OnceLock;

/// Names the folder to write to; unset, nothing is written.
pub const CAPTURE_VARIABLE: &str = "NAMEKEEP_FRAME_CAPTURE";

/// Who emitted a frame; the first word of its file name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// A registrar.
    Client,
    /// A registry.
    Server,
}

/// Writes a frame (without its header) to the capture folder, if there is one.
///
/// # Panics
/// When the folder cannot be written to: a judge that silently sees nothing is worse than none.
#[allow(clippy::panic, reason = "exists only in tests")]
pub fn record(side: Side, frame: &[u8]) {
    let Some(folder) = folder() else { return };
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, frame);
    let mut name = String::from(match side {
        Side::Client => "client-",
        Side::Server => "server-",
    });
    for byte in &digest.as_ref()[..16] {
        let _ = write!(name, "{byte:02x}");
    }
    let path = folder.join(name + ".xml");
    if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, frame)) {
        panic!("`{}` from {CAPTURE_VARIABLE} cannot be written: {error}", path.display());
    }
}

fn folder() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os(CAPTURE_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)).as_ref()
}
