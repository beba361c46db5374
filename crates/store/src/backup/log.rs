//! The write-ahead log as a file: frames with their checksums (sqlite.org/fileformat2.html, 4).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::index::LogState;
use super::{beside, fault};
use crate::fault::StoreFault;

/// Bytes before the first frame.
const HEADER_BYTES: u64 = 32;

/// Bytes before the page of a frame.
const FRAME_HEADER_BYTES: usize = 24;

/// The two magic numbers; the lowest bit says that checksums read words with the highest byte first.
const MAGIC: u32 = 0x377f_0682;

/// A frame: a page as it was written.
pub(super) struct Frame {
    /// The page's number, from 1.
    pub page: u32,
    /// Pages of the database, where this frame ends a commit.
    pub ends_commit: Option<u32>,
    /// The page.
    pub content: Vec<u8>,
}

/// The log. Nobody locks this file, so it may be closed.
pub(super) struct Log {
    file: File,
}

/// Walks over frames and keeps their checksum.
pub(super) struct Walk<'l> {
    log: &'l Log,
    page_size: u32,
    salts: (u32, u32),
    has_high_byte_first: bool,
    /// Frames that lie behind.
    pub at: u32,
    /// The checksum after them.
    pub checksum: (u32, u32),
}

impl Log {
    /// Opens it; some connection has the database open.
    pub fn open(database: &Path) -> Result<Self, StoreFault> {
        let path = beside(database, "-wal");
        let file = File::open(&path).map_err(|error| fault(&format!("open `{}`", path.display()), &error))?;
        Ok(Self { file })
    }

    /// A walk from the first frame of the log that the index describes. None where the file is of another log, because this one was reset
    /// since.
    pub fn walk(&self, state: &LogState) -> Result<Option<Walk<'_>>, StoreFault> {
        let mut header = [0; HEADER_BYTES as usize];
        match self.file.read_exact_at(&mut header, 0) {
            // Cut to nothing, and nothing written since.
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(None),
            read => read.map_err(|error| fault("read the log", &error))?,
        }
        let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let has_high_byte_first = word(0) & 1 == 1;
        let checksum = add_checksum((0, 0), &header[..24], has_high_byte_first);
        let is_ours = word(0) & !1 == MAGIC && word(8) == state.page_size && (word(16), word(20)) == state.salts;
        if !is_ours || checksum != (word(24), word(28)) {
            return Ok(None);
        }
        Ok(Some(Walk { log: self, page_size: state.page_size, salts: state.salts, has_high_byte_first, at: 0, checksum }))
    }

    /// The page of a frame, from 1.
    pub fn read_page(&self, frame: u32, page_size: u32, page: &mut [u8]) -> std::io::Result<()> {
        self.file.read_exact_at(page, frame_offset(frame - 1, page_size) + FRAME_HEADER_BYTES as u64)
    }
}

impl Walk<'_> {
    /// The same walk, further on, without reading what lies between.
    pub fn from(mut self, at: u32, checksum: (u32, u32)) -> Self {
        (self.at, self.checksum) = (at, checksum);
        self
    }

    /// The next frame, which the index says is there.
    ///
    /// # Errors
    /// If it is not: whatever wrote the log does not keep to its format.
    pub fn next(&mut self) -> Result<Frame, StoreFault> {
        let mut header = [0; FRAME_HEADER_BYTES];
        let mut content = vec![0; self.page_size as usize];
        let offset = frame_offset(self.at, self.page_size);
        let read = self.log.file.read_exact_at(&mut header, offset);
        let read = read.and_then(|()| self.log.file.read_exact_at(&mut content, offset + FRAME_HEADER_BYTES as u64));
        read.map_err(|error| fault("read a frame of the log", &error))?;
        let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let checksum = add_checksum(self.checksum, &header[..8], self.has_high_byte_first);
        let checksum = add_checksum(checksum, &content, self.has_high_byte_first);
        if (word(8), word(12)) != self.salts || (word(16), word(20)) != checksum {
            return Err(fault("read a frame of the log", &format!("frame {} is not what its checksum says", self.at + 1)));
        }
        self.at += 1;
        self.checksum = checksum;
        Ok(Frame { page: word(0), ends_commit: (word(4) != 0).then(|| word(4)), content })
    }
}

fn frame_offset(before: u32, page_size: u32) -> u64 {
    HEADER_BYTES + u64::from(before) * (FRAME_HEADER_BYTES as u64 + u64::from(page_size))
}

/// Fibonacci-weighted sums over pairs of words.
pub(super) fn add_checksum((mut first, mut second): (u32, u32), bytes: &[u8], has_high_byte_first: bool) -> (u32, u32) {
    let word = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        if has_high_byte_first { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for pair in bytes.chunks_exact(8) {
        first = first.wrapping_add(word(&pair[..4])).wrapping_add(second);
        second = second.wrapping_add(word(&pair[4..])).wrapping_add(first);
    }
    (first, second)
}
