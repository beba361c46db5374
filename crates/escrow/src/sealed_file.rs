//! A file that is compressed, signed and encrypted while it is written: its plain text is never on the disk and never whole in memory.

use std::fs::{self, File};
use std::io::{self, BufWriter, PipeWriter, Write};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde::Serialize;

use crate::hex::to_hex;
use crate::measured::{Measured, Written};
use crate::openpgp::{PgpFault, Sealer};

/// How much goes through the pipe at once, in bytes.
const BUFFER_BYTES: usize = 1 << 16;

/// What a file is called while it is not whole.
const UNFINISHED: &str = "unfinished";

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SealedFile {
    /// SHA-256 of its plain text, before compression, in hexadecimal.
    pub plain_sha256: String,
    /// Bytes of its plain text.
    pub plain_bytes: u64,
    /// SHA-256 of the file as it lies there, in hexadecimal.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: u64,
}

/// Takes the plain text, piece by piece.
pub type Put<'p, E> = dyn FnMut(&[u8]) -> Result<(), E> + 'p;

/// Writes what `fill` gives to `path`, whole or not at all; `broken` makes a fault of what kept it from being written.
///
/// # Errors
/// What `fill` answers, or what `broken` makes.
pub fn write<E: Send>(
    path: &Path,
    sealer: &Sealer,
    now: Timestamp,
    broken: impl Fn(String) -> E + Sync,
    fill: impl FnOnce(&mut Put<'_, E>) -> Result<(), E>,
) -> Result<SealedFile, E> {
    let unfinished = path.with_extension(UNFINISHED);
    let written = stream(&unfinished, sealer, now, &broken, fill);
    let moved = written.and_then(|sealed| {
        fs::rename(&unfinished, path).map_err(|error| broken(format!("`{}` cannot be moved to its place: {error}", path.display())))?;
        Ok(sealed)
    });
    if moved.is_err() {
        // What is left is sealed and says by its name that it is not whole; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&unfinished);
    }
    moved
}

fn stream<E: Send>(
    path: &Path,
    sealer: &Sealer,
    now: Timestamp,
    broken: &(impl Fn(String) -> E + Sync),
    fill: impl FnOnce(&mut Put<'_, E>) -> Result<(), E>,
) -> Result<SealedFile, E> {
    let of_file = |error: io::Error| broken(format!("`{}`: {error}", path.display()));
    let file = File::create(path).map_err(of_file)?;
    let (reader, writer) = io::pipe().map_err(of_file)?;
    std::thread::scope(|scope| {
        let sealing = scope.spawn(move || {
            let mut file = Measured::new(file, BUFFER_BYTES);
            sealer.seal(reader, &mut file, now)?;
            file.finish().map_err(|error| PgpFault::Sealing { reason: error.to_string() })
        });
        let plain = compress(writer, broken, fill);
        let sealed = sealing.join().unwrap_or_else(|_| Err(PgpFault::Sealing { reason: "the thread that seals ended".to_owned() }));
        // Where sealing ended early the pipe broke: its own words say more.
        let Written { bytes, sha256 } = sealed.map_err(|fault| broken(fault.to_string()))?;
        let (plain_sha256, plain_bytes) = plain?;
        Ok(SealedFile { plain_sha256, plain_bytes, sha256, bytes })
    })
}

/// The near end of the pipe: hashed, then compressed.
fn compress<E>(
    writer: PipeWriter,
    broken: &impl Fn(String) -> E,
    fill: impl FnOnce(&mut Put<'_, E>) -> Result<(), E>,
) -> Result<(String, u64), E> {
    let of_pipe = |error: io::Error| broken(format!("it could not be compressed: {error}"));
    let mut gzip = GzEncoder::new(BufWriter::with_capacity(BUFFER_BYTES, writer), Compression::fast());
    let (mut digest, mut bytes) = (Context::new(&SHA256), 0);
    fill(&mut |piece| {
        digest.update(piece);
        bytes += piece.len() as u64;
        gzip.write_all(piece).map_err(of_pipe)
    })?;
    gzip.finish().and_then(|mut pipe| pipe.flush()).map_err(of_pipe)?;
    Ok((to_hex(digest.finish().as_ref()), bytes))
}
