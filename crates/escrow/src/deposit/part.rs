//! A file of a deposit while it is written: beside its place, under a name that says it is not whole.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use aws_lc_rs::digest::{Context, SHA256};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::fault::DepositFault;
use super::manifest::FileRecord;
use super::press::{BLOCK_BYTES, Members, Next, Press};
use crate::file_name::{FileName, Holds};
use crate::hex::to_hex;
use crate::measured::{Measured, Written};
use crate::openpgp::{PgpFault, Sealer};

/// Ends the name of a file that is not whole.
pub(super) const PARTIAL: &str = ".partial";

/// Ends the name of a sealed table.
const TABLE: &str = ".gz.gpg";

/// Bytes of plain words that are written at once.
const TEXT_BYTES: usize = 8 << 10;

/// A part under way.
pub(super) struct Part {
    name: FileName,
    /// Rows below the header.
    pub rows: u64,
    /// Bytes of plain text that left the block.
    bytes: u64,
    digest: Context,
    /// The block that is being filled; rows are written here.
    pub block: Zeroizing<Vec<u8>>,
    line: SyncSender<Next>,
    sealing: JoinHandle<Result<Written, PgpFault>>,
    path: PathBuf,
}

impl Part {
    /// Opens a part in a folder; a partial file of an earlier run is written over.
    pub fn open(folder: &Path, name: FileName, press: &Press, sealer: &Arc<Sealer>, now: Timestamp) -> Result<Self, DepositFault> {
        let path = folder.join(format!("{}{TABLE}", name.plain()));
        let partial = beside(&path);
        let file = create(&partial)?;
        let (line, members) = sync_channel(press.depth());
        let sealer = Arc::clone(sealer);
        let seal = move || -> Result<Written, PgpFault> {
            let mut out = Measured::new(file, BLOCK_BYTES);
            sealer.seal(Members::new(members), &mut out, now)?;
            out.finish().map_err(|error| PgpFault::Sealing { reason: error.to_string() })
        };
        let sealing = std::thread::Builder::new().name("seal".to_owned()).spawn(seal);
        let sealing = sealing.map_err(|error| DepositFault::Broken { reason: error.to_string() })?;
        let block = Zeroizing::new(Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4));
        Ok(Self { name, rows: 0, bytes: 0, digest: Context::new(&SHA256), block, line, sealing, path })
    }

    /// Length of the plain text so far, in bytes.
    pub fn plain_bytes(&self) -> u64 {
        self.bytes + self.block.len() as u64
    }

    /// Sends the block on its way if it is full.
    pub fn flow(&mut self, press: &Press) -> Result<(), DepositFault> {
        if self.block.len() < BLOCK_BYTES { Ok(()) } else { self.send(press) }
    }

    fn send(&mut self, press: &Press) -> Result<(), DepositFault> {
        let empty = Zeroizing::new(Vec::with_capacity(BLOCK_BYTES + BLOCK_BYTES / 4));
        let block = std::mem::replace(&mut self.block, empty);
        self.digest.update(&block);
        self.bytes += block.len() as u64;
        let broken = |reason: String| DepositFault::Broken { reason };
        let member = press.submit(block).map_err(|error| broken(error.to_string()))?;
        if self.line.send(Next::Member(member)).is_err() {
            return Err(broken("its sealing ended early".to_owned()));
        }
        Ok(())
    }

    /// Ends the part: it is whole and durable, still under its partial name.
    pub fn finish(mut self, press: &Press) -> Result<Finished, DepositFault> {
        // Where the sealing broke, its own words say more than the line's.
        let sent = if self.block.is_empty() { Ok(()) } else { self.send(press) };
        let Self { name, rows, bytes, digest, line, sealing, path, .. } = self;
        if sent.is_ok() {
            drop(line.send(Next::End));
        }
        drop(line);
        let broken = |_| DepositFault::Broken { reason: "its sealing broke down".to_owned() };
        let written = sealing.join().map_err(broken)?.map_err(|fault| match fault {
            PgpFault::Sealing { reason } => DepositFault::file(&path, reason),
            fault => DepositFault::Sealing(fault),
        })?;
        sent?;
        let record = FileRecord {
            name: file_name(&path),
            plain_name: name.plain(),
            rows,
            plain_bytes: bytes,
            plain_sha256: to_hex(digest.finish().as_ref()),
            bytes: written.bytes,
            sha256: written.sha256,
        };
        Ok(Finished { path, holds: name.holds, record })
    }
}

/// A file that is whole, beside its place.
pub(super) struct Finished {
    path: PathBuf,
    pub holds: Holds,
    pub record: FileRecord,
}

impl Finished {
    /// A file of plain words, such as the hashes.
    pub fn of_text(folder: &Path, name: FileName, text: &str) -> Result<Self, DepositFault> {
        let path = folder.join(name.plain());
        let partial = beside(&path);
        let mut out = Measured::new(create(&partial)?, TEXT_BYTES);
        out.write_all(text.as_bytes()).map_err(|error| DepositFault::file(&partial, error))?;
        let Written { bytes, sha256 } = out.finish().map_err(|error| DepositFault::file(&partial, error))?;
        let (name, holds) = (file_name(&path), name.holds);
        let record =
            FileRecord { plain_name: name.clone(), name, rows: 0, plain_bytes: bytes, plain_sha256: sha256.clone(), bytes, sha256 };
        Ok(Self { path, holds, record })
    }

    /// Moves it to its place.
    pub fn publish(&self) -> Result<(), DepositFault> {
        fs::rename(beside(&self.path), &self.path).map_err(|error| DepositFault::file(&self.path, error))
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(PARTIAL);
    PathBuf::from(name)
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn create(path: &Path) -> Result<File, DepositFault> {
    File::options().write(true).create(true).truncate(true).mode(0o600).open(path).map_err(|error| DepositFault::file(path, error))
}
