//! A file that is counted and hashed as it is written.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use aws_lc_rs::digest::{Context, SHA256};

use crate::hex::to_hex;

/// A file under way.
pub(crate) struct Measured {
    file: BufWriter<File>,
    digest: Context,
    bytes: u64,
}

/// A file as it lies on the disk.
pub(crate) struct Written {
    /// Its length.
    pub bytes: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
}

impl Measured {
    /// An empty file, written through a buffer of so many bytes.
    pub fn new(file: File, buffer_bytes: usize) -> Self {
        Self { file: BufWriter::with_capacity(buffer_bytes, file), digest: Context::new(&SHA256), bytes: 0 }
    }

    /// Everything is on the disk.
    pub fn finish(mut self) -> io::Result<Written> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(Written { bytes: self.bytes, sha256: to_hex(self.digest.finish().as_ref()) })
    }
}

impl Write for Measured {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let length = self.file.write(buffer)?;
        self.digest.update(&buffer[..length]);
        self.bytes += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
