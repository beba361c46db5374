//! The head of the index of the write-ahead log (`-shm`): how far the log is committed, and how far it was carried into the database.
//!
//! The file is the shared memory of all who have the database open (sqlite.org/walformat.html, 2). Its first 136 bytes do not differ between
//! versions; numbers are in the machine's own order, but for the salts, which are as in the log.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::held::hold;
use super::log::add_checksum;
use super::{beside, fault};
use crate::fault::StoreFault;

/// Bytes that are read: two copies of the head, and how far the log was carried back.
const HEAD_BYTES: usize = 100;

/// Bytes of one copy of the head.
const COPY_BYTES: usize = 48;

/// Bytes of a copy before its own checksum.
const SUMMED_BYTES: usize = 40;

/// The version of the format, 3.7.0.
const FORMAT: u32 = 3_007_000;

/// A commit writes both copies within microseconds; longer waits have another cause.
const TRIES: u32 = 200;
const PAUSE: Duration = Duration::from_millis(1);

/// How the log stood at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LogState {
    pub page_size: u32,
    /// Committed frames.
    pub frames: u32,
    /// Pages of the database after the last of them.
    pub page_count: u32,
    /// The checksum after the last of them.
    pub checksum: (u32, u32),
    pub salts: (u32, u32),
    /// Frames whose pages lie in the database already.
    pub carried_back: u32,
}

/// The head of the index.
pub(super) struct LogIndex {
    file: Arc<File>,
}

impl LogIndex {
    /// Opens it; some connection has the database open.
    pub fn open(database: &Path) -> Result<Self, StoreFault> {
        let path = beside(database, "-shm");
        let file = hold(&path).map_err(|error| fault(&format!("open `{}`", path.display()), &error))?;
        Ok(Self { file })
    }

    /// How the log stands. What it says was committed is; more may have been by the time it is looked at.
    pub fn read(&self) -> Result<LogState, StoreFault> {
        for _ in 0..TRIES {
            let mut bytes = [0; HEAD_BYTES];
            self.file.read_exact_at(&mut bytes, 0).map_err(|error| fault("read the index of the log", &error))?;
            // The second copy is written first: while both differ, a commit is under way. Nobody promises that we read in one piece, nor in which
            // order, so the checksum has to fit too.
            if bytes[..COPY_BYTES] == bytes[COPY_BYTES..2 * COPY_BYTES] && bytes[12] == 1 && is_whole(&bytes) {
                return parse(&bytes);
            }
            std::thread::sleep(PAUSE);
        }
        Err(fault("read the index of the log", &"its two copies differ and stay so"))
    }
}

fn is_whole(bytes: &[u8; HEAD_BYTES]) -> bool {
    let (first, second) = add_checksum((0, 0), &bytes[..SUMMED_BYTES], cfg!(target_endian = "big"));
    let sum = [first.to_ne_bytes(), second.to_ne_bytes()];
    bytes[SUMMED_BYTES..COPY_BYTES] == *sum.as_flattened()
}

fn parse(bytes: &[u8; HEAD_BYTES]) -> Result<LogState, StoreFault> {
    let number = |at: usize| u32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let salt = |at: usize| u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    if number(0) != FORMAT {
        return Err(fault("read the index of the log", &format!("its format is {}, not {FORMAT}", number(0))));
    }
    // 65536 does not fit and is written as 1.
    let page_size = match u16::from_ne_bytes([bytes[14], bytes[15]]) {
        1 => 1 << 16,
        size => u32::from(size),
    };
    Ok(LogState {
        page_size,
        frames: number(16),
        page_count: number(20),
        checksum: (number(24), number(28)),
        salts: (salt(32), salt(36)),
        carried_back: number(96),
    })
}
